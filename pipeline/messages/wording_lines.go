package messages

// lineWordings are lines that commands print which were made in English: doctor, verify, diff and purge.
var lineWordings = []wording{
	// What doctor says.
	{"there is no workspace %s yet: the first run makes it", "还没有工作区 %s：首个批次会建立它"},
	{"%s: %s, version %d of %d", "%s：%s，版本 %d（共 %d）"},
	{"in use by %s: what is under way may look unfinished", "正被 %s 使用：进行中的内容可能显得未完成"},
	{"%s with %s and %s, %s charged: every page, index and reference is good", "%s、%s、%s，已扣费 %s：每一页、索引和引用都正确"},
	{"%s with %s and %s, %s charged: every row is what was written down", "%s、%s、%s，已扣费 %s：每一行都与写入时一致"},
	{"%d runs", "%d 个批次"}, {"1 run", "1 个批次"}, {"%d answers", "%d 份结果"}, {"1 answer", "1 份结果"}, {"%d rows", "%d 行"}, {"1 row", "1 行"}, {"%d orders", "%d 个订单"}, {"1 order", "1 个订单"},
	{"%d vehicles", "%d 辆车"}, {"1 vehicle", "1 辆车"}, {"%d raw answers", "%d 份原始结果"}, {"1 raw answer", "1 份原始结果"}, {"%d paid reports", "%d 份付费报告"}, {"1 paid report", "1 份付费报告"},
	{"the workspace is a simulated one, and an answer came from %q, which the simulator is not", "该工作区是模拟的，而有结果来自 %q，那不是模拟器"},
	{"%s can be read by others (%s): chmod go= %s", "%s 可被其他用户读取（%s）：chmod go= %s"},
	{"the workspace cannot be written by you: it can be looked at, and not worked in", "您不能写入该工作区：只能查看，不能运行"},
	{"nothing can be written in %s (%s): check who owns it", "无法写入 %s（%s）：请检查其所有者"},
	{"only you can read and write the workspace", "只有您可以读写该工作区"},
	{"the disk has %s left: a lookup takes about 5 KiB in the ledger, and its outputs as much again", "磁盘剩余 %s：每次查询在账本中约占 5 KiB，输出文件约占同样大小"}, {"the disk has %s left", "磁盘剩余 %s"},
	{"the ledger is taken for the newest", "已将该账本视为最新"}, {"left by a look that was cut short: it may be removed", "上次检查中断时留下，可以删除"},
	{"the configuration cannot be read, and tells no prices: those on the vendors' pages are used (%s)", "无法读取配置，没有价格：使用供应商页面上的价格（%s）"},
	{"%s held at %q, a vendor that this batch does not know: what they have bought is not fetched; the first is row %d of run %s", "%s 停留在 %q，此版本不认识该供应商：已购买的内容无法取回；首个为批次 %[4]s 第 %[3]d 行"},
	{"%s at %q, a vendor that this batch does not know: no bill is held against them; the first is row %d of run %s", "%s 属于 %q，此版本不认识该供应商：无法与其账单核对；首个为批次 %[4]s 第 %[3]d 行"},
	{"%s held at %s, which it does not ask: put vendors.%s back, and `batch resume` fetches what is paid; the first is row %d of run %s", "%s 停留在 %s，而配置已不查询它：请恢复 vendors.%s，再用 `batch resume` 取回已付费的内容；首个为批次 %[5]s 第 %[4]d 行"},
	{"%s: no more %s since %s (%s %s): %s", "%s：自 %[3]s 起停止%[2]s（%[4]s %[5]s）：%[6]s"}, {"calls", "调用"}, {"orders", "下单"},
	{"%s: schema %s, PostgreSQL %s", "%s：模式 %s，PostgreSQL %s"}, {"the server keeps no checksums of its pages (data_checksums): pg_checksums --enable adds them", "服务器未启用页校验（data_checksums）：可用 pg_checksums --enable 启用"},
	{"no batch.yaml here and no --config: no vendor was tried (`batch init` writes one)", "当前目录没有 batch.yaml，也没有 --config：未试用任何供应商（`batch init` 可生成配置）"},
	{"%s cannot be used: no vendor was tried", "%s 无法使用：未试用任何供应商"}, {"a proxy stands in the environment that cannot be used: no vendor was tried", "环境变量中的代理无法使用：未试用任何供应商"},
	{"off, not tried", "已停用，未试用"}, {"%s: no call is certainly free, so none was made: let the first order be a small one", "%s：没有确定免费的调用，因此未调用：首次请小批量下单"},
	{"the gateway that answers there is %s", "应答的网关是 %s"}, {"the keys are good and open %s (%s)", "密钥有效，可查询%s（%s）"}, {"whether there is money left in the account shows only when something is bought", "账户余额是否充足，下单时才能知道"},
	{"nothing is broken; what was halted is tried again by `batch resume --out %s`", "没有损坏；已暂停的内容可用 `batch resume --out %s` 重试"}, {"all is well", "一切正常"},
	{"there is nothing to rescue: this is no ledger that this batch can read, and nothing was changed", "没有可抢救的内容：这不是此版本能读取的账本，未作任何更改"},
	{"the file is whole, but perhaps not the newest; nothing is bought with it.", "文件完整，但可能不是最新的；不会用它购买。"},
	{"If you have a newer one, put it back. Else doubt what it may have forgotten: batch doctor --out %s --rescue", "若有更新的账本，请放回。否则将它可能遗漏的内容列为待核实：batch doctor --out %s --rescue"},
	{"Only if you know that nothing was bought after it:                         batch doctor --out %s --accept", "仅当确知此后没有购买过：                                           batch doctor --out %s --accept"},
	{"the ledger cannot be used as it is; nothing is bought with it.", "该账本目前无法使用；不会用它购买。"}, {"If you have a copy that is newer than the last run, put it back. Else save what can be read:", "若有最后一个批次之后的副本，请放回。否则抢救能读取的内容："},
	{"somebody has changed the ledger, or another build of batch has written it: take the workspace anew from who gave it to you,", "账本被改动过，或由另一版 batch 写成：请向提供者重新索取该工作区，"}, {"or work in it with that build. All else in it can be worked with", "或用那个版本操作。其余内容均可使用"},
	{"the workspace cannot be worked in until that is put right", "解决以上问题之前，该工作区不能使用"}, {"a vendor cannot be bought from until that is put right; nothing was bought by looking", "解决以上问题之前，不能向该供应商购买；检查本身没有购买任何内容"},
	{"as long as the ledger is gone, no command buys anything here.", "账本缺失期间，任何命令都不会在此购买。"}, {"If you have it, put it back beside its log, which you must not delete. Else save what the log holds: what it lacks is in doubt then", "若账本还在，请放回日志旁边，不要删除日志。否则抢救日志中的内容：日志中没有的会列为待核实"},
	{"there is no ledger to look at or to rescue: as long as it is gone, no command buys anything here", "没有可检查或抢救的账本：账本缺失期间，任何命令都不会在此购买"},

	// What a rescue says.
	{"saved: %s, %s, %s, %s; %s charged", "已抢救：%s、%s、%s、%s；已扣费 %s"}, {"lost:  %s, %s, %s, %s", "已丢失：%s、%s、%s、%s"},
	{"%s of which it is not known any more what they cost: they count as perhaps charged, %s in all", "%s 的费用已无从得知：按可能已扣费计，共 %s"},
	{"%s whose charge was changed: it is again what it was when it was written down, %s in all", "%s 的金额被改动过：已恢复为写入时的金额，共 %s"}, {"%s that are not as they were written down: each counts as much as any of its kind, %s in all", "%s 与写入时不同：各按同类最高金额计，共 %s"},
	{"%s more than the lookups counted, %s in all: they are kept, and count; hold them against the vendors' bills", "比查询所计多 %s，共 %s：予以保留并计入；请与供应商账单核对"}, {"%s twice in the ledger: each counts once now, and %s less is counted", "%s 在账本中重复：现各计一次，少计 %s"},
	{"%s left out that were copies of others under another number", "略去 %s，它们是其他行换号的副本"}, {"run %s: it is not known any more how much it may spend, so it spends nothing more until you say how much: batch resume --max-spend YUAN --out %s", "批次 %s：花费上限已无从得知，给出上限之前不再花费：batch resume --max-spend YUAN --out %s"},
	{"The ledger did not say clearly whether its answers are simulated: it is a simulated one now, because the simulator gave every answer that is kept.", "账本没有写清结果是否为模拟：现视为模拟，因为保存的每份结果都来自模拟器。"}, {"The ledger did not say clearly whether its answers are simulated: they count as bought now, because not every one says that the simulator gave it.", "账本没有写清结果是否为模拟：现视为购买，因为并非每份结果都写明来自模拟器。"},
	{"The end of the ledger is missing: all that it had not ordered yet may have been ordered since.", "账本的末尾缺失：当时未下单的内容此后可能已下单。"}, {"%s paid, whose answer is lost: asked for again, free of charge, by `batch resume --out %s`", "%s 已付费但结果丢失：可用 `batch resume --out %s` 免费重新取回"},
	{"Lost beyond naming: %s. For some days, whatever this ledger has never heard of is in doubt and not bought by itself.", "无法列明的丢失：%s。几天之内，该账本中没有的内容一律待核实，不会自动购买。"}, {"The damaged ledger is kept: %s", "损坏的账本已保留：%s"},
	{"run %s: %d of its %s are lost: give the input to `batch run` again; what is answered is used again", "批次 %s：%[3]s 中丢失 %[2]d 行：请将输入再次交给 `batch run`；已有结果会复用"}, {"run %s: %s in doubt, perhaps charged %s, which counts against --max-spend: hold them against the vendors' bills", "批次 %s：%s 待核实，可能已扣费 %s，计入 --max-spend：请与供应商账单核对"},
	{"buying %d of them again would cost about %s: batch retry --class in_doubt --run %s --out %s", "重新购买其中 %d 次约需 %s：batch retry --class in_doubt --run %s --out %s"},

	// verify.
	{"Run %s was purged: its files are held against the manifest alone.", "批次 %s 已清除：其文件只与清单核对。"}, {"%d files with %s are as %s", "%d 个文件、%s，与%s一致"}, {"%d files with %s are as %s, and so are %d copies in %s", "%d 个文件、%s，与%s一致，%[5]s 中的 %[4]d 个副本也一致"},
	{"the manifest and the ledger say", "清单和账本"}, {"the manifest says", "清单"}, {"the outputs in %s are not what the ledger says: write them again with `batch export --out %s --run %s`", "%s 中的输出文件与账本不符：请用 `batch export --out %s --run %s` 重新写出"}, {"%s: write the outputs again with `batch export --out %s --run %s`", "%s：请用 `batch export --out %s --run %s` 重新写出"},
	{"%s is a link that leads out of its folder, and is not read", "%s 是指向文件夹之外的链接，未读取"}, {"the workspace %s is in use by %s: its outputs are written when that ends. Verify them then", "工作区 %s 正被 %s 使用：结束时才写出文件，请届时再核对"},

	// diff.
	{"Run %s (%s) against run %s (%s)", "批次 %s（%s）与批次 %s（%s）比较"}, {"%s compared, %d with the same answer in both, %d without an answer in the earlier run", "比较了 %s，%d 次结果相同，%d 次在较早批次中没有结果"}, {"nothing has changed", "没有变化"},

	// purge.
	{"%s holds vehicles as well and is left: rm -r %s", "%s 中也有车辆，未删除：rm -r %s"}, {"Nothing to forget: %s.", "没有可清除的内容：%s。"}, {"no run is finished", "没有已完成的批次"},
	{"no run finished before %s; the oldest, %s, finished %s", "没有在 %s 之前完成的批次；最早的 %s 于 %s 完成"}, {"the vehicles and answers of %s are forgotten already", "%s的车辆和结果已清除"}, {"the runs that are meant", "所指批次"}, {"run %s", "批次 %s"},
	{"of %s only %s in doubt and %s that a run that stays needs are left", "%s只剩待核实的 %s，以及其他批次需要的 %s"}, {"run %s of %s, finished %s: %s, %s, %s", "批次 %s（%s），完成于 %s：%s、%s、%s"},
	{"with the tickets of %s that never came or could not be read: `batch retry --run %s --class expired,bad_response` asks for them again, free of charge", "其中 %s 未收到或无法读取，单号也会清除：`batch retry --run %s --class expired,bad_response` 可免费重新取回"},
	{"stays: %s in doubt, %s that a run that stays needs", "保留：待核实的 %s，其他批次需要的 %s"}, {"the outputs in %s go, too, and its copies in %s", "%s 中的输出文件及 %s 中的副本一并删除"}, {"the outputs in %s go, too", "%s 中的输出文件一并删除"},
	{"An earlier purge was cut short: the ledger is written anew.", "上次清除中断：账本将重新写出。"}, {"Answers that cost %s are bought again if they are asked for again. Counts and charges stay.", "其中结果价值 %s，再次查询时需重新购买。数量和费用予以保留。"},
	{"Nothing was forgotten.", "未清除任何内容。"}, {"Forgotten.", "已清除。"}, {"This cannot be undone.", "此操作无法撤销。"}, {"Type yes to go on:", "输入 yes 继续："},
}

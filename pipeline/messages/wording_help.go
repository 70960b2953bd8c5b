package messages

import "strings"

// Help words a text of the help: a paragraph, the explanation of an example, or what a flag does. It tells false for a text
// that has no wording.
func (p *Printer) Help(text string) (string, bool) {
	if p.lang == English {
		return text, true
	}
	for _, w := range helpWordings {
		before, behind, varies := strings.Cut(w.en, "%v")
		if !varies {
			if text == w.en {
				return w.zh, true
			}
			continue
		}
		if rest, ok := strings.CutPrefix(text, before); ok {
			if value, ok := strings.CutSuffix(rest, behind); ok {
				return strings.Replace(w.zh, "%v", value, 1), true
			}
		}
	}
	return text, false
}

// helpWordings are the texts of the help, a paragraph in one line.
var helpWordings = []wording{
	// The program.
	{"buy vehicle data for a fleet, and nothing twice", "为车队购买车辆数据，绝不重复购买"},
	{"Takes a file of vehicles (VIN, plate, engine number), submits to and polls vehicle-data vendors, and writes maintenance records, valuations and violations as Parquet and CSV.", "读取车辆清单（车架号、车牌号、发动机号），向车辆数据供应商下单并轮询，\n把维修保养记录、估值和违章写成 Parquet 和 CSV。"},
	{"First run, no keys, no money:", "首次试用，不需要密钥，不花钱："},
	{"Then, with your own file and keys:", "然后使用自己的清单和密钥："},
	{"writes a batch.yaml, and says what to fill in", "写出 batch.yaml，并说明要填什么"},
	{"tries the keys, free of charge", "免费试用密钥"},
	{"what it would cost", "需要花费多少"},
	{"a careful first run", "谨慎的首次运行"},
	{"show help", "显示帮助"},
	{"print the version", "显示版本"},
	{"every lookup is settled: found, no record or unsupported", "所有查询都已了结：有结果、无记录或不支持"},
	{"unexpected error", "意外错误"},
	{"wrong usage, configuration or input file: no vendor was called", "用法、配置或输入文件有误：没有调用任何供应商"},
	{"finished; some lookups are in the failure ledger, or lines of a bill cannot be read", "已结束；部分查询在失败台账中，或账单中有无法读取的行"},
	{"not finished and resumable: parked, interrupted, --max-spend reached, a vendor halted, a disk full, or the server of the ledger is away", "未结束，可继续：已挂起、被中断、达到 --max-spend、供应商已暂停、磁盘已满，或账本的服务器无法连接"},

	// Flags of several commands.
	{"configuration FILE (default: batch.yaml, if there is one)", "配置文件 FILE（默认：batch.yaml，如果存在）"},
	{"read the sheet NAME of a workbook (default: the first that is not hidden and has a header)", "读取工作簿中名为 NAME 的工作表（默认：第一个未隐藏且有表头的）"},
	{"LANGUAGE of what is said to people, en or zh (default: lang in batch.yaml, else that of the run; on the screen also LC_ALL or LANG; else en)", "界面语言 LANGUAGE，en 或 zh（默认：batch.yaml 中的 lang，否则为批次的语言；屏幕显示另看 LC_ALL 或 LANG；否则为 en）"},
	{"DIR of the workspace: ledger and outputs", "工作区目录 DIR：账本和输出文件"},
	{"keep the ledger in PostgreSQL, at URL (postgres://user@host/database); other users of the machine can see a password given here, and not one in BATCH_LEDGER, in PGPASSWORD or in ~/.pgpass", "账本放在 PostgreSQL 中，地址为 URL（postgres://user@host/database）；写在此处的密码，本机其他用户可以看到，写在 BATCH_LEDGER、PGPASSWORD 或 ~/.pgpass 中则看不到"},
	{"BATCH_LEDGER, else ledger of the configuration, else a file in the workspace", "BATCH_LEDGER，否则为配置中的 ledger，否则为工作区中的文件"},
	{"ask a simulator inside this process: no keys, no money", "向本进程内的模拟器查询：不需要密钥，不花钱"},
	{"with --simulate: as if N days had passed, to see what changes from night to night; or a date, 2026-03-01, or 2026-03-01+N, and the answers are the same whenever it is run", "与 --simulate 合用：假定已过 N 天，以观察每晚的变化；也可写日期 2026-03-01 或 2026-03-01+N，则无论何时运行结果都相同"},
	{"today", "今天"}, {"all", "全部"},
	{"output formats, comma-separated LIST of parquet, csv and xlsx; html (or html:zh) adds a report for people", "输出格式 LIST，以逗号分隔：parquet、csv、xlsx；html（或 html:zh）另加一份供人阅读的报告"},
	{"those of the run; of a new one %v", "批次原有的；新批次为 %v"},
	{"keep the Parquet files under by_date/TABLE/run_date=DAY as well, to read many nights at once; the run remembers it", "Parquet 文件另存一份到 by_date/TABLE/run_date=DAY，便于一次读取多晚；批次会记住此项"},
	{"spend at most this many YUAN in the run, until another limit is given; reserved and unknown charges count", "本批次最多花费 YUAN 元，直到给出新的上限；预占和不明的扣费也计入"},
	{"wait this DURATION, e.g. 30m, for slow reports once all are ordered, then park them; and for a vendor in trouble", "全部下单后，等待较慢报告的时长 DURATION，例如 30m，之后挂起；对出现故障的供应商同样等待"},
	{"until all settle or the desk closes; 2h for a vendor", "直到全部了结或人工柜台下班；对供应商为 2h"},
	{"post the summary to URL when the run ends, e.g. a group robot of WeCom, DingTalk or Feishu; other users of the machine can see a URL given here, and not one in batch.yaml", "批次结束时把总结发送到 URL，例如企业微信、钉钉或飞书的群机器人；写在此处的 URL，本机其他用户可以看到，写在 batch.yaml 中则看不到"},
	{"notify of the configuration", "配置中的 notify"},
	{"print one JSON object on stdout", "向标准输出写一个 JSON 对象"},
	{"print CSV", "输出 CSV"},
	{"print nothing but what went wrong, and what to do about it", "只说出了什么问题、该怎么办"},
	{"log what happens, on stderr", "向标准错误写日志"},
	{"the run's ID (default: the last one)", "批次的 ID（默认：最近一个）"},
	{"maintenance, valuation or violations; repeatable (default: every NAME with a vendor)", "maintenance、valuation 或 violations，可重复（默认：有供应商的每个 NAME）"},
	{"refuse VINs with a wrong check digit: nothing is bought for them", "拒绝校验位不符的车架号：不为其购买"},
	{"strict_vin of the configuration", "配置中的 strict_vin"},

	// init
	{"write a batch.yaml with what can be found out, and say what is left to fill in", "按能查明的内容写出 batch.yaml，并说明还要填什么"},
	{"a commented batch.yaml in this folder", "在当前目录写出带注释的 batch.yaml"},
	{"leaves out what fleet.csv has no columns for", "省去 fleet.csv 中没有对应列的内容"},
	{"for the vendors that you have an account with", "只写已开户的供应商"},
	{"Keys are named, as ${WAPI_SECRET}, and never written. A vendor none of whose variables is set is left out when another one's are. On a terminal it asks for what only you can know; else that stays <FILL-IN>.", "密钥只写变量名，例如 ${WAPI_SECRET}，从不写出其值。若有供应商设置了变量，没有设置任何变量的供应商就被省去。\n在终端上会询问只有您知道的内容；否则保留 <FILL-IN>。"},
	{"buy from this VENDOR; repeatable (default: those whose keys are set)", "向此供应商 VENDOR 购买，可重复（默认：已设置密钥的）"},
	{"write over a file that is there", "覆盖已有的文件"},

	// run, plan, resume, retry
	{"plan, submit, poll, normalise, write; run again, it goes on where it was", "计划、下单、轮询、规范化、写出；再次运行则从中断处继续"},
	{"INPUT is a file of vehicles, CSV, Excel (xlsx) or Parquet, or - for stdin.", "INPUT 是车辆清单文件：CSV、Excel（xlsx）或 Parquet；- 表示标准输入。"},
	{"try it: no keys, no money", "试用：不需要密钥，不花钱"},
	{"buy for at most ¥500", "最多花费 ¥500"},
	{"one dataset alone", "只查一个数据集"},
	{"the first three vehicles that can be bought for", "前三辆可购买的车辆"},
	{"one vehicle, without a file", "只查一辆车，不用文件"},
	{"what it would cost, as batch plan", "需要花费多少，同 batch plan"},
	{"a corrected copy of failures.csv: mends the run that it is of", "更正后的 failures.csv：修补它所属的批次"},
	{"read the first NUMBER of rows that can be bought for, and leave the rest", "只读取前 NUMBER 个可购买的行，其余不读"},
	{"instead of INPUT: the vehicle with this VIN", "代替 INPUT：车架号为 VIN 的车辆"},
	{"instead of INPUT, or with --vin: the vehicle's PLATE", "代替 INPUT，或与 --vin 合用：车牌号 PLATE"},
	{"with --vin or --plate: its ENGINE_NUMBER", "与 --vin 或 --plate 合用：发动机号 ENGINE_NUMBER"},
	{"buy for VINs with a wrong check digit without asking", "校验位不符的车架号也直接购买，不询问"},
	{"say what it would do and cost, and call nobody", "只说会做什么、花费多少，不调用任何供应商"},
	{"what a run would do and cost; calls nobody", "批次会做什么、花费多少；不调用任何供应商"},
	{"go on with the unfinished run of a workspace", "继续工作区中未结束的批次"},
	{"reopen lookups of the failure ledger, then go on as resume", "重开失败台账中的查询，然后同 resume 一样继续"},
	{"what failed because the vendor was down", "因供应商故障而失败的"},
	{"may pay twice: it says how much", "可能重复付费：会说明金额"},
	{"failures of this CLASS; repeatable", "此类别 CLASS 的失败，可重复"},
	{"failures at this VENDOR; repeatable", "此供应商 VENDOR 的失败，可重复"},
	{"every failure", "所有失败"},
	{"pay again for what may have been paid, without asking", "可能已付费的也再次付费，不询问"},

	// status, runs, failures, show, diff, fix
	{"where a workspace stands: counts, spend, waiting lookups, halted vendors", "工作区的现状：数量、花费、等待中的查询、已暂停的供应商"},
	{"Works while another process runs there.", "其他进程正在该工作区运行时也可使用。"},
	{"the runs of a workspace: when, of what, how far, for how much", "工作区的各个批次：时间、清单、进度、花费"},
	{"The newest first. Works while another process runs there.", "最新的在前。其他进程正在该工作区运行时也可使用。"},
	{"the failure ledger of the last run", "最近批次的失败台账"},
	{"print CSV, which is itself an INPUT", "输出 CSV，它本身也可作 INPUT"},
	{"all that a workspace knows of one vehicle: a VIN or the end of it, a plate, or a ticket", "工作区中一辆车的全部信息：按车架号或其末尾、车牌号或单号"},
	{"a part of the VIN, 6 characters at least", "车架号的一部分，至少 6 个字符"},
	{"as progress and logs shorten it", "进度和日志中的缩写"},
	{"a vendor's number of an order", "供应商的订单号"},
	{"the answers that are kept, as they came", "保存的结果原文"},
	{"Its rows, lookups, submissions and answers, what they cost, and its rows of every table, run by run. Works from the ledger alone, also while another process runs there. Several vehicles that fit are listed instead.", "逐批次列出它的行、查询、下单和结果、花费，以及在各表中的行。只读账本，其他进程正在运行时也可使用。\n若有多辆车相符，则改为列出这些车辆。"},
	{"--raw prints bytes and nothing else; several answers are apart by a byte 0, as `xargs -0` reads them, and stderr names each. --raw --json prints them in a list, each with its body as text, or in base64 where it is no UTF-8.", "--raw 只输出原始字节；多个结果以字节 0 分隔，可用 `xargs -0` 读取，标准错误中写明各是哪一个。\n--raw --json 以列表输出，正文为文本；不是 UTF-8 时为 base64。"},
	{"print the answers that are kept, as they came", "输出保存的结果原文"},
	{"what the answers of one run say that those of another did not", "一个批次的结果与另一批次相比有何变化"},
	{"the last finished run against the one before", "最近结束的批次与其前一个比较"},
	{"the last finished run against RUN_A", "最近结束的批次与 RUN_A 比较"},
	{"RUN_B against RUN_A", "RUN_B 与 RUN_A 比较"},
	{"New, paid and vanished violations, new workshop visits, flags that turned, odometers that went back, prices that moved. Works from the ledger alone. The table changes of a run's outputs says the same against each vehicle's latest earlier answer, whichever run had it.", "新增、已缴和消失的违章，新的进店，变化的标志，回退的里程，变动的价格。只读账本。\n批次输出文件中的 changes 表内容相同，但与每辆车此前最近的结果比较，不论它来自哪个批次。"},
	{"the failures of the last run by their cause, what would mend each, and what that costs", "最近批次的失败按原因归类、各自的处理办法及费用"},
	{"It changes nothing and calls nobody: it prints the commands to give, and the columns to fill in.", "不做任何改动，不调用任何供应商：只写出应执行的命令和应填写的列。"},

	// spend, reconcile
	{"what a workspace has charged, reserved and left in doubt", "工作区的已扣费、预占和待核实金额"},
	{"by vendor and dataset, over all runs", "按供应商和数据集，合计所有批次"},
	{"a line for each day of China", "按中国日期每天一行"},
	{"The sums are the configured prices of what was ordered; `batch reconcile` holds them against the vendor's bill. Reused lookups were answered by an answer bought before, and cost nothing: saved is what that answer cost, while it is kept (`batch purge`). Works while another process runs there.", "金额按已下订单的配置价格合计；`batch reconcile` 将其与供应商的账单核对。\n复用的查询使用以前买到的结果，不花钱：节省的金额是该结果当时的费用，前提是它仍保存着（`batch purge`）。\n其他进程正在该工作区运行时也可使用。"},
	{"add up by these, comma-separated LIST of vendor, dataset, day and run", "按 LIST 合计，以逗号分隔：vendor、dataset、day、run"},
	{"the run's ID (default: all runs)", "批次的 ID（默认：所有批次）"},
	{"orders from this DAY or time on, e.g. 2026-01-31 or \"2026-01-31 18:00:00\", China time", "从 DAY 这一天或时刻起的订单，例如 2026-01-31 或 \"2026-01-31 18:00:00\"，中国时间"},
	{"orders up to this DAY, or before this time", "到 DAY 这一天为止，或此时刻之前的订单"},
	{"hold a vendor's bill against the ledger, and settle what was in doubt", "将供应商的账单与账本核对，并了结待核实的订单"},
	{"STATEMENT is the vendor's list of single charges as CSV or xlsx, or - for stdin: time, amount, and the ticket, VIN or plate, under their usual names in Chinese or English, or as vendors.NAME.statement in the configuration says. Text above and below the table, sums and top-ups are skipped. A line that cannot be read is listed, and makes the exit code 3 at least; what it might be of is left alone.", "STATEMENT 是供应商的逐笔扣费清单，CSV 或 xlsx，- 表示标准输入：时间、金额，以及单号、车架号或车牌号，\n列名用常见的中文或英文，或按配置中的 vendors.NAME.statement。表格上下的文字、合计和充值会跳过。\n无法读取的行会列出，退出码至少为 3；可能与之有关的订单保持不变。"},
	{"show it, and change nothing", "只显示，不做改动"},
	{"show it, ask, settle", "显示、询问、了结"},
	{"An order in doubt that is on the bill was paid; with its ticket, `batch resume` asks for the report. One that is not there, though the bill covers its time, was not bought: `batch retry --class unavailable` may buy it. A line that may be of several orders settles none of them. No vendor is called.", "账单上有的待核实订单已付费；有单号的，`batch resume` 会去取报告。账单涵盖其时间却没有列出的，就没有购买：\n`batch retry --class unavailable` 可以购买。可能属于多个订单的一行，不会了结其中任何一个。不调用任何供应商。"},
	{"the VENDOR whose bill it is (default: the only one configured)", "账单所属的供应商 VENDOR（默认：唯一配置的那个）"},
	{"a line's time may lie this DURATION from the call", "账单行的时间与调用时间最多相差 DURATION"},
	{"show it and change nothing; works while another process runs there", "只显示，不做改动；其他进程正在该工作区运行时也可使用"},
	{"settle without asking", "直接了结，不询问"},
	{"the bill is complete from this DAY or time on, e.g. 2026-01-31 or \"2026-01-31 18:00:00\", China time", "账单从 DAY 这一天或时刻起是完整的，例如 2026-01-31 或 \"2026-01-31 18:00:00\"，中国时间"},
	{"the bill is complete up to this DAY, or before this time", "账单到 DAY 这一天为止，或此时刻之前是完整的"},

	// export, report, verify, purge
	{"write the outputs of a run again, from the ledger alone", "只根据账本重新写出批次的输出文件"},
	{"make a report of a run for people: one HTML file, from the ledger alone", "只根据账本生成供人阅读的批次报告：一个 HTML 文件"},
	{"Totals, money, coverage, failures with what to do, and the vehicles that need attention with their mileage. The file asks no network for anything. `--format parquet,csv,html` on a run writes it beside the tables. Works while another process runs there.", "合计、金额、覆盖率、失败及处理办法，以及需要关注的车辆及其里程。该文件不访问网络。\n运行批次时用 `--format parquet,csv,html` 可把它与各表一同写出。其他进程正在该工作区运行时也可使用。"},
	{"show this NUMBER of vehicles in detail, the most pressing ones", "详细显示最需关注的 NUMBER 辆车"},
	{"report.top in batch.yaml, else that of the run, else %v", "batch.yaml 中的 report.top，否则为批次的，否则为 %v"},
	{"FILE to write, - is stdout; of what is there, only a report is replaced", "写到文件 FILE，- 表示标准输出；已有的文件只有是报告才会被替换"},
	{"read every output back and hold it against the manifest and the ledger", "读回每个输出文件，与 manifest 和账本核对"},
	{"Parquet is read by another implementation than the one that wrote it. Exit 1 when anything differs.", "Parquet 由另一种实现读取，而不是写出它的那一种。有任何不符则退出码为 1。"},
	{"forget the vehicles and answers of old runs, and keep the money", "清除旧批次的车辆和结果，保留金额"},
	{"what it would forget", "会清除什么"},
	{"says so, then asks", "先说明，再询问"},
	{"Forgets raw answers, identifiers and tickets of finished runs, in the ledger and on the disk, and removes their outputs. Runs, counts, days and charges stay. What is in doubt, and what a run that stays has its answer from, is left. An answer that is forgotten is bought again when somebody asks for it again.", "清除已结束批次在账本和磁盘中的结果原文、标识和单号，并删除其输出文件。批次、数量、日期和扣费保留。\n待核实的，以及保留的批次仍在复用的结果，不会清除。结果清除后，再次查询时会重新购买。"},
	{"runs finished longer than this AGE ago: 90d, 90 (days) or 2160h", "结束时间早于 AGE 之前的批次：90d、90（天）或 2160h"},
	{"this run alone, by its ID", "只限此 ID 的批次"},
	{"leave the folders of outputs", "保留输出文件的目录"},
	{"say what it would forget, and forget nothing", "只说会清除什么，不清除"},
	{"forget without asking", "直接清除，不询问"},

	// doctor
	{"look through the workspace, try the vendors with free calls, and say what is wrong", "检查工作区，用免费调用试探供应商，并指出问题"},
	{"looks, and changes nothing; exit 1 when something is wrong", "只检查，不做改动；有问题则退出码为 1"},
	{"the ledger and the workspace alone: calls nobody", "只检查账本和工作区：不调用任何供应商"},
	{"saves what can be read of a damaged ledger into a new one", "把损坏账本中可读的内容存入新账本"},
	{"takes a whole ledger for the newest one, though its mark or its outputs say otherwise", "把完好的账本当作最新的，尽管其标记或输出文件并非如此"},
	{"With a configuration it asks each vendor something that is never billed, and says whether the vendor is reached, the clocks agree and the keys are good. A vendor without such a call is only reached for.", "有配置时，向每个供应商询问从不收费的内容，并说明能否连通、时钟是否一致、密钥是否有效。\n没有此类调用的供应商只试连接。"},
	{"A rescue keeps the damaged file under another name. A lookup of which nobody can say any more whether it was bought is in doubt after it, and is bought again only by `batch retry --class in_doubt`.", "抢救会把损坏的文件改名保留。已无法判断是否买过的查询，此后为待核实，\n只有 `batch retry --class in_doubt` 才会再次购买。"},
	{"try no vendor", "不试探供应商"},
	{"save what can be read of a damaged ledger", "保存损坏账本中可读的内容"},
	{"take a whole ledger for the newest one: what was bought after it is bought again", "把完好的账本当作最新的：此后购买过的会再次购买"},
	{"rescue or accept without asking", "直接抢救或接受，不询问"},

	// simulate
	{"serve all the vendors on a loopback port, to try a configuration without money", "在本机端口上模拟所有供应商，不花钱试用配置"},
	{"The keys that it takes are printed. Its book of charges is at /_simulator/book, a vendor's bill, for `batch reconcile`, at /_simulator/statement?vendor=tencent.", "会写出它接受的密钥。扣费账目在 /_simulator/book，\n供 `batch reconcile` 使用的供应商账单在 /_simulator/statement?vendor=tencent。"},
	{"loopback ADDRESS; port 0 takes a free one", "本机地址 ADDRESS；端口 0 表示任选空闲端口"},
	{"the vendors' clock is this TIME ahead of the machine's, e.g. 20m or -1h, for a look at what batch doctor says", "供应商的时钟比本机快 TIME，例如 20m 或 -1h，用来看 batch doctor 怎么说"},
	{"the machine's", "本机时钟"},
	{"NUMBER that decides what the vendors know", "种子数 NUMBER，决定供应商掌握哪些数据"},
	{"a report is ready after this TIME at the earliest", "报告最早在 TIME 之后生成"},
	{"and after this TIME at the latest", "最晚在 TIME 之后生成"},
	{"SHARE of orders, 0 to 1, that are worked by hand", "人工处理的订单比例 SHARE，0 到 1"},
	{"HOURS, China time, in which the desk works nothing, e.g. 18:30-09:00", "人工柜台不办理的时段 HOURS，中国时间，例如 18:30-09:00"},
	{"CALLS a second that each vendor allows (0: any number)", "每个供应商每秒允许的调用次数 CALLS（0：不限）"},
	{"CALLS at once within the rate", "限速之内可同时发出的调用次数 CALLS"},
	{"NAME=SHARE of calls that break so, e.g. cut_after=0.01; repeatable: %v", "以 NAME 方式出错的调用比例，写成 NAME=SHARE，例如 cut_after=0.01，可重复：%v"},

	// vendors, completion, version, help
	{"vendors and datasets: what each needs, price, whether configured or discontinued", "供应商和数据集：各需什么、价格、是否已配置或已停售"},
	{"print the completion script of bash, zsh or fish", "输出 bash、zsh 或 fish 的补全脚本"},
	{"print the version, the commit and the Go that the program was built with", "显示版本、提交和构建所用的 Go"},
	{"what --help prints, of the program or of a command", "显示程序或某个命令的帮助，同 --help"},
}

package messages

// inputPhrases say what was found in the input.
func inputPhrases() map[string]phrase {
	return map[string]phrase{
		"input":              {"%[2]s: %[1]d row, %[3]s.|%[2]s: %[1]d rows, %[3]s.", "%[2]s：%[1]d 行，%[3]s。"},
		"input_csv":          {"%[1]s, %[2]s", "%[1]s，%[2]s"},
		"input_bar":          {"bar-separated", "竖线分隔"},
		"input_comma":        {"comma-separated", "逗号分隔"},
		"input_semicolon":    {"semicolon-separated", "分号分隔"},
		"input_tab":          {"tab-separated", "制表符分隔"},
		"input_xlsx":         {"Excel workbook, sheet %s", "Excel 工作簿，工作表 %s"},
		"input_unknown":      {"Column %[1]s: taken for not known, as if the cell were empty: %[2]s.", "列 %[1]s：以下内容视为未知（等同空白单元格）：%[2]s。"},
		"input_unknown_word": {"%[2]s in %[1]d cell|%[2]s in %[1]d cells", "%[2]s（%[1]d 处）"},
		"input_ignored":      {"Columns not used: %s.", "未使用的列：%s。"},
	}
}

// correctPhrases are said of failures that were given back.
func correctPhrases() map[string]phrase {
	return map[string]phrase{
		"correct_run":       {"%[1]s, %[2]s, corrects run %[3]s: %[4]s; all else of its %[5]s is taken over.", "%[1]s，%[2]s，更正批次 %[3]s：%[4]s；该批次 %[5]s中的其余内容全部沿用。"},
		"correct_lookups":   {"%[1]d lookup of %[2]s|%[1]d lookups of %[2]s", "%[2]s，共 %[1]d 条查询"},
		"correct_rows":      {"%d row|%d rows", "%d 行"},
		"correct_as_before": {"Nothing is corrected in %[1]d row of them (%[2]s): what a vendor has refused or may have charged there stays as it is; the rest is tried again.|Nothing is corrected in %[1]d rows of them (%[2]s): what a vendor has refused or may have charged there stays as it is; the rest is tried again.", "其中 %[1]d 行未作更正（%[2]s）：供应商已拒绝或可能已扣费的查询保持原样，其余重新查询。"},
		"correct_left":      {"Left as they are: %d line of other datasets.|Left as they are: %d lines of other datasets.", "其他数据集的 %d 行保持原样。"},
	}
}

// initPhrases say what was drafted, and what comes next.
func initPhrases() map[string]phrase {
	return map[string]phrase{
		"init_open":    {"Enter leaves it open: ", "按 Enter 留空："},
		"init_wrong":   {"It %s.", "该值%s。"},
		"init_written": {"%s is written.", "已写出 %s。"},
		"init_fill_in": {"fill in   ", "请填写  "},
		"init_set":     {"set       ", "请设置  "},
		"init_then":    {"Then:", "然后："},
		"init_doctor":  {"tries the keys and the clock; costs nothing", "试用密钥并核对时钟；不产生费用"},
		"init_plan":    {"what it would do and cost; calls nobody", "会做什么、花费多少；不调用任何供应商"},
		"init_run":     {"a careful first run", "谨慎的首次运行"},
	}
}

// runPhrases are said while a run begins.
func runPhrases() map[string]phrase {
	return map[string]phrase{
		"input_more":    {"The rest of the file is not read, as --limit says.", "按 --limit 的要求，文件的其余部分未读取。"},
		"end_idle":      {"Nothing to do: the last run, %s, is finished. `batch run INPUT` starts a new one, `batch retry` reopens what failed.", "无事可做：最近的批次 %s 已完成。`batch run INPUT` 开始新的批次，`batch retry` 重新打开失败的查询。"},
		"run_goes_on":   {"This input has the unfinished run %s: going on with it.", "该输入文件有未完成的批次 %s：继续运行。"},
		"run_cut_short": {"The last process ended in the middle of %d call to a vendor: nobody can say what was bought, so it is in doubt.|The last process ended in the middle of %d calls to a vendor: nobody can say what was bought, so it is in doubt.", "上一个进程中断时有 %d 次供应商调用尚未结束，无法确定是否已购买，记为待核实。"},
		"run_clock": {"The newest entry of the ledger is of %s, which is still to come: this machine's clock is wrong, or was wrong then. What waits for a time is due now; answers of days to come count as new. Set the clock if it is wrong (timedatectl set-ntp true).",
			"账本中最新的记录时间为 %s，尚未到来：本机时钟有误，或当时有误。等待到期的查询现在即视为到期；日期在将来的结果视为最新。如时钟有误，请校准（timedatectl set-ntp true）。"},
		"run_purged":     {"Run %s was purged: its outputs are not written. A later run has what was fetched for it, at no cost.", "批次 %s 已清除，不再写出其输出文件；已取得的结果可由之后的批次免费复用。"},
		"run_china_time": {"%s (China)", "北京时间 %s"},
	}
}

// retryPhrases are said before lookups of the failure ledger are opened again.
func retryPhrases() map[string]phrase {
	return map[string]phrase{
		"retry_open":      {"Run %[2]s has %[1]d failed lookup that can be opened again.|Run %[2]s has %[1]d failed lookups that can be opened again.", "批次 %[2]s 有 %[1]d 条失败的查询可以重试。"},
		"retry_free":      {"Of them, %d only ask again for a report that is ordered already: asking costs nothing, a fallback to another vendor does.", "其中 %d 条只是再次索取已下单的报告：索取免费，改向其他供应商查询则需付费。"},
		"retry_not_taken": {"Of them, %d was refused before it was taken, as declared in not_taken: nothing was paid for it.|Of them, %d were refused before they were taken, as declared in not_taken: nothing was paid for them.", "其中 %d 条按 not_taken 的声明在受理之前即被拒绝：未产生费用。"},
		"retry_kept":      {"%d failed lookup cannot: its row must be corrected. Give a corrected copy of the failures to `batch run`.|%d failed lookups cannot: their rows must be corrected. Give a corrected copy of the failures to `batch run`.", "%d 条无法重试：须先更正这些行。请更正失败台账的副本后交给 `batch run`。"},
		"retry_twice":     {"Of them, %[1]d may have been bought already. Buying them again costs up to %[2]s more.", "其中 %[1]d 条可能已经购买。再次购买最多另需 %[2]s。"},
		"retry_yes":       {"Type yes to go on: ", "输入 yes 继续："},
	}
}

// endPhrases are the summary of a run, and what to do next.
func endPhrases() map[string]phrase {
	return map[string]phrase{
		"end_quiet":       {"batch: %[1]s; %[2]s", "batch: %[1]s；%[2]s"},
		"end_spent":       {"spent %s", "花费 %s"},
		"end_spent_doubt": {"spent %[1]s, and perhaps %[2]s more (in doubt)", "花费 %[1]s，另有 %[2]s 可能已扣费（待核实）"},
		"end_reused":      {"%d lookup answered by an earlier run: not bought again|%d lookups answered by an earlier run: not bought again", "%d 条查询复用以往批次的结果，未再次购买"},
		"end_outputs":     {"outputs in %s", "输出文件位于 %s"},
		"end_by_date":     {"and by date in %s", "并按日期存于 %s"},
		"end_simulated":   {"simulated: every answer is made up", "模拟数据：所有结果均为虚构"},
		"end_halt":        {"%[1]s: no more calls since %[5]s (%[2]s %[3]s): %[4]s", "%[1]s：自%[5]s 起停止调用（%[2]s %[3]s）：%[4]s"},
		"end_halt_orders": {"%[1]s: no more orders since %[5]s (%[2]s %[3]s): %[4]s", "%[1]s：自%[5]s 起停止下单（%[2]s %[3]s）：%[4]s"},
		"end_failed":      {"Some lookups failed. See why, and what to do:", "部分查询失败。查看原因与处理办法："},
		"end_in_doubt":    {"Some lookups failed or are in doubt. See why, and what to do:", "部分查询失败或待核实。查看原因与处理办法："},
		"end_look":        {"Look at it:", "查看结果："},

		"left_parked":  {"%d lookup left, whose reports are slow|%d lookups left, whose reports are slow", "还有 %d 条查询的报告尚未出具，已挂起"},
		"left_budget":  {"%[1]d lookup left: the budget of %[2]s does not allow the next one|%[1]d lookups left: the budget of %[2]s does not allow the next one", "还有 %[1]d 条查询：预算 %[2]s 不足以支付下一条"},
		"left_halted":  {"%d lookup left until the vendor is in order again|%d lookups left until the vendor is in order again", "还有 %d 条查询，待供应商恢复后继续"},
		"left_room":    {"%[1]d lookup left: the disk has no room for what would come back. Make at least %[2]d MiB free; nothing is bought twice|%[1]d lookups left: the disk has no room for what would come back. Make at least %[2]d MiB free; nothing is bought twice", "还有 %[1]d 条查询：磁盘空间不足，无法保存返回的结果。请至少腾出 %[2]d MiB 空间，已购买的不会重复购买"},
		"left_stopped": {"stopped, with %d lookup left|stopped, with %d lookups left", "已停止，还有 %d 条查询"},
		"left_at":      {"  %[2]s: %[1]d lookup to buy, %[3]s|  %[2]s: %[1]d lookups to buy, %[3]s", "  %[2]s：待购 %[1]d 条，%[3]s"},
		"left_unnamed": {"%[1]d order is held at %[2]s, which the configuration does not ask: put vendors.%[2]s back, and what is paid is fetched (row %[3]d of run %[4]s)|%[1]d orders are held at %[2]s, which the configuration does not ask: put vendors.%[2]s back, and what is paid is fetched (the first is row %[3]d of run %[4]s)",
			"%[1]d 条已下单的查询在 %[2]s，而配置中没有该供应商：补回 vendors.%[2]s 后即可取回已付费的报告（首条：批次 %[4]s 第 %[3]d 行）"},
		"left_unknown": {"%[1]d order is held at %[2]s, a vendor that this batch does not know: it is not fetched (row %[3]d of run %[4]s). What to do: %[5]s|%[1]d orders are held at %[2]s, a vendor that this batch does not know: they are not fetched (the first is row %[3]d of run %[4]s). What to do: %[5]s",
			"%[1]d 条已下单的查询在 %[2]s，本程序不认识该供应商，无法取回报告（首条：批次 %[4]s 第 %[3]d 行）。处理办法：%[5]s"},
		"left_next_at": {" (the next one can be asked for at %s)", "（下一条最早可于%s 索取）"},
		"left_go_on":   {". Go on with:", "。继续运行："},
	}
}

// displayPhrases are the display while a run works.
func displayPhrases() map[string]phrase {
	return map[string]phrase{
		"count_found":         {"%d found", "已查得 %d"},
		"count_no_record":     {"%d no record", "无记录 %d"},
		"count_unsupported":   {"%d unsupported", "不支持 %d"},
		"count_failed":        {"%d failed", "失败 %d"},
		"count_in_doubt":      {"%d in doubt", "待核实 %d"},
		"count_not_requested": {"%d not requested", "未请求 %d"},

		"live_comma":         {", ", "，"},
		"live_detail":        {" (%s)", "（%s）"},
		"live_spent":         {"%s spent", "已花费 %s"},
		"live_reserved":      {"%s reserved", "预占 %s"},
		"live_doubt":         {"%s in doubt", "待核实 %s"},
		"live_budget":        {" of %s", "，预算 %s"},
		"live_next_poll":     {"waiting for reports, next poll %[1]s (in %[2]s)", "等待报告，下次索取 %[1]s（%[2]s 后）"},
		"live_halted":        {"%[1]s halted (%[2]s)", "%[1]s 已暂停（%[2]s）"},
		"live_halted_orders": {"%[1]s: no more orders (%[2]s)", "%[1]s 停止下单（%[2]s）"},
		"live_trouble":       {"%[1]s: %[2]s, vendor tried again in %[3]s (%[4]s)", "%[1]s：%[2]s，%[3]s后再试探该供应商（%[4]s）"},
		"live_trying":        {"%[1]s: %[2]s, vendor being tried again (%[3]s)", "%[1]s：%[2]s，正在再次试探该供应商（%[3]s）"},
		"live_unwell":        {"%[1]s: %[2]s, calls go on", "%[1]s：%[2]s，继续调用"},
		"live_well":          {"%s answers again", "%s 已恢复"},
		"live_orders_of":     {"%[1]s %[2]s", "%[1]s 的%[2]s"},
		"nth":                {"%dth", "第 %d 次"},
		"span_seconds":       {"%d s", "%d 秒"},
		"span_minutes":       {"%d min", "%d 分钟"},
		"span_hours":         {"%d h", "%d 小时"},
		"live_pace":          {"%[1]s %[2]s/s", "%[1]s %[2]s 次/秒"},
		"live_left":          {"%s left", "约剩 %s"},
	}
}

// notifyPhrases are the summary of a run for a chat.
func notifyPhrases() map[string]phrase {
	return map[string]phrase{
		"notify_finished":    {"finished", "已完成"},
		"notify_failures":    {"finished with failures", "已完成，部分查询失败"},
		"notify_parked":      {"not finished: parked until slow reports are there; `batch resume` goes on", "未完成：已挂起，等待报告；用 `batch resume` 继续"},
		"notify_max_spend":   {"not finished: --max-spend is reached; `batch resume --max-spend MORE` goes on", "未完成：已达到 --max-spend；用 `batch resume --max-spend MORE` 继续"},
		"notify_halted":      {"not finished: a vendor takes no calls; `batch resume` goes on", "未完成：有供应商不接受调用；用 `batch resume` 继续"},
		"notify_no_room":     {"not finished: the disk has no room for answers; make room, then `batch resume` goes on", "未完成：磁盘空间不足，无法保存结果；腾出空间后用 `batch resume` 继续"},
		"notify_interrupted": {"not finished: stopped; `batch resume` goes on", "未完成：已停止；用 `batch resume` 继续"},
		"notify_settled":     {"not finished; `batch resume` goes on", "未完成；用 `batch resume` 继续"},
		"notify_error":       {"ended with an error", "出错中止"},
		"notify_run":         {"%[1]s (run %[2]s)", "%[1]s（批次 %[2]s）"},
		"notify_input":       {"%[2]s, %[1]d row|%[2]s, %[1]d rows", "%[2]s，%[1]d 行"},
		"notify_dataset":     {"%[1]s: %[2]d of %[3]d settled: %[4]s", "%[1]s：%[3]d 条中已结束 %[2]d 条：%[4]s"},
	}
}

// exportPhrases are said of files that were written.
func exportPhrases() map[string]phrase {
	return map[string]phrase{
		"file_rows":   {"%[2]s: %[1]d row|%[2]s: %[1]d rows", "%[2]s：%[1]d 行"},
		"file_report": {"report of run %[1]s in %[2]s", "批次 %[1]s 的报告：%[2]s"},
	}
}

package messages

// planPhrases say what a run would do and cost.
func planPhrases() map[string]phrase {
	return map[string]phrase{
		"plan_goes_on":        {"This input has the unfinished run %s; this is what is left of it.", "该输入文件有未完成的批次 %s，以下为其剩余部分。"},
		"plan_rows":           {"rows: %[1]d valid, %[2]d invalid, %[3]d duplicate", "行数：有效 %[1]d，无效 %[2]d，重复 %[3]d"},
		"plan_sum":            {"%[1]d lookup to buy for %[2]s; a fallback to another vendor costs more. Nothing was called.|%[1]d lookups to buy for %[2]s; a fallback to another vendor costs more. Nothing was called.", "需购买 %[1]d 条查询，合计 %[2]s；改向其他供应商查询另计。未调用任何供应商。"},
		"plan_sum_sure":       {"%[1]d lookup to buy for %[2]s. Nothing was called.|%[1]d lookups to buy for %[2]s. Nothing was called.", "需购买 %[1]d 条查询，合计 %[2]s。未调用任何供应商。"},
		"plan_sum_about":      {"%[1]d lookup to buy for about %[2]s; a fallback to another vendor costs more. Nothing was called.|%[1]d lookups to buy for about %[2]s; a fallback to another vendor costs more. Nothing was called.", "需购买 %[1]d 条查询，合计约 %[2]s；改向其他供应商查询另计。未调用任何供应商。"},
		"plan_sum_about_sure": {"%[1]d lookup to buy for about %[2]s. Nothing was called.|%[1]d lookups to buy for about %[2]s. Nothing was called.", "需购买 %[1]d 条查询，合计约 %[2]s。未调用任何供应商。"},
		"plan_awaits":         {"Of them, %d waits for its vehicle's maintenance answer: only then is known what it asks, and whether an answer to that is there already.|Of them, %d wait for their vehicle's maintenance answer: only then is known what they ask, and whether an answer to that is there already.", "其中 %d 条须等待同一车辆的维修保养结果：届时才知道查询内容，以及是否已有可复用的结果。"},
		"plan_wrong_digits":   {"%[1]d VIN has a wrong check digit: buying its lookups costs %[2]s; --strict-vin refuses it.|%[1]d VINs have a wrong check digit: buying their lookups costs %[2]s; --strict-vin refuses them.", "有 %[1]d 个车架号的校验位不符：为其购买查询需 %[2]s；加 --strict-vin 则拒绝这些车架号。"},
		"plan_set_apart":      {"%[1]d row is set apart by the list (hidden, struck through, an example, or said to be scrapped, sold or not wanted): buying its lookups costs %[2]s; take it out of the list if it is not wanted.|%[1]d rows are set apart by the list (hidden, struck through, an example, or said to be scrapped, sold or not wanted): buying their lookups costs %[2]s; take out of the list those that are not wanted.", "清单中有 %[1]d 行另作标示（隐藏、加删除线、填写示例，或注明已报废、已出售、不查询等）：为其购买查询需 %[2]s；不需要的请从清单中删去。"},
		"plan_unbought":       {"Not bought, and why:", "未购买的查询及原因："},
		"plan_cause":          {"%[1]d lookup of %[2]s, %[3]s: %[4]s|%[1]d lookups of %[2]s, %[3]s: %[4]s", "%[2]s，共 %[1]d 条查询（%[3]s）：%[4]s"},
		"plan_causes":         {"and %d lookup more for other causes; `batch plan --json` lists all|and %d lookups more for other causes; `batch plan --json` lists all", "另有 %d 条查询因其他原因；`batch plan --json` 列出全部"},
		"plan_correct":        {"correct %s", "更正 %s"},
		"plan_fill_in":        {"fill in %s (add the column if it is not there)", "补全 %s（缺列则添加）"},
		"plan_correct_fill":   {"correct %[1]s and fill in %[2]s (add the column if it is not there)", "更正 %[1]s，并补全 %[2]s（缺列则添加）"},
		"plan_correct_row":    {"correct these rows", "更正这些行"},
		"plan_nowhere":        {"no row of the list has a value of %[1]s, so %[2]s cannot be asked for any of them: add the columns if you know the values; else leave %[2]s out (--dataset)", "清单中没有一行填写 %[1]s，因此无法查询任何一行的%[2]s：若有这些信息，请添加这些列；否则不查%[2]s（--dataset）"},
		"plan_row_fill":       {"correct these rows and fill in %s (add the column if it is not there)", "更正这些行，并补全 %s（缺列则添加）"},
		"plan_over":           {"That is more than --max-spend %s allows: the run would stop there and could be resumed.", "超出 --max-spend %s：批次会在达到上限前停下，之后可继续运行。"},

		"head_dataset":  {"dataset", "数据集"},
		"head_vendor":   {"vendor", "供应商"},
		"head_to_buy":   {"to buy", "待购买"},
		"head_price":    {"price", "单价"},
		"head_cost":     {"cost", "费用"},
		"head_answered": {"answered", "已有结果"},
		"head_awaited":  {"awaited", "等待中"},
		"head_in_doubt": {"in doubt", "待核实"},
		"head_refused":  {"not asked", "未查询"},
		"head_day":      {"day", "日期"},
		"head_run":      {"run", "批次"},
		"head_charged":  {"charged", "已扣费"},
		"head_reserved": {"reserved", "预占"},
		"head_lookups":  {"lookups", "查询"},
		"head_reused":   {"reused", "复用"},
		"head_saved":    {"saved", "节省"},
		"head_total":    {"total", "合计"},
		"head_row":      {"row", "行"},
		"head_vehicle":  {"vehicle", "车辆"},
		"head_class":    {"class", "类别"},
		"head_why":      {"why", "原因"},
	}
}

// statusPhrases say where a workspace stands.
func statusPhrases() map[string]phrase {
	return map[string]phrase{
		"runs_run":            {"run", "批次"},
		"runs_begun":          {"begun", "开始于"},
		"runs_took":           {"took", "用时"},
		"runs_rows":           {"rows", "行数"},
		"runs_spent":          {"spent", "花费"},
		"runs_doubt":          {"%s, perhaps %s more", "%s，另有 %s 待核实"},
		"runs_state":          {"state", "状态"},
		"runs_input":          {"input", "输入文件"},
		"runs_purged":         {"purged", "已清除"},
		"runs_finished":       {"finished", "已完成"},
		"runs_settled":        {"settled, outputs not written", "已结束，输出未写出"},
		"runs_open":           {"%d lookup open|%d lookups open", "%d 条未完成"},
		"stand_run":           {"run %[2]s of %[3]s (%[1]d row), begun %[4]s: %[5]s|run %[2]s of %[3]s (%[1]d rows), begun %[4]s: %[5]s", "批次 %[2]s，输入 %[3]s（%[1]d 行），开始于%[4]s：%[5]s"},
		"stand_run_corrects":  {"run %[2]s of %[3]s (%[1]d row), which corrects run %[6]s, begun %[4]s: %[5]s|run %[2]s of %[3]s (%[1]d rows), which corrects run %[6]s, begun %[4]s: %[5]s", "批次 %[2]s，输入 %[3]s（%[1]d 行），更正批次 %[6]s，开始于%[4]s：%[5]s"},
		"stand_finished":      {"finished %s", "已完成，结束于%s"},
		"stand_settled":       {"settled, its outputs are not written yet", "查询已全部结束，输出文件尚未写出"},
		"stand_unfinished":    {"not finished", "未完成"},
		"stand_purged":        {"purged %s: vehicles and answers are forgotten, counts and money are kept", "已于%s 清除：车辆与结果已删除，数量与费用保留"},
		"stand_lost":          {"%[2]d of the %[1]d row of this run were lost with a part of the ledger: give the input to `batch run` again|%[2]d of the %[1]d rows of this run were lost with a part of the ledger: give the input to `batch run` again", "本批次 %[1]d 行中有 %[2]d 行随部分账本丢失：请将输入文件再次交给 `batch run`"},
		"stand_not_sent":      {"%d lookup not sent yet|%d lookups not sent yet", "%d 条查询尚未下单"},
		"stand_awaits":        {"%d lookup not sent before its vehicle's maintenance answer is there|%d lookups not sent before their vehicle's maintenance answer is there", "%d 条查询须等待同一车辆的维修保养结果，尚未下单"},
		"stand_waiting_now":   {"%[1]d lookup ordered, whose reports are awaited; the next is asked for now (%[2]s)|%[1]d lookups ordered, whose reports are awaited; the next is asked for now (%[2]s)", "%[1]d 条查询已下单，等待报告；下一条现在即可索取（%[2]s）"},
		"stand_waiting_at":    {"%[1]d lookup ordered, whose reports are awaited; the next is asked for at %[2]s (%[3]s)|%[1]d lookups ordered, whose reports are awaited; the next is asked for at %[2]s (%[3]s)", "%[1]d 条查询已下单，等待报告；下一条于%[2]s 索取（%[3]s）"},
		"stand_paused":        {"%[1]s: in trouble since %[2]s, vendor tried again %[3]s (%[4]s; %[5]s %[6]s): %[7]s", "%[1]s：自%[2]s 起异常，下次试探该供应商%[3]s（%[4]s；%[5]s %[6]s）：%[7]s"},
		"stand_paused_left":   {"%[1]s: in trouble from %[2]s until the run was left, vendor tried again first when it goes on (%[5]s %[6]s): %[7]s", "%[1]s：自%[2]s 起异常，直至运行中断；继续运行时先试探该供应商（%[5]s %[6]s）：%[7]s"},
		"stand_halted_orders": {"%[1]s: no more orders since %[2]s (%[3]s %[4]s): %[5]s", "%[1]s：自%[2]s 起停止下单（%[3]s %[4]s）：%[5]s"},
		"stand_halted":        {"%[1]s is halted since %[2]s (%[3]s %[4]s): %[5]s", "%[1]s 自%[2]s 起已暂停（%[3]s %[4]s）：%[5]s"},
		"stand_other_run":     {"run %[2]s of %[3]s is not finished either: %[1]d lookup left; `batch resume` takes up the newest unfinished run first|run %[2]s of %[3]s is not finished either: %[1]d lookups left; `batch resume` takes up the newest unfinished run first", "批次 %[2]s（输入 %[3]s）也未完成：还有 %[1]d 条查询；`batch resume` 先继续最新的未完成批次"},
		"stand_at_work":       {"At work here: %s", "正在运行：%s"},
		"stand_go_on":         {"Go on with:", "继续运行："},
		"stand_limit":         {"Its limit of %s stands: where that holds lookups back, add --max-spend MORE.", "该批次的花费上限仍为 %s：若因此未能下单，请加 --max-spend 并写更高的金额。"},
		"stand_purged_short":  {"Run %[1]s was purged %[2]s: of what is not in doubt, vehicles and messages are forgotten.", "批次 %[1]s 已于%[2]s 清除：除待核实的查询外，车辆与信息均已删除。"},
	}
}

// failuresPhrases are those of the failure ledger on the screen.
func failuresPhrases() map[string]phrase {
	return map[string]phrase{
		"failed_line":    {"line %d", "文件第 %d 行"},
		"failed_row":     {"sheet row %d", "表中第 %d 行"},
		"failed_none":    {"No failures.", "没有失败的查询。"},
		"failed_open":    {"%[1]d lookup is not settled yet; what it waits for:|%[1]d lookups are not settled yet; what they wait for:", "还有 %[1]d 条查询尚未结束，查看其等待原因："},
		"failed_unknown": {"(unknown)", "（未知）"},
	}
}

// fixPhrases say what would mend the failures of one cause.
func fixPhrases() map[string]phrase {
	return map[string]phrase{
		"fix_cause":        {"%[1]d lookup of %[2]s, %[3]s, %[4]s: %[5]s|%[1]d lookups of %[2]s, %[3]s, %[4]s: %[5]s", "%[2]s，共 %[1]d 条查询（%[3]s），%[4]s：%[5]s"},
		"fix_reason":       {"%[1]s (%[2]s)", "%[1]s（%[2]s）"},
		"fix_reasons":      {"%d more message of another kind|%d more messages of other kinds", "另有 %d 种信息"},
		"fix_example":      {"%[1]s; e.g. %[2]s: %[3]s", "%[1]s；例如%[2]s：%[3]s"},
		"fix_nowhere":      {"no row of the list has a value of %[1]s, so %[2]s cannot be asked for any of them: add the columns to a copy of the failures if you know the values; else leave %[2]s out next time (--dataset)", "清单中没有一行填写 %[1]s，因此无法查询任何一行的%[2]s：若有这些信息，请在失败台账的副本中添加这些列；否则下次不查%[2]s（--dataset）"},
		"rows_one":         {"row %s", "第 %s 行"},
		"rows_few":         {"rows %s", "第 %s 行"},
		"rows_more":        {"rows %[1]s and %[2]d more", "第 %[1]s 行及另外 %[2]d 行"},
		"fix_asked":        {"%[1]s at %[2]s", "%[2]s 的%[1]s"},
		"fix_no_price":     {"price not known", "价格未知"},
		"fix_fill_in":      {"fill in %s in a copy of the failures (add the column if it is not there)", "在失败台账的副本中补全 %s（缺列则添加）"},
		"fix_correct":      {"correct %s in a copy of the failures; of several lines about one row, one is enough", "在失败台账的副本中更正 %s；同一行有多条记录时，更正其中一条即可"},
		"fix_correct_fill": {"correct %[1]s and fill in %[2]s in a copy of the failures (add the column if it is not there); of several lines about one row, one is enough", "在失败台账的副本中更正 %[1]s，并补全 %[2]s（缺列则添加）；同一行有多条记录时，更正其中一条即可"},
		"fix_row_fill":     {"correct vin, plate or engine_no of these rows in a copy of the failures, and fill in %s there (add the column if it is not there); of several lines about one row, one is enough", "在失败台账的副本中更正这些行的 vin、plate 或 engine_no，并补全 %s（缺列则添加）；同一行有多条记录时，更正其中一条即可"},
		"fix_correct_row":  {"correct vin, plate or engine_no of these rows in a copy of the failures; of several lines about one row, one is enough", "在失败台账的副本中更正这些行的 vin、plate 或 engine_no；同一行有多条记录时，更正其中一条即可"},
		"fix_money_back":   {"ask %s for the money back: it charged and gives no report", "联系 %s 退款：已扣费但未出报告"},
		"fix_identifiers":  {"check the identifiers and correct them in a copy of the failures", "核对车辆标识，并在失败台账的副本中更正"},
		"fix_bill":         {"hold %[1]s's bill against the ledger: it says what was not bought, and prints what buys it. The retry buys all that is in doubt there again, charged or not, for up to %[2]s: it asks for a yes first", "用 %[1]s 的账单与账本核对：会指出未购买的查询并给出购买命令。retry 则不论是否已扣费，再次购买此处全部待核实的查询，最多 %[2]s，执行前需输入 yes"},
		"fix_not_taken":    {"open them: %s had not taken them, as declared in not_taken; nothing was paid for them, and each is bought once", "重新打开：按 not_taken 的声明，%s 并未受理；未产生费用，每条只购买一次"},
		"fix_limiter":      {"something before %[1]s answered in its place (%[2]s), perhaps a limiter that refused the order before it was taken; %[3]s are at stake. Ask %[1]s, or its bill (`%[5]s`), whether such a refusal is charged. If it is not, add these lines under %[1]s in %[4]s (where not_taken stands already, the second alone); the command then opens them, and each is bought once", "%[1]s 前端的网关代为应答（%[2]s），可能是限流器在受理之前拒绝了订单；可能涉及 %[3]s。请先向 %[1]s 或用其账单（`%[5]s`）确认此类拒绝是否收费。若不收费，在 %[4]s 的 %[1]s 下添加以下各行（已有 not_taken 时只添加第二行）；随后用下面的命令重新打开，每条只购买一次"},
		"fix_upstream":     {"a gateway answered in %[1]s's place (%[2]s). That is likely no limiter: the server behind it may have taken the order, so do not declare it as not_taken. %[3]s are at stake; hold %[1]s's bill against the ledger: it says what was not bought, and prints what buys it. The retry buys all that is in doubt there again, charged or not, for up to %[4]s: it asks for a yes first", "网关代 %[1]s 应答（%[2]s）。这多半不是限流：其后的服务器可能已受理订单，不要声明为 not_taken。可能涉及 %[3]s；请用 %[1]s 的账单与账本核对：会指出未购买的查询并给出购买命令。retry 则不论是否已扣费，再次购买此处全部待核实的查询，最多 %[4]s，执行前需输入 yes"},
		"fix_paid_lost":    {"ask %[1]s for the report: it charged this and gave no ticket; buying it again (`%[2]s`) pays twice", "向 %[1]s 索取报告：已扣费但未给出单号；再次购买（`%[2]s`）会重复付费"},
		"fix_free":         {"ask again, free of charge", "再次索取，免费"},
		"fix_later":        {"try again when %s is in order", "待 %s 恢复后重试"},
		"fix_same_bill":    {"the command for the bill is that above, and the retry:", "账单核对命令同上；再次购买的命令："},
		"fix_same":         {"the commands are those above", "命令同上"},
		"fix_once":         {"All that is corrected in the copy is one run, which takes everything else over:", "副本中的全部更正只需运行一次，其余内容全部沿用："},
		"fix_sum":          {"%[1]d failed lookup; to mend all costs at most %[2]s. Nothing was called.|%[1]d failed lookups; to mend all costs at most %[2]s. Nothing was called.", "共 %[1]d 条失败的查询；全部处理最多需 %[2]s。未调用任何供应商。"},
		"fix_sum_known":    {"%[1]d failed lookup; to mend those with a known price costs at most %[2]s. Nothing was called.|%[1]d failed lookups; to mend those with a known price costs at most %[2]s. Nothing was called.", "共 %[1]d 条失败的查询；其中价格已知的最多需 %[2]s。未调用任何供应商。"},
	}
}

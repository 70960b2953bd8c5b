package report

// phrase is a message in both languages. Where a count decides the form, the
// singular and the plural stand apart by a bar.
type phrase struct{ en, zh string }

// phrases is the one catalogue: every word of the report that is not the
// user's or a vendor's. Commands between backticks are set as code.
func phrases() map[string]phrase {
	out := map[string]phrase{}
	for _, part := range []map[string]phrase{pagePhrases(), cardPhrases(), attentionPhrases(), tablePhrases(), footPhrases(),
		vehiclePhrases(), historyPhrases(), reasonPhrases(), failurePhrases(), stepPhrases()} {
		for key, p := range part {
			out[key] = p
		}
	}
	return out
}

func pagePhrases() map[string]phrase {
	return map[string]phrase{
		"title":         {"Fleet report", "车队报告"},
		"rows":          {"%d vehicle row|%d vehicle rows", "%d 行车辆"},
		"started":       {"Began %s", "开始于 %s"},
		"finished":      {"ended %s", "结束于 %s"},
		"china_time":    {"Times are China time (UTC+8).", "时间均为北京时间（UTC+8）。"},
		"run":           {"Run %s", "批次 %s"},
		"complete":      {"Complete", "已完成"},
		"incomplete":    {"Not finished", "未完成"},
		"incomplete_to": {"Some lookups are still open: `batch resume` goes on. This report shows what is settled so far.", "仍有查询未结束：运行 `batch resume` 可继续。本报告仅显示目前已有的结果。"},
		"simulated":     {"Simulated: every answer in this report is made up.", "模拟数据：本报告中的所有结果均为虚构。"},
		"privacy":       {"Holds plates and VINs: pass it on with care.", "含车牌号与车架号，请谨慎转发。"},
	}
}

func cardPhrases() map[string]phrase {
	return map[string]phrase{
		"card_vehicles":    {"Vehicles", "车辆"},
		"card_answered":    {"%[1]d answered · %[2]d without any answer", "%[1]d 辆有结果 · %[2]d 辆无任何结果"},
		"card_duplicates":  {"%d row repeats another|%d rows repeat another", "%d 行重复"},
		"card_attention":   {"Need attention", "需要关注"},
		"card_attention_n": {"%[1]d high · %[2]d medium · %[3]d low among those shown", "所列车辆中：高 %[1]d · 中 %[2]d · 低 %[3]d"},
		"card_spent":       {"Spent", "花费"},
		"card_doubt":       {"perhaps %s more, in doubt", "另有 %s 可能已扣费（待核实）"},
		"card_saved":       {"%[1]s saved by using %[2]d answers again", "复用 %[2]d 条已有结果，节省 %[1]s"},
		"card_saved_none":  {"no earlier answer was used again", "未复用以往结果"},
		"card_found":       {"Answers found", "查得结果"},
		"card_found_n":     {"of %d lookups", "共 %d 条查询"},
		"card_fines":       {"Open fines", "未处理罚款"},
		"card_fines_n":     {"%[1]d open violations · %[2]d points", "%[1]d 条未处理违章 · %[2]d 分"},
		"card_value":       {"Fleet value", "车队估值"},
		"card_value_n":     {"between private people, %d valued", "个人交易价，%d 辆已估值"},
		"card_odometer":    {"Odometers run back", "里程回退"},
		"card_odometer_n":  {"of %[1]d vehicle with a report, %[2]d visits|of %[1]d vehicles with a report, %[2]d visits", "共 %[1]d 辆有报告的车、%[2]d 次进店"},
		"card_structure":   {"Structure repaired", "结构件维修"},
		"card_structure_n": {"%[1]d flooded · %[2]d burnt · %[3]d accidents", "泡水 %[1]d · 火烧 %[2]d · 事故 %[3]d"},

		"nav_attention": {"Attention", "关注"},
		"nav_coverage":  {"Coverage", "覆盖"},
		"nav_money":     {"Money", "费用"},
		"nav_failures":  {"Failures", "失败"},
		"nav_vehicles":  {"Vehicles", "车辆明细"},
		"nav_sections":  {"Sections", "章节"},
	}
}

func attentionPhrases() map[string]phrase {
	return map[string]phrase{
		"attention":      {"Vehicles that need attention", "需要关注的车辆"},
		"attention_lead": {"%[1]d of %[2]d, the most pressing first.", "共 %[2]d 辆，显示 %[1]d 辆，按紧急程度排列。"},
		"attention_none": {"No vehicle needs attention: nothing open, nothing suspicious in what was found.", "没有需要关注的车辆：已有结果中未见未处理违章或异常。"},
		"attention_more": {"%d more vehicle has reasons of its own: raise `--top` to see it here.|%d more vehicles have reasons of their own: raise `--top` to see them here.", "另有 %d 辆也有值得关注之处：加大 `--top` 可在此显示。"},
		"filter":         {"Find a VIN, plate or model", "按车架号、车牌号或车型查找"},
		"filter_none":    {"No vehicle in this list matches.", "列表中没有匹配的车辆。"},
		"col_vehicle":    {"Vehicle", "车辆"},
		"col_why":        {"Why", "原因"},
		"col_weight":     {"Weight", "权重"},
		"level_high":     {"High", "高"},
		"level_medium":   {"Medium", "中"},
		"level_low":      {"Low", "低"},
	}
}

func tablePhrases() map[string]phrase {
	return map[string]phrase{
		"coverage":             {"Coverage", "覆盖情况"},
		"coverage_lead":        {"How the lookups ended, by dataset and by the vendor that was asked last.", "各数据集、各供应商（最后查询者）的查询结果。"},
		"col_dataset":          {"Dataset", "数据集"},
		"col_vendor":           {"Vendor", "供应商"},
		"col_lookups":          {"Lookups", "查询数"},
		"all_vendors":          {"all vendors", "全部供应商"},
		"no_vendor":            {"none reached", "未查询"},
		"total":                {"Total", "合计"},
		"dataset_maintenance":  {"Maintenance", "维修保养"},
		"dataset_valuation":    {"Valuation", "估值"},
		"dataset_violations":   {"Violations", "违章"},
		"status_found":         {"Found", "已查得"},
		"status_no_record":     {"No record", "无记录"},
		"status_unsupported":   {"Unsupported", "不支持"},
		"status_pending":       {"Pending", "进行中"},
		"status_failed":        {"Failed", "失败"},
		"status_in_doubt":      {"In doubt", "待核实"},
		"status_not_requested": {"Not requested", "未请求"},

		"money":        {"Money", "费用"},
		"money_lead":   {"Configured prices times what was ordered in this run; the vendor's bill has the last word.", "按配置价格与本批次订单计算，以供应商账单为准。"},
		"money_none":   {"Nothing was ordered in this run.", "本批次没有任何订单。"},
		"col_charged":  {"Charged", "已扣费"},
		"col_reserved": {"Reserved", "预留"},
		"col_doubt":    {"In doubt", "待核实"},
		"col_reused":   {"Used again", "复用"},
		"col_saved":    {"Saved", "节省"},
	}
}

func footPhrases() map[string]phrase {
	return map[string]phrase{
		"noscript": {"Charts need JavaScript, which is switched off here; the tables hold the same figures.", "图表需要 JavaScript（当前已禁用）；表格中有相同的数据。"},
		"how":      {"How the order is made", "排序方法"},
		"how_text": {"Each finding has a weight; a vehicle's weight is their sum, and sorts the list: fire and flood 90 each, an odometer that ran back 80, structural repairs 70, an odometer that the vendor calls abnormal 60, an accident 40, repaired components 20; open violations 4 a penalty point, 1 each and 1 for every ¥50 of fines, 100 at most; a loss of 70% of the list price 10, and 1 for each further per cent. High is 80 and more, medium 40 and more. It is a sorting aid, not a verdict: look at the visits.", "每项发现有一个权重，车辆权重为其总和，并据此排序：火烧、泡水各 90，里程回退 80，结构件维修 70，供应商判定里程异常 60，事故 40，重要部件维修 20；未处理违章每扣 1 分计 4、每条计 1、每 50 元罚款计 1，合计最多 100；较指导价贬值 70% 计 10，此后每 1% 加 1。80 及以上为高，40 及以上为中。权重仅用于排序，并非结论，请核对进店记录。"},
		"made_by":  {"Made by batch from the ledger of the run; the tables beside it hold every row. Charts by uPlot (MIT licence).", "由 batch 根据批次账本生成，同目录的表格含全部数据。图表由 uPlot（MIT 许可）绘制。"},
		"back_top": {"Back to the list", "返回列表"},
	}
}

func reasonPhrases() map[string]phrase {
	return map[string]phrase{
		"why_fire":           {"Reported as burnt", "有火烧记录"},
		"why_flood":          {"Reported as flooded", "有泡水记录"},
		"why_structural":     {"Structural parts were repaired", "结构件曾维修"},
		"why_component":      {"Important components were repaired", "重要部件曾维修"},
		"why_accident":       {"Accident reported", "有事故记录"},
		"why_accident_grade": {"Accident reported: %s", "有事故记录：%s"},
		"why_odometer":       {"The vendor calls its odometer abnormal", "供应商判定里程表异常"},
		"why_rollback":       {"The odometer ran back|The odometer ran back %d times", "里程表回退 %d 次"},
		"why_rollback_once":  {"The odometer ran back by %[1]d km on %[2]s", "%[2]s 里程表回退 %[1]d 公里"},
		"why_rollbacks":      {"The odometer ran back %[1]d times, by %[2]d km at most (%[3]s)", "里程表回退 %[1]d 次，最多回退 %[2]d 公里（%[3]s）"},
		"why_violations":     {"%[1]d open violation: %[2]s in fines, %[3]d points|%[1]d open violations: %[2]s in fines, %[3]d points", "%[1]d 条未处理违章：罚款 %[2]s，扣 %[3]d 分"},
		"why_value":          {"Has lost %[1]d%% of its list price (%[2]s → %[3]s)", "较指导价贬值 %[1]d%%（%[2]s → %[3]s）"},
	}
}

func failurePhrases() map[string]phrase {
	return map[string]phrase{
		"failures":       {"Failures, and what to do", "失败与处理办法"},
		"failures_lead":  {"`failures.csv` has every one of them, with its own next step. It is itself an input.", "`failures.csv` 含全部失败及各自的处理办法，且可直接作为输入文件。"},
		"failures_none":  {"No lookup failed.", "没有失败的查询。"},
		"failures_n":     {"%d lookup|%d lookups", "%d 条查询"},
		"failures_cost":  {"%s charged", "已扣费 %s"},
		"billed_yes":     {"charged", "已扣费"},
		"billed_no":      {"not charged", "未扣费"},
		"billed_unknown": {"perhaps charged", "可能已扣费"},
		"examples":       {"The first %d", "前 %d 条"},
		"col_row":        {"Row", "行"},
		"col_message":    {"Message", "信息"},
	}
}

// stepPhrases are the classes of failure, and what can be done about them.
func stepPhrases() map[string]phrase {
	return map[string]phrase{
		"class_invalid_input": {"Wrong value in the row", "行内数据有误"},
		"class_missing_input": {"Missing column", "缺少字段"},
		"class_rejected":      {"Refused by the vendor", "供应商拒绝"},
		"class_auth":          {"Account not accepted", "账户鉴权失败"},
		"class_balance":       {"Balance empty", "余额不足"},
		"class_quota":         {"Quota used up", "配额用尽"},
		"class_rate_limited":  {"Too many calls", "调用过于频繁"},
		"class_unavailable":   {"Vendor not available", "供应商不可用"},
		"class_bad_response":  {"Answer cannot be read", "结果无法解析"},
		"class_in_doubt":      {"Outcome unknown", "结果不明"},
		"class_expired":       {"No report in time", "报告超时"},

		"step_invalid_input": {"Correct the rows and give the corrected file to `batch run`: what is answered already is used again.", "更正这些行，再将文件交给 `batch run`：已有结果会被复用。"},
		"step_missing_input": {"Fill in %s and give the file to `batch run` again.", "补全 %s，再将文件交给 `batch run`。"},
		"step_missing_any":   {"Fill in the columns that the messages name and give the file to `batch run` again.", "按提示补全字段，再将文件交给 `batch run`。"},
		"step_rejected":      {"Check the identifiers, correct the rows, and give the file to `batch run` again.", "核对车辆标识，更正后再将文件交给 `batch run`。"},
		"step_rejected_paid": {"The vendor charged these and gives no report: ask for the money back.", "供应商已扣费但未出报告：请联系其退款。"},
		"step_account":       {"Put the account at the vendor in order, then `batch retry --class %s`.", "先处理好供应商账户，再运行 `batch retry --class %s`。"},
		"step_later":         {"They were not taken: try again later with `batch retry --class %s`.", "供应商未受理：稍后运行 `batch retry --class %s`。"},
		"step_bad_response":  {"The answers are kept. `batch retry --class bad_response` reads them or asks for them again, free of charge.", "原始结果已保存。运行 `batch retry --class bad_response` 可重新解析或免费再取。"},
		"step_in_doubt":      {"Hold the vendor's bill against the ledger with `batch reconcile`. What is not on it may be bought again: `batch retry --class in_doubt`.", "用 `batch reconcile` 与供应商账单核对；未出现在账单上的可用 `batch retry --class in_doubt` 再次购买。"},
		"step_in_doubt_paid": {"The vendor charged these and gave no ticket: ask for the reports. `batch retry --class in_doubt` pays again.", "供应商已扣费但未给出单号：请向其索取报告。`batch retry --class in_doubt` 会再次付费。"},
		"step_expired":       {"The orders are paid and their tickets kept: `batch retry --class expired` asks again, free of charge.", "订单已付费、单号已保存：运行 `batch retry --class expired` 可免费再次索取。"},
	}
}

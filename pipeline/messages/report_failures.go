package messages

// groupPhrases are the words of the report about groups of failures.
func groupPhrases() map[string]phrase {
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
		"class_in_doubt":      {"Outcome unknown", "待核实"},
		"class_expired":       {"No report in time", "报告超时"},

		"step_invalid_input": {"Correct the rows and give the corrected file to `batch run`: what is answered already is used again.", "更正这些行，再将文件交给 `batch run`：已有结果会被复用。"},
		"step_missing_input": {"Fill in %s and give the file to `batch run` again.", "补全 %s，再将文件交给 `batch run`。"},
		"step_missing_any":   {"Fill in the columns that the messages name and give the file to `batch run` again.", "按提示补全字段，再将文件交给 `batch run`。"},
		"step_rejected":      {"Check the identifiers, correct the rows, and give the file to `batch run` again.", "核对车辆标识，更正后再将文件交给 `batch run`。"},
		"step_rejected_paid": {"The vendor charged these and gives no report: ask for the money back.", "供应商已扣费但未出报告：请联系其退款。"},
		"step_account":       {"Put the account at the vendor in order, then `batch retry --class %s`.", "先处理好供应商账户，再运行 `batch retry --class %s`。"},
		"step_later":         {"They were not taken: try again later with `batch retry --class %s`.", "供应商未受理：稍后运行 `batch retry --class %s`。"},
		"step_bad_response":  {"The answers are kept. `batch retry --class bad_response` reads them or asks for them again, free of charge.", "原始结果已保存。运行 `batch retry --class bad_response` 可重新解析或免费再取。"},
		"step_in_doubt":      {"Hold the vendor's bill against the ledger with `batch reconcile`. It prints what buys what is not on it. `batch retry --class in_doubt` buys all of them again, and may pay twice.", "用 `batch reconcile` 与供应商账单核对，它会给出购买账单上没有的查询的命令。`batch retry --class in_doubt` 会再次购买全部，可能重复付费。"},
		"step_in_doubt_paid": {"The vendor charged these and gave no ticket: ask for the reports. `batch retry --class in_doubt` pays again.", "供应商已扣费但未给出单号：请向其索取报告。`batch retry --class in_doubt` 会再次付费。"},
		"step_expired":       {"The orders are paid and their tickets kept: `batch retry --class expired` asks again, free of charge.", "订单已付费、单号已保存：运行 `batch retry --class expired` 可免费再次索取。"},
	}
}

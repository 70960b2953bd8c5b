package messages

// nextPhrases say what can be done about one failed lookup: the column
// next_step of the failure ledger. The report says it of groups (stepPhrases).
func nextPhrases() map[string]phrase {
	return map[string]phrase{
		"next_invalid_input":        {"Correct the row and give the corrected file to `batch run`.", "更正该行后，将文件交给 `batch run`。"},
		"next_invalid_columns":      {"Correct %s in the row and give the corrected file to `batch run`.", "更正该行的 %s 后，将文件交给 `batch run`。"},
		"next_invalid_fill":         {"Correct %[1]s and fill in %[2]s in the row, and give the corrected file to `batch run`.", "更正该行的 %[1]s 并补全 %[2]s 后，将文件交给 `batch run`。"},
		"next_invalid_row_fill":     {"Correct the row and fill in %s, and give the corrected file to `batch run`.", "更正该行并补全 %s 后，将文件交给 `batch run`。"},
		"next_missing_input":        {"Fill in %s and give the file to `batch run` again.", "补全 %s 后，将文件再次交给 `batch run`。"},
		"next_rejected":             {"Check the identifiers: %s refused them. Correct the row and give the file to `batch run` again.", "%s 拒绝了该查询：请核对车辆标识，更正该行后，将文件再次交给 `batch run`。"},
		"next_rejected_paid":        {"%s charged this and gives no report. Ask them for the money back.", "%s 已扣费但未出报告：请联系其退款。"},
		"next_rejected_paid_ticket": {"%[1]s charged this and gives no report. Ask them for the money back with ticket %[2]s.", "%[1]s 已扣费但未出报告：请凭单号 %[2]s 联系其退款。"},
		"next_in_doubt":             {"Look for this vehicle in %[1]s's bill; `batch reconcile` does it for all. If it is not there, `batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` buys it again, and all others in doubt there.", "请在 %[1]s 的账单中查找该车辆，`batch reconcile` 可一并核对全部；若账单上没有，`batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` 会再次购买该条及此处其他全部待核实的查询。"},
		"next_in_doubt_price":       {"Look for this vehicle in %[1]s's bill; `batch reconcile` does it for all. If it is not there, `batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` buys it again, and all others in doubt there: this one for %[3]s.", "请在 %[1]s 的账单中查找该车辆，`batch reconcile` 可一并核对全部；若账单上没有，`batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` 会再次购买该条及此处其他全部待核实的查询，其中该条费用 %[3]s。"},
		"next_in_doubt_paid":        {"%[1]s charged this and gave no ticket. Ask them for the report; `batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` buys it again, and all others in doubt there.", "%[1]s 已扣费但未给出单号：请向其索取报告；`batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` 会再次购买该条及此处其他全部待核实的查询。"},
		"next_in_doubt_paid_price":  {"%[1]s charged this and gave no ticket. Ask them for the report; `batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` buys it again, and all others in doubt there: this one for %[3]s.", "%[1]s 已扣费但未给出单号：请向其索取报告；`batch retry --class in_doubt --vendor %[1]s --dataset %[2]s` 会再次购买该条及此处其他全部待核实的查询，其中该条费用 %[3]s。"},
		"next_expired":              {"The order is paid and its ticket kept: `batch retry --class expired` asks for the report again, free of charge.", "订单已付费、单号已保存：运行 `batch retry --class expired` 可免费再次索取报告。"},
		"next_bad_response":         {"The answer was paid and is kept, but cannot be read. A newer batch may read it: `batch retry --class bad_response` tries the kept answer first.", "结果已付费并已保存，但无法解析。新版 batch 或可解析：`batch retry --class bad_response` 会先重新解析已保存的结果。"},
		"next_bad_response_ticket":  {"The answer is no report that can be read. `batch retry --class bad_response` asks for it again, free of charge.", "得到的不是可解析的报告：运行 `batch retry --class bad_response` 可免费再次索取。"},
		"next_off_route":            {"It was not asked: put %[1]s back into the route, and `batch retry --class unavailable` asks it.", "未向该供应商查询：将 %[1]s 放回 route 后运行 `batch retry --class unavailable` 即可查询。"},
		"next_not_bought":           {"It was not bought: `batch retry --class unavailable` buys it.", "并未购买：运行 `batch retry --class unavailable` 即可购买。"},
		"next_not_bought_price":     {"It was not bought: `batch retry --class unavailable` buys it for %s.", "并未购买：运行 `batch retry --class unavailable` 即可购买，费用 %s。"},
		"next_trouble":              {"%[1]s had trouble: try again later with `batch retry --class %[2]s`.", "%[1]s 出现问题：请稍后运行 `batch retry --class %[2]s` 重试。"},

		"next_purged":          {"The run was purged, so this is not tried again: give the vehicle to a new `batch run`.", "该批次已清除，无法重试：请将该车辆交给新的 `batch run`。"},
		"next_purged_paid":     {"%s charged this and gave no ticket: ask them for the report. The run was purged: a new `batch run` of the vehicle pays again.", "%s 已扣费但未给出单号：请向其索取报告。该批次已清除：新的 `batch run` 会为该车辆再次付费。"},
		"next_purged_in_doubt": {"Look for this vehicle in %s's bill; `batch reconcile` does it for all. The run was purged: give the vehicle to a new `batch run`; what is in doubt there as well, `batch retry` buys again.", "请在 %s 的账单中查找该车辆，`batch reconcile` 可一并核对全部。该批次已清除：请将该车辆交给新的 `batch run`；其中仍待核实的，可用 `batch retry` 再次购买。"},
	}
}

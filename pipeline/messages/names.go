package messages

// namePhrases are the codes as the screen shows them: in English as they are.
func namePhrases() map[string]phrase {
	return map[string]phrase{
		"name_maintenance": {"maintenance", "维修保养"},
		"name_valuation":   {"valuation", "估值"},
		"name_violations":  {"violations", "违章"},

		"name_found":         {"found", "已查得"},
		"name_no_record":     {"no_record", "无记录"},
		"name_unsupported":   {"unsupported", "不支持"},
		"name_pending":       {"pending", "进行中"},
		"name_failed":        {"failed", "失败"},
		"name_in_doubt":      {"in_doubt", "待核实"},
		"name_not_requested": {"not_requested", "未请求"},

		// A class is also what is typed behind --class.
		"class_name_invalid_input": {"invalid_input", "行内数据有误（invalid_input）"},
		"class_name_missing_input": {"missing_input", "缺少字段（missing_input）"},
		"class_name_rejected":      {"rejected", "供应商拒绝（rejected）"},
		"class_name_auth":          {"auth", "账户鉴权失败（auth）"},
		"class_name_balance":       {"balance", "余额不足（balance）"},
		"class_name_quota":         {"quota", "配额用尽（quota）"},
		"class_name_rate_limited":  {"rate_limited", "调用过于频繁（rate_limited）"},
		"class_name_unavailable":   {"unavailable", "供应商不可用（unavailable）"},
		"class_name_bad_response":  {"bad_response", "结果无法解析（bad_response）"},
		"class_name_in_doubt":      {"in_doubt", "待核实（in_doubt）"},
		"class_name_expired":       {"expired", "报告超时（expired）"},
	}
}

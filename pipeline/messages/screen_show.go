package messages

// showPhrases say what a workspace knows of one vehicle.
func showPhrases() map[string]phrase {
	return map[string]phrase{
		"show_candidates": {"%[1]d vehicle fits %[2]s:|%[1]d vehicles fit %[2]s:", "%[1]d 辆车符合 %[2]s："},
		"show_rows":       {"%d row|%d rows", "%d 行"},
		"show_say_more":   {"Name one: the whole VIN, or the plate.", "请指定其中一辆：完整车架号或车牌号。"},
		"show_vehicle":    {"vehicle %[1]s, plate %[2]s (%[3]s)", "车辆 %[1]s，车牌号 %[2]s（%[3]s）"},
		"show_money":      {"charged %[1]s, reserved %[2]s, perhaps charged %[3]s", "已扣费 %[1]s，预占 %[2]s，可能已扣费 %[3]s"},
		"show_none":       {"none", "无"},
		"show_run":        {"run %[1]s of %[2]s, begun %[3]s: %[4]s", "批次 %[1]s，输入 %[2]s，开始于%[3]s：%[4]s"},
		"show_row":        {"row %d: %s", "第 %d 行：%s"},
		"show_same":       {"the same vehicle as row %d", "与第 %d 行为同一车辆"},
		"show_problem":    {"remark: %s", "备注：%s"},
		"show_fault":      {"cannot be used: %s", "无法使用：%s"},
		"show_ticket":     {"ticket %s", "单号 %s"},
		"show_again":      {"the answer of run %s is used again", "复用批次 %s 的结果"},
		"show_as":         {"as it was in run %s", "沿用批次 %s"},
		"show_follows":    {"waits for the same lookup of run %s", "等待批次 %s 的同一查询"},
		"show_next":       {"next call %s", "下次调用：%s"},
		"show_attempt":    {"%[1]s  order %[2]d at %[3]s for %[4]s: %[5]s, %[6]s", "%[1]s  第 %[2]d 次下单，%[3]s，%[4]s：%[5]s，%[6]s"},
		"show_answer":     {"%[1]s  %[2]s of %[3]s, %[4]s, %[5]d bytes: %[6]s", "%[1]s  %[3]s 对 %[2]s 的应答，%[4]s，%[5]d 字节：%[6]s"},
		"show_sent":       {"no answer yet", "尚无应答"},
		"show_reserved":   {"reserved", "预占"},
	}
}

package messages

// vehiclePhrases are the words of a vehicle's section.
func vehiclePhrases() map[string]phrase {
	return map[string]phrase{
		"vehicles":         {"The vehicles, one by one", "车辆明细"},
		"row":              {"row %d", "第 %d 行"},
		"cost":             {"%s spent on it in this run", "本批次花费 %s"},
		"weight":           {"weight %d", "权重 %d"},
		"km":               {"%d km", "%d 公里"},
		"km_per_year":      {"%d km a year", "每年 %d 公里"},
		"fact_reading":     {"Last reading", "最近里程"},
		"fact_estimate":    {"about %d km by now", "目前约 %d 公里"},
		"fact_no_estimate": {"no estimate for today: the odometer ran back", "里程表曾回退，不推算目前里程"},
		"fact_visits":      {"Workshop visits", "进店记录"},
		"fact_span":        {"%[1]s to %[2]s", "%[1]s 至 %[2]s"},
		"fact_value":       {"Value, dealer pays to dealer asks", "估值（车商收车价至售车价）"},
		"fact_private":     {"%s between private people", "个人交易价 %s"},
		"fact_derived":     {"asked with %s, from its maintenance record", "估值所用 %s 取自维修保养记录"},
		"fact_list":        {"list price %s", "指导价 %s"},
		"fact_lost":        {"list price %[1]s, %[2]d%% lost", "指导价 %[1]s，贬值 %[2]d%%"},
		"fact_unpaid":      {"Unpaid violations", "未缴款违章"},
		"fact_unpaid_n":    {"%[1]s in fines · %[2]d points", "罚款 %[1]s · 扣 %[2]d 分"},
		"fact_of":          {"%[1]d of %[2]d", "%[1]d / %[2]d"},
		"problems":         {"Remarks", "备注"},

		"chart_title":   {"Mileage at the visits", "进店里程"},
		"chart_reading": {"Reading", "里程"},
		"chart_back":    {"Ran back by", "回退"},
		"chart_km":      {"km", "公里"},
		"chart_date":    {"Date", "日期"},
		"chart_alt":     {"%[1]d reading, from %[2]d to %[3]d km|%[1]d readings, from %[2]d to %[3]d km", "%[1]d 个里程读数，%[2]d 至 %[3]d 公里"},
		"chart_none":    {"Fewer than two dated readings: nothing to draw.", "带日期的里程读数不足两个，无法绘图。"},
	}
}

// historyPhrases are the words of a vehicle's visits and violations.
func historyPhrases() map[string]phrase {
	return map[string]phrase{
		"visits":                   {"%d visit|%d visits", "%d 次进店"},
		"violations":               {"%d violation|%d violations", "%d 条违章"},
		"not_shown":                {"%d older one is in the tables|%d older ones are in the tables", "更早的 %d 条见表格"},
		"col_date":                 {"Date", "日期"},
		"col_km":                   {"km", "公里"},
		"col_delta":                {"Change", "变化"},
		"col_kind":                 {"Kind", "类型"},
		"col_what":                 {"What was done", "内容"},
		"col_who":                  {"Told by", "来源"},
		"col_time":                 {"Time", "时间"},
		"col_place":                {"Place", "地点"},
		"col_offence":              {"Offence", "违章行为"},
		"col_fine":                 {"Fine", "罚款"},
		"col_points":               {"Points", "扣分"},
		"col_state":                {"State", "状态"},
		"ran_back":                 {"ran back", "回退"},
		"structural":               {"structure", "结构件"},
		"component":                {"component", "重要部件"},
		"exterior":                 {"exterior", "外观件"},
		"kind_service":             {"Service", "保养"},
		"kind_repair":              {"Repair", "维修"},
		"kind_bodywork":            {"Bodywork", "钣喷"},
		"kind_inspection":          {"Inspection", "检查"},
		"kind_other":               {"Other", "其他"},
		"state_unprocessed_unpaid": {"unprocessed", "未处理未缴款"},
		"state_processed_unpaid":   {"processed, unpaid", "已处理未缴款"},
		"state_processed_paid":     {"settled", "已处理已缴款"},
	}
}

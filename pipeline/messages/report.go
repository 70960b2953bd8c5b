package messages

// pagePhrases are the head of the report.
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

// newsPhrases say what is new since the earlier answers.
func newsPhrases() map[string]phrase {
	return map[string]phrase{
		"news":        {"What is new", "新变化"},
		"nav_news":    {"New", "新变化"},
		"news_first":  {"This is the first run of its workspace: from the next one on, what has changed since stands here.", "这是该工作区的第一个批次：从下一个批次起，此处显示自上次以来的变化。"},
		"news_none":   {"Nothing new: no answer of this run says anything that the vehicle's earlier answer did not say.", "没有新变化：本批次的结果与每辆车上次的结果一致。"},
		"news_lead":   {"%d vehicle has something new against its latest earlier answer.|%d vehicles have something new against their latest earlier answers.", "%d 辆车与各自上次的结果相比有新变化。"},
		"news_what":   {"What is new", "新变化"},
		"news_points": {"%d point|%d points", "扣 %d 分"},
		"news_rest":   {"%d more vehicle|%d more vehicles", "另有 %d 辆车"},
		"news_more":   {"and %d more", "另有 %d 项"},
		"news_others": {"%d more vehicle with ordinary or less pressing news: the table `changes` has all.|%d more vehicles with ordinary or less pressing news: the table `changes` has all.", "另有 %d 辆车的变化较为平常：全部见表 `changes`。"},

		"news_sum_violation_new":   {"%s in fines to pay", "待缴罚款 %s"},
		"news_sum_valuation_moved": {"%s between private people, all together", "个人交易价合计变动 %s"},

		"change_violation_new":       {"New violation", "新增违章"},
		"change_violation_processed": {"Violation processed", "违章已处理"},
		"change_violation_paid":      {"Violation paid", "违章已缴款"},
		"change_violation_reopened":  {"Violation open again", "违章重新打开"},
		"change_violation_changed":   {"Violation changed", "违章内容变更"},
		"change_violation_gone":      {"Violation no longer listed", "违章不再列出"},
		"change_visit_new":           {"New workshop visit", "新增进店"},
		"change_visit_gone":          {"Visit no longer listed", "进店记录不再列出"},
		"change_flag_turned":         {"Finding changed", "结论变化"},
		"change_odometer_back":       {"Odometer ran back", "里程表回退"},
		"change_valuation_moved":     {"Value moved", "估值变动"},
		"change_record_found":        {"Records found now", "现已查得记录"},
		"change_record_lost":         {"Records no longer found", "记录已查不到"},

		"finding_fire_true":             {"reported as burnt", "有火烧记录"},
		"finding_fire_false":            {"no longer reported as burnt", "不再有火烧记录"},
		"finding_flood_true":            {"reported as flooded", "有泡水记录"},
		"finding_flood_false":           {"no longer reported as flooded", "不再有泡水记录"},
		"finding_structural_true":       {"structural parts were repaired", "结构件曾维修"},
		"finding_structural_false":      {"no structural repairs any more", "不再有结构件维修"},
		"finding_component_true":        {"important components were repaired", "重要部件曾维修"},
		"finding_component_false":       {"no repaired components any more", "不再有重要部件维修"},
		"finding_exterior_true":         {"exterior parts were repaired", "外观件曾维修"},
		"finding_exterior_false":        {"no exterior repairs any more", "不再有外观件维修"},
		"finding_accident_true":         {"an accident is reported", "有事故记录"},
		"finding_accident_false":        {"no accident is reported any more", "不再有事故记录"},
		"finding_odometer_normal_true":  {"the vendor calls the odometer normal again", "供应商重新判定里程表正常"},
		"finding_odometer_normal_false": {"the vendor calls the odometer abnormal", "供应商判定里程表异常"},
	}
}

// cardPhrases are the sums at the top.
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
		"card_fines":       {"Unpaid fines", "未缴款罚款"},
		"card_fines_n":     {"%[1]d unpaid violation, %[2]d of them unprocessed · %[3]d points|%[1]d unpaid violations, %[2]d of them unprocessed · %[3]d points", "%[1]d 条未缴款违章（其中 %[2]d 条未处理） · %[3]d 分"},
		"card_value":       {"Fleet value", "车队估值"},
		"card_value_n":     {"between private people, %d valued", "个人交易价，%d 辆已估值"},
		"card_odometer":    {"Odometers run back", "里程回退"},
		"card_odometer_n":  {"of %[1]d vehicle with a report, %[2]d visits|of %[1]d vehicles with a report, %[2]d visits", "共 %[1]d 辆有报告的车、%[2]d 次进店"},
		"card_structure":   {"Structure repaired", "结构件维修"},
		"card_structure_n": {"%[1]d flooded · %[2]d burnt · %[3]d accidents", "泡水 %[1]d · 火烧 %[2]d · 事故 %[3]d"},

		"card_not_asked": {"not asked in this run", "本批次未查询"},
		"card_no_answer": {"no answer was found", "未查得结果"},

		"nav_attention": {"Attention", "关注"},
		"nav_coverage":  {"Coverage", "覆盖"},
		"nav_money":     {"Money", "费用"},
		"nav_failures":  {"Failures", "失败"},
		"nav_vehicles":  {"Vehicles", "车辆明细"},
		"nav_sections":  {"Sections", "章节"},
	}
}

// attentionPhrases are the list of vehicles.
func attentionPhrases() map[string]phrase {
	return map[string]phrase{
		"attention":      {"Vehicles that need attention", "需要关注的车辆"},
		"attention_lead": {"%[1]d of %[2]d, the most pressing first.", "共 %[2]d 辆，显示 %[1]d 辆，按紧急程度排列。"},
		"attention_none": {"No vehicle needs attention: nothing unpaid, nothing out of the ordinary in what was found.", "没有需要关注的车辆：已有结果中未见未缴款违章或异常。"},
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

// tablePhrases are the tables of coverage and money.
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
		"col_reserved": {"Reserved", "预占"},
		"col_doubt":    {"In doubt", "待核实"},
		"col_reused":   {"Used again", "复用"},
		"col_saved":    {"Saved", "节省"},
	}
}

// footPhrases are the end of the page.
func footPhrases() map[string]phrase {
	return map[string]phrase{
		"noscript": {"Charts need JavaScript, which is switched off here; the tables hold the same figures.", "图表需要 JavaScript（当前已禁用）；表格中有相同的数据。"},
		"how":      {"How the order is made", "排序方法"},
		"how_text": {"Each finding has a weight; a vehicle's weight is their sum, and sorts the list: fire and flood 90 each, an odometer that ran back 80, structural repairs 70, an odometer that the vendor calls abnormal 60, an accident 40, repaired components 20; unpaid violations 4 a penalty point, 1 each and 1 for every ¥50 of fines, 100 at most; a loss of 70% of the list price 10, and 1 for each further per cent. Repaired components, and a loss that the age explains (25% and 10% a year), are ordinary: a vehicle with nothing else is not listed. High is 80 and more, medium 40 and more. It is a sorting aid, not a verdict: look at the visits.", "每项发现有一个权重，车辆权重为其总和，并据此排序：火烧、泡水各 90，里程回退 80，结构件维修 70，供应商判定里程异常 60，事故 40，重要部件维修 20；未缴款违章每扣 1 分计 4、每条计 1、每 50 元罚款计 1，合计最多 100；较指导价贬值 70% 计 10，此后每 1% 加 1。重要部件维修，以及车龄可以解释的贬值（25% 加每年 10%）属正常：仅有这些的车辆不列出。80 及以上为高，40 及以上为中。权重仅用于排序，并非结论，请核对进店记录。"},
		"made_by":  {"Made by batch from the ledger of the run; the tables beside it hold every row. Charts by uPlot (MIT licence).", "由 batch 根据批次账本生成，同目录的表格含全部数据。图表由 uPlot（MIT 许可）绘制。"},
		"back_top": {"Back to the list", "返回列表"},
	}
}

// reasonPhrases say why a vehicle needs attention.
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
		"why_violations":     {"%[1]d unpaid violation: %[2]s in fines, %[3]d points|%[1]d unpaid violations: %[2]s in fines, %[3]d points", "%[1]d 条未缴款违章：罚款 %[2]s，扣 %[3]d 分"},
		"why_value":          {"Has lost %[1]d%% of its list price (%[2]s → %[3]s)", "较指导价贬值 %[1]d%%（%[2]s → %[3]s）"},
	}
}

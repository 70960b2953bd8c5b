package simulator

// brand is what the first three letters of a VIN stand for.
type brand struct {
	id          int64
	name        string
	maker       string
	wantsEngine bool // the vendors' pages want the engine number
	wmis        []string
	models      []model
}

// model is one car in the list.
type model struct {
	name         string // as it stands between the model year and the trim
	series       string
	displacement string // "" for an electric car
	gearbox      string
	trim         string
	price        int64 // of the maker's list, in hundreds of yuan: 0.01万
}

const (
	manual    = "手动"
	automatic = "手自一体"
	dualDSG   = "双离合"
	stepless  = "无级变速"
	oneGear   = "固定齿比"
)

// brands is read only. Prefixes are those of the makers' own VINs; public lists
// disagree about a few.
var brands = []brand{
	{1, "大众", "上汽大众", false, []string{"LSV"}, []model{
		{"大众 朗逸", "朗逸(18/05-)", "1.5L", automatic, "舒适版", 1349},
		{"大众 途观L", "途观L(17/01-)", "2.0T", dualDSG, "330TSI 两驱风尚版", 2268},
		{"大众 帕萨特", "帕萨特(16/01-)", "1.4T", dualDSG, "280TSI 商务版", 1939},
		{"大众 Polo", "Polo(14/06-)", "1.4L", manual, "风尚版", 869}}},
	{1, "大众", "一汽大众", false, []string{"LFV"}, []model{
		{"大众 速腾", "速腾(12/03-)", "1.4T", dualDSG, "230TSI 豪华型", 1588},
		{"大众 迈腾", "迈腾(16/07-)", "2.0T", dualDSG, "330TSI 领先型", 2239},
		{"大众 宝来", "宝来(16/01-)", "1.6L", automatic, "时尚型", 1229},
		{"奥迪 奥迪A6L", "奥迪A6L(12/03-)", "2.0T", stepless, "TFSI 标准型", 3828}}},
	{15, "宝马", "华晨宝马", false, []string{"LBV"}, []model{
		{"宝马 3系", "3系(13/01-)", "2.0T", automatic, "320Li 时尚型", 3398},
		{"宝马 5系", "5系(18/01-)", "2.0T", automatic, "530Li 领先型 豪华套装", 4969},
		{"宝马 X3", "X3(18/06-)", "2.0T", automatic, "xDrive28i 豪华套装", 4498}}},
	{15, "宝马", "进口宝马", false, []string{"WBA", "WBS", "WBX", "5UX"}, []model{
		{"宝马 X5", "X5(14/03-)", "3.0T", automatic, "xDrive35i 豪华型", 8893},
		{"宝马 7系", "7系(16/01-)", "3.0T", automatic, "740Li 尊享型 豪华套装", 11980}}},
	{8, "福特", "长安福特", false, []string{"LVS"}, []model{
		{"福特 福克斯", "福克斯(15/08-)", "1.6L", automatic, "两厢 舒适型", 1298},
		{"福特 蒙迪欧", "蒙迪欧(13/08-)", "2.0T", automatic, "GTDi200 豪华型", 2358},
		{"福特 锐界", "锐界(15/04-)", "2.0T", automatic, "EcoBoost 245 两驱精锐型", 2598}}},
	{75, "比亚迪", "比亚迪", true, []string{"LGX", "LC0", "LPE"}, []model{
		{"比亚迪 秦PLUS", "秦PLUS DM-i(21/03-)", "1.5L", stepless, "DM-i 55KM 尊贵型", 1098},
		{"比亚迪 宋Pro", "宋Pro(19/07-)", "1.5T", dualDSG, "自动豪华型", 1098},
		{"比亚迪 汉", "汉EV(20/07-)", "", oneGear, "超长续航版豪华型", 2298}}},
	{133, "特斯拉", "特斯拉中国", false, []string{"LRW"}, []model{
		{"特斯拉 Model 3", "Model 3(20/01-)", "", oneGear, "标准续航后驱升级版", 2679},
		{"特斯拉 Model Y", "Model Y(21/01-)", "", oneGear, "长续航全轮驱动版", 3479}}},
	{133, "特斯拉", "进口特斯拉", false, []string{"5YJ", "7SA"}, []model{
		{"特斯拉 Model S", "Model S(14/04-)", "", oneGear, "Model S 85", 7340}}},
	{14, "本田", "广汽本田", false, []string{"LHG"}, []model{
		{"本田 雅阁", "雅阁(18/04-)", "1.5T", stepless, "260TURBO 豪华版", 1998},
		{"本田 飞度", "飞度(14/05-)", "1.5L", stepless, "LXS 舒适版", 899},
		{"本田 凌派", "凌派(13/06-)", "1.8L", automatic, "豪华版", 1398}}},
	{14, "本田", "东风本田", false, []string{"LVH"}, []model{
		{"本田 CR-V", "CR-V(17/07-)", "1.5T", stepless, "240TURBO 两驱都市版", 1898},
		{"本田 思域", "思域(16/04-)", "1.5T", stepless, "220TURBO 尊贵版", 1649}}},
	{3, "丰田", "一汽丰田", false, []string{"LFM"}, []model{
		{"丰田 卡罗拉", "卡罗拉(14/07-)", "1.6L", stepless, "GL-i 真皮版", 1328},
		{"丰田 RAV4", "RAV4(13/08-)", "2.5L", automatic, "四驱精英版", 2138},
		{"丰田 皇冠", "皇冠(15/03-)", "2.0T", automatic, "先锋版", 2848}}},
	{3, "丰田", "广汽丰田", false, []string{"LVG"}, []model{
		{"丰田 凯美瑞", "凯美瑞(18/01-)", "2.0L", automatic, "豪华版", 1998},
		{"丰田 汉兰达", "汉兰达(15/03-)", "2.0T", automatic, "四驱豪华版 7座", 2888}}},
	{36, "奔驰", "北京奔驰", false, []string{"LE4"}, []model{
		{"奔驰 C级", "C级(15/08-)", "2.0T", automatic, "C 200 L 时尚型", 3398},
		{"奔驰 E级", "E级(16/08-)", "2.0T", automatic, "E 300 L 豪华型", 4998},
		{"奔驰 GLC", "GLC(16/01-)", "2.0T", automatic, "GLC 260 4MATIC 豪华型", 4560}}},
	{36, "奔驰", "进口奔驰", false, []string{"WDC", "WDD", "W1N", "W1K"}, []model{
		{"奔驰 GLE级", "GLE级(15/08-)", "3.0T", automatic, "GLE 320 4MATIC", 7780},
		{"奔驰 S级", "S级(14/01-)", "3.0T", automatic, "S 320 L 商务型", 9360}}},
	{82, "传祺", "广汽传祺", true, []string{"LMG"}, []model{
		{"传祺 GS4", "GS4(15/04-)", "1.5T", automatic, "235T 豪华版", 1298},
		{"传祺 GS8", "GS8(16/10-)", "2.0T", automatic, "320T 四驱豪华智联版", 2098}}},
	{313, "埃安", "广汽埃安", true, []string{"LMW", "LNA"}, []model{
		{"埃安 AION S", "AION S(19/04-)", "", oneGear, "魅 580", 1598},
		{"埃安 AION Y", "AION Y(21/04-)", "", oneGear, "70 乐享版", 1376}}},
	{63, "日产", "东风日产", true, []string{"LGB", "LJN"}, []model{
		{"日产 轩逸", "轩逸(16/01-)", "1.6L", stepless, "XV CVT 智享版", 1429},
		{"日产 天籁", "天籁(13/03-)", "2.5L", stepless, "XL 领先版", 2188},
		{"日产 奇骏", "奇骏(14/03-)", "2.0L", stepless, "XL CVT 2WD 舒适版", 1868}}},
	{63, "日产", "进口日产", true, []string{"JN1", "JN3", "JN6", "JN8", "SJN", "VSK", "MNT", "5N1"}, []model{
		{"日产 途乐", "途乐(12/03-)", "5.6L", automatic, "领航版", 9180}}},
	{68, "三菱", "三菱", true, []string{"LL6", "LDN", "JMB", "JMA", "JMY", "JA3", "JA4", "MMB", "MMC"}, []model{
		{"三菱 欧蓝德", "欧蓝德(16/08-)", "2.4L", stepless, "四驱精英版 7座", 2098},
		{"三菱 劲炫", "劲炫ASX(13/01-)", "2.0L", stepless, "两驱时尚版", 1558}}},
	{38, "别克", "上汽通用别克", false, []string{"LSG"}, []model{
		{"别克 英朗", "英朗(15/03-)", "1.5L", automatic, "15N 进取型", 1249},
		{"别克 君威", "君威(17/07-)", "1.5T", dualDSG, "20T 精英型", 1838},
		{"别克 GL8", "GL8(17/01-)", "2.0T", automatic, "28T 豪华型", 2999}}},
	{76, "长安", "长安汽车", false, []string{"LS5", "LS4"}, []model{
		{"长安 CS75", "CS75(14/04-)", "1.8T", automatic, "尊贵型", 1338},
		{"长安 逸动", "逸动(14/01-)", "1.6L", automatic, "豪华型", 909}}},
	{25, "吉利汽车", "吉利汽车", false, []string{"LB3", "L6T"}, []model{
		{"吉利汽车 帝豪", "帝豪(14/07-)", "1.5L", stepless, "向上互联版", 868},
		{"吉利汽车 博越", "博越(16/03-)", "1.8T", automatic, "智尊型", 1378}}},
	{77, "哈弗", "长城汽车", false, []string{"LGW"}, []model{
		{"哈弗 H6", "H6(17/02-)", "1.5T", dualDSG, "都市型", 1128},
		{"哈弗 H9", "H9(15/01-)", "2.0T", automatic, "尊享型 7座", 2398}}},
	{26, "奇瑞", "奇瑞汽车", false, []string{"LVV"}, []model{
		{"奇瑞 瑞虎8", "瑞虎8(18/04-)", "1.5T", dualDSG, "豪华型", 1299}}},
	{12, "现代", "北京现代", false, []string{"LBE"}, []model{
		{"现代 朗动", "朗动(12/08-)", "1.6L", automatic, "尊贵型", 1198},
		{"现代 途胜", "途胜(15/09-)", "1.6T", dualDSG, "两驱智能型", 1799}}},
	{49, "路虎", "进口路虎", false, []string{"SAL"}, []model{
		{"路虎 揽胜RANGE ROVER", "揽胜运动版(13/06-)", "3.0T", automatic, "HSE", 12880},
		{"路虎 发现", "第四代发现(10/01-)", "3.0T", automatic, "HSE", 8980}}},
	{40, "保时捷", "进口保时捷", false, []string{"WP0", "WP1"}, []model{
		{"保时捷 Cayenne", "Cayenne(15/01-)", "3.0T", automatic, "Cayenne", 9060},
		{"保时捷 Macan", "Macan(14/04-)", "2.0T", dualDSG, "Macan", 5580}}},
	{94, "雷克萨斯", "进口雷克萨斯", false, []string{"JTH", "JTJ"}, []model{
		{"雷克萨斯 ES", "ES(15/08-)", "2.0L", automatic, "200 精英版", 2980},
		{"雷克萨斯 RX", "RX(16/01-)", "2.0T", automatic, "200t 四驱典雅版", 4680}}},
	{70, "沃尔沃", "沃尔沃亚太", false, []string{"LVY", "LYV", "YV1"}, []model{
		{"沃尔沃 S60L", "S60L(14/01-)", "2.0T", automatic, "T4 智远版", 2999},
		{"沃尔沃 XC60", "XC60(18/01-)", "2.0T", automatic, "T5 四驱智远版", 4299}}},
	{345, "理想", "理想汽车", false, []string{"LW4", "HLX"}, []model{
		{"理想 理想ONE", "理想ONE(19/04-)", "1.2T", oneGear, "增程6座版", 3380}}},
	{284, "蔚来", "蔚来", false, []string{"LJ1"}, []model{
		{"蔚来 ES6", "ES6(19/05-)", "", oneGear, "运动版", 3580}}},
	{275, "小鹏", "小鹏汽车", false, []string{"L1N"}, []model{
		{"小鹏 P7", "P7(20/04-)", "", oneGear, "后驱长续航智享版", 2499}}},
}

// brandsByWMI is read only.
var brandsByWMI = indexBrands()

func indexBrands() map[string]*brand {
	m := map[string]*brand{}
	for i := range brands {
		for _, wmi := range brands[i].wmis {
			m[wmi] = &brands[i]
		}
	}
	return m
}

// brandOf finds the brand of a VIN. A prefix that is not in the list gets one
// by chance, of those that want no engine number.
func brandOf(c *chance, vin string) *brand {
	if len(vin) >= 3 {
		if b := brandsByWMI[vin[:3]]; b != nil {
			return b
		}
	}
	for {
		if b := &brands[c.n(len(brands))]; !b.wantsEngine {
			return b
		}
	}
}

// wantsEngine tells whether the vendors need an engine number for the VIN.
func wantsEngine(vin string) bool {
	if len(vin) < 3 {
		return false
	}
	b := brandsByWMI[vin[:3]]
	return b != nil && b.wantsEngine
}

// otherVIN is the VIN of another car: another maker, another serial number, so
// that a masked VIN shows the difference too.
func otherVIN(vin string) string {
	b := []byte(vin)
	for i := range b {
		switch {
		case b[i] >= '0' && b[i] < '9':
			b[i]++
		case b[i] == '9':
			b[i] = '0'
		}
	}
	wmi := "WBA"
	if len(b) >= 1 && b[0] == 'W' {
		wmi = "LHG"
	}
	copy(b, wmi)
	if len(b) >= 2 {
		b[len(b)-1] = '0' + (b[len(b)-1]+3)%10
	}
	return string(b)
}

func emissionStandard(year int) string {
	switch {
	case year >= 2020:
		return "国VI"
	case year >= 2017:
		return "国V"
	case year >= 2011:
		return "国IV"
	}
	return "国III"
}

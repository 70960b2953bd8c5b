package simulator

import "strings"

// city is where plates with the prefix come from; code is its division code
// (GB/T 2260).
type city struct{ prefix, name, code string }

// cities is read only; those of one province stand together.
var cities = []city{
	{"京A", "北京", "110100"}, {"津A", "天津", "120100"}, {"沪A", "上海", "310100"}, {"渝A", "重庆", "500100"},
	{"冀A", "石家庄", "130100"}, {"冀B", "唐山", "130200"}, {"冀C", "秦皇岛", "130300"}, {"冀F", "保定", "130600"}, {"冀R", "廊坊", "131000"},
	{"晋A", "太原", "140100"}, {"晋B", "大同", "140200"}, {"晋M", "运城", "140800"},
	{"蒙A", "呼和浩特", "150100"}, {"蒙B", "包头", "150200"}, {"蒙K", "鄂尔多斯", "150600"},
	{"辽A", "沈阳", "210100"}, {"辽B", "大连", "210200"}, {"辽C", "鞍山", "210300"}, {"辽H", "营口", "210800"},
	{"吉A", "长春", "220100"}, {"吉B", "吉林", "220200"},
	{"黑A", "哈尔滨", "230100"}, {"黑B", "齐齐哈尔", "230200"}, {"黑E", "大庆", "230600"},
	{"苏A", "南京", "320100"}, {"苏B", "无锡", "320200"}, {"苏C", "徐州", "320300"}, {"苏D", "常州", "320400"}, {"苏E", "苏州", "320500"}, {"苏F", "南通", "320600"}, {"苏K", "扬州", "321000"},
	{"浙A", "杭州", "330100"}, {"浙B", "宁波", "330200"}, {"浙C", "温州", "330300"}, {"浙F", "嘉兴", "330400"}, {"浙G", "金华", "330700"}, {"浙J", "台州", "331000"},
	{"皖A", "合肥", "340100"}, {"皖B", "芜湖", "340200"}, {"皖P", "宣城", "341800"},
	{"闽A", "福州", "350100"}, {"闽C", "泉州", "350500"}, {"闽D", "厦门", "350200"},
	{"赣A", "南昌", "360100"}, {"赣B", "赣州", "360700"}, {"赣G", "九江", "360400"},
	{"鲁A", "济南", "370100"}, {"鲁B", "青岛", "370200"}, {"鲁C", "淄博", "370300"}, {"鲁G", "潍坊", "370700"}, {"鲁Q", "临沂", "371300"}, {"鲁Y", "烟台", "370600"},
	{"豫A", "郑州", "410100"}, {"豫B", "开封", "410200"}, {"豫C", "洛阳", "410300"}, {"豫R", "南阳", "411300"},
	{"鄂A", "武汉", "420100"}, {"鄂E", "宜昌", "420500"}, {"鄂F", "襄阳", "420600"},
	{"湘A", "长沙", "430100"}, {"湘B", "株洲", "430200"}, {"湘F", "岳阳", "430600"},
	{"粤A", "广州", "440100"}, {"粤B", "深圳", "440300"}, {"粤C", "珠海", "440400"}, {"粤E", "佛山", "440600"}, {"粤S", "东莞", "441900"}, {"粤T", "中山", "442000"}, {"粤L", "惠州", "441300"},
	{"桂A", "南宁", "450100"}, {"桂B", "柳州", "450200"}, {"桂C", "桂林", "450300"},
	{"琼A", "海口", "460100"}, {"琼B", "三亚", "460200"},
	{"川A", "成都", "510100"}, {"川B", "绵阳", "510700"}, {"川Q", "宜宾", "511500"},
	{"贵A", "贵阳", "520100"}, {"贵C", "遵义", "520300"},
	{"云A", "昆明", "530100"}, {"云D", "曲靖", "530300"},
	{"藏A", "拉萨", "540100"},
	{"陕A", "西安", "610100"}, {"陕C", "宝鸡", "610300"}, {"陕D", "咸阳", "610400"},
	{"甘A", "兰州", "620100"}, {"甘B", "嘉峪关", "620200"},
	{"青A", "西宁", "630100"}, {"宁A", "银川", "640100"}, {"新A", "乌鲁木齐", "650100"},
}

// nearHome picks a city in which a car with the plate may be caught: mostly
// its own, else one of the province, now and then one far away.
func nearHome(c *chance, plate string) city {
	province, home := plate, plate
	if runes := []rune(plate); len(runes) >= 2 {
		province, home = string(runes[:1]), string(runes[:2])
	}
	first, last, own := -1, -1, -1
	for i := range cities {
		if strings.HasPrefix(cities[i].prefix, province) {
			if first < 0 {
				first = i
			}
			last = i
			if cities[i].prefix == home {
				own = i
			}
		}
	}
	switch roll := c.n(10); {
	case first < 0 || roll == 0:
		return pick(c, cities)
	case own >= 0 && roll < 7:
		return cities[own]
	}
	return cities[first+c.n(last-first+1)]
}

// cityByID finds the city of a division code; other ids are the vendor's own and
// name one by chance, always the same.
func cityByID(seed uint64, id string) city {
	for _, known := range cities {
		if known.code == id {
			return known
		}
	}
	c := newChance(seed, "city", id)
	return pick(&c, cities)
}

package sources

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// aliases are the names under which a column is known (the usual ones, the
// vendors' parameter names, the words of the vehicle licence), in the form that
// foldHeader gives them. The canonical order is the order of output.
var aliases = []struct {
	column string
	names  []string
}{
	{record.ColVIN, []string{"vin", "vin码", "vin号", "vin号码", "vin代码", "vin编码", "vin编号", "车架号", "车架号码", "车架编号", "车架", "大架号", "大架号码", "底盘号", "底盘号码",
		"底盘编号", "车身号码", "识别代号", "识别代码", "识别码", "车辆识别代号", "车辆识别代码", "车辆识别码", "车辆识别号", "车辆识别号码", "车辆识别编号", "vinno", "vinnum", "vinnumber", "vincode", "framenumber",
		"frameno", "framenum", "chassisnumber", "chassisno", "chassisnum", "chassis", "vehicleidentificationnumber", "vehicleidentificationno", "vehicleidentificationcode", "identificationnumber"}},
	{record.ColPlate, []string{"plate", "车牌号", "车牌", "车牌号码", "车牌编号", "号牌号码", "号牌", "号牌号", "车号", "牌号", "牌照", "牌照号", "牌照号码", "车牌照", "车牌照号", "车牌照号码", "车辆牌号", "carno",
		"licenseplate", "licenceplate", "licenseplateno", "licenceplateno", "licenseplatenumber", "licenceplatenumber", "licenseplatenum", "plateno", "platenum", "platenumber", "numberplate",
		"registrationplate", "registrationno", "registrationnumber", "regno", "platecode"}},
	{record.ColEngineNo, []string{"engineno", "发动机号", "发动机号码", "发动机编号", "发动机序列号", "引擎号", "引擎号码", "引擎编号", "enginenumber", "enginenum", "engineserialno", "engineserialnumber"}},
	{record.ColPlateType, []string{"platetype", "号牌种类", "号牌类型", "车牌种类", "车牌类型", "牌照种类", "牌照类型", "cartype"}},
	{record.ColLicenseImageURL, []string{"licenseimageurl", "行驶证图片地址", "行驶证图片", "行驶证图片链接", "licenseimgurl"}},
	{record.ColModelID, []string{"modelid", "车型id", "车型编号", "cartypeid"}},
	{record.ColCityID, []string{"cityid", "城市id", "城市编号", "carcityid"}},
	{record.ColFirstRegistered, []string{"firstregistered", "上牌时间", "上牌日期", "上牌年月", "初次登记日期", "初次登记时间", "初次登记", "首次登记日期", "首次登记时间", "初次上牌日期", "初次上牌时间", "首次上牌日期",
		"首次上牌时间", "初登日期", "初登时间", "注册日期", "注册登记日期", "carfirstregtime", "firstregistration", "firstregistrationdate", "dateoffirstregistration", "registrationdate", "dateofregistration", "firstregdate", "regdate"}},
	{record.ColMileageKM, []string{"mileagekm", "mileage", "行驶里程", "行驶里程数", "里程", "里程数", "公里数", "行驶公里数", "行驶公里", "表显里程", "表显里程数", "表显公里数", "仪表里程", "当前里程", "累计里程", "累计行驶里程", "已行驶里程", "总里程",
		"里程表读数", "odometer", "odometerreading", "mileagereading", "currentmileage"}},
	{record.ColTransfers, []string{"transfers", "过户次数", "过户数", "cartransfer"}},
	{record.ColColor, []string{"color", "车身颜色", "颜色", "colour", "carcolor", "carcolour", "bodycolor", "bodycolour"}},
	{record.ColAccident, []string{"accident", "事故情况", "caraccident"}},
	{record.ColAppearance, []string{"appearance", "外观", "外观选项", "carappearance"}},
	{record.ColInterior, []string{"interior", "内饰", "内饰选项", "carinterior"}},
	{record.ColElectrical, []string{"electrical", "电气", "电气设备", "carelectrical"}},
	{record.ColEngine, []string{"engine", "发动机工况", "发动机/变速器", "carengine"}},
}

// besides are names that mean a column only beside another name of it: 发动机号/电机号.
var besides = map[string]string{
	"电机号": record.ColEngineNo, "电机号码": record.ColEngineNo, "电动机号": record.ColEngineNo, "驱动电机号": record.ColEngineNo, "motorno": record.ColEngineNo, "motornumber": record.ColEngineNo,
	"frame": record.ColVIN, "车身号": record.ColVIN, "车辆代号": record.ColVIN,
	"license": record.ColPlate, "licence": record.ColPlate, "registration": record.ColPlate, "车辆号码": record.ColPlate, "自编号": "",
}

// silentParts stand beside a name and change nothing of what it means.
var silentParts = []string{"必填", "必填项", "必须", "必输", "选填", "可选", "可空", "非必填", "如有", "如果有", "17位", "十七位", "17位码", "17位编码", "17位数", "17", "大写", "完整", "全称", "文本", "文本格式",
	"required", "optional", "mandatory", "17digits", "17chars", "17characters", "text", "string", "ifany", "如适用"}

// Silent parts of one kind of column. Elsewhere they mean something: 里程/年 is that of a year.
var (
	silentOfMonths = []string{"格式yyyymm", "格式yyyymmdd", "yyyymm", "yyyymmdd", "年月", "年月日", "年"}
	silentOfCodes  = []string{"code", "编号", "代码", "码"}
	numberParts    = []string{"no", "number", "num", "编号", "号", "号码"}
)

// isSilent tells whether a folded part says nothing beside the name of a column; of column "" any may.
func isSilent(column, part string) bool {
	return slices.Contains(silentParts, part) ||
		(column == "" || column == record.ColFirstRegistered) && slices.Contains(silentOfMonths, part) ||
		column != record.ColMileageKM && column != record.ColFirstRegistered && column != record.ColEngine && slices.Contains(silentOfCodes, part) ||
		(column == "" || isIdentifier(column) || isNumbered(column)) && slices.Contains(numberParts, part)
}

// isNumbered names the columns that hold numbers of a list.
func isNumbered(column string) bool {
	return column == record.ColPlateType || column == record.ColModelID || column == record.ColCityID
}

// simplified are the traditional characters of the names, each with its simplified one.
var simplified = strings.NewReplacer("車", "车", "號", "号", "碼", "码", "發", "发", "動", "动", "機", "机", "識", "识", "別", "别", "輛", "辆", "駛", "驶", "證", "证", "圖", "图", "過", "过", "戶", "户", "數", "数", "時", "时",
	"間", "间", "註", "注", "冊", "册", "記", "记", "電", "电", "氣", "气", "顏", "颜", "內", "内", "飾", "饰", "觀", "观", "種", "种", "類", "类", "裡", "里", "裏", "里", "萬", "万", "編", "编", "總", "总", "當", "当", "顯", "显", "儀", "仪",
	"計", "计", "盤", "盘", "況", "况", "選", "选", "項", "项", "變", "变", "登錄", "登录", "駕", "驾", "積", "积", "讀", "读", "單", "单")

// foldHeader brings a header to the form in which it is compared: NFKC, lower
// case, simplified characters, without spaces, line breaks, brackets, underscores and marks such as
// the * of a required column.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("_-–—‐‑−:*()[]【】·.\"'“”‘’#`!?=", r) || isInvisible(r) {
			return -1
		}
		return r
	}, simplified.Replace(strings.ToLower(norm.NFKC.String(s))))
}

// canonical returns the column that a header names, "" when unknown.
func canonical(header string) string { return nameOf(header).column }

// name is what a header means.
type name struct {
	column string  // "" when unknown
	unit   measure // of a distance, when the header says one
	mixed  bool    // it names two columns at once
	rate   bool    // it is a distance for each year, month or day, and none that stands on the odometer
}

// nameOf reads a header: a known name, a name with its unit, or several names of
// one column, such as 车辆识别代号/车架号 or Mileage (km).
func nameOf(header string) name {
	header = bareValue(header) // ="vin", as some programs write texts for spreadsheets
	header = markdownEscape.ReplaceAllString(header, "$1")
	folded := foldHeader(header)
	if folded == "" || len(folded) > 200 {
		return name{}
	}
	if isRate(header) {
		return name{rate: true}
	}
	if strings.LastIndex(header, "#") > 0 && aliasOf(folded+"no") != "" { // Engine #
		return name{column: aliasOf(folded + "no")}
	}
	if n := ofParts(header); n.column != "" || n.mixed {
		return n
	}
	return wholeName(folded)
}

// markdownEscape is a mark as Markdown writes it: engine\_no.
var markdownEscape = regexp.MustCompile(`\\([-_.()\[\]*#])`)

func aliasOf(folded string) string {
	for _, a := range aliases {
		if slices.Contains(a.names, folded) {
			return a.column
		}
	}
	return ""
}

// wholeName reads a name without its parts: 车辆车牌号, 行驶里程万公里, carplate.
func wholeName(folded string) name {
	if column := aliasOf(folded); column != "" {
		return name{column: column}
	}
	if n := measured(folded); n.column != "" {
		return n
	}
	for _, before := range []string{"车辆", "机动车", "本车", "17位", "vehicle", "car", "auto"} {
		rest, ok := strings.CutPrefix(folded, before)
		if !ok {
			continue
		}
		if column := aliasOf(rest); isIdentifier(column) || column == record.ColFirstRegistered {
			return name{column: column}
		}
		if n := measured(rest); n.column != "" {
			return n
		}
	}
	for _, behind := range []string{"17位", "必填", "选填", "no", "number", "num"} {
		if rest, ok := strings.CutSuffix(folded, behind); ok && aliasOf(rest) != "" {
			return name{column: aliasOf(rest)}
		}
	}
	return name{}
}

// ofParts reads a header of several parts: each is a name of the same column, a unit, or
// means nothing.
func ofParts(header string) name {
	parts := strings.FieldsFunc(strings.ReplaceAll(header, "10,000", "10000"), isBetweenNames)
	if len(parts) < 2 {
		return name{}
	}
	if column := numberOf(parts); column != "" {
		return name{column: column}
	}
	var out name
	var beside, silent []string
	for _, p := range parts {
		folded := foldHeader(p)
		n := wholeName(folded)
		u, isUnit := measureNamed(strings.TrimPrefix(folded, "单位"))
		switch {
		case isUnit && out.column != "":
			out.unit = out.unit.and(u)
		case folded == "":
		case isSilent("", folded):
			silent = append(silent, folded)
		case n.column != "" && out.column != "" && out.column != n.column:
			return name{mixed: true}
		case n.column != "":
			out.column = n.column
			if n.unit.said() {
				out.unit = out.unit.and(n.unit)
			}
		case isUnit:
			out.unit = out.unit.and(u)
		case besides[folded] != "":
			beside = append(beside, besides[folded])
		default:
			return name{}
		}
	}
	if !out.agrees(beside, silent) {
		return name{}
	}
	return out
}

// partWords say that a column has a part of each number alone.
var partWords = regexp.MustCompile(`(?:最后|后|末|尾|前)(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:位数?|个?字符|码)|(?:last|first)(?:\d{1,2}|four|five|six|seven|eight)(?:digits?|chars?|characters?)?(?:ofthe|of)?|尾号`)

// partOf is the column of which a header has a part of each value alone, 发动机号(后6位), "" when it has none.
func partOf(header string) string {
	folded := foldHeader(header)
	if len(folded) > 200 || !partWords.MatchString(folded) {
		return ""
	}
	if column := wholeName(partWords.ReplaceAllString(folded, "")).column; isIdentifier(column) {
		return column
	}
	return ""
}

// numberOf reads the parts of one name that a mark stands in, Engine/No and 发动机(号码): without the last part the name
// would be of another column.
func numberOf(parts []string) string {
	whole, number := "", false
	for _, p := range parts {
		if folded := foldHeader(p); !slices.Contains(silentParts, folded) {
			number = slices.Contains(numberParts, folded)
			whole += folded
		}
	}
	if rest, ok := strings.CutPrefix(whole, "engine"); ok && slices.Contains(numberParts, rest) {
		return record.ColEngineNo
	}
	if column := aliasOf(whole); number && isIdentifier(column) {
		return column
	}
	return ""
}

// agrees tells whether what stands beside a name can stand there.
func (n name) agrees(beside, silent []string) bool {
	return !slices.ContainsFunc(beside, func(c string) bool { return c != n.column }) &&
		!slices.ContainsFunc(silent, func(part string) bool { return n.column != "" && !isSilent(n.column, part) }) &&
		(!n.unit.said() || n.column == record.ColMileageKM)
}

// isBetweenNames tells what stands between the parts of a header. What may part the columns
// of a file does not.
func isBetweenNames(r rune) bool {
	return strings.ContainsRune("/／\\＼()（）[]［］{}｛｝<>＜＞【】〔〕「」、，；：:&＆+＋\n\r", r)
}

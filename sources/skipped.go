package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// Rows of a list that are no vehicles are skipped: sums, signatures, notes, a header that
// is repeated. They are said with their rows, are no failures and are never bought. A
// row is looked at only when neither its VIN nor its plate is right, and one that
// holds anything like a VIN or a plate is a vehicle, whatever else stands in it.

// listedRows remembers rows that a note names.
type listedRows struct {
	word  string // what the file calls a row
	count int64
	shown []string
}

func (a *listedRows) add(line int64, why string, texts []string) {
	a.count++
	if len(a.shown) < shownRows {
		if first := firstText(texts); first != "" {
			why += ", " + quote(first)
		}
		a.shown = append(a.shown, fmt.Sprintf("%s %d (%s)", a.word, line, why))
	}
}

// notes says which rows were skipped.
func (a *listedRows) notes() []string {
	if a.count == 0 {
		return nil
	}
	is, them := areRows(int(a.count), a.word), "name no vehicle"
	if a.count == 1 {
		them = "names no vehicle"
	}
	return []string{fmt.Sprintf("%s skipped, which %s: %s", is, them, a.list())}
}

// list names the rows, the first of them.
func (a *listedRows) list() string {
	list := strings.Join(a.shown, ", ")
	if more := a.count - int64(len(a.shown)); more > 0 {
		list += fmt.Sprintf(", and %d more", more)
	}
	return list
}

// plain brings a cell to the form in which its words are compared.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(bareValue(s))), ""))
}

var (
	totalWords = regexp.MustCompile(`^[\[(【]?(合计|总计|小计|共计|累计|汇总|总数|总辆数|总台数|车辆总数|合共|平均|均值|最大值?[:\])】]?$|最小值?[:\])】]?$|计数|计[:\])】]?$|[Σ∑σ]|本页小计|本页合计|本页累计|过次页|[承接]前页|[承接]上页|[转接]下页|total|subtotal|sub-total|grandtotal|average|sum$|sum[:(])` +
		`|^.{1,10}(小计|合计|总计|汇总|计数|求和)[\])】]?[:\d]*$` +
		`|^[\[(【]?(共|总共|共有|一共|合共)\d+(辆|台|部|条|行|笔|项|个|车)|^\(?\d+(rows?|行|条)(记录|受影响|selected|affected|inset)?\.?\)?|^已选择\d+行|^\d+(vehicles|cars|records)$`)
	countWords = regexp.MustCompile(`^\d{1,7}(辆|台|部|条|行|笔|项|个|车|vehicles|cars|rows)?$`)
	signWords  = regexp.MustCompile(`^(制表|制单|填表|填报|编制|审核|审批|复核|核准|批准|经办|经手|签字|签名|签章|盖章|打印|导出|报送|上报|统计|录入|校对|车队|部门|单位|财务|会计|主管|领导|公司|截止|更新|报表|数据)?` +
		`(人|员|者|主管|负责人|领导|签字|签名|签章|盖章|\(签字\)|\(签名\)|\(盖章\)|日期|时间|电话|单位|部门|意见|处|栏)+(:.*)?$|^.{1,8}(人|员|签字|签名|签章|盖章)(\(.{1,6}\))?:.*$|^(联系方式|地址|传真|邮编):.*$|^(制表|制单|填表|填报|编制|审核|审批|复核|核准|批准|经办|经手|签字|签名|盖章|会计|出纳|主管|打印|导出)(:.*)?$` +
		`|^(prepared|checked|approved|reviewed|signed|printed|exported|generated|created|verified)(by|on|at)?(:.*)?$|^(signature|date|printdate|signatory)(:.*)?$`)
	noteWords = regexp.MustCompile(`^[\[(【]?(备注|说明|注|附注|附|注意|注意事项|填表说明|填写说明|填报说明|备注说明|声明|免责声明|数据来源|来源|notes?|remarks?|source|disclaimer|p\.?s\.?|nb|n\.b\.)\d*[\])】]?[:.、].*$|^[※★☆▲◆●].+|^\*{1,3}\p{Han}.*` +
		`|^[-—(]*(以下空白|以下无正文|此页无正文|本页完|完|end|theend|endoffile|eof|endofreport)[-—)]*$|^(填表说明|填写说明|注意事项)$`)
	pageWords = regexp.MustCompile(`^第\d+页|^共\d+页|^page\d+|^-+\d+-+$|^\d+/\d+页$|^第[一二三四五六七八九十]+页`)
	heading   = regexp.MustCompile(`^[(]?[一二三四五六七八九十]+[)、.].+|^\p{Han}{1,12}(车辆|车队|分公司|项目部|事业部)([(].{1,10}[)])?[:]?$`)
	lineOnly  = regexp.MustCompile(`^[-=_*~+|—─━═:. ]{3,}$`)

	vinRun   = regexp.MustCompile(`[A-Z0-9]{17,}`)
	plateRun = regexp.MustCompile(`[` + provinces + `][A-Z][·.•\- ]?[A-Z0-9]{4,6}`)
	codeRun  = regexp.MustCompile(`[A-Z0-9]{5,}`)
)

// Why a row is skipped, where more than the user wants to know it.
const (
	aHeading       = "a heading"
	aNote          = "a note"
	theHeaderAgain = "the header again"
)

// isVIN tells whether a text is a VIN: right in its structure, and not a number of 17 digits.
func isVIN(s string) bool {
	vin := CleanIdentifier(s)
	return CheckVIN(vin) == nil && strings.Trim(vin, "0123456789") != ""
}

// isPlate tells whether a text is a plate.
func isPlate(s string) bool {
	_, err := PlateType(CleanPlate(s))
	return err == nil
}

// holdsIdentity tells whether a VIN or a plate stands in a text, be it with others or mistyped.
func holdsIdentity(s string) bool {
	if len(s) < 7 {
		return false
	}
	clean := CleanIdentifier(s)
	for _, run := range vinRun.FindAllString(clean, -1) {
		if strings.Trim(run, "0123456789") != "" && strings.ContainsAny(run, "0123456789") {
			return true
		}
	}
	return plateRun.MatchString(clean) || isPlate(clean)
}

// mayIdentify tells whether a text in the column of the VIN or the plate may be meant as one.
func mayIdentify(s string) bool {
	clean := CleanIdentifier(s)
	for _, run := range codeRun.FindAllString(clean, -1) {
		if strings.ContainsAny(run, "0123456789") {
			return true
		}
	}
	r := []rune(clean)
	return len(r) > 1 && strings.ContainsRune(provinces, r[0]) && 'A' <= r[1] && r[1] <= 'Z'
}

func isNumber(s string) bool {
	return strings.TrimSpace(s) != "" && bareNumber.MatchString(strings.TrimSpace(s))
}

// isComment tells whether a row of texts is a comment, # and words, as programs write it.
func isComment(texts []string) bool {
	first := firstText(texts)
	return strings.HasPrefix(first, "#") && CheckExcel(CleanIdentifier(first)) == nil
}

// whySkipped says why a row is no vehicle, "" when it may be one. Merged says that its one text spans several columns.
func (l *lead) whySkipped(texts []string, merged bool) string {
	if slices.ContainsFunc(texts, holdsIdentity) {
		return ""
	}
	switch {
	case isRuled(texts):
		return "a rule"
	case l.isPart(texts):
		return theHeaderAgain
	case l.isAbove(texts):
		return "the title again"
	case isExplained(texts):
		return "an explanation of the columns"
	}
	return l.whyWords(texts, merged)
}

// whyWords looks for the words of sums, signatures and notes.
func (l *lead) whyWords(texts []string, merged bool) string {
	first := plain(firstText(texts))
	alone := filled(texts) == 1
	at := slices.IndexFunc(texts, func(t string) bool { return strings.TrimSpace(t) != "" })
	begins := func(words *regexp.Regexp) bool {
		return words.MatchString(first) && !l.mayBeMeant(texts, true) && !l.holdsValue(texts, at)
	}
	isStateHeading := func() bool { // in a column for states it is the state of a vehicle that is not named
		return (filled(texts) <= 2 && isGoneHeading(firstText(texts)) && begins(goneWords) || alone && begins(inUse)) &&
			!tellsState.MatchString(foldHeader(textAt(l.names, max(at, 0))))
	}
	switch {
	case isComment(texts) && !l.mayBeMeant(texts, true):
		return "a comment"
	case (isTotal(firstText(texts)) || totalEnd.MatchString(firstText(texts))) && !l.mayBeMeant(texts, true):
		return "a sum"
	case slices.ContainsFunc(texts, isTotal) && !l.mayBeMeant(texts, false):
		return "a sum"
	case isStateHeading():
		return aHeading
	case begins(signWords):
		return "a signature"
	case begins(noteWords):
		return aNote
	case begins(pageWords):
		return "the number of a page"
	case alone && (merged || heading.MatchString(first)) && !l.mayBeMeant(texts, false):
		return aHeading
	case alone && numberedNote.MatchString(first) && !l.mayBeMeant(texts, true):
		return aNote
	case alone && l.columnAt(at) != record.ColFirstRegistered && isDay(texts[at]):
		return "a date"
	case alone && at >= 0 && (!l.uses(at) || l.columnAt(at) == record.ColMileageKM) && isNumber(texts[at]):
		return "a number alone"
	case alone && at == 0 && !l.uses(at):
		return aNote
	}
	return ""
}

// totalEnd is how spreadsheets name a sum of a part in English, at the beginning of its row: Sales Total.
var totalEnd = regexp.MustCompile(`(?i)^.{1,30} (total|count|sum|average)$`)

// isTotal tells whether a text names a sum.
func isTotal(s string) bool { return totalWords.MatchString(plain(s)) }

// isCount tells whether a row is the sum of a table without a word: the number of the vehicles read before stands
// in the place of a VIN or a plate, and other numbers beside it.
func (l *lead) isCount(texts []string, vehicles int64) bool {
	count := strconv.FormatInt(vehicles, 10)
	return slices.ContainsFunc([]string{record.ColVIN, record.ColPlate}, func(column string) bool {
		i, ok := l.index[column]
		return ok && trimValue(textAt(texts, i)) == count
	}) && filled(texts) > 1 && !slices.ContainsFunc(texts, func(t string) bool { return strings.TrimSpace(t) != "" && !isNumber(t) })
}

// mayBeMeant tells whether the VIN or the plate of a row may be meant as one. In a row that begins with
// the word of a sum or a signature other words do not count.
func (l *lead) mayBeMeant(texts []string, begins bool) bool {
	for _, column := range []string{record.ColVIN, record.ColPlate} {
		i, ok := l.index[column]
		if !ok {
			continue
		}
		text := trimValue(textAt(texts, i))
		p := plain(text)
		switch {
		case text == "", countWords.MatchString(p), isTotal(text), text == firstText(texts) && (begins || len([]rune(text)) < 40 && !mayIdentify(text)):
		case !begins || mayIdentify(text) && !signWords.MatchString(p):
			return true
		}
	}
	return false
}

// datedWords are those of a signature beside which a date is that of the signature.
var datedWords = regexp.MustCompile(`:|日期|时间|date`)

// holdsValue tells whether a column that is used, but for the one at which the row begins, has a value that
// can be one: 财务部门 before a distance is the department of a vehicle, and no signature.
func (l *lead) holdsValue(texts []string, begin int) bool {
	dated := datedWords.MatchString(plain(textAt(texts, begin)))
	for _, r := range readers(&distances{unit: l.unit}, &months{}) {
		i, ok := l.index[r.column]
		text := trimValue(textAt(texts, i))
		if !ok || i == begin || text == "" || dated && r.column == record.ColFirstRegistered {
			continue
		}
		var v record.Vehicle
		if r.read(&v, text); len(v.Faults) == 0 || isMeant(r.column, text, v.Faults[0].Impossible) {
			return true
		}
	}
	return false
}

// isMeant tells whether a text that its column refuses is meant for it all the same.
func isMeant(column, text string, impossible bool) bool {
	switch column {
	case record.ColVIN, record.ColPlate:
		return isUnknown(column, text) || isMarked(text)
	case record.ColMileageKM:
		_, noDate := ParseMonth(text)
		return isNumber(text) && noDate != nil
	}
	return impossible
}

// isMarked tells whether a text in the column of the VIN or the plate has a letter or a digit that no date,
// count, page or other signature has.
func isMarked(text string) bool {
	clean, p := CleanIdentifier(text), plain(text)
	if _, err := ParseMonth(text); err == nil || strings.Contains(p, ":") || countWords.MatchString(p) || signWords.MatchString(p) || pageWords.MatchString(p) {
		return false
	}
	return strings.ContainsFunc(clean, func(r rune) bool { return isDigit(r) || 'A' <= r && r <= 'Z' })
}

// isPart tells whether a row is one of those that make the header.
func (l *lead) isPart(texts []string) bool {
	return slices.ContainsFunc(l.rows, func(r textRow) bool { return sameTexts(r.texts, texts) })
}

func (l *lead) isAbove(texts []string) bool {
	return slices.ContainsFunc(l.above, func(r textRow) bool { return sameTexts(r.texts, texts) })
}

func sameTexts(a, b []string) bool {
	for i := range max(len(a), len(b)) {
		if foldHeader(textAt(a, i)) != foldHeader(textAt(b, i)) {
			return false
		}
	}
	return true
}

// isRuled tells whether a row is a line drawn with signs.
func isRuled(texts []string) bool {
	return filled(texts) > 0 && !slices.ContainsFunc(texts, func(t string) bool {
		t = strings.TrimSpace(t)
		return t != "" && !lineOnly.MatchString(t)
	})
}

// numberedNote is one of several notes under a list: 1、以上车辆均已投保.
var numberedNote = regexp.MustCompile(`^[(]?\d{1,2}[)]?[、.)]\p{Han}.{3,}`)

// isDay tells whether a text is a day or a month as people write it: with more than digits.
func isDay(s string) bool {
	_, err := ParseMonth(s)
	return err == nil && strings.Trim(s, "0123456789. ") != ""
}

// Rows under a header that say of its columns what they hold.
var (
	legendWord = regexp.MustCompile(`^[\[(【]?(文本型?|文字|字符串?|字符型|数字|数值型?|整数|小数|日期型?|时间|常规|[a-z]|\(?\d{1,2}\)?|[①-⑳]|\d{1,2}位.{0,8}|(格式|单位|类型|长度|例如?|示例|样例|如|填写)[:.].*|行驶证上的.{1,8}|` +
		`text|string|str|date|datetime|int|integer|number|numeric|float|double|bool|(var)?char([(]?\d+[)]?)?)[\])】]?$`)
	exampleValue = regexp.MustCompile(`^[\[(【]?(例如?|示例|样例|e\.?g\.?)[\])】]?[:.].+`)
)

// isLegend tells whether a row directly under the header explains the columns: with their kinds, their letters or numbers, examples, or
// other names, in which no digit stands.
func (l *lead) isLegend(line int64, texts []string) bool {
	at := slices.IndexFunc(l.under, func(r textRow) bool { return r.line == line })
	if at < 0 || at > 2 || filled(texts) < 2 || !l.explains(texts) {
		return false
	}
	return !slices.ContainsFunc(l.under[:at], func(r textRow) bool { return !l.explains(r.texts) && !isExplained(r.texts) })
}

func (l *lead) explains(texts []string) bool {
	every := func(is func(string) bool) bool {
		return !slices.ContainsFunc(texts, func(t string) bool { return strings.TrimSpace(t) != "" && !is(plain(t)) })
	}
	if every(exampleValue.MatchString) {
		return true
	}
	hinted := slices.ContainsFunc(texts, func(t string) bool { return exampleValue.MatchString(plain(t)) })
	if !hinted && slices.ContainsFunc(texts, holdsIdentity) {
		return false
	}
	if every(func(t string) bool { return legendWord.MatchString(t) || isSilent("", foldHeader(t)) }) {
		return !every(isNumber)
	}
	return filled(texts) > 2 && l.namesWithoutDigits(texts)
}

// namesWithoutDigits tells whether words in Latin letters stand where each vehicle has digits: in the column of the VIN or the plate, and in that of the month
// or the distance.
func (l *lead) namesWithoutDigits(texts []string) bool {
	words := func(columns ...string) bool {
		return slices.ContainsFunc(columns, func(c string) bool {
			i, ok := l.index[c]
			text := textAt(texts, i)
			return ok && text != "" && !isUnknown(c, text) && !mayIdentify(text)
		})
	}
	return words(record.ColVIN, record.ColPlate) && words(record.ColFirstRegistered, record.ColMileageKM) &&
		!slices.ContainsFunc(texts, func(t string) bool {
			return strings.ContainsFunc(t, func(r rune) bool { return isDigit(r) || r > unicode.MaxASCII })
		})
}

// isExplained tells whether a row says of the columns that they are required and the like.
func isExplained(texts []string) bool {
	return filled(texts) > 0 && !slices.ContainsFunc(texts, func(t string) bool {
		t = foldHeader(t)
		return t != "" && (isNumber(t) || !isSilent("", t))
	})
}

// isIndexNames tells whether a row names the columns of an index, as pandas writes it under a header of several rows: it stands
// directly under the header, and its texts are words in columns that are not used. Under a header of one row those have no name.
func (l *lead) isIndexNames(line int64, texts []string) bool {
	if len(l.under) == 0 || l.under[0].line != line || slices.ContainsFunc(texts, holdsIdentity) || filled(texts) == 0 {
		return false
	}
	grouped := len(l.rows) > 1 || len(l.above) > 0 && filled(l.above[len(l.above)-1].texts) > 1
	for i, t := range texts {
		if t = strings.TrimSpace(t); t == "" {
			continue
		}
		begins := textAt(l.names, i+1) == "" && textAt(texts, i+1) != "" // of a name over several columns, which is not known
		if l.uses(i) || isNumber(t) || !grouped && textAt(l.names, i) != "" && !begins {
			return false
		}
	}
	return true
}

// headerAgain reads a row that is a header of its own: most of its texts are names. nil is no header; an error is of one
// that cannot be read.
func headerAgain(texts []string) (*header, *InputError) {
	known := countKnown(texts)
	if 2*known < filled(texts) || known == 0 || slices.ContainsFunc(texts, holdsIdentity) {
		return nil, nil
	}
	h, bad := readHeader(texts)
	if bad != nil && known < 2 {
		return nil, nil
	}
	return h, bad
}

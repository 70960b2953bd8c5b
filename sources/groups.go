package sources

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// Names that stand over several columns, which the row under them tells apart: 里程 over 上次 and 当前, 发动机 over 型号
// and 号码. Cells that are merged are empty but for the first, so such a name is followed by columns without one. The first of the
// columns is seldom the right one: a column is read where its word says so, else the file is refused.

// joinedNames are the names of two rows of a header, put together.
type joinedNames struct {
	names  []string
	gained bool  // more is known with the lower row
	told   []int // where names stand that are over several columns, and were told apart
	notes  []string
	bad    *InputError // why they cannot be told apart
}

// span is a name over several columns.
type span struct{ left, right int }

// spansOf finds the names in the upper of two rows that stand over several columns.
func spansOf(upper, lower []string) (out []span) {
	for left := 0; left < len(upper); left++ {
		name := textAt(upper, left)
		if name == "" || !beginsSpan(name, textAt(lower, left), textAt(lower, left+1)) {
			continue
		}
		right := left
		for textAt(upper, right+1) == "" && mayStandUnder(name, textAt(lower, right+1)) {
			right++
		}
		if right > left {
			out = append(out, span{left, right})
		}
		left = right
	}
	return out
}

// beginsSpan tells whether a name may stand over several columns: a word stands under it, or only under the next column, and says that this one is meant.
func beginsSpan(name, first, second string) bool {
	if first == "" {
		_, says := judgeWord(name, second)
		return canonical(name) != "" && second != "" && says == isMeantHere
	}
	return mayStandUnder(name, first) && !isValueOf(name, first)
}

// mayStandUnder tells whether a text can be the word of one of several columns under a name: it is not the name of another column.
func mayStandUnder(upper, lower string) bool {
	above, below := canonical(upper), canonical(lower)
	return lower != "" && (below == "" || below == above || above == record.ColEngine && below == record.ColEngineNo || isColourOfPlate(upper, lower))
}

// isValueOf tells whether a text under a name is a value and no word: a row without a vehicle may stand there. Any word in
// Latin letters can be an engine number.
func isValueOf(name, text string) bool {
	column := canonical(name)
	return column != "" && column != record.ColEngineNo && (isUnknown(column, text) || mayHold(column, text))
}

// isColourOfPlate tells whether a name is that of a plate's colour, as it stands under the plate and not alone.
func isColourOfPlate(upper, lower string) bool {
	return canonical(upper) == record.ColPlate && canonical(lower) == record.ColColor
}

// tellApart joins the names over several columns with those under them, and leaves the others as they are: what it has
// joined is empty in the lower row then. rows are those under both.
func tellApart(upper, lower []string, rows []textRow) (j joinedNames, below []string) {
	j.names, below = slices.Clone(upper), slices.Clone(lower)
	for _, s := range spansOf(upper, lower) {
		for len(j.names) <= s.right {
			j.names = append(j.names, "")
		}
		done := false
		switch name := bareGroup(textAt(upper, s.left)); {
		case areParts(canonical(name), below[s.left:s.right+1]):
			done = true
			j.bad = &InputError{Problem: fmt.Sprintf("the %s stands in parts, in several columns under %s: %s", canonical(name), quote(name), listHeaders(below[s.left:s.right+1])),
				Hint: "put the parts together into one column " + canonical(name)}
		case isDateInParts(below[s.left : s.right+1]):
			done = j.dateInParts(s, name, below)
		case canonical(name) != "":
			done = j.choose(s, name, below, rows)
		case j.complete(s, name, below):
			j.gained, j.told = true, append(j.told, s.left)
		}
		if done {
			j.gained, j.told = true, append(j.told, s.left)
			clear(below[s.left : s.right+1])
		}
	}
	return j, below
}

// bareGroup is the name of a group without a word that only says that it is one: 里程情况 is 里程, and 上牌信息 over 日期 is 上牌日期.
func bareGroup(name string) string {
	if canonical(name) != "" {
		return name
	}
	for _, word := range []string{"情况", "信息", "资料", "数据", "状况", "记录"} {
		if bare, ok := strings.CutSuffix(name, word); ok && utf8.RuneCountInString(bare) > 1 {
			return bare
		}
	}
	return name
}

// complete puts a name that is none by itself together with each of those under it that it makes whole: 发动机 over 型号 and 号码,
// 日期 over 注册 and 年检.
func (j *joinedNames) complete(s span, name string, below []string) (some bool) {
	for i := s.left; i <= s.right; i++ {
		var whole string
		switch lower := textAt(below, i); {
		case areSplit(name, lower):
			whole = name + lower
		case areSplit(lower, name):
			whole = lower + name
		default:
			continue
		}
		j.names[i], below[i], some = whole, "", true
	}
	return some
}

// What the word of a column under a name says.
const (
	saysNothing = iota
	isMeantHere
	isNotMeant
)

// choose takes the column that is meant by its word. It is false where there is nothing to choose.
func (j *joinedNames) choose(s span, name string, below []string, rows []textRow) bool {
	column := canonical(name)
	var meant, rivals, holding []int
	names := make([]string, s.right+1)
	for i := s.left; i <= s.right; i++ {
		var says int
		names[i], says = judgeWord(name, below[i])
		holds := mostOf(rows, i, func(text string) bool { return mayHold(column, text) })
		switch {
		case says == isMeantHere:
			meant = append(meant, i)
			column = canonical(names[i])
		case says == saysNothing && holds:
			rivals = append(rivals, i)
		}
		if holds {
			holding = append(holding, i)
		}
	}
	words := below[s.left : s.right+1]
	if len(meant) != 1 || len(rivals) > 0 {
		if len(holding) > 0 {
			j.bad = severalUnder(name, column, words)
		}
		return len(holding) > 0
	}
	copy(j.names[s.left:], names[s.left:])
	if words[0] == "" {
		j.names[s.left] = "" // it holds no values
	}
	j.notes = append(j.notes, fmt.Sprintf("of the columns under %s, %s is read as %s, and not: %s", quote(name), quote(textAt(below, meant[0])), column,
		listHeaders(slices.Delete(slices.Clone(words), meant[0]-s.left, meant[0]-s.left+1))))
	return true
}

// severalUnder refuses a file in which it is not clear which of several columns a name means.
func severalUnder(name, column string, words []string) *InputError {
	e := &InputError{Problem: fmt.Sprintf("several columns stand under %s, and which of them is the %s is not clear: %s", quote(name), column, listHeaders(words)),
		Hint: nameOne(name, column)}
	if column == record.ColVIN || column == record.ColPlate {
		e.Hint += "; where they are of several vehicles, give each a row of its own"
	}
	return e
}

// nameOne is what to do about several columns under a name.
func nameOne(name, column string) string {
	if column == record.ColMileageKM {
		column = distanceName(name)
	}
	return fmt.Sprintf("put %s over the right one alone, and another name over the others, or take them out", column)
}

// plateParts are the names of a column for the beginning of a plate.
var plateParts = regexp.MustCompile(`^(省|省份|省市|省简称|简称|归属地?|地区|地区代码|汉字|字头|前缀|province)$`)

// areParts tells whether names are those of the parts of each VIN, plate or engine number: 前8位 and 后9位, 省份 and 号码.
func areParts(column string, words []string) bool {
	return len(words) > 1 && slices.ContainsFunc(words, func(w string) bool {
		folded := foldHeader(w)
		return column == record.ColPlate && plateParts.MatchString(folded) ||
			(column == record.ColVIN || column == record.ColPlate) && partWords.FindString(folded) == folded && folded != ""
	})
}

// dateParts are the names of the columns of a date in parts.
var dateParts = []string{"年", "月", "日", "年份", "月份", "year", "month", "day"}

// isDateInParts tells whether names are those of the year, the month and the day.
func isDateInParts(words []string) bool {
	return len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(dateParts, foldHeader(w)) })
}

// registration is what the name of a date says that may be that of the first registration.
var registration = regexp.MustCompile(`登记|上牌|注册|regist`)

// dateInParts refuses a registration that stands in several columns. Another date is not used, and needs its names alone.
func (j *joinedNames) dateInParts(s span, name string, below []string) bool {
	hint := "put it into one column, such as 2019-03"
	switch column := canonical(name); {
	case column == "" && registration.MatchString(foldHeader(name)):
		hint = "put it into one column " + record.ColFirstRegistered + ", such as 2019-03, if it is the first registration; else take the columns out"
	case column == "":
		for i := s.left + 1; i <= s.right; i++ {
			j.names[i] = name + " " + below[i]
		}
		return true
	}
	j.bad = &InputError{Problem: fmt.Sprintf("a date stands in several columns under %s: %s", quote(name), listHeaders(below[s.left:s.right+1])), Hint: hint}
	return true
}

var (
	// meantWords say of a column that it holds what is so now, of the vehicle itself.
	meantWords = regexp.MustCompile(`^(截[至止]?)?(当前|目前|现在|现有|现今|现时?|本次|本期|此次|本?月末|本?期末|本车|最新|最近(一次)?|表显|仪表盘?|回场|收车|回车|回程|返回|返场|归队|入场|交车后|更换后|变更后|过户后|换后|改后|新|` +
		`now|current|present|latest|new|closing)的?$`)
	// notMeant say that it holds what was so before, or something else.
	notMeant = regexp.MustCompile(`购|买|入手|接车|提车|出厂|初始|期初|[年月]初|上[一次个月年期周日]|去年|昨|下[一次个月年期]|预计|计划|保养|维修|年检|年审|检验|检测|间隔|周期|差|增|行驶|均|限|型号|类型|种类|品牌|名称|厂家|厂商|产地|颜色|` +
		`状态|备注|说明|原|旧|老|曾|前|出车|发车|出场|离场|去程|起|before|old|former|previous|last|next|purchase|bought|initial|start|opening|service|model|type|brand|name|make|colou?r|remark|note`)
	// ofTheName are words behind such a word that say again what the name over it says.
	ofTheName = regexp.MustCompile(`((行驶)?(里程表?|公里|千米)(读数|数|值)?|读数|数值|(车牌|号牌|发动机|车架)?(号码?|编号)|日期|时间|(mileage|odometer|reading|plate|no|number|date))$`)
)

// judgeWord says what a word under a name says of its column, and the name that its column gets.
func judgeWord(upper, lower string) (name string, says int) {
	beside := upper + " " + lower
	if lower == "" {
		return beside, saysNothing
	}
	if canonical(beside) != "" || nameOf(beside).rate {
		beside = lower
	}
	if isColourOfPlate(upper, lower) {
		return upper + " " + lower, isNotMeant
	}
	if joined, gained, ok := joinNames(upper, lower); ok && canonical(joined) != "" && (gained || canonical(lower) != "" || canonical(upper+"("+lower+")") != "") {
		return joined, isMeantHere
	}
	word, unit := wordAndUnit(lower)
	bare := ofTheName.ReplaceAllString(word, "")
	switch {
	case meantWords.MatchString(word) || bare != "" && meantWords.MatchString(bare):
		if unit != "" {
			return upper + "(" + unit + ")", isMeantHere
		}
		return upper, isMeantHere
	case notMeant.MatchString(word):
		return beside, isNotMeant
	}
	return beside, saysNothing
}

// wordAndUnit takes a unit off the name of a column, in the form that foldHeader gives them: 当前 and 公里 of 当前(公里). A unit without
// a mark before it is in Chinese characters.
func wordAndUnit(lower string) (word, unit string) {
	for _, p := range strings.FieldsFunc(lower, isBetweenNames) {
		folded := foldHeader(p)
		if m, ok := measureNamed(strings.TrimPrefix(folded, "单位")); ok {
			unit = m.word
		} else if !isSilent("", folded) {
			word += folded
		}
	}
	for _, m := range measures {
		if rest, ok := strings.CutSuffix(word, m.word); ok && unit == "" && rest != "" && strings.ContainsAny(m.word, "里米哩") && len(m.word) > len("里") {
			return rest, m.word
		}
	}
	return word, unit
}

// mayHold tells whether a text can be a value of a column.
func mayHold(column, text string) bool {
	if column == record.ColMileageKM && isNumber(text) { // in some unit
		return true
	}
	for _, r := range readers(&distances{}, &months{}) {
		if r.column == column {
			var v record.Vehicle
			r.read(&v, text)
			return len(v.Faults) == 0
		}
	}
	return false
}

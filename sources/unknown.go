package sources

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// unknownWords are what people and programs write into a cell that is empty, in
// the form that foldUnknown gives them. None can be a value of any column.
var unknownWords = []string{
	"NA", "N/A", "N.A.", "N.A", `\N`, "NULL", "NONE", "NIL", "NAN", "NAT", "UNKNOWN", "UNDEFINED", "TBD", "TBA", "BLANK", "EMPTY", "MISSING",
	"NOTAVAILABLE", "NOTAPPLICABLE", "NOTKNOWN", "NODATA", "NOVALUE",
	"无", "無", "暂无", "暫無", "没有", "未知", "不详", "不詳", "不明", "不祥", "不清", "不清楚", "不知", "不知道", "待补", "待补充", "待定", "待填", "待查", "待录入", "待更新", "待确认", "待核", "待核实",
	"空", "空白", "空值", "缺", "缺失", "未填", "未填写", "未提供", "未录入", "未获取", "没填", "暂未提供", "暂未录入", "无记录", "无数据", "暂无数据", "无信息", "暂无信息", "暂缺",
}

// unknownOf are words that say of one column alone that there is no value yet.
var unknownOf = map[string][]string{
	record.ColPlate: {"未上牌", "未上牌照", "无牌", "无牌照", "无牌车", "无车牌", "无车牌号", "无号牌", "無牌", "没有车牌", "没有牌照", "暂无号牌", "暂无牌照", "暂无车牌", "暂未上牌", "没上牌", "尚未上牌", "未挂牌", "未领牌", "待上牌", "待上", "待挂牌",
		"新车", "新车未上牌", "新车待上牌", "新车无牌", "未上户", "待上户", "未登记", "裸车", "NOPLATE", "NEW", "NEWCAR", "UNREGISTERED", "NOTREGISTERED"},
	record.ColFirstRegistered: {"未上牌", "待上牌", "暂未上牌", "未登记", "未注册", "未上户", "新车", "新车未上牌", "UNREGISTERED", "NOTREGISTERED"},
	record.ColEngineNo:        {"无发动机", "无发动机号", "暂无发动机号"},
	record.ColMileageKM:       {"无里程", "里程不详", "里程未知"},
}

// longestUnknown is more than the longest word, with brackets and spaces, in bytes.
const longestUnknown = 48

// foldUnknown brings a text to the form in which it is compared with the words:
// NFKC, upper case, without spaces, unseen characters and a pair of brackets.
func foldUnknown(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || isInvisible(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(s))
	for _, pair := range []string{"()", "[]", "<>", "{}", "【】", "《》"} {
		opens, closes, _ := cutRune(pair)
		if inner, ok := strings.CutPrefix(s, opens); ok && strings.HasSuffix(inner, closes) {
			return strings.TrimSuffix(inner, closes)
		}
	}
	return s
}

// cutRune cuts the first character off.
func cutRune(s string) (first, rest string, ok bool) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:], true
		}
	}
	return s, "", false
}

// isUnknown tells whether a text says that the value of a column is not known: one
// of the words, or marks alone such as - or ？. With a digit it never does, and
// neither does a mark for "as above", nor the ##### of a column too narrow.
func isUnknown(column, s string) bool {
	if len(s) > longestUnknown || !beginsUnknown(s) || strings.ContainsAny(s, "0123456789#") {
		return false
	}
	folded := foldUnknown(s)
	return slices.Contains(unknownWords, folded) || slices.Contains(unknownOf[column], folded) || isMarks(folded)
}

// beginsUnknown tells by the first character whether a text can say that, so that
// other words cost nothing.
func beginsUnknown(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r < utf8.RuneSelf && unicode.IsLetter(r):
		return strings.ContainsRune("NUTBEM", unicode.ToUpper(r))
	case r < utf8.RuneSelf:
		return !isDigit(r)
	case unicode.Is(unicode.Han, r):
		return strings.ContainsRune("无無暂暫没未不待空缺新尚裸里", r)
	}
	return true // a mark, a bracket, a letter in another width
}

// isMarks tells whether a text has neither letter nor digit, nor a mark that means
// something by itself.
func isMarks(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("\"'`“”‘’′″〃々#", r) || unicode.IsControl(r)
	})
}

// UnknownWord is a word that was taken for "not known" in a column.
type UnknownWord struct {
	Column string // canonical
	Word   string // as it is written in the file
	Count  int64  // of cells
}

// unknownCount counts which words were taken for "not known".
type unknownCount struct {
	words []UnknownWord
	row   []int // the words of the row under work, by their place
}

// begin starts a row.
func (u *unknownCount) begin() { u.row = u.row[:0] }

// undo forgets the words of the row: it is no vehicle.
func (u *unknownCount) undo() {
	for _, at := range u.row {
		u.words[at].Count--
	}
	u.row = u.row[:0]
}

// maxUnknownWords bounds how many ways to write them are told apart.
const maxUnknownWords = 64

// take takes off what is around a value; "" is an empty cell, and one that says
// that the value is not known, which is counted.
func (u *unknownCount) take(column, s string) string {
	if plainValue(s) {
		return s
	}
	s = bareValue(s)
	if s == "" || !isUnknown(column, s) {
		return s
	}
	if slices.Contains(record.InputColumns(), column) {
		u.count(column, s)
	}
	return ""
}

func (u *unknownCount) count(column, word string) {
	at := slices.IndexFunc(u.words, func(w UnknownWord) bool { return w.Column == column && w.Word == word })
	if at < 0 && len(u.words) >= maxUnknownWords {
		at = slices.IndexFunc(u.words, func(w UnknownWord) bool { return w.Column == column && w.Word == "…" })
		word = "…"
	}
	if at < 0 {
		u.words = append(u.words, UnknownWord{Column: column, Word: strings.Clone(word)})
		at = len(u.words) - 1
	}
	u.words[at].Count++
	u.row = append(u.row, at)
}

// list returns the words in the order of the columns, as they came up in each.
func (u *unknownCount) list() []UnknownWord {
	columns := record.InputColumns()
	out := slices.DeleteFunc(slices.Clone(u.words), func(w UnknownWord) bool { return w.Count == 0 })
	slices.SortStableFunc(out, func(a, b UnknownWord) int { return slices.Index(columns, a.Column) - slices.Index(columns, b.Column) })
	return out
}

package normalise

import (
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// serviceWords are the workshops' words for a kind of visit. The first row that
// has a word of the text decides: what a buyer of the vehicle minds most comes
// first, so 维修保养 is a repair and 保养检查 a service. It is never changed.
var serviceWords = [...]struct {
	kind  record.ServiceType
	words []string
}{
	{record.Bodywork, []string{"钣", "板金", "喷漆", "烤漆", "补漆", "做漆", "油漆", "喷涂", "整形", "事故", "碰撞"}},
	{record.Repair, []string{"维修", "修理", "机修", "检修", "返修", "大修", "小修", "保修", "索赔", "召回", "故障"}},
	{record.Service, []string{"保养", "首保", "二保", "定保", "机油", "机滤", "三滤"}},
	{record.Inspection, []string{"检查", "检测", "年检", "年审", "验车", "PDI"}},
}

// noBodywork are words that hold one of bodywork and say another thing: that there
// was no accident, an assistant that warns of one, paint in a pen.
var noBodywork = strings.NewReplacer("非事故", "", "无事故", "", "未发生事故", "", "无碰撞", "", "未发生碰撞", "",
	"预碰撞", "", "防碰撞", "", "碰撞预警", "", "碰撞缓解", "", "补漆笔", "", "油漆笔", "")

// mayBeOther spares most texts the search for all of noBodywork: each has one of these.
func mayBeOther(words string) bool {
	return strings.Contains(words, "事故") || strings.Contains(words, "碰撞") || strings.Contains(words, "漆笔")
}

// TypeOfVisit reads the workshop's word for a visit and its description. Bodywork is
// what either names, for words such as 保险公司 and 内部结算 tell who pays; else the
// word decides, and where it tells no kind the description.
func TypeOfVisit(word, content string) record.ServiceType {
	byWord := TypeOf(word)
	if byWord == record.Bodywork {
		return byWord
	}
	if byContent := TypeOf(content); byContent == record.Bodywork || byWord == record.Other {
		return byContent
	}
	return byWord
}

// TypeOf reads a workshop's word for a visit, or its description where there
// is no such word: bodywork before repair before service before inspection.
// A text without a known word, and an empty one, is Other.
func TypeOf(words string) record.ServiceType {
	kind := typeOf(words)
	if kind != record.Bodywork || !mayBeOther(words) {
		return kind
	}
	if other := noBodywork.Replace(words); other != words {
		return typeOf(other)
	}
	return kind
}

func typeOf(words string) record.ServiceType {
	best := len(serviceWords)
	for at, r := range words {
		for _, w := range beginnings[uint32(r)%uint32(len(beginnings))] {
			if w.row < best && strings.HasPrefix(words[at:], w.word) {
				best = w.row
			}
		}
	}
	if best == len(serviceWords) {
		return record.Other
	}
	return serviceWords[best].kind
}

type serviceWord struct {
	row  int
	word string
}

// beginnings hold the words of serviceWords by their first character, so that a
// text is walked once and most of its characters begin no word.
var beginnings = func() (table [1024][]serviceWord) {
	for row, kind := range serviceWords {
		for _, word := range kind.words {
			first, _ := utf8.DecodeRuneInString(word)
			slot := &table[uint32(first)%uint32(len(table))]
			*slot = append(*slot, serviceWord{row, word})
		}
	}
	return table
}()

package normalise

import (
	"strings"

	"vehiclebatch/pipeline/record"
)

// serviceWords are the workshops' words for a kind of visit. The first row that
// has a word of the text decides: what a buyer of the vehicle minds most comes
// first, so 维修保养 is a repair and 保养检查 a service. It is never changed.
var serviceWords = [...]struct {
	kind  record.ServiceType
	words []string
}{
	{record.Bodywork, []string{"钣金", "钣喷", "喷漆", "烤漆", "补漆", "油漆", "事故", "碰撞"}},
	{record.Repair, []string{"维修", "修理", "机修", "检修", "返修", "大修", "小修", "保修", "索赔", "召回", "故障"}},
	{record.Service, []string{"保养", "首保", "二保", "定保", "机油", "机滤"}},
	{record.Inspection, []string{"检查", "检测", "年检", "年审", "验车", "PDI"}},
}

// TypeOf reads a workshop's word for a visit, or its description where there
// is no such word: bodywork before repair before service before inspection.
// A text without a known word, and an empty one, is Other.
func TypeOf(words string) record.ServiceType {
	for _, row := range serviceWords {
		for _, word := range row.words {
			if strings.Contains(words, word) {
				return row.kind
			}
		}
	}
	return record.Other
}

package sources

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vehiclebatch/pipeline/record"
)

// measure is the unit of a column of distances, as its header says it.
type measure struct {
	word    string // as it is said, "" when nothing is
	unit    distanceUnit
	refused string // what it is, when it is not read
}

// said tells whether there is one.
func (m measure) said() bool { return m.word != "" }

// and puts two words for units together, which must mean the same.
func (m measure) and(other measure) measure {
	if m.said() && (m.unit != other.unit || m.refused != other.refused) {
		return measure{word: m.word + " and " + other.word, refused: "two units at once"}
	}
	return other
}

// measures are the words for units, in the form that foldHeader gives them. What another ends
// with stands behind it.
var measures = []measure{
	{"tenthousandkm", unitWanKM, ""}, {"10000公里", unitWanKM, ""}, {"x10000km", unitWanKM, ""}, {"×10000km", unitWanKM, ""}, {"10000km", unitWanKM, ""}, {"10kkm", unitWanKM, ""},
	{"万公里", unitWanKM, ""}, {"万千米", unitWanKM, ""}, {"wankm", unitWanKM, ""}, {"万km", unitWanKM, ""}, {"wkm", unitWanKM, ""}, {"wan", unitWanKM, ""}, {"万", unitWanKM, ""}, {"w", unitWanKM, ""},
	{"千公里", unitNone, "thousands of km"}, {"百公里", unitNone, "hundreds of km"}, {"1000km", unitNone, "thousands of km"}, {"thousandkm", unitNone, "thousands of km"}, {"kkm", unitNone, "thousands of km"},
	{"kilometers", unitKM, ""}, {"kilometres", unitKM, ""}, {"kilometer", unitKM, ""}, {"kilometre", unitKM, ""}, {"公里", unitKM, ""}, {"千米", unitKM, ""}, {"kms", unitKM, ""}, {"km", unitKM, ""}, //nolint:misspell // both spellings are read
	{"英里", unitNone, inMiles}, {"英哩", unitNone, inMiles}, {"哩", unitNone, inMiles}, {"miles", unitNone, inMiles}, {"mile", unitNone, inMiles}, {"mi", unitNone, inMiles},
	{"meters", unitNone, "metres"}, {"metres", unitNone, "metres"}, {"米", unitNone, "metres"}, {"m", unitNone, "metres"}, {"华里", unitNone, "li, which are half kilometres"}, {"里", unitNone, "li, which may be half kilometres"},
	{"小时", unitNone, "hours"}, {"hours", unitNone, "hours"}, {"hrs", unitNone, "hours"}, {"h", unitNone, "hours"},
}

const inMiles = "miles"

// measureNamed finds the unit that a folded word is.
func measureNamed(folded string) (measure, bool) {
	for _, u := range measures {
		if u.word == folded {
			return u, true
		}
	}
	return measure{}, false
}

// measured reads a distance with its unit behind it, without anything between: 行驶里程万公里.
// A refused unit of one letter must stand apart.
func measured(folded string) name {
	switch folded {
	case "公里", "km", "kms":
		return name{column: record.ColMileageKM}
	case "万公里", "万公里数", "万km":
		return name{column: record.ColMileageKM, unit: measure{word: folded, unit: unitWanKM}}
	case "miles", "英里", "英里数":
		return name{column: record.ColMileageKM, unit: measure{word: folded, refused: inMiles}}
	}
	for _, m := range measures {
		rest, ok := strings.CutSuffix(folded, m.word)
		rest, _ = strings.CutSuffix(rest, "单位")
		if ok && aliasOf(rest) == record.ColMileageKM && (len(m.word) > 1 || m.refused == "") {
			return name{column: record.ColMileageKM, unit: m}
		}
	}
	return name{}
}

var (
	distanceWords = regexp.MustCompile(`里程|公里|千米|里数|mileage|odometer|kilomet|km|mile`)
	// rateWords say that a distance is that of a year, a month or a day.
	rateWords = regexp.MustCompile(`[年月日周季](均|平均|度)|[每当本今去上][年月日天周季]|^[年月日周](?:行驶)?(?:里程|公里)|[/／(（每\n][年月日天周季][)）]?$|[(（/／][年月日天周][)）/／]|` +
		`平均(行驶)?(里程|公里)|annual|year|month|week|daily|average|/ ?day|per ?day|a day|/ ?yr|per ?yr|/ ?mo$|p\.a\.`)
)

// isRate tells whether a header is that of a distance for each year and the like, or of that of one year. Such a number
// in place of the mileage would give a wrong value.
func isRate(header string) bool {
	lower := simplified.Replace(strings.ToLower(norm.NFKC.String(header)))
	return len(lower) < 200 && !strings.ContainsAny(lower, "耗费") && distanceWords.MatchString(lower) && rateWords.MatchString(lower)
}

// refusedUnit says what to do about a column in a unit that is not read.
func refusedUnit(header string, m measure) *InputError {
	return &InputError{Problem: fmt.Sprintf("the column %s is in %s (%s)", quote(header), m.refused, m.word),
		Hint: "convert it to km and name it 行驶里程(公里), or take the column out"}
}

// otherUnits find words for distances that are no km, where they stand in a text that is no header. Such a word is a unit alone in its
// text, in brackets, behind a word such as 单位 or in, or where the phrase ends with it: 万公里租车 and Miles Wang are names. Behind a number it
// says how much, not in what: 10万公里以上车辆.
var otherUnits = []*regexp.Regexp{
	regexp.MustCompile(`(?:单位|里程|公里数|以|按|用|为|是|[(\[【:/=]) *` + hanUnit),
	regexp.MustCompile(`(?:^|[^0-9.一二两三四五六七八九十几数百千上超逾过近满])` + hanUnit + `(?:$|[^\p{Han}a-z])`),
	regexp.MustCompile(`(?:^|[^a-z])` + unitWord + `(miles?)(?:$|[^a-z])`),
	regexp.MustCompile(`^[(\[【 ]*(miles?)[)\]】.: ]*$`),
	regexp.MustCompile(`[(\[【/] *(miles?) *(?:$|[)\]】/,.;])`),
	regexp.MustCompile(`(?:^|(?:^|[^a-z])` + unitWord + `|[x×*(\[【/] *)(10,?000 ?(?:km|公里))(?:$|[^\p{Han}a-z])`),
}

const (
	hanUnit = `(万 ?(?:公里|千米|km)|千公里|英里|英哩)`
	// unitWord is what stands before a unit.
	unitWord = `(?:in|units?|mileage|odometer|distances?|readings?|单位|里程|以|按) *(?:is|are|in|为|是|:|=|-)? *[(\[【]? *`
)

// otherUnit finds such a word, "" when there is none.
func otherUnit(text string) string {
	if len(text) > 1000 {
		return ""
	}
	text = simplified.Replace(strings.ToLower(norm.NFKC.String(text)))
	for _, unit := range otherUnits {
		if found := unit.FindStringSubmatch(text); found != nil {
			return found[1]
		}
	}
	return ""
}

// bareNumber is a number without anything that says what it counts.
var bareNumber = regexp.MustCompile(`^[\d.,，' ]+$`)

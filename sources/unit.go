package sources

import (
	"fmt"
	"regexp"
	"strings"

	"vehiclebatch/pipeline/record"
)

// measure is the unit of a column of distances, as its header says it.
type measure struct {
	word    string // as it is said, "" when nothing is
	unit    Unit
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
	{"tenthousandkm", UnitWanKM, ""}, {"10000公里", UnitWanKM, ""}, {"x10000km", UnitWanKM, ""}, {"×10000km", UnitWanKM, ""}, {"10000km", UnitWanKM, ""}, {"10kkm", UnitWanKM, ""},
	{"万公里", UnitWanKM, ""}, {"万千米", UnitWanKM, ""}, {"wankm", UnitWanKM, ""}, {"万km", UnitWanKM, ""}, {"wkm", UnitWanKM, ""}, {"wan", UnitWanKM, ""}, {"万", UnitWanKM, ""}, {"w", UnitWanKM, ""},
	{"千公里", UnitNone, "thousands of km"}, {"百公里", UnitNone, "hundreds of km"}, {"1000km", UnitNone, "thousands of km"}, {"thousandkm", UnitNone, "thousands of km"}, {"kkm", UnitNone, "thousands of km"},
	{"kilometers", UnitKM, ""}, {"kilometres", UnitKM, ""}, {"kilometer", UnitKM, ""}, {"kilometre", UnitKM, ""}, {"公里", UnitKM, ""}, {"千米", UnitKM, ""}, {"kms", UnitKM, ""}, {"km", UnitKM, ""}, //nolint:misspell // both spellings are read
	{"英里", UnitNone, inMiles}, {"英哩", UnitNone, inMiles}, {"哩", UnitNone, inMiles}, {"miles", UnitNone, inMiles}, {"mile", UnitNone, inMiles}, {"mi", UnitNone, inMiles},
	{"meters", UnitNone, "metres"}, {"metres", UnitNone, "metres"}, {"米", UnitNone, "metres"}, {"m", UnitNone, "metres"}, {"华里", UnitNone, "li, which are half kilometres"}, {"里", UnitNone, "li, which may be half kilometres"},
	{"小时", UnitNone, "hours"}, {"hours", UnitNone, "hours"}, {"hrs", UnitNone, "hours"}, {"h", UnitNone, "hours"},
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
		return name{record.ColMileageKM, measure{word: folded, unit: UnitWanKM}, false}
	case "miles", "英里", "英里数":
		return name{record.ColMileageKM, measure{word: folded, refused: inMiles}, false}
	}
	for _, m := range measures {
		rest, ok := strings.CutSuffix(folded, m.word)
		rest, _ = strings.CutSuffix(rest, "单位")
		if ok && aliasOf(rest) == record.ColMileageKM && (len(m.word) > 1 || m.refused == "") {
			return name{record.ColMileageKM, m, false}
		}
	}
	return name{}
}

// refusedUnit says what to do about a column in a unit that is not read.
func refusedUnit(header string, m measure) *InputError {
	return &InputError{Problem: fmt.Sprintf("the column %s is in %s (%s)", quote(header), m.refused, m.word),
		Hint: "convert it to km and name it 行驶里程(公里), or take the column out"}
}

// bareNumber is a number without anything that says what it counts.
var bareNumber = regexp.MustCompile(`^[\d.,，' ]+$`)

package normalise

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"vehiclebatch/pipeline/record"
)

// Notes reads the fields of one answer or one visit and gathers, in words, what
// could not be read: one odd field must not cost a report that has been paid
// for. The field is named by our column. The zero Notes is ready; it is not
// safe for concurrent use.
type Notes struct{ Problems []string }

// Add notes a problem; "" is none.
func (n *Notes) Add(problem string) { n.Problems = AddProblem(n.Problems, problem) }

func (n *Notes) check(field string, err error) {
	if err != nil {
		n.Add(field + ": " + err.Error())
	}
}

// Day is AnyDay.
func (n *Notes) Day(field, s string) record.Opt[record.Date] {
	v, err := AnyDay(s)
	n.check(field, err)
	return v
}

// Whole is the function Whole.
func (n *Notes) Whole(field, s string) record.Opt[int64] {
	v, err := Whole(s)
	n.check(field, err)
	return v
}

// Yuan is FenOfYuan.
func (n *Notes) Yuan(field, s string) record.Opt[record.Fen] {
	v, err := FenOfYuan(s)
	n.check(field, err)
	return v
}

// Distance reads km of which 0 says that the vendor does not know. Averages
// come with fractions, which are rounded.
func (n *Notes) Distance(field, s string) record.Opt[int64] {
	d, err := average(s)
	n.check(field, err)
	if err != nil || !d.OK || d.V.Sign() == 0 {
		return record.Opt[int64]{}
	}
	return record.Some(d.V.Round(0).IntPart())
}

// PerYear reads a count in a year, such as "1.9", as decimal text with at most
// two places; "" is unknown.
func (n *Notes) PerYear(field, s string) string {
	d, err := average(s)
	n.check(field, err)
	if err != nil || !d.OK {
		return ""
	}
	return d.V.Round(2).String()
}

// average reads a number that is not negative and not absurd.
func average(s string) (record.Opt[decimal.Decimal], error) {
	s = strings.TrimSpace(s)
	if unsaid(s) {
		return record.Opt[decimal.Decimal]{}, nil
	}
	d, ok := readDecimal(s)
	if !ok || d.Sign() < 0 || d.GreaterThan(decimal.New(1, 9)) {
		return record.Opt[decimal.Decimal]{}, fmt.Errorf("%q is not a plausible number", Excerpt(s))
	}
	return record.Some(d), nil
}

// StampedDay reads the day of a visit that is told more than once, as a time stamp
// and as texts, each in whatever form. The stamp wins, because the text has been
// seen to be wrong, and then the first text; a disagreement is noted.
func (n *Notes) StampedDay(field, stamp string, texts ...string) record.Opt[record.Date] {
	day, who := n.Day(field, stamp), "the time stamp"
	for _, text := range texts {
		told := n.Day(field, text)
		switch {
		case !told.OK:
		case !day.OK:
			day, who = told, "the text"
		case told != day:
			n.Add(fmt.Sprintf("%s: %s says %v, the text %v", field, who, day.V, told.V))
		}
	}
	return day
}

// Flag reads a vendor's code for yes and no; true and false are taken as well. -1
// (不确定), the codes in unsure, and what says nothing are unknown; any other code is
// unknown, and noted.
func (n *Notes) Flag(field, code, yes, no string, unsure ...string) record.Flag {
	code = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(code), ".0"))
	if f := Flag(code, yes, no); f.OK {
		return f
	}
	switch {
	case code == "true", code == "是":
		return record.Some(true)
	case code == "false", code == "否":
		return record.Some(false)
	case code != "-1" && code != "不确定" && !unsaid(code) && !slices.Contains(unsure, code):
		n.Add(fmt.Sprintf("%s: the vendor's code %q is not known", field, Excerpt(code)))
	}
	return record.Flag{}
}

// Finding is a flag of a report that may stand for "not stated" where it is no:
// without a visit it is unknown, and that is noted.
func (n *Notes) Finding(f record.Flag, visited bool) record.Flag {
	if visited || !f.OK || f.V {
		return f
	}
	n.Add(SilentReport)
	return record.Flag{}
}

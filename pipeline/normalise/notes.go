package normalise

import (
	"errors"
	"fmt"
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

// Day is ParseDay.
func (n *Notes) Day(field, s string) record.Opt[record.Date] {
	v, err := ParseDay(s)
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

// StampedDay reads the day of a visit that is told twice, as a Unix time (day is
// DayOfSeconds or DayOfMillis) and as text. The time stamp wins, because the
// text has been seen to be wrong; a disagreement is noted.
func (n *Notes) StampedDay(field, stamp, text string, day func(int64) record.Opt[record.Date]) record.Opt[record.Date] {
	byText := n.Day(field, text)
	unix := n.Whole(field, stamp)
	if !unix.OK || unix.V <= 0 {
		return byText
	}
	byStamp := day(unix.V)
	switch {
	case !byStamp.OK:
		n.check(field, errors.New("the time stamp "+Excerpt(stamp)+" is not a plausible time"))
		return byText
	case byText.OK && byText != byStamp:
		n.Add(fmt.Sprintf("%s: the time stamp says %v, the text %v", field, byStamp.V, byText.V))
	}
	return byStamp
}

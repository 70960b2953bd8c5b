package normalise

import (
	"fmt"
	"regexp"
	"strings"

	"vehiclebatch/pipeline/record"
)

// millisFrom tells seconds from milliseconds: as seconds it is the year 5138.
const millisFrom = 100_000_000_000

// AnyDay reads a day in whatever form a vendor's answer has it: written as
// ParseDay takes it, or as a Unix time in seconds or milliseconds. Between the years
// 1980 and 2099 no form can be taken for another. What is 0 or below is unknown.
func AnyDay(s string) (record.Opt[record.Date], error) {
	s = strings.TrimSpace(s)
	day, notWritten := ParseDay(s)
	if notWritten == nil {
		return day, nil
	}
	n, ok := unixTime(s)
	switch {
	case !ok:
		return record.Opt[record.Date]{}, notWritten
	case n <= 0:
		return record.Opt[record.Date]{}, nil
	case n >= millisFrom:
		day = DayOfMillis(n)
	default:
		day = DayOfSeconds(n)
	}
	if !day.OK {
		return day, fmt.Errorf("%q is neither a day nor a plausible time", Excerpt(s))
	}
	return day, nil
}

// ofSecond is a time with a fraction of a second behind, as some languages print it.
var ofSecond = regexp.MustCompile(`^(\d{9,13})\.\d{1,9}$`)

func unixTime(s string) (int64, bool) {
	n, err := Whole(ofSecond.ReplaceAllString(s, "$1"))
	return n.V, err == nil && n.OK
}

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
	if s == "" {
		return record.Opt[record.Date]{}, nil
	}
	if len(s) == len("1381161600000") && strings.Trim(s, "0123456789") == "" { // the usual stamp is no written day
		return stamped(s, nil)
	}
	day, notWritten := ParseDay(s)
	if notWritten == nil {
		return day, nil
	}
	return stamped(s, notWritten)
}

// stamped reads a Unix time; what is none ends in the given error.
func stamped(s string, notWritten error) (day record.Opt[record.Date], err error) {
	n, ok := unixTime(s)
	switch {
	case !ok:
		return day, notWritten
	case n <= 0:
		return day, nil
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
	if strings.Contains(s, ".") {
		s = ofSecond.ReplaceAllString(s, "$1")
	}
	n, err := Whole(s)
	return n.V, err == nil && n.OK
}

package normalise

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

const (
	// A workshop's visit or a violation outside of these years is a slip or a
	// placeholder: vehicle identification numbers exist since 1980.
	firstYear = 1980
	endYear   = 2100
)

// DayOfSeconds returns the day in China of a Unix time in seconds. Vendors send
// midnight in China, which is the day before in UTC. 0, and what lies outside
// of the years 1980 to 2099, is unknown.
func DayOfSeconds(sec int64) record.Opt[record.Date] {
	if sec <= 0 || sec >= 1<<40 {
		return record.Opt[record.Date]{}
	}
	day := record.DateOf(time.Unix(sec, 0))
	if !plausible(day.Time().Year()) {
		return record.Opt[record.Date]{}
	}
	return record.Some(day)
}

// DayOfMillis is DayOfSeconds of a Unix time in milliseconds.
func DayOfMillis(ms int64) record.Opt[record.Date] { return DayOfSeconds(ms / 1000) }

// ParseDay reads a day as vendors write it: 2006-01-02, 2006/1/2, 2006.1.2,
// 20060102, 2006年1月2日, each with or without a time of day behind. A time that
// names its zone is moved to China first. An empty text, "null" and the
// placeholders 0000-00-00, 0001-01-01 and 1970-01-01 are unknown.
func ParseDay(s string) (record.Opt[record.Date], error) {
	s = strings.TrimSpace(s)
	if unsaid(s) || placeholder(s) {
		return record.Opt[record.Date]{}, nil
	}
	c, ok := readCalendar(s)
	if !ok || !c.valid() {
		return record.Opt[record.Date]{}, fmt.Errorf("%q is not a day", Excerpt(s))
	}
	if c.hasZone {
		return DayOfSeconds(c.moment().Unix()), nil
	}
	day, err := record.NewDate(c.year, time.Month(c.month), c.day)
	if err != nil {
		return record.Opt[record.Date]{}, err
	}
	return record.Some(day), nil
}

// ParseMoment reads a day and a time of day in China and returns the moment in
// UTC. It takes the forms of ParseDay, with or without seconds, and
// 20060102150405. A day alone is an error: midnight would be a guess.
func ParseMoment(s string) (record.Opt[time.Time], error) {
	s = strings.TrimSpace(s)
	if unsaid(s) || placeholder(s) {
		return record.Opt[time.Time]{}, nil
	}
	c, ok := readCalendar(s)
	if !ok || !c.valid() {
		return record.Opt[time.Time]{}, fmt.Errorf("%q is not a day and time", Excerpt(s))
	}
	if !c.hasTime {
		return record.Opt[time.Time]{}, fmt.Errorf("%q has no time of day", Excerpt(s))
	}
	return record.Some(c.moment()), nil
}

func plausible(year int) bool { return year >= firstYear && year < endYear }

// placeholder knows what databases write for "no date": MySQL's zero, .NET's
// zero and the start of Unix time.
func placeholder(s string) bool {
	if !strings.HasPrefix(s, "000") && !strings.HasPrefix(s, "1970") { // nearly always
		return s == "0"
	}
	s = strings.ReplaceAll(s, "/", "-")
	return strings.HasPrefix(s, "0000-00-00") || strings.HasPrefix(s, "0001-01-01") || strings.HasPrefix(s, "1970-01-01")
}

// calendar is a day and perhaps a time of day as written.
type calendar struct {
	year, month, day     int
	hour, minute, second int
	nanos                int
	zone                 int // seconds east of UTC
	hasTime, hasZone     bool
}

var (
	separated = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日?[T\s]+|日)?` +
		`(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$`)
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2}):?(\d{2}):?(\d{2})?)?$`)
)

func readCalendar(s string) (calendar, bool) {
	if c, ok := isoDay(s); ok {
		return c, true
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		return calendarOf(append(m, "", "")), true
	}
	if m := separated.FindStringSubmatch(s); m != nil && !joinedDigits(s, m) {
		return calendarOf(m), true
	}
	return calendar{}, false
}

// isoDay reads 2006-01-02, the usual form, without a pattern's cost.
func isoDay(s string) (calendar, bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return calendar{}, false
	}
	year, err1 := strconv.ParseUint(s[:4], 10, 16)
	month, err2 := strconv.ParseUint(s[5:7], 10, 16)
	day, err3 := strconv.ParseUint(s[8:], 10, 16)
	ok := err1 == nil && err2 == nil && err3 == nil
	return calendar{year: int(year), month: int(month), day: int(day), zone: record.ChinaOffset}, ok
}

// joinedDigits refuses a time of day that follows the day without anything
// between them: nobody can say which digit belongs to which.
func joinedDigits(s string, m []string) bool {
	return m[4] != "" && !strings.ContainsAny(s, "日T \t")
}

func calendarOf(m []string) calendar {
	c := calendar{
		year: number(m[1]), month: number(m[2]), day: number(m[3]),
		hour: number(m[4]), minute: number(m[5]), second: number(m[6]),
		nanos:   number((m[7] + "000000000")[:9]),
		zone:    record.ChinaOffset,
		hasTime: m[4] != "",
		hasZone: m[8] != "",
	}
	if c.hasZone {
		c.zone = zoneOffset(m[8])
	}
	return c
}

// number reads digits that a pattern has checked; "" is 0.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func zoneOffset(s string) int {
	if s == "Z" {
		return 0
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	seconds := (number(digits[:2])*60 + number(digits[2:])) * 60
	if s[0] == '-' {
		return -seconds
	}
	return seconds
}

func (c calendar) valid() bool {
	if _, err := record.NewDate(c.year, time.Month(c.month), c.day); err != nil {
		return false
	}
	return plausible(c.year) && c.hour < 24 && c.minute < 60 && c.second < 60
}

func (c calendar) moment() time.Time {
	zone := time.FixedZone("", c.zone)
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, c.nanos, zone).UTC()
}

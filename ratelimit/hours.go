package ratelimit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// Hours are the hours of a day, in China time, in which a vendor's desk is
// closed. They may pass midnight. The zero Hours is never closed. Hours can be
// compared with ==.
type Hours struct {
	from, to int // minutes after midnight, 0 to 1439: closed from from until just before to
}

const minutesPerDay = 24 * 60

// ParseHours reads "18:30-09:00": closed at 18:30, open again at 09:00. The
// empty text is the zero Hours. 24:00 is midnight.
func ParseHours(s string) (Hours, error) {
	if s == "" {
		return Hours{}, nil
	}
	first, last, ok := strings.Cut(s, "-")
	from, okFrom := parseMinute(strings.TrimSpace(first))
	to, okTo := parseMinute(strings.TrimSpace(last))
	if !ok || !okFrom || !okTo {
		return Hours{}, fmt.Errorf("%q are not hours: write the closed hours in China time as 18:30-09:00", s)
	}
	if from == to {
		return Hours{}, fmt.Errorf("%q closes and opens at the same time", s)
	}
	return Hours{from: from, to: to}, nil
}

func parseMinute(s string) (int, bool) {
	if len(s) == len("9:00") {
		s = "0" + s
	}
	if len(s) != len("09:00") || s[2] != ':' {
		return 0, false
	}
	hour, err := strconv.ParseUint(s[:2], 10, 8)
	minute, err2 := strconv.ParseUint(s[3:], 10, 8)
	if err != nil || err2 != nil || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return int(hour*60+minute) % minutesPerDay, true
}

// String formats the hours as ParseHours reads them.
func (h Hours) String() string {
	if h == (Hours{}) {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, h.to/60, h.to%60)
}

// Closed tells whether the desk is closed at t.
func (h Hours) Closed(t time.Time) bool {
	minute := minuteOf(t)
	if h.from <= h.to {
		return h.from <= minute && minute < h.to
	}
	return minute >= h.from || minute < h.to
}

// NextOpen returns t itself when the desk is open at t, else the moment when it
// opens, in China time.
func (h Hours) NextOpen(t time.Time) time.Time {
	if !h.Closed(t) {
		return t
	}
	return nextMinute(t, h.to)
}

// NextClose returns t itself when the desk is closed at t, else the moment when
// it closes, in China time. It is false when the desk never closes.
func (h Hours) NextClose(t time.Time) (time.Time, bool) {
	if h == (Hours{}) {
		return time.Time{}, false
	}
	if h.Closed(t) {
		return t, true
	}
	return nextMinute(t, h.from), true
}

func minuteOf(t time.Time) int {
	local := t.In(record.China())
	return local.Hour()*60 + local.Minute()
}

// nextMinute returns the first moment after t at a minute of the day.
func nextMinute(t time.Time, minute int) time.Time {
	local := t.In(record.China())
	next := time.Date(local.Year(), local.Month(), local.Day(), 0, minute, 0, 0, local.Location())
	if !next.After(local) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

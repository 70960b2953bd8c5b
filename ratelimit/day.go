package ratelimit

import (
	"errors"
	"fmt"
	"time"
)

// china is the vendors' time. It has had no summer time since 1991, so no zone
// database is needed.
var china = time.FixedZone("CST", 8*60*60)

// day counts days in China since 1970-01-01.
type day int64

const secondsPerDay = 24 * 60 * 60

func dayOf(t time.Time) day {
	local := t.Unix() + 8*60*60
	d := day(local / secondsPerDay)
	if local%secondsPerDay < 0 {
		d--
	}
	return d
}

// end returns the midnight that ends the day, in China time.
func (d day) end() time.Time {
	return time.Date(1970, time.January, 1+int(d)+1, 0, 0, 0, 0, china)
}

// ErrDayCap matches every *DayCapError in errors.Is.
var ErrDayCap = errors.New("the day's calls are used up")

// DayCapError says that a vendor gets no more calls today.
type DayCapError struct {
	PerDay  int       // the cap
	Reopens time.Time // the next midnight in China
}

func (e *DayCapError) Error() string {
	return fmt.Sprintf("%v: %d of %d; calls go on at %s", ErrDayCap, e.PerDay, e.PerDay, e.Reopens.Format(time.RFC3339))
}

// Unwrap returns ErrDayCap.
func (e *DayCapError) Unwrap() error { return ErrDayCap }

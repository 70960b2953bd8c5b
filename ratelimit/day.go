package ratelimit

import (
	"errors"
	"fmt"
	"time"
)

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

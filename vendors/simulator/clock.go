package simulator

import (
	"context"
	"time"

	"vehiclebatch/pipeline/record"
)

// Clock is the only source of time. Both methods are called concurrently.
type Clock interface {
	Now() time.Time
	// Sleep waits for d and returns nil, or returns ctx's error as soon as ctx
	// ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's clock; inside a testing/synctest bubble it is
// the bubble's.
type SystemClock struct{}

var _ Clock = SystemClock{}

// Now implements Clock.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const secondsPerDay = 24 * 60 * 60

// chinaDay is the day in China that holds the moment, in days since 1970-01-01.
func chinaDay(t time.Time) int { return int(record.DateOf(t)) }

// chinaMidnight is the Unix time at which the day begins in China.
func chinaMidnight(day int) int64 { return record.Date(day).Begin().Unix() }

// dayOf is the day number of a date of the calendar.
func dayOf(year int, month time.Month, day int) int {
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

func appendDay(b []byte, day int) []byte {
	return time.Unix(int64(day)*secondsPerDay, 0).UTC().AppendFormat(b, time.DateOnly)
}

func yearOf(day int) int { return time.Unix(int64(day)*secondsPerDay, 0).UTC().Year() }

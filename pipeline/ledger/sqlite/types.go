package sqlite

import (
	"errors"
	"time"

	"vehiclebatch/pipeline/ledger"
)

func isGuard(err error) bool {
	var moved *MovedError
	return errors.Is(err, ledger.ErrStale) || errors.Is(err, ledger.ErrBudget) || errors.As(err, &moved)
}

// micros is how moments are stored: microseconds UTC, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

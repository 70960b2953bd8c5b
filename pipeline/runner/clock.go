package runner

import (
	"time"
)

// setBackBy is how far the machine's clock must be set back during a run before the runner reacts.
// Smaller corrections, by seconds, happen all the time.
const setBackBy = time.Minute

// noticeSetBack notices that the machine's clock was set back since the worker looked last. Due
// times were written by that clock, so without a correction everything would come too late by as
// much.
func (s *worker) noticeSetBack(now time.Time) error {
	last := s.looked
	s.looked = now
	if last.IsZero() || !setBack(last, now) {
		return nil
	}
	s.runner.log.Info("the clock was set back", "vendor", s.name, "from", last, "to", now)
	if err := s.runner.ledger.SetBack(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.dueNow(now)
	return nil
}

// setBack compares the time that the clock shows with the time that has really passed, which
// setting the clock does not change.
func setBack(last, now time.Time) bool {
	passed := now.Sub(last)
	shown := now.Round(0).Sub(last.Round(0)) // without the monotonic reading
	return passed-shown > setBackBy
}

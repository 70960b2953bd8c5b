package runner

import (
	"time"
)

// setBackBy is how far the machine's clock has to be set back while a runner is at
// work before it counts: clocks are put right by seconds all the time.
const setBackBy = time.Minute

// noticeSetBack notices that the machine's clock was set back since the worker looked
// last. What is due is kept by that clock, and would come as much too late.
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

// setBack holds the time that the clock shows against the time that has passed,
// which setting it does not change.
func setBack(last, now time.Time) bool {
	passed := now.Sub(last)
	shown := now.Round(0).Sub(last.Round(0)) // without the monotonic reading
	return passed-shown > setBackBy
}

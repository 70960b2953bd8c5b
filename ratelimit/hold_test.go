package ratelimit_test

import (
	"errors"
	"testing"
	"time"

	"vehiclebatch/ratelimit"
)

// A vendor that wants no calls for long keeps nobody waiting to be admitted, also
// when it said so to another process.
func TestALongHoldIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 1}, clock, 0)
		p.Hold(time.Now().Add(time.Minute))
		begin := time.Now()
		if _, err := p.Admit(t.Context()); !errors.Is(err, ratelimit.ErrNotSoon) || time.Since(begin) > 0 {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		time.Sleep(59 * time.Second)
		mustStart(t, p).Done(ratelimit.Verdict{})
		if d := time.Since(begin); d < time.Minute {
			t.Errorf("called after %s", d)
		}
		p.Hold(time.Now().Add(100 * time.Hour))
		if d := time.Until(p.Stats().HeldUntil); d > time.Hour {
			t.Errorf("held for %s", d)
		}
	})
}

package simtest

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// A clock that is set by years while reports are awaited, one way or the other: no
// vendor believes its signatures, so the run ends and says so. Once the clock is
// right again all is fetched, as soon as ever, and nothing was ordered twice.
func TestTheClockIsSetByYears(t *testing.T) {
	t.Parallel()
	const years = 10 * 365 * 24 * time.Hour
	for name, by := range map[string]time.Duration{"back": -years, "forward": years} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 20, slowly(7), func(w *world) {
				out := w.live(fate{after: time.Minute, look: func(*process) { w.off.Store(int64(by)) }})
				if out.took > time.Hour || out.ending.Reason != runner.Halted {
					t.Errorf("ended after %s with %+v", out.took, out.ending)
				}
				w.off.Store(0)
				if out := w.finishWell(fate{}); out.took > time.Hour {
					t.Errorf("with the right clock it took %s", out.took)
				}
				w.ordersOnce(20)
			})
		})
	}
}

// A clock that is set by minutes, which vendors put up with, changes nothing.
func TestTheClockIsSetByMinutes(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"back": -4 * time.Minute, "forward": 4 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 20, slowly(7), func(w *world) {
				if out := w.finishWell(fate{after: time.Minute, look: func(*process) { w.off.Store(int64(by)) }}); out.took > time.Hour {
					t.Errorf("it took %s", out.took)
				}
				w.ordersOnce(20)
			})
		})
	}
}

func (w *world) ordersOnce(n int64) {
	w.t.Helper()
	if got := w.sim.Book().Requests()[simulator.TencentOrder]; got != n {
		w.t.Errorf("%d orders for %d vehicles", got, n)
	}
}

package simtest

import (
	"fmt"
	"testing"

	"vehiclebatch/pipeline/record"
)

// sweepCars keeps the sweep small: 4 vehicles and 3 datasets make about 40 calls.
const sweepCars = 4

// Killed at every call of a small run, before it leaves, when its answer has
// arrived, and when the answer is on disk and unread, it goes on and ends with
// what an undisturbed run ends with, but for the calls that were under way.
func TestKillAtEveryCall(t *testing.T) {
	t.Parallel()
	var undisturbed life
	inWorld(t, morning, sweepCars, slowly(11), func(w *world) {
		w.sweepTerms()
		undisturbed = w.finishWell(fate{})
	})
	for at, kind := range map[moment]string{callLeaves: "before call", callReturned: "after call", answerRead: "before reading"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for nth := 1; nth <= undisturbed.events[at]; nth++ {
				killAndFinish(t, at, nth, undisturbed.out)
			}
		})
	}
}

// Killed at every look at the clock: while the ledger is opened, while the
// input is planned, between an intent and its call, between an answer and its
// meaning.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	var undisturbed life
	inWorld(t, morning, sweepCars, slowly(11), func(w *world) {
		w.sweepTerms()
		undisturbed = w.finishWell(fate{})
	})
	for nth := 1; nth <= undisturbed.events[clockTick]; nth++ {
		if nth > 20 && nth%17 > 0 { // the ledger is open and the input planned by then
			continue
		}
		killAndFinish(t, clockTick, nth, undisturbed.out)
	}
}

// sweepTerms let two calls be under way at a time, so that a kill finds another
// call in the middle.
func (w *world) sweepTerms() {
	w.terms.limits.InFlight = 2
}

func killAndFinish(t *testing.T, at moment, nth int, undisturbed *outputs) {
	t.Helper()
	inWorld(t, morning, sweepCars, slowly(11), func(w *world) {
		defer func() {
			if w.t.Failed() {
				t.Errorf("after a kill at moment %d, number %d", at, nth)
			}
		}()
		w.sweepTerms()
		killed := w.live(fate{death: death{at: at, nth: nth}})
		out := w.finish(fate{})
		if !killed.killed && at != clockTick {
			// The order of events differs from run to run: this one had fewer.
			t.Logf("%d: not reached", nth)
		}
		if n := out.out.count(record.InDoubt); n != out.doubts && killed.killed || n > 2*w.terms.limits.InFlight {
			w.t.Errorf("%d in doubt, %d after the kill", n, out.doubts)
		}
		if n := out.out.count(record.Failed); n > 0 {
			w.t.Errorf("failed: %+v", out.out.failures)
		}
		w.checkAgainst(undisturbed, out.out)
	})
}

// The first call of a life is alone: what is known of it after a kill is exact.
func TestWhatIsKnownAfterAKill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at     moment
		doubts int
		why    string
	}{
		{callLeaves, 1, "the intent is on disk, and nobody knows whether the call left"},
		{callReturned, 1, "the answer is lost"},
		{answerRead, 0, "the answer is on disk"},
	} {
		t.Run(fmt.Sprint(c.at), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 3, slowly(11), func(w *world) {
				w.terms.datasets = []record.Dataset{record.DatasetViolations}
				w.live(fate{death: death{at: c.at, nth: 1}})
				out := w.finish(fate{})
				if out.doubts != c.doubts || out.out.count(record.InDoubt) != c.doubts {
					t.Errorf("%d in doubt, want %d: %s", out.doubts, c.doubts, c.why)
				}
			})
		})
	}
}

package simtest

import (
	"fmt"
	"testing"

	"vehiclebatch/pipeline/record"
)

// sweepCars keeps the sweep small: 4 vehicles and 3 datasets make about 40 calls.
const sweepCars = 4

// stage is a small world in which a process is killed at every moment of some
// kinds.
type stage struct {
	moments []moment
	cars    int
	terms   func(w *world)
	formats string
}

func stages() map[string]stage {
	return map[string]stage{
		// Two calls are under way at a time, so that a kill finds another one in the middle.
		"buying": {moments: []moment{callLeaves, callReturned, answerRead, clockTick, commitBegins, commitTears, commitDone}, cars: sweepCars,
			terms: func(w *world) { w.terms.limits.InFlight = 2 }, formats: "csv"},
		// Every file of both formats is begun, written, synced, put in its place.
		"writing": {moments: []moment{fileBegins, fileDone}, cars: 1,
			terms: func(w *world) { w.terms.datasets = []record.Dataset{record.DatasetViolations} }, formats: "parquet,csv"},
	}
}

// Killed, or cut off from power, at every call, commit and operation on a file
// of a small run, it goes on and ends with what an undisturbed run ends with,
// but for the calls that were under way.
func TestKillAtEveryMoment(t *testing.T) {
	t.Parallel()
	for name, s := range stages() {
		var undisturbed life
		inWorld(t, morning, s.cars, slowly(11), func(w *world) {
			s.terms(w)
			undisturbed = w.finishWell(fate{formats: s.formats})
		})
		t.Logf("%s: %v events", name, undisturbed.events)
		for _, at := range s.moments {
			for _, power := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/power %v", name, at, power), func(t *testing.T) {
					t.Parallel()
					killed := 0
					for nth := 1; nth <= undisturbed.events[at]; nth++ {
						if s.skips(at, nth) {
							continue
						}
						if s.killAndFinish(t, death{at: at, nth: nth, power: power, seed: uint64(nth)}, undisturbed.out) {
							killed++
						}
					}
					t.Logf("killed %d times, of %d moments", killed, undisturbed.events[at])
				})
			}
		}
	}
}

// skips leaves most moments out of a quick test, and most looks at the clock
// out of any: the ledger is open and the input planned after 20 of them, and
// what follows is also between calls and commits.
func (s stage) skips(at moment, nth int) bool {
	if at == clockTick {
		return nth > 20 && nth%17 > 0 || nth%min(*sweepNth, 3) > 0
	}
	return nth%*sweepNth > 0 && nth > 2
}

// killAndFinish tells whether the process lived to be killed: the order of
// events differs from run to run, and some have fewer.
func (s stage) killAndFinish(t *testing.T, d death, undisturbed *outputs) (reached bool) {
	t.Helper()
	inWorld(t, morning, s.cars, slowly(11), func(w *world) {
		defer func() {
			if w.t.Failed() {
				t.Errorf("after a kill %s, number %d, power cut: %v", d.at, d.nth, d.power)
			}
		}()
		s.terms(w)
		killed := w.live(fate{death: d, formats: s.formats})
		reached = killed.killed
		out := w.live(fate{formats: s.formats}) // a run that was finished is asked again
		if out.ending.Open > 0 {
			w.t.Fatalf("ended with %+v", out.ending)
		}
		w.checkTruth(out.out)
		if n := out.out.count(record.InDoubt); n != out.doubts && reached || n > 2*w.terms.limits.InFlight {
			w.t.Errorf("%d in doubt, %d after the kill", n, out.doubts)
		}
		if n := out.out.count(record.Failed); n > 0 {
			w.t.Errorf("failed: %+v", out.out.failures)
		}
		w.checkAgainst(undisturbed, out.out)
	})
	return reached
}

// firstKept is the first commit after an answer has come: it keeps the answer.
const firstKept = 9

// The first call of a life is alone: what is known of it after a kill is exact.
func TestWhatIsKnownAfterAKill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at     moment
		nth    int
		doubts int
		why    string
	}{
		{callLeaves, 1, 1, "the intent is on disk, and nobody knows whether the call left"},
		{callReturned, 1, 1, "the answer is lost"},
		{answerRead, 1, 1, "the answer is read for the vendor's health, and not on disk yet"},
		{commitDone, firstKept, 0, "the answer is on disk"},
	} {
		for _, power := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, power %v", c.at, power), func(t *testing.T) {
				t.Parallel()
				inWorld(t, morning, 3, slowly(11), func(w *world) {
					w.terms.datasets = []record.Dataset{record.DatasetViolations}
					killed := w.live(fate{death: death{at: c.at, nth: c.nth, power: power}})
					if c.nth == firstKept && killed.events[answerRead] != 1 {
						t.Fatalf("commit %d came after %d answers", firstKept, killed.events[answerRead])
					}
					out := w.finish(fate{})
					if out.doubts != c.doubts || out.out.count(record.InDoubt) != c.doubts {
						t.Errorf("%d in doubt, want %d: %s", out.doubts, c.doubts, c.why)
					}
				})
			})
		}
	}
}

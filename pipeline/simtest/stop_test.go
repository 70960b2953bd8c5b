package simtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// Stopped at any moment, it lets calls under way end, leaves nothing in doubt,
// and goes on later as if nothing had been.
func TestStopAtAnyMoment(t *testing.T) {
	t.Parallel()
	var undisturbed *outputs
	inWorld(t, morning, 12, slowly(9), func(w *world) { undisturbed = w.finishWell(fate{}).out })
	rng := rand.New(rand.NewPCG(1, 2))
	for range 16 {
		after := time.Duration(rng.Int64N(int64(5 * time.Second)))
		if rng.IntN(2) == 0 {
			after *= 60
		}
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			t.Parallel()
			o := slowly(9)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{simulator.Slow: 0.7}, Delay: 9 * time.Second}
			inWorld(t, morning, 12, o, func(w *world) {
				out := w.live(fate{stopAfter: after})
				if out.ending.Reason != runner.Interrupted && out.ending.Reason != runner.AllSettled {
					t.Errorf("ended with %+v", out.ending)
				}
				if n := out.out.count(record.InDoubt); n > 0 || out.took > after+10*time.Second {
					t.Errorf("stopped after %s, ended after %s with %d in doubt", after, out.took, n)
				}
				if out.ending.Open > 0 {
					out = w.finishWell(fate{})
				}
				w.checkAgainst(undisturbed, out.out)
			})
		})
	}
}

// Calls that are written down and wait for their turn are taken back.
func TestStopBeforeACallsTurn(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 80, slowly(9), func(w *world) {
		w.terms.datasets, w.terms.limits.Burst = []record.Dataset{record.DatasetViolations}, 1
		for offset := range 10 {
			out := w.live(fate{stopAfter: 300*time.Millisecond + time.Duration(offset)*5*time.Millisecond})
			if out.ending.Reason != runner.Interrupted || out.money.Reserved > 0 || out.out.count(record.InDoubt) > 0 {
				t.Errorf("ended with %+v and %+v", out.ending, out.money)
			}
		}
		w.finishWell(fate{})
	})
}

// Calls that do not end within the grace are cut off: they are in doubt, and
// only they are.
func TestStopWhileTheVendorHangs(t *testing.T) {
	t.Parallel()
	o := slowly(9)
	inWorld(t, morning, 40, o, func(w *world) {
		w.terms.timeout = time.Minute
		hang := simulator.Faults{Rates: map[simulator.Fault]float64{simulator.Slow: 1}, Delay: 5 * time.Minute}
		out := w.live(fate{stopAfter: 2 * time.Second, after: time.Second, look: func(*process) { w.sim.SetFaults(hang) }})
		if out.ending.Reason != runner.Interrupted || out.took > 13*time.Second {
			t.Errorf("ended after %s with %+v", out.took, out.ending)
		}
		if n := out.out.count(record.InDoubt); n == 0 || n > 2*w.terms.limits.InFlight {
			t.Errorf("%d in doubt", n)
		}
		w.sim.SetFaults(simulator.Faults{})
		w.finish(fate{})
	})
}

// The day's calls are counted over lives, however they end. A kill forgets
// those that were under way.
func TestCallsOfTheDayAreCountedOverLives(t *testing.T) {
	t.Parallel()
	const most = 220
	for name, c := range map[string]struct {
		fate      fate
		forgotten int64
	}{
		"stopped": {fate{stopAfter: 5 * time.Second}, 0}, "killed": {fate{death: death{at: callLeaves, nth: 100}}, 10}, "by itself": {fate{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onlyWhole(t, name != "killed")
			inWorld(t, morning, 260, slowly(9), func(w *world) {
				w.terms.datasets, w.terms.limits.PerDay = []record.Dataset{record.DatasetViolations}, most
				w.live(c.fate)
				out := w.live(fate{})
				if out.ending.Reason != runner.Halted || out.ending.Halts[0].Class != record.Quota {
					t.Fatalf("ended with %+v", out.ending)
				}
				if n := w.sim.Book().Requests()[simulator.WAPIViolations]; n > most+c.forgotten || n < most {
					t.Errorf("%d calls on one day, want %d", n, most)
				}
				time.Sleep(24 * time.Hour)
				w.finish(fate{})
			})
		})
	}
}

package simtest

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

// finish wants a life to settle everything, and nothing to fail.
func (w *world) finish(f fate) life {
	w.t.Helper()
	out := w.live(f)
	if out.ending.Reason != runner.AllSettled {
		w.t.Fatalf("ended after %s with %+v: %v", out.took, out.ending, out.out.statuses())
	}
	w.checkTruth(out.out)
	return out
}

// finishWell wants a life to settle everything, nothing to fail, and the ledger
// to be sure of every charge.
func (w *world) finishWell(f fate) life {
	w.t.Helper()
	out := w.finish(f)
	if len(out.out.failures) > 0 {
		w.t.Errorf("failed: %+v", out.out.failures)
	}
	w.checkExact(out)
	return out
}

func TestFairWeather(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 120, slowly(4), func(w *world) {
		out := w.finishWell(fate{})
		if n := out.out.statuses()[record.DatasetMaintenance][record.NoRecord]; n == 0 || n > 5 {
			t.Errorf("%d vehicles are unknown to both vendors", n)
		}
		requests := w.sim.Book().Requests()
		if requests[simulator.TencentOrder] != 120 || requests[simulator.WAPISubmit] == 0 || requests[simulator.WAPIViolations] != 120 {
			t.Errorf("calls: %v", requests)
		}
		if out.took > 10*time.Minute {
			t.Errorf("took %s", out.took)
		}
	})
}

// A second run uses young answers again. Violations grow old first.
func TestSecondRunBuysNothingThatIsYoung(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(4), func(w *world) {
		first := w.finishWell(fate{})
		w.terms.maxSpend = record.Some[record.Fen](0)
		second := w.finish(fate{})
		w.checkAgainst(first.out, second.out)
		if second.money.Sum() != 0 || len(w.sim.Book().Doubles()) > 0 {
			t.Errorf("the second run cost %+v", second.money)
		}
		time.Sleep(21 * time.Hour)
		w.boughtAgain = record.DatasetViolations
		before := w.sim.Book().Total("")
		w.terms.maxSpend = record.Some(30 * wapiViolations)
		third := w.live(fate{})
		if paid := record.Fen(w.sim.Book().Total("") - before); third.ending.Open != 0 || paid != 30*wapiViolations || third.money.Charged != paid {
			t.Errorf("the third run paid %s: %+v", paid, third.ending)
		}
	})
}

// Every ticket is asked about when it is due and never after its final answer,
// though hundreds fall due at the same moment, some of which are read from disk.
func TestNoPollTooMany(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, few(150, 600), slowly(4), func(w *world) {
		const every = 30 * time.Second
		w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
		w.terms.limits = ratelimit.Limits{InFlight: 16}
		w.terms.poll.First, w.terms.poll.Interval, w.terms.poll.MaxInterval = every, every, every
		w.live(fate{stopAfter: 20 * time.Second})
		w.finishWell(fate{})
		for _, o := range w.sim.Book().Orders() {
			if want := int((o.Ready.Sub(o.At) + every - 1) / every); o.Polls != want {
				t.Errorf("%s: ordered at %s, ready at %s, asked %d times, want %d", o.VIN, o.At, o.Ready, o.Polls, want)
			}
		}
	})
}

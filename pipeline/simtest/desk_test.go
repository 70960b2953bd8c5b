package simtest

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

// withDesk is a world in which every third order is worked at a desk, for up to
// some time.
func withDesk(t *testing.T, at time.Time, cars int, longest time.Duration, do func(w *world)) {
	o := slowly(7)
	o.Latency.Max = longest
	o.Desk = simulator.Desk{Share: 0.33, Closed: "18:30-09:00"}
	inWorld(t, at, cars, o, func(w *world) {
		var err error
		w.terms.poll.Closed, err = ratelimit.ParseHours("18:30-09:00")
		must(t, err)
		do(w)
	})
}

func clockTime(hour, minute int) time.Time {
	return time.Date(2024, time.June, 5, hour, minute, 0, 0, china)
}

func (w *world) polls() int64 {
	r := w.sim.Book().Requests()
	return r[simulator.TencentReport] + r[simulator.WAPIPoll]
}

func TestDeskOrdersAreParkedOvernight(t *testing.T) {
	t.Parallel()
	// Ordered after closing, and ordered so shortly before that it closes
	// while they are being made.
	for _, at := range []time.Time{clockTime(20, 0), clockTime(18, 28), clockTime(18, 5), clockTime(8, 58)} {
		t.Run(at.Format("15:04"), func(t *testing.T) {
			t.Parallel()
			longest := 3 * time.Minute
			if at.Equal(clockTime(18, 5)) {
				longest = time.Hour
			}
			withDesk(t, at, 24, longest, func(w *world) {
				out := w.live(fate{})
				if at.Hour() == 8 { // it opens within the grace
					if out.ending.Reason != runner.AllSettled {
						t.Errorf("ended with %+v", out.ending)
					}
					return
				}
				if out.ending.Reason != runner.Parked || out.ending.Open == 0 || out.took > time.Hour {
					t.Fatalf("ended after %s with %+v", out.took, out.ending)
				}
				if next := out.ending.NextAt; !next.OK || !next.V.Equal(clockTime(33, 0)) {
					t.Errorf("the next ticket is due at %s, want 09:00", next.V.In(china))
				}
				if n := w.polls(); n > 24*9 {
					t.Errorf("%d polls in closed hours for 24 vehicles", n)
				}
				again := w.live(fate{})
				if again.ending.Reason != runner.Parked || again.took > time.Second || again.events[callLeaves] > 0 {
					t.Errorf("resumed at night: %s, %d calls, %+v", again.took, again.events[callLeaves], again.ending)
				}
				time.Sleep(time.Until(clockTime(33, 0)))
				if out := w.finishWell(fate{}); out.took > 2*time.Hour {
					t.Errorf("in the morning it took %s", out.took)
				}
			})
		})
	}
}

// Told to wait longer than the night, it waits through the night, and asks
// nobody meanwhile.
func TestWaitingThroughTheNight(t *testing.T) {
	t.Parallel()
	withDesk(t, clockTime(20, 0), 20, 3*time.Minute, func(w *world) {
		w.terms.wait = record.Some(20 * time.Hour)
		var late int64
		w.finishWell(fate{after: 12 * time.Hour, look: func(*process) { late = w.polls() }, seen: func(_ *process, at moment) {
			if hour := time.Now().In(china).Hour(); at == callLeaves && (hour >= 21 || hour < 9) {
				t.Errorf("a call at %s", time.Now().In(china))
			}
		}})
		if late == 0 || w.polls() == late {
			t.Errorf("%d polls by morning, %d after", late, w.polls())
		}
	})
}

// Told to wait for less than until the desk opens, there is nothing to wait for.
func TestWaitingForLessThanTheNight(t *testing.T) {
	t.Parallel()
	withDesk(t, clockTime(20, 0), 20, 3*time.Minute, func(w *world) {
		w.terms.wait = record.Some(6 * time.Hour)
		if out := w.live(fate{}); out.ending.Reason != runner.Parked || out.took > time.Hour {
			t.Errorf("ended after %s with %+v", out.took, out.ending)
		}
	})
}

func TestNotWaitingAtAll(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 40, slowly(7), func(w *world) {
		w.terms.wait = record.Some[time.Duration](0)
		out := w.live(fate{})
		if out.ending.Reason != runner.Parked || w.polls() != 0 || out.took > 20*time.Second {
			t.Errorf("ended after %s and %d polls with %+v", out.took, w.polls(), out.ending)
		}
		if s := out.out.statuses(); s[record.DatasetMaintenance][record.Pending] != 40 || s[record.DatasetViolations][record.Found] != 40 {
			t.Errorf("statuses %v", s)
		}
		w.terms.wait = record.Opt[time.Duration]{}
		w.finishWell(fate{})
		if n := w.sim.Book().Requests()[simulator.TencentOrder]; n != 40 {
			t.Errorf("%d orders for 40 vehicles", n)
		}
	})
}

// A wait bounds the slow reports only: it begins when all is sent.
func TestWaitingForAWhile(t *testing.T) {
	t.Parallel()
	o := slowly(7)
	o.Latency = simulator.Latency{Min: 30 * time.Second, Max: 20 * time.Minute}
	inWorld(t, morning, 60, o, func(w *world) {
		w.terms.wait = record.Some(8 * time.Minute)
		out := w.live(fate{})
		if out.ending.Reason != runner.Parked || out.took < 5*time.Minute || out.took > 9*time.Minute {
			t.Errorf("ended after %s with %+v", out.took, out.ending)
		}
		if s := out.out.statuses()[record.DatasetMaintenance]; s[record.Found] < 10 || s[record.Pending] < 10 {
			t.Errorf("statuses %v", s)
		}
	})
}

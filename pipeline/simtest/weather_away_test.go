package simtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// during breaks calls from a moment of a life on, for a while.
func (w *world) during(from, span time.Duration, tr *trouble) []happening {
	return []happening{{from, func() { w.weather.begin(tr) }}, {from + span, func() { w.weather.end(tr) }}}
}

// blip takes the wire down for a while, and breaks the connections that there are.
func (w *world) blip(from, span time.Duration) []happening {
	return []happening{{from, func() { w.wire.setDown(true); w.line.drop() }}, {from + span, func() { w.wire.setDown(false) }}}
}

func luck(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// The wire goes down for moments and comes up by itself, again and again. What was
// on it then may be in doubt, and nothing else.
func TestBlips(t *testing.T) {
	t.Parallel()
	for _, span := range []time.Duration{7 * time.Second, 100 * time.Millisecond, time.Second, time.Minute}[:few(1, 4)] {
		t.Run(span.String(), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 60, slowly(2), func(w *world) {
				w.sim.SetFaults(simulator.Faults{Rates: map[simulator.Fault]float64{simulator.Slow: 0.5}, Delay: 300 * time.Millisecond})
				var f fate
				const blips = 5
				for i := range time.Duration(blips) {
					f.happens = append(f.happens, w.blip(time.Second+i*(span+2*time.Second), span)...)
				}
				out := w.finish(f)
				if n, most := out.out.count(record.InDoubt), blips*w.terms.limits.InFlight; n > most || n < len(out.out.failures) {
					t.Errorf("%d in doubt: %+v", n, out.out.failures)
				}
				if out.took > 12*time.Minute {
					t.Errorf("took %s", out.took)
				}
			})
		})
	}
}

// Part of all calls fail for ten minutes, in every way in which an overworked server
// fails. The run waits where it must, and ends complete.
func TestBrownOuts(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.3, 0.1, 0.5}[:few(1, 3)] {
		t.Run(fmt.Sprint(share), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 100, slowly(3), func(w *world) {
				out := w.finish(fate{happens: w.during(2*time.Second, 10*time.Minute, &trouble{share: share, kinds: brownOut(), rng: luck(3)})})
				t.Logf("%s: %v", out.took, out.out.statuses())
				for _, f := range out.out.failures {
					if f.Class != record.DoubtfulOrder {
						t.Errorf("failed as %+v", f)
					}
				}
				if out.took > 30*time.Minute {
					t.Errorf("took %s", out.took)
				}
			})
		})
	}
}

// mostDeadDoubts is what a vendor that dies behind its gateway may leave in doubt: for
// each of three datasets what is on the wire, and until the breaker opens.
const mostDeadDoubts = 3 * 10

// What stands behind a gateway dies, in the middle or before the start, and comes
// back. Few orders are spent on finding out.
func TestDeadUpstream(t *testing.T) {
	t.Parallel()
	for _, from := range []time.Duration{3 * time.Second, 0}[:few(1, 2)] {
		for _, span := range []time.Duration{10 * time.Minute, 45 * time.Second, 90 * time.Minute}[:few(1, 3)] {
			t.Run(fmt.Sprintf("after %s for %s", from, span), func(t *testing.T) {
				t.Parallel()
				inWorld(t, morning, few(80, 200), slowly(4), func(w *world) {
					out := w.finish(fate{happens: w.during(from, span, &trouble{share: 1, kinds: []breakage{deadUpstream}, rng: luck(4)})})
					n := out.out.count(record.InDoubt)
					t.Logf("%d in doubt after %s", n, out.took)
					if n > mostDeadDoubts || n != len(out.out.failures) {
						t.Errorf("%d in doubt: %v", n, out.out.statuses())
					}
					if out.took > 10*time.Minute+2*span {
						t.Errorf("took %s", out.took)
					}
				})
			})
		}
	}
}

// A run that goes on at a vendor that is still dead finds out by calls that cost
// nothing: no resume adds a doubt.
func TestResumeAtADeadUpstream(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, few(80, 200), slowly(4), func(w *world) {
		w.terms.unavailableFor = given(10 * time.Minute)
		dead := &trouble{share: 1, kinds: []breakage{deadUpstream}, rng: luck(4)}
		out := w.live(fate{happens: []happening{{3 * time.Second, func() { w.weather.begin(dead) }}}})
		doubts := out.out.count(record.InDoubt)
		if out.ending.Reason != runner.Halted || doubts > mostDeadDoubts {
			t.Fatalf("%d in doubt, ended with %+v", doubts, out.ending)
		}
		for range 3 {
			out = w.live(fate{})
			if n := out.out.count(record.InDoubt); n > doubts || out.ending.Reason != runner.Halted {
				t.Errorf("%d in doubt, %d before: %+v", n, doubts, out.ending)
			}
			for _, c := range out.calls {
				if c.order {
					t.Errorf("an order left after %s", c.left.Sub(morning))
				}
			}
		}
		w.weather.end(dead)
		w.finish(fate{})
	})
}

// Killed in the middle of such a trouble, the next process knows of it.
func TestKilledAtADeadUpstream(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, few(80, 200), slowly(4), func(w *world) {
		dead := &trouble{share: 1, kinds: []breakage{deadUpstream}, rng: luck(4)}
		begin := happening{3 * time.Second, func() { w.weather.begin(dead) }}
		var pauses []ledger.Pause
		look := func(p *process) {
			var err error
			pauses, err = p.ledger.Pauses(w.t.Context())
			must(t, err)
			p.kill()
		}
		if out := w.live(fate{happens: []happening{begin}, after: time.Minute, look: look}); !out.killed || len(pauses) == 0 {
			t.Fatalf("pauses %+v, ended with %+v", pauses, out.ending)
		}
		out := w.live(fate{stopAfter: 10 * time.Minute})
		for _, c := range out.calls {
			if c.order {
				t.Errorf("an order left after %s", c.left.Sub(morning))
			}
		}
		w.weather.end(dead)
		w.finish(fate{})
	})
}

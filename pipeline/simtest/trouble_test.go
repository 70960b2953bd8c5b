package simtest

import (
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/simulator"
)

// A vendor that counts exactly finds nothing to complain about, and the pace
// is used.
func TestPaceIsKept(t *testing.T) {
	t.Parallel()
	for _, l := range []ratelimit.Limits{{PerSecond: 10, Burst: 1, InFlight: 64}, {PerSecond: 50, Burst: 10, InFlight: 8}, {PerSecond: 2, Burst: 1, InFlight: 1}} {
		o := slowly(6)
		strict := simulator.Pace{PerSecond: l.PerSecond, Burst: l.Burst}
		o.Pace = map[string]simulator.Pace{simulator.WAPI: strict, simulator.Tencent: strict}
		inWorld(t, morning, 40, o, func(w *world) {
			w.terms.limits = l
			w.finishWell(fate{})
			if refused := w.sim.Book().Refused(); refused[simulator.WAPI]+refused[simulator.Tencent] > 0 {
				t.Errorf("%+v: refused %v", l, refused)
			}
			r := w.sim.Book().Requests()
			if ideal := float64(r[simulator.WAPIValuation]+r[simulator.WAPIViolations]) / l.PerSecond; time.Since(morning).Seconds() > ideal+400 {
				t.Errorf("%+v: took %s", l, time.Since(morning))
			}
		})
	}
}

// While a vendor says "too many", nothing is sent to it.
func TestTooManyIsObeyed(t *testing.T) {
	t.Parallel()
	const after = 7 * time.Second
	o := slowly(6)
	o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{simulator.TooMany: 0.15}, RetryAfter: after}
	inWorld(t, morning, 30, o, func(w *world) {
		out := w.finishWell(fate{})
		limited := 0
		for _, refused := range out.calls {
			if refused.status != http.StatusTooManyRequests {
				continue
			}
			limited++
			for _, next := range out.calls {
				if wait := next.left.Sub(refused.came); next.vendor == refused.vendor && wait > 0 && wait < after {
					t.Errorf("%s was called %s after it said that it wants none for %s", next.vendor, wait, after)
				}
			}
		}
		if limited < 10 {
			t.Errorf("%d calls were too many", limited)
		}
	})
}

func TestVendorThatIsDownHaltsSoon(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(2), func(w *world) {
		w.wire.setDown(true)
		out := w.live(fate{})
		if out.ending.Reason != pipeline.Halted || len(out.ending.Halts) != 2 || out.took > 70*time.Second {
			t.Fatalf("ended after %s with %+v", out.took, out.ending)
		}
		for _, h := range out.ending.Halts {
			if h.Class != record.Unavailable {
				t.Errorf("halted as %+v", h)
			}
		}
		if n := out.out.count(record.Pending); n != 90 || out.money.Sum() != 0 {
			t.Errorf("%d pending, %+v spent", n, out.money)
		}
		w.wire.setDown(false)
		w.finishWell(fate{})
	})
}

// A vendor that goes down in the middle loses nothing: what waits, waits.
func TestVendorThatGoesDown(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 60, slowly(2), func(w *world) {
		out := w.live(fate{after: 30 * time.Second, look: func(p *process) { w.wire.setDown(true); p.line.drop() }})
		if out.ending.Reason != pipeline.Halted || out.took > 10*time.Minute {
			t.Fatalf("ended after %s with %+v", out.took, out.ending)
		}
		if len(out.out.failures) > 8 {
			t.Errorf("%d failed", len(out.out.failures))
		}
		w.wire.setDown(false)
		w.finish(fate{})
	})
}

// A vendor that takes orders and does not answer is found out after a few of
// them, whatever else it answers.
func TestHangingOrdersHalt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		endpoints []string
		from      time.Duration // into the run
		limits    ratelimit.Limits
		most      int
	}{
		"from the start":       {nil, 0, usualTerms().limits, 15},
		"one dataset of three": {[]string{simulator.WAPIValuation}, 2 * time.Second, usualTerms().limits, 16},
		// What is sent within the time-out cannot be helped: 50 calls.
		"orders, while reports come":          {[]string{simulator.TencentOrder}, 20 * time.Second, ratelimit.Limits{PerSecond: 5, Burst: 1, InFlight: 64}, 60},
		"one dataset, while the others go on": {[]string{simulator.WAPIValuation}, 20 * time.Second, ratelimit.Limits{PerSecond: 5, Burst: 1, InFlight: 64}, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := slowly(2)
			o.Latency = simulator.Latency{Min: time.Second, Max: 40 * time.Second}
			inWorld(t, morning, 120, o, func(w *world) {
				w.terms.limits = c.limits
				w.terms.poll.First, w.terms.poll.Interval, w.terms.poll.MaxInterval = time.Second, time.Second, 2*time.Second
				hang := func() {
					w.sim.SetFaults(simulator.Faults{Rates: map[simulator.Fault]float64{simulator.Slow: 1}, Endpoints: c.endpoints, Delay: time.Minute})
				}
				f := fate{after: c.from, look: func(*process) { hang() }}
				if c.from == 0 {
					hang()
					f = fate{}
				}
				out := w.live(f)
				if out.ending.Reason != pipeline.Halted || out.out.count(record.InDoubt) > c.most {
					t.Errorf("ended after %s with %+v: %v", out.took, out.ending, out.out.statuses())
				}
				w.sim.SetFaults(simulator.Faults{})
				after := w.finish(fate{})
				if after.out.count(record.InDoubt) != out.out.count(record.InDoubt) {
					t.Errorf("%v, then %v", out.out.statuses(), after.out.statuses())
				}
			})
		})
	}
}

// limiters are the rules for the limiters that the simulator has.
func limiters() []vendors.NotTaken {
	apache := vendors.NotTaken{Statuses: []int{http.StatusInternalServerError}, ContentType: "text/html", Body: regexp.MustCompile("<address>Apache")}
	return slices.Concat([]vendors.NotTaken{apache}, vendors.GatewayRules("nginx"), vendors.GatewayRules("haproxy"))
}

// What a limiter refuses is free, tried again, and in doubt nowhere: when it is
// declared, or by a pace that comes down.
func TestDeclaredLimiters(t *testing.T) {
	t.Parallel()
	for _, f := range []simulator.Fault{simulator.Limit503, simulator.Limit500, simulator.Limit403} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := slowly(3)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.1}}
			inWorld(t, morning, 25, o, func(w *world) {
				w.terms.notTaken = limiters()
				out := w.finishWell(fate{})
				if n := w.sim.Book().Total(""); record.Fen(n) != out.money.Charged || out.money.Unknown > 0 {
					t.Errorf("%d fen are on the book, and %+v in the ledger", n, out.money)
				}
			})
		})
	}
}

// A doubt that a limiter has left is opened free of charge once the limiter is
// declared, and bought for the first time then.
func TestLimiterThatIsDeclaredLater(t *testing.T) {
	t.Parallel()
	for _, f := range []simulator.Fault{simulator.Limit503, simulator.Limit500} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := slowly(3)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.08}, Endpoints: []string{simulator.TencentOrder}}
			inWorld(t, morning, 40, o, func(w *world) {
				w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
				out := w.finish(fate{})
				doubts := out.out.count(record.InDoubt)
				if doubts == 0 || out.money.Unknown != record.Fen(doubts)*tencentMaintenance {
					t.Fatalf("%d in doubt, %+v", doubts, out.money)
				}
				w.sim.SetFaults(simulator.Faults{})
				w.terms.notTaken = limiters()
				again := w.live(fate{retry: true})
				if n := again.out.count(record.InDoubt); n > 0 || again.money.Unknown > 0 {
					t.Errorf("%d are in doubt still, %+v", n, again.money)
				}
				if orders := w.sim.Book().Requests()[simulator.TencentOrder]; orders != int64(40+doubts) {
					t.Errorf("%d orders of 40 vehicles, %d of them refused", orders, doubts)
				}
			})
		})
	}
}

// What breaks while a ticket is polled is asked again and never bought again.
func TestBrokenReportsAreAskedAgain(t *testing.T) {
	t.Parallel()
	for _, f := range simulator.AllFaults() {
		if f == simulator.GoneTicket { // which nothing brings back
			continue
		}
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := slowly(8)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.3}, Endpoints: []string{simulator.TencentReport, simulator.WAPIPoll}}
			inWorld(t, morning, 10, o, func(w *world) {
				w.terms.notTaken = vendors.GatewayRules("haproxy")
				w.finishWell(fate{})
			})
		})
	}
}

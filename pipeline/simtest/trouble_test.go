package simtest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
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

// A vendor that is down is waited for, and nothing is spent on it; after two hours
// the run ends, and another process goes on when it is there again.
func TestVendorThatIsDownIsWaitedFor(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(2), func(w *world) {
		w.wire.setDown(true)
		out := w.live(fate{})
		if out.ending.Reason != runner.Halted || out.took < 2*time.Hour || out.took > 2*time.Hour+10*time.Minute {
			t.Fatalf("ended after %s with %+v", out.took, out.ending)
		}
		for _, h := range out.ending.Halts {
			if h.Class != record.Unavailable || !strings.Contains(h.Message, "connection refused") {
				t.Errorf("halted as %+v", h)
			}
		}
		if n := out.out.count(record.Pending); n != 90 || out.money.Sum() != 0 {
			t.Errorf("%d pending, %+v spent", n, out.money)
		}
		if tries := out.events[callLeaves]; tries > 300 {
			t.Errorf("%d calls to a vendor that is not there", tries)
		}
		w.wire.setDown(false)
		w.finishWell(fate{})
	})
}

// The user's word on how long to wait goes before the two hours, either way.
func TestWaitBoundsPatience(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ wait, unavailableFor, want time.Duration }{
		{0, 20 * time.Minute, 20 * time.Minute},
		{5 * time.Hour, 0, 5 * time.Hour},
		{10 * time.Minute, time.Hour, 10 * time.Minute},
		{time.Hour, 10 * time.Minute, 10 * time.Minute},
	} {
		inWorld(t, morning, 3, slowly(2), func(w *world) {
			w.terms.wait, w.terms.unavailableFor = given(c.wait), given(c.unavailableFor)
			w.wire.setDown(true)
			if out := w.live(fate{}); out.ending.Reason != runner.Halted || out.took < c.want || out.took > c.want+5*time.Minute {
				t.Errorf("%+v: ended after %s with %+v", c, out.took, out.ending)
			}
		})
	}
}

// given is a duration that the user has given, or none for 0.
func given(d time.Duration) record.Opt[time.Duration] {
	return record.Opt[time.Duration]{V: d, OK: d > 0}
}

// A vendor that goes down for a while in the middle is waited for, and the run ends
// complete without help.
func TestVendorThatIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{10 * time.Minute, time.Second, 45 * time.Second, 90 * time.Minute}[:few(1, 4)] {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 60, slowly(2), func(w *world) {
				down := func(p *process) { w.wire.setDown(true); p.line.drop() }
				back := happening{3*time.Second + away, func() { w.wire.setDown(false) }}
				out := w.finish(fate{after: 3 * time.Second, look: down, happens: []happening{back}})
				if n := out.out.count(record.InDoubt); n > 8 {
					t.Errorf("%d in doubt", n)
				}
				if out.took > 10*time.Minute+2*away {
					t.Errorf("took %s", out.took)
				}
			})
		})
	}
}

// A vendor that takes orders and does not answer is found out after a few of
// them, whatever else it answers; when it answers again, it is asked on.
func TestHangingOrdersPause(t *testing.T) {
	t.Parallel()
	const tries = 12 // that half an hour of pauses has room for
	for name, c := range map[string]struct {
		endpoints []string
		from      time.Duration // into the run
		limits    ratelimit.Limits
		most      int
	}{
		"from the start":       {nil, 0, usualTerms().limits, 15 + tries},
		"one dataset of three": {[]string{simulator.WAPIValuation}, 2 * time.Second, usualTerms().limits, 16 + tries},
		// What is sent within the time-out cannot be helped: 50 calls.
		"orders, while reports come":          {[]string{simulator.TencentOrder}, 20 * time.Second, ratelimit.Limits{PerSecond: 5, Burst: 1, InFlight: 64}, 60 + tries},
		"one dataset, while the others go on": {[]string{simulator.WAPIValuation}, 20 * time.Second, ratelimit.Limits{PerSecond: 5, Burst: 1, InFlight: 64}, 60 + tries},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onlyWhole(t, name != "orders, while reports come")
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
				f.happens = []happening{{30 * time.Minute, func() { w.sim.SetFaults(simulator.Faults{}) }}}
				out := w.finish(f)
				if n := out.out.count(record.InDoubt); n > c.most {
					t.Errorf("%d in doubt after %s: %v", n, out.took, out.out.statuses())
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
		if f == simulator.GoneTicket { // which nothing brings back: see gone_test.go
			continue
		}
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := slowly(8)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.3}, Endpoints: []string{simulator.TencentReport, simulator.WAPIPoll}}
			inWorld(t, morning, 10, o, func(w *world) {
				w.finishWell(fate{})
			})
		})
	}
}

package simtest

import (
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// refusedSubmits is how many billable calls the vendors turned down: all but
// those that were accepted or answered.
func (w *world) refusedSubmits() int64 {
	book, r := w.sim.Book(), w.sim.Book().Requests()
	asked := r[simulator.TencentOrder] + r[simulator.WAPISubmit] + r[simulator.WAPIValuation] + r[simulator.WAPIViolations]
	taken := int64(len(book.Orders()))
	for _, e := range book.Entries() {
		if e.Dataset != simulator.Maintenance {
			taken++
		}
	}
	return asked - taken
}

// noValuations counts vehicles that the valuation does not know: it answers
// them, and charges nothing.
func (o *outputs) noValuations() int64 {
	return int64(o.statuses()[record.DatasetValuation][record.NoRecord])
}

func TestAccountTroubleHaltsAndWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil  func(w *world)
		mend   func(w *world)
		vendor string
		class  record.Class
		most   int64 // calls that are refused before the halt
	}{
		"wapi's balance": {
			spoil: func(w *world) {
				w.sim.SetFaults(simulator.Faults{Balance: map[string]int64{simulator.WAPI: 5_000}})
			},
			mend:   func(w *world) { w.sim.TopUp(simulator.WAPI, 1_000_000, 0) },
			vendor: simulator.WAPI, class: record.Balance, most: 8,
		},
		"wapi's quota": {
			spoil:  func(w *world) { w.sim.SetFaults(simulator.Faults{Quota: map[string]int64{simulator.WAPI: 17}}) },
			mend:   func(w *world) { w.sim.TopUp(simulator.WAPI, 0, 1000) },
			vendor: simulator.WAPI, class: record.Quota, most: 8,
		},
		"tencent's package": {
			spoil: func(w *world) {
				w.sim.SetFaults(simulator.Faults{Balance: map[string]int64{simulator.Tencent: 20_000}})
			},
			mend:   func(w *world) { w.sim.TopUp(simulator.Tencent, 1_000_000, 0) },
			vendor: simulator.Tencent, class: record.Quota, most: 3,
		},
		"a wrong secret": {
			spoil:  func(w *world) { w.terms.secret = "wrong" },
			mend:   func(w *world) { w.terms.secret = "" },
			vendor: simulator.WAPI, class: record.Auth, most: 1,
		},
		"a suspended interface": {
			spoil:  func(w *world) { w.sim.SetAccount(simulator.WAPI, "10013") },
			mend:   func(w *world) { w.sim.SetAccount(simulator.WAPI, "") },
			vendor: simulator.WAPI, class: record.Auth, most: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onlyWhole(t, name != "wapi's balance" && name != "a wrong secret")
			inWorld(t, morning, 40, slowly(5), func(w *world) {
				c.spoil(w)
				out := w.live(fate{})
				if out.ending.Reason != runner.Halted || len(out.ending.Halts) != 1 || out.ending.Halts[0].Vendor != c.vendor || out.ending.Halts[0].Class != c.class {
					t.Fatalf("ended with %+v", out.ending)
				}
				if len(out.out.failures) > 0 {
					t.Errorf("failed: %+v", out.out.failures)
				}
				if n := w.refusedSubmits() - out.out.noValuations(); n < 1 || n > c.most {
					t.Errorf("%d calls were refused", n)
				}
				w.live(fate{}) // not mended yet
				c.mend(w)
				w.finishWell(fate{})
			})
		})
	}
}

// While one vendor is halted, the other goes on.
func TestOneHaltedVendorDoesNotStopTheOther(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(5), func(w *world) {
		w.sim.SetAccount(simulator.WAPI, "10007")
		out := w.live(fate{})
		s := out.out.statuses()
		if s[record.DatasetMaintenance][record.Found] < 25 || s[record.DatasetValuation][record.Pending] != 30 {
			t.Errorf("statuses %v", s)
		}
	})
}

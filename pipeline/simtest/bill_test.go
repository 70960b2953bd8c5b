package simtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// Orders whose answers were lost are in doubt. The vendors' bills say which of
// them were bought: those are fetched, the others bought once, and the ledger
// is the book.
func TestBillsSettleEveryDoubt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(few(1, 4)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 60, slowly(seed), func(w *world) {
				w.terms.maintenance = []string{simulator.Tencent}
				w.terms.datasets = []record.Dataset{record.DatasetMaintenance, record.DatasetViolations}
				w.sim.SetFaults(simulator.Faults{Script: everyFourth(int64(seed))})
				out := w.worked()
				doubts := out.out.count(record.InDoubt)
				if doubts != 30 {
					t.Fatalf("%d doubts", doubts)
				}
				w.sim.SetFaults(simulator.Faults{})

				lost := 0
				for _, vendor := range []string{simulator.Tencent, simulator.WAPI} {
					report := w.reconcile(vendor)
					lost += report.Count(reconcile.PaidAndLost)
					doubts -= report.Count(reconcile.PaidAndLost) + report.Count(reconcile.TicketFound) + report.Count(reconcile.NotBought)
					if again := w.reconcile(vendor); again.Changes() != 0 {
						t.Errorf("the same bill of %s changes %d charges the second time", vendor, again.Changes())
					}
				}
				if doubts != 0 {
					t.Errorf("the bills leave %d doubts", doubts)
				}
				orders := len(w.sim.Book().Orders())
				w.worked() // as batch resume
				if now := len(w.sim.Book().Orders()); now != orders {
					t.Errorf("fetching reports made %d orders", now-orders)
				}
				out = w.live(fate{retryClass: record.Unavailable})
				w.checkExact(out)
				if n := out.out.count(record.InDoubt) + out.out.count(record.Failed); n != lost {
					t.Errorf("%d lookups have no answer, of %d the answer is lost", n, lost)
				}
				if doubles := w.sim.Book().Doubles(); len(doubles) > 0 {
					t.Errorf("bought twice: %+v", doubles)
				}
			})
		})
	}
}

// everyFourth cuts the line at every fourth call that may cost something, in turn
// before and after the vendor has taken it.
func everyFourth(first int64) []simulator.Step {
	var steps []simulator.Step
	for n := int64(0); n < 15; n++ {
		fault := simulator.CutAfter
		if n%2 == 1 {
			fault = simulator.CutBefore
		}
		for _, at := range []string{simulator.TencentOrder, simulator.WAPIViolations} {
			steps = append(steps, simulator.Step{Endpoint: at, Nth: 4*n + first + 1, Fault: fault})
		}
	}
	return steps
}

// worked lives until everything is settled.
func (w *world) worked() life {
	w.t.Helper()
	out := w.live(fate{})
	if out.ending.Reason != runner.AllSettled {
		w.t.Fatalf("ended with %+v", out.ending)
	}
	return out
}

// A call that a dying program left is in doubt, and found on the bill.
func TestBillAfterAKill(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 20, slowly(7), func(w *world) {
		w.terms.maintenance = []string{simulator.Tencent}
		w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
		out := w.live(fate{death: death{at: callReturned, nth: 4}})
		if !out.killed {
			t.Fatal("it lives")
		}
		report := w.reconcile(simulator.Tencent)
		if report.Count(reconcile.TicketFound) == 0 {
			t.Errorf("a call was cut short, and the bill finds %+v", report.Findings)
		}
		out = w.worked()
		w.checkExact(out)
		if doubles := w.sim.Book().Doubles(); len(doubles) > 0 || out.out.count(record.InDoubt) > 0 {
			t.Errorf("bought twice: %+v; %d in doubt", doubles, out.out.count(record.InDoubt))
		}
	})
}

// reconcile settles a vendor's bill of everything so far, as `batch reconcile`.
func (w *world) reconcile(vendor string) *reconcile.Report {
	w.t.Helper()
	ctx := context.Background()
	p := w.born(fate{})
	defer p.end()
	var err error
	p.ledger, err = sqlite.Open(ctx, w.dir, sqlite.Options{Now: time.Now, Simulated: true, Command: "batch reconcile"})
	must(w.t, err)
	defer func() { must(w.t, p.ledger.Close()) }()
	policy := p.policy()
	_, err = runner.Recover(ctx, p.ledger, policy)
	must(w.t, err)
	var text bytes.Buffer
	must(w.t, w.sim.Book().WriteStatement(&text, vendor))
	table, err := reconcile.Open(&text, vendor+".csv", "", reconcile.Mapping{})
	must(w.t, err)
	bill, err := reconcile.Read(table, reconcile.Mapping{})
	must(w.t, err)
	report, err := reconcile.Plan(ctx, p.ledger, bill, reconcile.Options{Vendor: vendor, Within: time.Hour, Since: morning, Until: time.Now().Add(time.Hour),
		Now: time.Now(), Polls: func(d record.Dataset) bool { return d == record.DatasetMaintenance }})
	must(w.t, err)
	if report.Changes() > 0 {
		w.letBillReopen(p.ledger)
		_, err = reconcile.Apply(ctx, p.ledger, report)
		must(w.t, err)
	}
	return report
}

// letBillReopen allows what a bill may settle to change.
func (w *world) letBillReopen(l *sqlite.Ledger) {
	ctx, before := context.Background(), w.reopened
	runs, err := l.Runs(ctx)
	must(w.t, err)
	must(w.t, w.letReopen(ctx, l, runs[0]))
	maps.Copy(w.reopened, before)
}

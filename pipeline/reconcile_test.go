package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// counts are the kinds of finding, but for the line that is nobody's.
func counts(r *reconcile.Report) string {
	var out []string
	for _, k := range reconcile.Kinds() {
		n := r.Count(k)
		if k == reconcile.OnlyOnBill {
			n--
		}
		if n > 0 {
			out = append(out, fmt.Sprint(k, " ", n))
		}
	}
	return strings.Join(out, ", ")
}

// What a bill makes of an order, and of the doubt that another run holds
// because of it.
func TestReconcile(t *testing.T) {
	t.Parallel()
	here := stagetest.BillLine(stagetest.Car().VIN, "")
	for _, c := range []struct {
		name, body, bill string
		found            string
		first, held      string
		charged, unknown record.Fen
	}{
		{"in doubt, on the bill with its ticket", "unknown", stagetest.BillLine(stagetest.Car().VIN, "T9"), "ticket_found 1",
			"maintenance acme waiting", "maintenance acme following", 1700, 0},
		{"in doubt, on the bill without one", "unknown", here, "paid_and_lost 1",
			"maintenance acme in_doubt submit in_doubt: unknown", "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", 1700, 0},
		{"in doubt, not on the bill", "unknown", "", "not_bought 1",
			"maintenance acme failed submit unavailable: acme's bill does not charge it: it was not bought",
			"maintenance acme failed submit unavailable: acme's bill does not charge it: it was not bought", 0, 0},
		{"in doubt, paid back", "unknown", here + strings.Replace(here, "17.00", "-17.00", 1), "not_bought 1",
			"maintenance acme failed submit unavailable: acme's bill does not charge it: it was not bought",
			"maintenance acme failed submit unavailable: acme's bill does not charge it: it was not bought", 0, 0},
		{"in doubt, at another price", "unknown", strings.Replace(here, "17.00", "22.00", 1), "paid_and_lost 1, amount_differs 1",
			"maintenance acme in_doubt submit in_doubt: unknown", "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", 1700, 0},
		{"in doubt, on the bill for nothing", "unknown", strings.Replace(here, "17.00", "0.00", 1), "ambiguous 1",
			"maintenance acme in_doubt submit in_doubt: unknown", "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", 0, 1700},
		{"in doubt, the car on the bill of another day", "unknown", strings.Replace(here, "11-03", "11-02", 1), "ambiguous 1",
			"maintenance acme in_doubt submit in_doubt: unknown", "maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", 0, 1700},
		{"refused, and charged all the same", "refused no", here, "charge_settled 1", "maintenance acme failed submit rejected: refused no", "maintenance acme planned", 1700, 0},
		{"refused, and taken all the same", "refused no", stagetest.BillLine(stagetest.Car().VIN, "T9"), "ticket_found 1", "maintenance acme waiting", "maintenance acme planned", 1700, 0},
		{"answered, charge unsaid, on the bill", "answered", here, "charge_settled 1", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"answered, charge unsaid, not on the bill", "answered", "", "charge_settled 1", "maintenance acme found", "maintenance acme found", 0, 0},
		{"answered and charged", "answered yes", here, "", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"answered and charged, not on the bill", "answered yes", "", "only_in_ledger 1", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"waiting, on the bill", "ticket T1", stagetest.BillLine(stagetest.Car().VIN, "T1"), "charge_settled 1", "maintenance acme waiting", "maintenance acme following", 1700, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			b.Knows()
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			b.Buy(run, "acme", c.body)
			held := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			for _, r := range []ledger.Run{run, held} {
				if b.Lookup(r).State.Open() {
					continue
				}
				r.State, r.FinishedAt = ledger.RunFinished, stagetest.Noon
				b.Must(b.Ledger.SetRun(r))
			}
			report := b.Reconciles(c.bill)
			if got := counts(report); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			b.Wants(run, "1 | "+c.first+"\n")
			b.Wants(held, "1 | "+c.held+"\n")
			b.Must(b.Ledger.WatchMoney(context.Background(), run))
			if got := b.Ledger.Money(); got.Charged != c.charged || got.Unknown != c.unknown || got.Reserved != 0 {
				t.Errorf("the money is %+v, want %s charged and %s unknown", got, c.charged, c.unknown)
			}
			for _, r := range []ledger.Run{run, held} {
				b.WantsRunState(r, report)
			}
		})
	}
}

// A ticket of the bill brings the report to both runs, for one charge.
func TestReconciledTicketIsAsked(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "unknown")
	held := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	third := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()) // in doubt because of the second
	if source := b.Lookup(third).Source; source != b.Lookup(held).ID {
		t.Fatalf("the third stands for lookup %d", source)
	}
	b.Reconciles(stagetest.BillLine(stagetest.Car().VIN, "T9"))
	due, err := b.Ledger.Due(context.Background(), "acme", b.Now, 9)
	b.Must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T9" || due[0].Attempt.Ticket != "T9" {
		t.Fatalf("due are %+v", due)
	}
	b.Answer(due[0], vendors.Poll, "answered yes")
	b.Wants(run, "1 | maintenance acme found\n")
	b.Wants(held, "1 | maintenance acme found\n")
	b.Costs(run, 1700)
	b.Wants(third, "1 | maintenance acme found\n")
	b.Costs(held, 0)
}

// What was not bought is bought again without a word about paying twice.
func TestReconciledAbsenceIsBoughtOnce(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Knows()
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "unknown")
	b.Reconciles("")
	b.Retries(run, ledger.Filter{Classes: []record.Class{record.Unavailable}}, retry.Reopening{Lookups: 1})
	b.Buy(run, "acme", "answered yes")
	b.Costs(run, 1700)
}

// A bill says nothing of a time that it does not cover.
func TestReconcileLeavesAloneWhatTheBillDoesNotCover(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Knows()
	b.Now = stagetest.Noon.Add(72 * time.Hour)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "unknown")
	if r := b.Reconciles(""); r.Changes() != 0 || r.Outside != 1 {
		t.Errorf("%d changes, %d outside of the bill's time", r.Changes(), r.Outside)
	}
	b.Wants(run, "1 | maintenance acme in_doubt submit in_doubt: unknown\n")
}

// A bill that has other numbers than the vendor's tickets gives none to ask with.
func TestReconcileTakesNoForeignTickets(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	other := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.Plate = "LFV3A23C7K3012877", "吉AJ3652" })
	b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), other), "acme", "ticket T1 yes")
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "unknown")
	r := b.Reconciles(stagetest.BillLine(other.VIN, "X1") + stagetest.BillLine(stagetest.Car().VIN, "X2"))
	if !r.Foreign || r.Count(reconcile.PaidAndLost) != 1 || r.Count(reconcile.TicketFound) != 0 {
		t.Errorf("foreign %v, %s", r.Foreign, counts(r))
	}
	b.Wants(run, "1 | maintenance acme in_doubt submit in_doubt: unknown\n")
}

// What is missing from a bill proves nothing where the bill is no witness: it is
// another vendor's, or of another product, or not whole, or ends too soon.
func TestAbsenceFromABillThatIsNoWitness(t *testing.T) {
	t.Parallel()
	day := reconcile.Options{Since: stagetest.Noon.Add(-48 * time.Hour), Until: stagetest.Noon.Add(48 * time.Hour)}
	another := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104217" })
	later := strings.Replace(stagetest.BillLine("LFV2B21K6L4071563", ""), "12:00:00", "12:45:00", 1)
	for _, c := range []struct {
		name, bill string
		options    reconcile.Options
		found      string
	}{
		{"another vendor's", stagetest.BillLine("LFV3A23C7K3012877", "Z1"), day, "only_in_ledger 2, ambiguous 1"},
		{"of another product", strings.Replace(stagetest.BillLine(stagetest.Witness().VIN, ""), "maintenance", "violations", 1), day, "only_in_ledger 2, ambiguous 1"},
		{"not whole", stagetest.BillLine(stagetest.Witness().VIN, ""), day, "only_in_ledger 1, ambiguous 1"},
		{"whole", stagetest.BillLine(stagetest.Witness().VIN, "") + stagetest.BillLine(another.VIN, ""), day, "not_bought 1"},
		{"ends within the hour", stagetest.BillLine(stagetest.Witness().VIN, "") + stagetest.BillLine(another.VIN, "") + later, reconcile.Options{}, "only_on_bill 1"},
		{"ends within the hour, and is complete by the user's word", stagetest.BillLine(stagetest.Witness().VIN, "") + stagetest.BillLine(another.VIN, "") + later, day, "not_bought 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			b.Knows()
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), another), "acme", "answered yes")
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "unknown")
			report := b.SettlesBill(c.bill, c.options)
			if got := counts(report); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			if silent, ambiguous := len(report.Silent) > 0, report.Count(reconcile.Ambiguous) > 0; silent != ambiguous {
				t.Errorf("silent about %v", report.Silent)
			}
		})
	}
}

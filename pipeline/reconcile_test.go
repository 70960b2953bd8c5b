package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// billLine is a charge of ¥17 for maintenance at noon.
func billLine(vin, ticket string) string {
	return "2026-11-03 12:00:00," + vin + "," + ticket + ",maintenance,17.00\n"
}

// witness is a car whose report was bought for certain: a bill that holds it is
// acme's, and holds maintenance.
func witness() record.Vehicle {
	return with(car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104219" })
}

// knows buys the witness's report in a run of its own.
func (b *bed) knows() {
	b.t.Helper()
	run := b.plan(only(record.DatasetMaintenance), witness())
	b.buy(run, "acme", "answered yes")
	run.State, run.FinishedAt = ledger.RunFinished, noon
	b.must(b.l.SetRun(run))
}

// reconciles settles what acme's bill of the day says, twice: the second time
// must change nothing.
func (b *bed) reconciles(lines string) *reconcile.Report {
	b.t.Helper()
	first := b.settles(lines)
	if again := b.settles(lines); again.Changes() != 0 {
		b.t.Errorf("the same bill changes %d charges the second time", again.Changes())
	}
	return first
}

func (b *bed) settles(lines string) *reconcile.Report {
	b.t.Helper()
	return b.settlesBill(lines+billLine(witness().VIN, ""), reconcile.Options{Since: noon.Add(-48 * time.Hour), Until: noon.Add(48 * time.Hour)})
}

// settlesBill settles a bill with nothing in it of the witness.
func (b *bed) settlesBill(lines string, o reconcile.Options) *reconcile.Report {
	b.t.Helper()
	o.Vendor, o.Within, o.Now, o.Polls = "acme", time.Hour, b.now, func(d record.Dataset) bool { return d == record.DatasetMaintenance }
	text := "time,vin,ticket,product,amount\n" + lines + "2026-11-01 00:00:00,LFV2B21K6L4071563,,violations,0.14\n"
	table, err := reconcile.Open(strings.NewReader(text), "bill.csv", "", reconcile.Mapping{})
	b.must(err)
	bill, err := reconcile.Read(table, reconcile.Mapping{})
	b.must(err)
	report, err := reconcile.Plan(context.Background(), b.l, bill, o)
	b.must(err)
	if report.Changes() > 0 {
		_, err = reconcile.Apply(context.Background(), b.l, report)
		b.must(err)
	}
	return report
}

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
	here := billLine(car().VIN, "")
	for _, c := range []struct {
		name, body, bill string
		found            string
		first, held      string
		charged, unknown record.Fen
	}{
		{"in doubt, on the bill with its ticket", "unknown", billLine(car().VIN, "T9"), "ticket_found 1",
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
		{"refused, and taken all the same", "refused no", billLine(car().VIN, "T9"), "ticket_found 1", "maintenance acme waiting", "maintenance acme planned", 1700, 0},
		{"answered, charge unsaid, on the bill", "answered", here, "charge_settled 1", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"answered, charge unsaid, not on the bill", "answered", "", "charge_settled 1", "maintenance acme found", "maintenance acme found", 0, 0},
		{"answered and charged", "answered yes", here, "", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"answered and charged, not on the bill", "answered yes", "", "only_in_ledger 1", "maintenance acme found", "maintenance acme found", 1700, 0},
		{"waiting, on the bill", "ticket T1", billLine(car().VIN, "T1"), "charge_settled 1", "maintenance acme waiting", "maintenance acme following", 1700, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.knows()
			run := b.plan(only(record.DatasetMaintenance), car())
			b.buy(run, "acme", c.body)
			held := b.plan(only(record.DatasetMaintenance), car())
			for _, r := range []ledger.Run{run, held} {
				if b.lookup(r).State.Open() {
					continue
				}
				r.State, r.FinishedAt = ledger.RunFinished, noon
				b.must(b.l.SetRun(r))
			}
			report := b.reconciles(c.bill)
			if got := counts(report); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			b.wants(run, "1 | "+c.first+"\n")
			b.wants(held, "1 | "+c.held+"\n")
			b.must(b.l.WatchMoney(context.Background(), run))
			if got := b.l.Money(); got.Charged != c.charged || got.Unknown != c.unknown || got.Reserved != 0 {
				t.Errorf("the money is %+v, want %s charged and %s unknown", got, c.charged, c.unknown)
			}
			for _, r := range []ledger.Run{run, held} {
				b.wantsRunState(r, report)
			}
		})
	}
}

// wantsRunState wants a run open when a lookup of it is, settled when its
// outputs must be written again, and else finished.
func (b *bed) wantsRunState(run ledger.Run, r *reconcile.Report) {
	b.t.Helper()
	want := ledger.RunFinished
	switch {
	case b.lookup(run).State.Open():
		want = ledger.RunOpen
	case slices.Contains(r.Touched(), run.Seq):
		want = ledger.RunSettled
	}
	now, _, err := b.l.RunByID(context.Background(), run.ID)
	b.must(err)
	if now.State != want || now.FinishedAt.IsZero() != (want == ledger.RunOpen) {
		b.t.Errorf("run %s is %s, finished at %s, want %s", run.ID, now.State, now.FinishedAt, want)
	}
}

// A ticket of the bill brings the report to both runs, for one charge.
func TestReconciledTicketIsAsked(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "unknown")
	held := b.plan(only(record.DatasetMaintenance), car())
	third := b.plan(only(record.DatasetMaintenance), car()) // in doubt because of the second
	if source := b.lookup(third).Source; source != b.lookup(held).ID {
		t.Fatalf("the third stands for lookup %d", source)
	}
	b.reconciles(billLine(car().VIN, "T9"))
	due, err := b.l.Due(context.Background(), "acme", b.now, 9)
	b.must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T9" || due[0].Attempt.Ticket != "T9" {
		t.Fatalf("due are %+v", due)
	}
	b.answer(due[0], vendors.Poll, "answered yes")
	b.wants(run, "1 | maintenance acme found\n")
	b.wants(held, "1 | maintenance acme found\n")
	b.costs(run, 1700)
	b.wants(third, "1 | maintenance acme found\n")
	b.costs(held, 0)
}

// What was not bought is bought again without a word about paying twice.
func TestReconciledAbsenceIsBoughtOnce(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.knows()
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "unknown")
	b.reconciles("")
	b.retries(run, ledger.Filter{Classes: []record.Class{record.Unavailable}}, Reopening{Lookups: 1})
	b.buy(run, "acme", "answered yes")
	b.costs(run, 1700)
}

// A bill says nothing of a time that it does not cover.
func TestReconcileLeavesAloneWhatTheBillDoesNotCover(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.knows()
	b.now = noon.Add(72 * time.Hour)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "unknown")
	if r := b.reconciles(""); r.Changes() != 0 || r.Outside != 1 {
		t.Errorf("%d changes, %d outside of the bill's time", r.Changes(), r.Outside)
	}
	b.wants(run, "1 | maintenance acme in_doubt submit in_doubt: unknown\n")
}

// A bill that has other numbers than the vendor's tickets gives none to ask with.
func TestReconcileTakesNoForeignTickets(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	other := with(car(), func(v *record.Vehicle) { v.VIN, v.Plate = "LFV3A23C7K3012877", "吉AJ3652" })
	b.buy(b.plan(only(record.DatasetMaintenance), other), "acme", "ticket T1 yes")
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "unknown")
	r := b.reconciles(billLine(other.VIN, "X1") + billLine(car().VIN, "X2"))
	if !r.Foreign || r.Count(reconcile.PaidAndLost) != 1 || r.Count(reconcile.TicketFound) != 0 {
		t.Errorf("foreign %v, %s", r.Foreign, counts(r))
	}
	b.wants(run, "1 | maintenance acme in_doubt submit in_doubt: unknown\n")
}

// What is missing from a bill proves nothing where the bill is no witness: it is
// another vendor's, or of another product, or not whole, or ends too soon.
func TestAbsenceFromABillThatIsNoWitness(t *testing.T) {
	t.Parallel()
	day := reconcile.Options{Since: noon.Add(-48 * time.Hour), Until: noon.Add(48 * time.Hour)}
	another := with(car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104217" })
	later := strings.Replace(billLine("LFV2B21K6L4071563", ""), "12:00:00", "12:45:00", 1)
	for _, c := range []struct {
		name, bill string
		options    reconcile.Options
		found      string
	}{
		{"another vendor's", billLine("LFV3A23C7K3012877", "Z1"), day, "only_in_ledger 2, ambiguous 1"},
		{"of another product", strings.Replace(billLine(witness().VIN, ""), "maintenance", "violations", 1), day, "only_in_ledger 2, ambiguous 1"},
		{"not whole", billLine(witness().VIN, ""), day, "only_in_ledger 1, ambiguous 1"},
		{"whole", billLine(witness().VIN, "") + billLine(another.VIN, ""), day, "not_bought 1"},
		{"ends within the hour", billLine(witness().VIN, "") + billLine(another.VIN, "") + later, reconcile.Options{}, "only_on_bill 1"},
		{"ends within the hour, and is complete by the user's word", billLine(witness().VIN, "") + billLine(another.VIN, "") + later, day, "not_bought 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.knows()
			b.buy(b.plan(only(record.DatasetMaintenance), another), "acme", "answered yes")
			b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "unknown")
			report := b.settlesBill(c.bill, c.options)
			if got := counts(report); got != c.found {
				t.Errorf("found %q, want %q", got, c.found)
			}
			if silent, ambiguous := len(report.Silent) > 0, report.Count(reconcile.Ambiguous) > 0; silent != ambiguous {
				t.Errorf("silent about %v", report.Silent)
			}
		})
	}
}

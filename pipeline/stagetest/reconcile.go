package stagetest

import (
	"context"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
)

// BillLine is a charge of ¥17 for maintenance at noon.
func BillLine(vin, ticket string) string {
	return "2026-11-03 12:00:00," + vin + "," + ticket + ",maintenance,17.00\n"
}

// Witness is a car whose report was bought for certain: a bill that holds it is
// acme's, and holds maintenance.
func Witness() record.Vehicle {
	return With(Car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104219" })
}

// Knows buys the witness's report in a run of its own.
func (b *Fixture) Knows() {
	b.T.Helper()
	run := b.Plan(Only(record.DatasetMaintenance), Witness())
	b.Buy(run, "acme", "answered yes")
	run.State, run.FinishedAt = ledger.RunFinished, Noon
	b.Must(b.Ledger.SetRun(run))
}

// Reconciles settles what acme's bill of the day says, twice: the second time
// must change nothing.
func (b *Fixture) Reconciles(lines string) *reconcile.Report {
	b.T.Helper()
	first := b.settles(lines)
	if again := b.settles(lines); again.Changes() != 0 {
		b.T.Errorf("the same bill changes %d charges the second time", again.Changes())
	}
	return first
}

func (b *Fixture) settles(lines string) *reconcile.Report {
	b.T.Helper()
	return b.SettlesBill(lines+BillLine(Witness().VIN, ""), reconcile.Options{Since: Noon.Add(-48 * time.Hour), Until: Noon.Add(48 * time.Hour)})
}

// SettlesBill settles a bill with nothing in it of the witness.
func (b *Fixture) SettlesBill(lines string, o reconcile.Options) *reconcile.Report {
	b.T.Helper()
	o.Vendor, o.Within, o.Now, o.Polls = "acme", time.Hour, b.Now, func(d record.Dataset) bool { return d == record.DatasetMaintenance }
	text := "time,vin,ticket,product,amount\n" + lines + "2026-11-01 00:00:00,LFV2B21K6L4071563,,violations,0.14\n"
	table, err := reconcile.Open(strings.NewReader(text), "bill.csv", "", reconcile.Mapping{})
	b.Must(err)
	bill, err := reconcile.Read(table, reconcile.Mapping{})
	b.Must(err)
	report, err := reconcile.Plan(context.Background(), b.Ledger, bill, o)
	b.Must(err)
	if report.Changes() > 0 {
		_, err = reconcile.Apply(context.Background(), b.Ledger, report)
		b.Must(err)
	}
	return report
}

// WantsRunState wants a run open when a lookup of it is, settled when its
// outputs must be written again, and else finished.
func (b *Fixture) WantsRunState(run ledger.Run, r *reconcile.Report) {
	b.T.Helper()
	want := ledger.RunFinished
	switch {
	case b.Lookup(run).State.Open():
		want = ledger.RunOpen
	case slices.Contains(r.Touched(), run.Seq):
		want = ledger.RunSettled
	}
	now, _, err := b.Ledger.RunByID(context.Background(), run.ID)
	b.Must(err)
	if now.State != want || now.FinishedAt.IsZero() != (want == ledger.RunOpen) {
		b.T.Errorf("run %s is %s, finished at %s, want %s", run.ID, now.State, now.FinishedAt, want)
	}
}

package sqlite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// A row is read back as the plan left it and as it was given, with the lookups of
// the row that it repeats.
func TestFormer(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, plan := startRun(t, l, "one")
	given := record.Vehicle{Row: 1, Line: 2, VIN: "A", MileageKM: record.Some[int64](7), Problems: []string{"as given"},
		Faults: []record.Fault{{Column: "plate", Reason: "wrong"}}, Condition: record.Condition{Color: "2"}}
	filled := given
	filled.Plate, filled.Problems = "P", []string{"as given", "plate taken from row 2"}
	put(t, plan, func(tx ledger.PlanTx) error {
		k := ledger.Lookup{Dataset: record.DatasetMaintenance, Question: []byte("q"), State: ledger.Found, Vendor: "acme"}
		if err := tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: filled, Given: &given, Lookups: []ledger.Lookup{k}}); err != nil {
			return err
		}
		return tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: record.Vehicle{Row: 2, VIN: "A", Plate: "P"}, Duplicate: 1})
	})
	run, err := plan.End(2)
	must(t, err)
	rows, err := l.FormerRows(context.Background(), run, 0, 9)
	must(t, err)
	if len(rows) != 2 || fmt.Sprintf("%+v", rows[0].Given) != fmt.Sprintf("%+v", given) || fmt.Sprintf("%+v", rows[0].Vehicle) != fmt.Sprintf("%+v", filled) {
		t.Errorf("rows are read back as %+v", rows)
	}
	if rows, err = l.FormerRows(context.Background(), run, 1, 9); err != nil || len(rows) != 1 || rows[0].Given.Plate != "P" || rows[0].Duplicate != 1 {
		t.Errorf("behind the first row there are %+v, %v", rows, err)
	}
	next, plan := startRun(t, l, "two")
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range int64(2) {
			f, err := tx.Former(run.Seq, row+1)
			if err != nil || len(f.Lookups) != 1 || f.Lookups[record.DatasetMaintenance].State != ledger.Found {
				t.Errorf("row %d has %+v, %v", row+1, f.Lookups, err)
			}
		}
		if _, err := tx.Former(run.Seq, 3); !noRows(err) {
			t.Errorf("a row that is not there: %v", err)
		}
		if k, ok, err := tx.AskedIn([]byte("q"), run.Seq, "acme"); err != nil || !ok || k.Row != 1 {
			t.Errorf("asked in its run: %+v, %v, %v", k, ok, err)
		}
		if _, ok, err := tx.AskedIn([]byte("q"), next.Seq, ""); err != nil || ok {
			t.Errorf("asked in another run: %v, %v", ok, err)
		}
		return nil
	})
}

// What was taken over, even twice, leads back to the order that was sent.
func TestOrigin(t *testing.T) {
	t.Parallel()
	l, now := clockwork(t)
	_, work := planRun(t, l, "one", 1)
	w := intend(t, l, work[0], 1700)
	next := w
	next.Lookup.State, next.Lookup.Class, next.Attempt.Billed = ledger.Failed, record.Rejected, ledger.BilledYes
	must(t, l.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: w.Attempt.Billed}))
	source := w.Lookup.ID
	var last ledger.Run
	for _, id := range []string{"two", "three"} {
		run, plan := startRun(t, l, id)
		row := rowOf(run, 1)
		row.Lookups = row.Lookups[:1]
		row.Lookups[0].State, row.Lookups[0].Class, row.Lookups[0].Source = ledger.Failed, record.Rejected, source
		row.Lookups[0].LastAt = *now
		put(t, plan, func(tx ledger.PlanTx) error { return tx.Put(row) })
		var err error
		last, err = plan.End(1)
		must(t, err)
		source = last.FirstLookup
	}
	wantOrigin := func() {
		t.Helper()
		must(t, l.Rows(context.Background(), last, func(r *ledger.Row) error {
			if k := r.Lookups[0]; k.Last.Lookup != w.Lookup.ID || k.Last.N != 1 || k.Last.Billed != ledger.BilledYes || k.Last.Fen != 1700 || k.Charged != 0 || k.Sent != 0 {
				t.Errorf("the row has %+v", k)
			}
			return nil
		}))
	}
	wantOrigin()
	k := stateOf(t, l, source)
	for vendor, want := range map[string]bool{k.Vendor: true, "bolt": false} {
		k.Vendor = vendor
		if paid, err := l.MayHavePaid(context.Background(), &k); err != nil || paid != want {
			t.Errorf("paid at %s: %v, %v", vendor, paid, err)
		}
	}
	// What becomes of the order later is not what was taken over.
	*now = now.Add(time.Hour)
	next.Lookup.State, next.Lookup.Class = ledger.Planned, ""
	must(t, l.Advance(ledger.Step{From: ledger.Failed, Next: next, Was: ledger.BilledYes}))
	next.Lookup = stateOf(t, l, w.Lookup.ID)
	again := intend(t, l, next, 1700)
	again.Lookup.State, again.Lookup.Class, again.Attempt.Billed = ledger.Failed, record.Unavailable, ledger.BilledNo
	must(t, l.Advance(ledger.Step{From: ledger.Submitting, Next: again, Was: ledger.Reserved}))
	wantOrigin()
	first := stateOf(t, l, w.Lookup.ID)
	if paid, err := l.MayHavePaid(context.Background(), &first); err != nil || !paid {
		t.Errorf("a free try has hidden the paid one: %v, %v", paid, err)
	}
}

func TestRunKeepsWhatItCorrects(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, err := l.NewRun(ledger.Run{ID: "two", StartedAt: noon, Datasets: record.Datasets(), Corrects: "one", Corrected: []record.Dataset{record.DatasetViolations}})
	must(t, err)
	back, ok, err := l.RunByID(context.Background(), "two")
	if err != nil || !ok || back.Corrects != "one" || fmt.Sprint(back.Corrected) != "[violations]" || fmt.Sprint(back.Datasets) != fmt.Sprint(run.Datasets) {
		t.Errorf("read back as %+v, %v", back, err)
	}
}

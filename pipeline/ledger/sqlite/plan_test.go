package sqlite

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// fullVehicle has a value in every field.
func fullVehicle() record.Vehicle {
	return record.Vehicle{Row: 1, Line: 3, VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", PlateType: "02", EngineNo: "0071234",
		LicenseImageURL: "https://img.example/1.jpg", ModelID: "2049", CityID: "198", FirstRegistered: "2014-09",
		MileageKM: record.Some[int64](0),
		Condition: record.Condition{Transfers: "1", Color: "2", Accident: "3", Appearance: "4", Interior: "5", Electrical: "6", Engine: "7"},
		Defaulted: []string{record.ColColor}, Problems: []string{"the check digit is 2, not 8"}, Faults: []record.Fault{{Column: "plate", Reason: "too short"}, {Reason: "broken row"}}}
}

func TestVehiclesComeBackWhole(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	v := fullVehicle()
	for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
		if f.Name != "Derived" && reflect.ValueOf(v).FieldByIndex(f.Index).IsZero() { // that belongs to a lookup
			t.Fatalf("the test says nothing of %s", f.Name)
		}
	}
	blank := record.Vehicle{Row: 2, Line: 4}
	_, plan := startRun(t, l, "one")
	put(t, plan, func(tx ledger.PlanTx) error {
		return errors.Join(tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: v}), tx.Put(ledger.PlannedVehicle{VehicleID: "vb", Vehicle: blank}))
	})
	run, err := plan.End(2)
	must(t, err)
	var got []record.Vehicle
	must(t, l.Rows(context.Background(), run, func(r *ledger.Row) error { got = append(got, r.Vehicle); return nil }))
	if !reflect.DeepEqual(got, []record.Vehicle{v, blank}) {
		t.Errorf("came back as %+v", got)
	}
}

func TestReviseKeepsWhatIsStillAskedAndDropsTheRest(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	valuation := ledger.Lookup{Dataset: record.DatasetValuation, Question: []byte("without plate"), State: ledger.Failed, Vendor: "acme"}
	pv := rowOf(run, 1)
	pv.Lookups = append(pv.Lookups, valuation)
	other := rowOf(run, 2)
	other.VehicleID = "other"
	put(t, plan, func(tx ledger.PlanTx) error { return errors.Join(tx.Put(pv), tx.Put(other)) })
	put(t, plan, func(tx ledger.PlanTx) error {
		old, ok, err := tx.Earlier(pv.VehicleID)
		if !ok || err != nil {
			return errors.Join(errors.New("row 1 is not there"), err)
		}
		next := ledger.PlannedVehicle{VehicleID: pv.VehicleID, Vehicle: old.Vehicle, Shared: map[record.Dataset]int64{record.DatasetMaintenance: pv.Lookups[0].ID},
			Lookups: []ledger.Lookup{{Dataset: record.DatasetValuation, Question: []byte("with plate"), State: ledger.Planned, Vendor: "acme"}}}
		next.Vehicle.Plate = "粤B8J7L1"
		return tx.Revise(old.With(next))
	})
	run, err := plan.End(2)
	must(t, err)

	var rows []*ledger.Row
	must(t, l.Rows(context.Background(), run, func(r *ledger.Row) error { rows = append(rows, r); return nil }))
	if len(rows) != 2 || rows[0].Vehicle.Plate != "粤B8J7L1" || len(rows[0].Lookups) != 2 || len(rows[1].Lookups) != 1 {
		t.Fatalf("rows are %+v", rows)
	}
	if got := rows[0].Lookups[0].Lookup; got.ID != pv.Lookups[0].ID || got.State != ledger.Planned {
		t.Errorf("the lookup that is still asked became %+v", got)
	}
	if got := rows[0].Lookups[1].Lookup; string(got.Question) != "with plate" || got.State != ledger.Planned || got.Row != 1 {
		t.Errorf("the other became %+v", got)
	}
	var lookups int
	must(t, l.reader.QueryRow("SELECT COUNT(*) FROM lookups").Scan(&lookups))
	if lookups != 3 {
		t.Errorf("%d lookups are left, want 3", lookups)
	}
}

func TestBatchThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	broken := errors.New("broken")
	err := plan.Batch(func(tx ledger.PlanTx) error { return errors.Join(tx.Put(rowOf(run, 1)), broken) })
	if !errors.Is(err, broken) {
		t.Fatalf("Batch: %v", err)
	}
	put(t, plan, func(tx ledger.PlanTx) error { return tx.Put(rowOf(run, 1)) })
	run, err = plan.End(1)
	must(t, err)
	if run.FirstLookup != 1 || run.LastLookup != 1 {
		t.Errorf("lookups are %d to %d", run.FirstLookup, run.LastLookup)
	}
}

func TestAskedFindsTheNewestFirst(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	question := []byte("the same")
	for _, id := range []string{"one", "two", "three"} {
		run, plan := startRun(t, l, id)
		pv := rowOf(run, 1)
		pv.Lookups[0].Question = question
		put(t, plan, func(tx ledger.PlanTx) error {
			asked, err := tx.Asked(question)
			if int64(len(asked)) != run.Seq-1 || len(asked) > 0 && asked[0].Run != run.Seq-1 {
				t.Errorf("run %s sees %+v", id, asked)
			}
			return errors.Join(err, tx.Put(pv))
		})
		_, err := plan.End(1)
		must(t, err)
	}
	asked, err := l.Asked(context.Background(), question)
	must(t, err)
	if len(asked) != 3 || asked[0].ID != 3 {
		t.Errorf("asked are %+v", asked)
	}
}

func TestPlanThatWasCutShortIsForgotten(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	kept, work := planRun(t, l, "one", 2)
	cut, plan := startRun(t, l, "two")
	put(t, plan, func(tx ledger.PlanTx) error { return tx.Put(rowOf(cut, 1)) })
	must(t, l.DropPlanning())
	runs, err := l.Runs(ctx)
	must(t, err)
	if len(runs) != 1 || !reflect.DeepEqual(runs[0], kept) {
		t.Errorf("runs are %+v, want %+v", runs, kept)
	}
	if _, ok, err := l.RunByID(ctx, "two"); ok || err != nil {
		t.Errorf("the run that was cut short: %v %v", ok, err)
	}
	again, _ := planRun(t, l, "two", 1)
	if again.FirstLookup != work[1].Lookup.ID+1 {
		t.Errorf("the next lookup is %d", again.FirstLookup)
	}
	must(t, l.DropRun(again))
	var rows int
	must(t, l.reader.QueryRow("SELECT (SELECT COUNT(*) FROM vehicles) + (SELECT COUNT(*) FROM lookups)").Scan(&rows))
	if rows != 4 {
		t.Errorf("%d rows and lookups are left, want 4", rows)
	}
}

func TestRunsComeBackWhole(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 1)
	run.State, run.FinishedAt, run.Formats = ledger.RunFinished, noon.Add(time.Hour), "csv"
	must(t, l.SetRun(run))
	got, ok, err := l.RunByID(context.Background(), "one")
	must(t, err)
	if !ok || !reflect.DeepEqual(got, run) {
		t.Errorf("came back as %+v, was %+v", got, run)
	}
	if _, err := l.NewRun(run); err == nil {
		t.Error("two runs have the same id")
	}
	empty, _ := planRun(t, l, "empty", 0)
	if n, err := l.OpenCount(context.Background(), empty); n != 0 || err != nil {
		t.Errorf("a run of no rows has %d open lookups, %v", n, err)
	}
}

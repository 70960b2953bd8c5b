package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
)

func faultsOf(v *record.Vehicle) string {
	var out []string
	for _, f := range v.Faults {
		out = append(out, f.Column)
	}
	return strings.Join(out, " ")
}

// What the day says of a row is not what the input says: a correction is judged
// anew, whatever column was corrected.
func TestJudgementIsOfTheDay(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	future := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.FirstRegistered = "2027-01" })
	young := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.FirstRegistered, v.MileageKM.V = vinB, "2026-10", 85_000 })
	old := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.MileageKM.V = "LSVAL41Z882104204", 0 })
	run := b.Plan(stagetest.Only(record.DatasetValuation), future, young, old, old)
	rows := b.Rows(run)
	if faultsOf(&rows[0].Vehicle) != "first_registered" || faultsOf(&rows[1].Vehicle) != "mileage_km" || len(rows[2].Vehicle.Faults) > 0 || len(rows[2].Vehicle.Problems) != 1 {
		t.Errorf("rows are %+v", rows)
	}
	if rows[3].Duplicate != 3 {
		t.Errorf("row 4 repeats %d", rows[3].Duplicate)
	}
	prior, err := b.Ledger.PriorRows(context.Background(), run, 0, 10)
	b.Must(err)
	for _, f := range prior {
		if len(f.Given.Faults)+len(f.Given.Problems) > 0 {
			t.Errorf("row %d is given with %v and %v", f.Given.Row, f.Given.Faults, f.Given.Problems)
		}
	}
	base := b.Finish(run)
	fixed := b.Correct(base, base.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetValuation}, {Row: 2, Dataset: record.DatasetValuation}}, map[int64]func(*record.Vehicle){
		2: func(v *record.Vehicle) { v.FirstRegistered = "2014-09" }})
	rows = b.Rows(fixed)
	if faultsOf(&rows[0].Vehicle) != "first_registered" || faultsOf(&rows[1].Vehicle) != "" {
		t.Errorf("corrected, rows are %+v", rows)
	}
}

// What is filled from a later row is judged as well.
func TestMergedRowIsJudged(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.FirstRegistered, v.MileageKM = "2026-11", record.Opt[int64]{} })
	rows := b.Rows(b.Plan(stagetest.Only(record.DatasetValuation), first, stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.FirstRegistered = "" })))
	if faultsOf(&rows[0].Vehicle) != "mileage_km" {
		t.Errorf("the first row is %+v", rows[0].Vehicle)
	}
	zero := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.MileageKM.V, v.EngineNo = 0, "" })
	rows = b.Rows(b.Plan(stagetest.Only(record.DatasetValuation), zero, stagetest.With(zero, func(v *record.Vehicle) { v.EngineNo = "E1" })))
	if got := fmt.Sprint(rows[0].Vehicle.Problems); strings.Count(got, "0 km") != 1 {
		t.Errorf("the first row's remarks are %s", got)
	}
}

// A strict run buys nothing for a wrong check digit; another one says what it buys.
func TestWrongCheckDigits(t *testing.T) {
	t.Parallel()
	remark := record.WrongCheckDigit + "7, it should be 8: a typing error?"
	wrong := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Problems = []string{"another", remark} })
	right := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = vinB })
	for _, strict := range []bool{false, true} {
		b := stagetest.New(t)
		run, err := b.Ledger.NewRun(ledger.Run{ID: "r", StartedAt: b.Now, Datasets: record.Datasets(), StrictVIN: strict})
		b.Must(err)
		run, err = planner.Plan(context.Background(), b.Ledger, b.Policy, run, &stagetest.List{Rows: []record.Vehicle{wrong, right, wrong}}, func(int64) {})
		b.Must(err)
		w, err := b.Ledger.Remarked(context.Background(), run, record.WrongCheckDigit)
		b.Must(err)
		again, _, err := b.Ledger.RunByID(context.Background(), "r")
		b.Must(err)
		if again.StrictVIN != strict {
			t.Errorf("the run is kept as %v", again.StrictVIN)
		}
		rows := b.Rows(run)
		switch {
		case !strict && (w.VINs != 1 || len(w.Lookups) != 3 || w.Lookups[0].N != 1 || len(rows[0].Vehicle.Faults) > 0):
			t.Errorf("not strict: %+v, %+v", w, rows[0].Vehicle)
		case strict && (w.VINs != 0 || faultsOf(&rows[0].Vehicle) != "vin" || fmt.Sprint(rows[0].Vehicle.Problems) != "[another]" || rows[0].Lookups[0].Lookup.Class != record.InvalidInput):
			t.Errorf("strict: %+v, %+v", w, rows[0].Vehicle)
		case strict && rows[1].Lookups[0].Lookup.State != ledger.Planned:
			t.Errorf("strict: the right one stands at %s", rows[1].Lookups[0].Lookup.State)
		}
	}
}

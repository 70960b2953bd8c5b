package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/pipeline/stagetest"
)

func TestPlanOneRow(t *testing.T) {
	t.Parallel()
	fault := func(column string) func(*record.Vehicle) {
		return func(v *record.Vehicle) { v.Faults = append(v.Faults, record.Fault{Column: column, Reason: "wrong"}) }
	}
	for _, c := range []struct {
		name   string
		change func(*record.Vehicle)
		want   string
	}{
		{"all there", func(*record.Vehicle) {}, "maintenance acme planned | valuation acme planned | violations acme planned"},
		{"no plate", func(v *record.Vehicle) { v.Plate = "" },
			"maintenance acme planned | valuation acme planned | violations acme failed validate missing_input: acme needs plate"},
		{"nothing but a VIN", func(v *record.Vehicle) { *v = record.Vehicle{VIN: v.VIN} },
			"maintenance acme planned | valuation acme failed validate missing_input: acme needs model_id | violations acme failed validate missing_input: acme needs plate, engine_no"},
		{"no VIN", func(v *record.Vehicle) { v.VIN = "" },
			"maintenance acme failed validate missing_input: acme needs vin | valuation acme failed validate missing_input: acme needs vin | violations acme planned"},
		{"wrong VIN", fault(record.ColVIN),
			"maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong | violations acme failed validate invalid_input: vin: wrong"},
		{"broken row", fault(""),
			"maintenance acme failed validate invalid_input: wrong | valuation acme failed validate invalid_input: wrong | violations acme failed validate invalid_input: wrong"},
		{"wrong plate", fault(record.ColPlate),
			"maintenance acme planned | valuation acme planned | violations acme failed validate invalid_input: plate: wrong"},
		{"several wrong values at once", func(v *record.Vehicle) { fault(record.ColVIN)(v); fault(record.ColPlate)(v) },
			"maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong | violations acme failed validate invalid_input: vin: wrong; plate: wrong"},
		{"a wrong VIN, and what is missing beside it", func(v *record.Vehicle) { fault(record.ColVIN)(v); v.ModelID, v.EngineNo = "", "" },
			"maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong; acme needs model_id | violations acme failed validate invalid_input: vin: wrong; acme needs engine_no"},
		{"a wrong plate, whose type nobody knows", func(v *record.Vehicle) { fault(record.ColPlate)(v); v.PlateType, v.EngineNo = "", "" },
			"maintenance acme planned | valuation acme planned | violations acme failed validate invalid_input: plate: wrong; acme needs engine_no"},
		{"a broken row that lacks something", func(v *record.Vehicle) { fault("")(v); v.VIN, v.ModelID = "", "" },
			"maintenance acme failed validate invalid_input: wrong | valuation acme failed validate invalid_input: wrong; acme needs model_id | violations acme failed validate invalid_input: wrong"},
		{"wrong mileage", fault(record.ColMileageKM), "maintenance acme planned | valuation acme planned | violations acme planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			b.Wants(b.Plan(record.Datasets(), stagetest.With(stagetest.Car(), c.change)), "1 | "+c.want+"\n")
		})
	}
}

func TestPlanPassesOverAVendorThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	r := b.Policy.Routes[record.DatasetMaintenance]
	r.Vendors = []string{"gone", "bolt", "acme"}
	b.Policy.Routes[record.DatasetMaintenance] = r
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.EngineNo = "LSVAL41Z882104203", "" }))
	b.Wants(run, `
		1 | maintenance bolt planned
		2 | maintenance acme planned
	`)
}

func TestPlanDuplicates(t *testing.T) {
	t.Parallel()
	bare := record.Vehicle{VIN: stagetest.Car().VIN}
	for _, c := range []struct {
		name string
		rows []record.Vehicle
		want string
	}{
		{"twice the same", []record.Vehicle{stagetest.Car(), stagetest.Car(), stagetest.Car()}, `
			1 | maintenance acme planned | valuation acme planned
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
			3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"the later row says more", []record.Vehicle{bare, stagetest.With(bare, func(v *record.Vehicle) { v.ModelID = "2049" }), stagetest.Car()}, `
			1 | maintenance acme planned | valuation acme planned | model_id taken from row 2; plate, plate_type, engine_no, city_id, first_registered, mileage_km taken from row 3
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
			3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"the later row says otherwise", []record.Vehicle{stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.ModelID = "7" })}, `
			1 | maintenance acme planned | valuation acme planned
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 is used, which says otherwise about model_id
		`},
		{"another plate", []record.Vehicle{stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Plate = "京A12345" }), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 has the same VIN and another plate
			3 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 has the same VIN and another plate
		`},
		{"a wrong row first", []record.Vehicle{stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "vin", Reason: "wrong"}} }), stagetest.Car()}, `
			1 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
			2 | maintenance acme planned | valuation acme planned
		`},
		{"a wrong plate later", []record.Vehicle{stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "plate", Reason: "wrong"}} })}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"without VINs", []record.Vehicle{stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "" }), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "" })}, `
			1 | maintenance acme failed validate missing_input: acme needs vin | valuation acme failed validate missing_input: acme needs vin
			2 | maintenance acme failed validate missing_input: acme needs vin | valuation acme failed validate missing_input: acme needs vin
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			b.Wants(b.Plan([]record.Dataset{record.DatasetMaintenance, record.DatasetValuation}, c.rows...), c.want)
		})
	}
}

func TestPlanBuysViolationsOfAPlateOnce(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	v := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "" })
	b.Wants(b.Plan(stagetest.Only(record.DatasetViolations), v, v), `
		1 | violations acme planned
		2 | violations acme planned of row 1
	`)
}

func TestPlanFillsDefaultsAndNothingElse(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetValuation), stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.Condition.Color = "LSVAL41Z882104203", "5" }))
	rows := b.Rows(run)
	if got := rows[0].Vehicle.Condition; got != (record.Condition{Color: "2", Transfers: "0"}) {
		t.Errorf("row 1 is asked with %+v", got)
	}
	if got := rows[1].Vehicle.Condition; got != (record.Condition{Color: "5", Transfers: "0"}) {
		t.Errorf("row 2 is asked with %+v", got)
	}
}

// A later row gives the codes that the first one lacks, over the defaults, and a
// correction of the run asks the same again.
func TestPlanTakesCodesFromADuplicate(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	coded := func(color, transfers, accident string) record.Vehicle {
		return stagetest.With(stagetest.Car(), func(v *record.Vehicle) {
			v.Condition = record.Condition{Color: color, Transfers: transfers, Accident: accident}
		})
	}
	base := b.Plan(stagetest.Only(record.DatasetValuation), stagetest.Car(), coded("5", "", "1"), coded("6", "", ""))
	b.Wants(base, `
		1 | valuation acme planned | color, accident taken from row 2
		2 = 1 | valuation acme planned of row 1
		3 = 1 | valuation acme planned of row 1 | row 1 is used, which says otherwise about color
	`)
	want := record.Condition{Color: "5", Transfers: "0", Accident: "1"}
	row := b.Rows(base)[0]
	if row.Vehicle.Condition != want || !slices.Equal(row.Vehicle.Defaulted, []string{record.ColTransfers}) {
		t.Errorf("asked with %+v", row.Vehicle)
	}
	prior, err := b.Ledger.PriorRows(context.Background(), base, 0, 1)
	b.Must(err)
	if given := prior[0].Given; given.Condition.Accident != "" || !slices.Contains(given.Defaulted, record.ColColor) {
		t.Errorf("given as %+v", given)
	}
	b.Buy(base, "acme", "answered yes")
	again := b.Correct(b.Finish(base), stagetest.Only(record.DatasetValuation), []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetValuation}}, nil)
	b.Wants(again, `
		1 | valuation acme found | color, accident taken from row 2
		2 = 1 | valuation acme found of row 1
		3 = 1 | valuation acme found of row 1 | row 1 is used, which says otherwise about color
	`)
}

func TestPlanOfManyChunks(t *testing.T) {
	t.Parallel()
	const n = 2*planner.ChunkRows + 7
	b := stagetest.New(t)
	rows := make([]record.Vehicle, n)
	for i := range rows {
		rows[i] = record.Vehicle{VIN: fmt.Sprintf("LSVAL41Z88%07d", i/2)} // each twice, some pairs in two chunks
	}
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), rows...)
	count, err := b.Ledger.CountRows(context.Background(), run)
	b.Must(err)
	if run.InputRows != n || count != (ledger.RowCount{Rows: n, Duplicates: n / 2}) || run.State != ledger.RunOpen {
		t.Errorf("planned %+v, %+v", run, count)
	}
	open, err := b.Ledger.OpenCount(context.Background(), run)
	b.Must(err)
	if open != n/2+1 {
		t.Errorf("%d lookups, want %d", open, n/2+1)
	}
}

// failing is a source that breaks after some rows.
type failing struct {
	stagetest.List
	err error
}

func (s *failing) Next() (record.Vehicle, error) {
	v, err := s.List.Next()
	if err != nil {
		err = s.err
	}
	return v, err
}

func TestPlanThatIsCutShortLeavesNothing(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	broken := errors.New("the file ends in the middle")
	rows := make([]record.Vehicle, planner.ChunkRows+1)
	for i := range rows {
		rows[i] = record.Vehicle{VIN: fmt.Sprintf("LSVAL41Z88%07d", i)}
	}
	run, err := b.Ledger.NewRun(ledger.Run{ID: "cut", StartedAt: b.Now, Datasets: stagetest.Only(record.DatasetMaintenance)})
	b.Must(err)
	_, err = planner.Plan(context.Background(), b.Ledger, b.Policy, run, &failing{stagetest.List{Rows: rows}, broken}, func(int64) {})
	if !errors.Is(err, broken) {
		t.Fatalf("Plan: %v", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := planner.Plan(cancelled, b.Ledger, b.Policy, run, &stagetest.List{Rows: rows}, func(int64) {}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Plan: %v", err)
	}
	if _, err := runner.Recover(context.Background(), b.Ledger, b.Policy); err != nil {
		t.Fatal(err)
	}
	runs, err := b.Ledger.Runs(context.Background())
	b.Must(err)
	if len(runs) != 0 {
		t.Errorf("runs are %+v", runs)
	}
	b.Wants(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "1 | maintenance acme planned\n")
}

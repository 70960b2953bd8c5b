package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
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
			b := newBed(t)
			b.wants(b.plan(record.Datasets(), with(car(), c.change)), "1 | "+c.want+"\n")
		})
	}
}

func TestPlanPassesOverAVendorThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	r := b.p.Routes[record.DatasetMaintenance]
	r.Vendors = []string{"gone", "bolt", "acme"}
	b.p.Routes[record.DatasetMaintenance] = r
	run := b.plan(only(record.DatasetMaintenance), car(), with(car(), func(v *record.Vehicle) { v.VIN, v.EngineNo = "LSVAL41Z882104203", "" }))
	b.wants(run, `
		1 | maintenance bolt planned
		2 | maintenance acme planned
	`)
}

func TestPlanDuplicates(t *testing.T) {
	t.Parallel()
	bare := record.Vehicle{VIN: car().VIN}
	for _, c := range []struct {
		name string
		rows []record.Vehicle
		want string
	}{
		{"twice the same", []record.Vehicle{car(), car(), car()}, `
			1 | maintenance acme planned | valuation acme planned
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
			3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"the later row says more", []record.Vehicle{bare, with(bare, func(v *record.Vehicle) { v.ModelID = "2049" }), car()}, `
			1 | maintenance acme planned | valuation acme planned | model_id taken from row 2; plate, plate_type, engine_no, city_id, first_registered, mileage_km taken from row 3
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
			3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"the later row says otherwise", []record.Vehicle{car(), with(car(), func(v *record.Vehicle) { v.ModelID = "7" })}, `
			1 | maintenance acme planned | valuation acme planned
			2 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 is used, which says otherwise about model_id
		`},
		{"another plate", []record.Vehicle{car(), with(car(), func(v *record.Vehicle) { v.Plate = "京A12345" }), with(car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 has the same VIN and another plate
			3 | maintenance acme planned of row 1 | valuation acme planned of row 1 | row 1 has the same VIN and another plate
		`},
		{"a wrong row first", []record.Vehicle{with(car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "vin", Reason: "wrong"}} }), car()}, `
			1 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
			2 | maintenance acme planned | valuation acme planned
		`},
		{"a wrong plate later", []record.Vehicle{car(), with(car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "plate", Reason: "wrong"}} })}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme planned of row 1 | valuation acme planned of row 1
		`},
		{"without VINs", []record.Vehicle{with(car(), func(v *record.Vehicle) { v.VIN = "" }), with(car(), func(v *record.Vehicle) { v.VIN = "" })}, `
			1 | maintenance acme failed validate missing_input: acme needs vin | valuation acme failed validate missing_input: acme needs vin
			2 | maintenance acme failed validate missing_input: acme needs vin | valuation acme failed validate missing_input: acme needs vin
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.wants(b.plan([]record.Dataset{record.DatasetMaintenance, record.DatasetValuation}, c.rows...), c.want)
		})
	}
}

func TestPlanBuysViolationsOfAPlateOnce(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	v := with(car(), func(v *record.Vehicle) { v.VIN = "" })
	b.wants(b.plan(only(record.DatasetViolations), v, v), `
		1 | violations acme planned
		2 | violations acme planned of row 1
	`)
}

func TestPlanFillsDefaultsAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetValuation), car(), with(car(), func(v *record.Vehicle) { v.VIN, v.Condition.Color = "LSVAL41Z882104203", "5" }))
	rows := b.rows(run)
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
	b := newBed(t)
	coded := func(color, transfers, accident string) record.Vehicle {
		return with(car(), func(v *record.Vehicle) {
			v.Condition = record.Condition{Color: color, Transfers: transfers, Accident: accident}
		})
	}
	base := b.plan(only(record.DatasetValuation), car(), coded("5", "", "1"), coded("6", "", ""))
	b.wants(base, `
		1 | valuation acme planned | color, accident taken from row 2
		2 = 1 | valuation acme planned of row 1
		3 = 1 | valuation acme planned of row 1 | row 1 is used, which says otherwise about color
	`)
	want := record.Condition{Color: "5", Transfers: "0", Accident: "1"}
	row := b.rows(base)[0]
	if row.Vehicle.Condition != want || !slices.Equal(row.Vehicle.Defaulted, []string{record.ColTransfers}) {
		t.Errorf("asked with %+v", row.Vehicle)
	}
	former, err := b.l.FormerRows(context.Background(), base, 0, 1)
	b.must(err)
	if given := former[0].Given; given.Condition.Accident != "" || !slices.Contains(given.Defaulted, record.ColColor) {
		t.Errorf("given as %+v", given)
	}
	b.buy(base, "acme", "answered yes")
	again := b.correct(b.finish(base), only(record.DatasetValuation), []lookupAt{{1, record.DatasetValuation}}, nil)
	b.wants(again, `
		1 | valuation acme found | color, accident taken from row 2
		2 = 1 | valuation acme found of row 1
		3 = 1 | valuation acme found of row 1 | row 1 is used, which says otherwise about color
	`)
}

func TestPlanOfManyChunks(t *testing.T) {
	t.Parallel()
	const n = 2*ChunkRows + 7
	b := newBed(t)
	rows := make([]record.Vehicle, n)
	for i := range rows {
		rows[i] = record.Vehicle{VIN: fmt.Sprintf("LSVAL41Z88%07d", i/2)} // each twice, some pairs in two chunks
	}
	run := b.plan(only(record.DatasetMaintenance), rows...)
	count, err := b.l.CountRows(context.Background(), run)
	b.must(err)
	if run.InputRows != n || count != (ledger.RowCount{Rows: n, Duplicates: n / 2}) || run.State != ledger.RunOpen {
		t.Errorf("planned %+v, %+v", run, count)
	}
	open, err := b.l.OpenCount(context.Background(), run)
	b.must(err)
	if open != n/2+1 {
		t.Errorf("%d lookups, want %d", open, n/2+1)
	}
}

// failing is a source that breaks after some rows.
type failing struct {
	list
	err error
}

func (s *failing) Next() (record.Vehicle, error) {
	v, err := s.list.Next()
	if err != nil {
		err = s.err
	}
	return v, err
}

func TestPlanThatIsCutShortLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	broken := errors.New("the file ends in the middle")
	rows := make([]record.Vehicle, ChunkRows+1)
	for i := range rows {
		rows[i] = record.Vehicle{VIN: fmt.Sprintf("LSVAL41Z88%07d", i)}
	}
	run, err := b.l.NewRun(ledger.Run{ID: "cut", StartedAt: b.now, Datasets: only(record.DatasetMaintenance)})
	b.must(err)
	_, err = Plan(context.Background(), b.l, b.p, run, &failing{list{rows: rows}, broken}, func(int64) {})
	if !errors.Is(err, broken) {
		t.Fatalf("Plan: %v", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Plan(cancelled, b.l, b.p, run, &list{rows: rows}, func(int64) {}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Plan: %v", err)
	}
	if _, err := Recover(context.Background(), b.l, b.p); err != nil {
		t.Fatal(err)
	}
	runs, err := b.l.Runs(context.Background())
	b.must(err)
	if len(runs) != 0 {
		t.Errorf("runs are %+v", runs)
	}
	b.wants(b.plan(only(record.DatasetMaintenance), car()), "1 | maintenance acme planned\n")
}

// What a fault says already is not said to be missing as well, nor what follows
// from a right value.
func TestLackingBesideFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		faulty  []string // columns, "" is the row
		missing []string
		want    string
	}{
		{nil, []string{"plate", "plate_type", "engine_no"}, "[plate plate_type engine_no]"},
		{[]string{"plate"}, []string{"plate", "plate_type", "engine_no"}, "[engine_no]"},
		{[]string{"vin"}, []string{"vin", "plate_type"}, "[plate_type]"},
		{[]string{""}, []string{"vin", "plate", "plate_type", "model_id"}, "[model_id]"},
		{[]string{"mileage_km", "city_id"}, []string{"mileage_km", "city_id", "model_id"}, "[model_id]"},
	} {
		var faults []record.Fault
		for _, column := range c.faulty {
			faults = append(faults, record.Fault{Column: column, Reason: "wrong"})
		}
		if got := fmt.Sprint(lacking(c.missing, faults)); got != c.want {
			t.Errorf("beside faults of %q, %v lacks %s, want %s", c.faulty, c.missing, got, c.want)
		}
	}
}

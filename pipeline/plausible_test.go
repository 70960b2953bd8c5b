package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// The day is that of China: 16:30 UTC on the last day of a month is the next month.
func TestImplausible(t *testing.T) {
	t.Parallel()
	month := time.Date(2026, 11, 30, 15, 59, 0, 0, time.UTC)
	for _, c := range []struct {
		since string
		km    record.Opt[int64]
		now   time.Time
		want  string
	}{
		{"2026-11", record.Some[int64](31_000), month, ""},
		{"2026-11", record.Some[int64](31_001), month, "mileage_km: the mileage is 31001 km, and the first registration 2026-11: more than 31000 km a month"},
		{"2026-12", record.Some[int64](10), month, "first_registered: the month is 2026-12, and this is 2026-11: a first registration cannot be in the future"},
		{"2026-12", record.Some[int64](10), month.Add(time.Minute), ""},
		{"2121-05", record.Opt[int64]{}, month, "first_registered: the month is 2121-05"},
		{"2027-01", record.Some[int64](2_000_000), month, "first_registered: "},
		{"2025-12", record.Some[int64](12 * 31_000), month, ""},
		{"2025-12", record.Some[int64](12*31_000 + 1), month, "mileage_km: "},
		{"2014-09", record.Some[int64](1_999_999), month, ""},
		{"2014-09", record.Some[int64](0), month, "remark: the mileage is 0 km, and the first registration 2014-09: leave the mileage empty"},
		{"2024-11", record.Some[int64](0), month, "remark: "},
		{"2024-12", record.Some[int64](0), month, ""},
		{"2014-09", record.Opt[int64]{}, month, ""},
		{"", record.Some[int64](0), month, ""},
	} {
		faults, remarks := implausible(&record.Vehicle{FirstRegistered: c.since, MileageKM: c.km}, record.DateOf(c.now))
		var got []string
		for _, f := range faults {
			got = append(got, f.Column+": "+f.Reason)
		}
		for _, r := range remarks {
			got = append(got, "remark: "+r)
		}
		if text := strings.Join(got, " | "); !strings.HasPrefix(text, c.want) || c.want == "" && text != "" || len(got) > 1 {
			t.Errorf("%s, %v at %s: %q, want %q", c.since, c.km, c.now, text, c.want)
		}
	}
}

// docs/inputs.md is made where these bounds are not known.
func TestBoundsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "inputs.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("more than %d,%03d km for each month", mostKMAMonth/1000, mostKMAMonth%1000), fmt.Sprintf("from\n  %d months on", newForMonths)} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/inputs.md does not say %q", want)
		}
	}
}

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
	b := newBed(t)
	future := with(car(), func(v *record.Vehicle) { v.FirstRegistered = "2027-01" })
	young := with(car(), func(v *record.Vehicle) { v.VIN, v.FirstRegistered, v.MileageKM.V = vinB, "2026-10", 85_000 })
	old := with(car(), func(v *record.Vehicle) { v.VIN, v.MileageKM.V = "LSVAL41Z882104204", 0 })
	run := b.plan(only(record.DatasetValuation), future, young, old, old)
	rows := b.rows(run)
	if faultsOf(&rows[0].Vehicle) != "first_registered" || faultsOf(&rows[1].Vehicle) != "mileage_km" || len(rows[2].Vehicle.Faults) > 0 || len(rows[2].Vehicle.Problems) != 1 {
		t.Errorf("rows are %+v", rows)
	}
	if rows[3].Duplicate != 3 {
		t.Errorf("row 4 repeats %d", rows[3].Duplicate)
	}
	former, err := b.l.FormerRows(context.Background(), run, 0, 10)
	b.must(err)
	for _, f := range former {
		if len(f.Given.Faults)+len(f.Given.Problems) > 0 {
			t.Errorf("row %d is given with %v and %v", f.Given.Row, f.Given.Faults, f.Given.Problems)
		}
	}
	base := b.finish(run)
	fixed := b.correct(base, base.Datasets, []lookupAt{{1, record.DatasetValuation}, {2, record.DatasetValuation}}, map[int64]func(*record.Vehicle){
		2: func(v *record.Vehicle) { v.FirstRegistered = "2014-09" }})
	rows = b.rows(fixed)
	if faultsOf(&rows[0].Vehicle) != "first_registered" || faultsOf(&rows[1].Vehicle) != "" {
		t.Errorf("corrected, rows are %+v", rows)
	}
}

// What is filled from a later row is judged as well.
func TestMergedRowIsJudged(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := with(car(), func(v *record.Vehicle) { v.FirstRegistered, v.MileageKM = "2026-11", record.Opt[int64]{} })
	rows := b.rows(b.plan(only(record.DatasetValuation), first, with(car(), func(v *record.Vehicle) { v.FirstRegistered = "" })))
	if faultsOf(&rows[0].Vehicle) != "mileage_km" {
		t.Errorf("the first row is %+v", rows[0].Vehicle)
	}
	zero := with(car(), func(v *record.Vehicle) { v.MileageKM.V, v.EngineNo = 0, "" })
	rows = b.rows(b.plan(only(record.DatasetValuation), zero, with(zero, func(v *record.Vehicle) { v.EngineNo = "E1" })))
	if got := fmt.Sprint(rows[0].Vehicle.Problems); strings.Count(got, "0 km") != 1 {
		t.Errorf("the first row's remarks are %s", got)
	}
}

// A strict run buys nothing for a wrong check digit; another one says what it buys.
func TestWrongCheckDigits(t *testing.T) {
	t.Parallel()
	remark := record.WrongCheckDigit + "7, it should be 8: a typing error?"
	wrong := with(car(), func(v *record.Vehicle) { v.Problems = []string{"another", remark} })
	right := with(car(), func(v *record.Vehicle) { v.VIN = vinB })
	for _, strict := range []bool{false, true} {
		b := newBed(t)
		run, err := b.l.NewRun(ledger.Run{ID: "r", StartedAt: b.now, Datasets: record.Datasets(), StrictVIN: strict})
		b.must(err)
		run, err = Plan(context.Background(), b.l, b.p, run, &list{rows: []record.Vehicle{wrong, right, wrong}}, func(int64) {})
		b.must(err)
		w, err := b.l.Remarked(context.Background(), run, record.WrongCheckDigit)
		b.must(err)
		again, _, err := b.l.RunByID(context.Background(), "r")
		b.must(err)
		if again.StrictVIN != strict {
			t.Errorf("the run is kept as %v", again.StrictVIN)
		}
		rows := b.rows(run)
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

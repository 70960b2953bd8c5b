package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// lookup names a lookup of the base.
type lookupAt struct {
	row     int64
	dataset record.Dataset
}

// finish ends a run as far as it is.
func (b *bed) finish(run ledger.Run) ledger.Run {
	b.t.Helper()
	run.State, run.FinishedAt = ledger.RunFinished, b.now
	b.must(b.l.SetRun(run))
	return run
}

// correct plans a correction of a run: named lookups are asked again, and rows change.
func (b *bed) correct(base ledger.Run, datasets []record.Dataset, named []lookupAt, change map[int64]func(*record.Vehicle)) ledger.Run {
	b.t.Helper()
	ctx := context.Background()
	former, err := b.l.FormerRows(ctx, base, 0, 100)
	b.must(err)
	var rows []record.Vehicle
	for _, f := range former {
		v := f.Given
		if change[v.Row] != nil {
			change[v.Row](&v)
		}
		rows = append(rows, v)
	}
	b.n++
	run, err := b.l.NewRun(ledger.Run{ID: fmt.Sprint("run", b.n), StartedAt: b.now, InputSHA256: fmt.Sprint("input", b.n), Datasets: base.Datasets,
		Corrects: base.ID, Corrected: datasets})
	b.must(err)
	c := Correction{Base: base, Named: func(row int64, d record.Dataset) bool { return slices.Contains(named, lookupAt{row, d}) }}
	run, err = Correct(ctx, b.l, b.p, run, c, &list{rows: rows}, func(int64) {})
	b.must(err)
	return run
}

func vin(v string) func(*record.Vehicle) {
	return func(car *record.Vehicle) { car.VIN, car.Faults = v, nil }
}

const (
	vinA, vinB = "LSVAL41Z882104202", "LSVAL41Z882104203"
	always     = 100_000 * time.Hour // after which no answer is young
)

// What becomes of one failed lookup that is named, by why it failed and what was corrected.
func TestCorrectWhatFailed(t *testing.T) {
	t.Parallel()
	broken := func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColVIN, Reason: "wrong"}} }
	for _, c := range []struct {
		name   string
		row    func(*record.Vehicle)
		before func(b *bed, run ledger.Run)
		after  time.Duration
		change func(*record.Vehicle)
		named  bool
		want   string
	}{
		{"a wrong VIN corrected", broken, nil, 0, vin(vinB), true, "maintenance acme planned"},
		{"a wrong VIN left", broken, nil, 0, nil, true, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"a wrong VIN corrected for another lookup", broken, nil, 0, vin(vinB), false, "maintenance acme planned"},
		{"a wrong VIN that nobody names", broken, nil, always, nil, false, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"refused, and the same again", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused yes") }, always, nil, true, "maintenance acme failed submit rejected: refused yes"},
		{"refused, and not named", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused yes") }, always, nil, false, "maintenance acme failed submit rejected: refused yes"},
		{"refused, and another engine", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused yes") }, 0, func(v *record.Vehicle) { v.EngineNo = "E2" }, true,
			"maintenance acme planned"},
		{"refused, and another VIN", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused yes") }, 0, vin(vinB), false, "maintenance acme planned"},
		{"in doubt, and the same again", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, time.Hour, nil, true,
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"},
		{"in doubt for years, and the same again", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, always, nil, true, "maintenance acme in_doubt submit in_doubt: unknown"},
		{"in doubt, and not named", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, always, nil, false, "maintenance acme in_doubt submit in_doubt: unknown"},
		{"in doubt, and it was another vehicle", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, 0, vin(vinB), true, "maintenance acme planned"},
		{"ordered and never come", nil, func(b *bed, r ledger.Run) { giveUp(b, b.buy(r, "acme", "ticket T1 yes")) }, always, nil, true, "maintenance acme waiting"},
		{"ordered, never come, and not named", nil, func(b *bed, r ledger.Run) { giveUp(b, b.buy(r, "acme", "ticket T1 yes")) }, always, nil, false,
			"maintenance acme failed poll expired: no answer 72h0m0s after the order"},
		{"paid and not readable", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes garbled") }, always, nil, true,
			"maintenance acme failed normalise bad_response: the report is garbled"},
		{"found meanwhile", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, always, nil, true, "maintenance acme found"},
		{"found, and not named", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, always, nil, false, "maintenance acme found"},
		{"found, and it was another vehicle", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, 0, vin(vinB), false, "maintenance acme planned"},
		{"found, and only the plate is another", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, always,
			func(v *record.Vehicle) { v.Plate = "沪A12345" }, false, "maintenance acme found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			v := car()
			if c.row != nil {
				c.row(&v)
			}
			base := b.plan(only(record.DatasetMaintenance), v)
			if c.before != nil {
				c.before(b, base)
			}
			base = b.finish(base)
			was := b.describe(base)
			b.now = b.now.Add(c.after)
			var named []lookupAt
			if c.named {
				named = append(named, lookupAt{1, record.DatasetMaintenance})
			}
			run := b.correct(base, base.Datasets, named, map[int64]func(*record.Vehicle){1: c.change})
			b.wants(run, "1 | "+c.want+"\n")
			b.costs(run, 0)
			if now := b.describe(base); now != was {
				t.Errorf("the base stood %s and stands %s", was, now)
			}
			k, old := b.lookup(run), b.lookup(base)
			if k.State != ledger.Planned && k.Stage != record.StageValidate && k.Source != old.ID {
				t.Errorf("its source is %d, the lookup of the base %d", k.Source, old.ID)
			}
		})
	}
}

// An order in doubt that is cheap enough to be bought again is, as in any run.
func TestCorrectBuysCheapDoubtsAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	base := b.plan(only(record.DatasetMaintenance), car())
	b.buy(base, "acme", "unknown")
	base = b.finish(base)
	b.p.ResubmitBelow = 1701
	b.wants(b.correct(base, base.Datasets, []lookupAt{{1, record.DatasetMaintenance}}, nil), "1 | maintenance acme planned\n")
}

// A second correction of the same finds what the first has bought, even where no
// answer is ever used again; so does one with the corrections of another row.
func TestCorrectTwice(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	setMaxAge(b.p, 0)
	wrong := func(n int64) record.Vehicle {
		return record.Vehicle{VIN: fmt.Sprint("WRONG", n), Faults: []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}}
	}
	base := b.finish(b.plan(only(record.DatasetMaintenance), wrong(1), wrong(2)))
	named := []lookupAt{{1, record.DatasetMaintenance}, {2, record.DatasetMaintenance}}
	change := map[int64]func(*record.Vehicle){1: vin(vinA)}
	first := b.correct(base, base.Datasets, named, change)
	b.buy(first, "acme", "answered yes")
	first = b.finish(first)
	b.now = b.now.Add(always)
	second := b.finish(b.correct(base, base.Datasets, named, change))
	b.wants(second, `
		1 | maintenance acme found
		2 | maintenance acme failed validate invalid_input: vin: wrong
	`)
	change[2] = vin(vinB)
	third := b.correct(base, base.Datasets, named, change)
	b.wants(third, `
		1 | maintenance acme found
		2 | maintenance acme planned
	`)
	b.buy(third, "acme", "refused yes")
	b.finish(third)
	if got := b.describe(b.correct(first, base.Datasets, named[1:], map[int64]func(*record.Vehicle){2: vin(vinB)})); !strings.Contains(got, "2 | maintenance acme planned") {
		t.Errorf("a correction of the first one does not know the third, and stands %s", got)
	}
	if got := b.describe(b.correct(base, base.Datasets, named, change)); !strings.Contains(got, "2 | maintenance acme failed submit rejected") {
		t.Errorf("what was refused is bought again: %s", got)
	}
}

// --dataset: nothing else is bought, and what there is about another vehicle is not shown.
func TestCorrectOneDatasetAlone(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	bad := with(car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColPlate, Reason: "wrong"}} })
	base := b.plan(record.Datasets(), bad, with(car(), func(v *record.Vehicle) { v.VIN, v.Plate = vinB, "沪A12345" }))
	for range 5 {
		b.buy(base, "acme", "answered yes")
	}
	base = b.finish(base)
	b.now = b.now.Add(always)
	b.wants(base, `
		1 | maintenance acme found | valuation acme found | violations acme failed validate invalid_input: plate: wrong
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
	named := []lookupAt{{1, record.DatasetViolations}}
	b.wants(b.correct(base, only(record.DatasetViolations), named, map[int64]func(*record.Vehicle){1: func(v *record.Vehicle) { v.Plate, v.Faults = "沪A54321", nil }}), `
		1 | maintenance acme found | valuation acme found | violations acme planned
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
	b.wants(b.correct(base, only(record.DatasetMaintenance), nil, map[int64]func(*record.Vehicle){1: vin("LSVAL41Z882104209")}), `
		1 | maintenance acme planned | violations acme failed validate invalid_input: plate: wrong
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
}

// Duplicates are found anew: a corrected row may become one, or end being one.
func TestCorrectDuplicates(t *testing.T) {
	t.Parallel()
	datasets := []record.Dataset{record.DatasetMaintenance, record.DatasetValuation}
	bare := record.Vehicle{VIN: vinA}
	wrong := with(car(), func(v *record.Vehicle) {
		v.VIN, v.Faults = "WRONG", []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}
	})
	both := func(row int64) []lookupAt {
		return []lookupAt{{row, record.DatasetMaintenance}, {row, record.DatasetValuation}}
	}
	for _, c := range []struct {
		name   string
		rows   []record.Vehicle
		base   string
		named  []lookupAt
		change map[int64]func(*record.Vehicle)
		want   string
	}{
		{"becomes one of an earlier row", []record.Vehicle{car(), wrong}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
		`, both(2), map[int64]func(*record.Vehicle){2: vin(vinA)}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"makes a later row one", []record.Vehicle{wrong, car()}, `
			1 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
			2 | maintenance acme found | valuation acme found
		`, both(1), map[int64]func(*record.Vehicle){1: vin(vinA)}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"stays one", []record.Vehicle{bare, car()}, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, nil, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"ends, and takes what it gave with it", []record.Vehicle{bare, car()}, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, map[int64]func(*record.Vehicle){2: vin(vinB)}, `
			1 | maintenance acme found | valuation acme failed validate missing_input: acme needs model_id
			2 | maintenance acme planned | valuation acme planned
		`},
		{"ends, since the first was corrected", []record.Vehicle{car(), car()}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, map[int64]func(*record.Vehicle){1: vin(vinB)}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme found | valuation acme found
		`},
		{"of another plate, seen once", []record.Vehicle{car(), with(car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`, nil, nil, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`},
		{"of another plate, no more", []record.Vehicle{car(), with(car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`, nil, map[int64]func(*record.Vehicle){2: vin(vinB)}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme planned | valuation acme planned
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			base := b.plan(datasets, c.rows...)
			b.buy(base, "acme", "answered yes")
			b.buy(base, "acme", "answered yes")
			base = b.finish(base)
			b.wants(base, c.base)
			b.now = b.now.Add(always)
			run := b.correct(base, datasets, c.named, c.change)
			b.wants(run, c.want)
			b.wants(b.correct(b.finish(run), datasets, nil, nil), c.want)
		})
	}
}

// A row that nothing names is the same vehicle in the correction.
func TestCorrectKeepsTheVehicleID(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	base := b.finish(b.plan(only(record.DatasetMaintenance), record.Vehicle{ModelID: "2049"}, car()))
	run := b.correct(base, base.Datasets, []lookupAt{{1, record.DatasetMaintenance}}, nil)
	for i, r := range b.rows(run) {
		if was := b.rows(base)[i].VehicleID; r.VehicleID != was {
			t.Errorf("row %d was %s and is %s", i+1, was, r.VehicleID)
		}
	}
}

// Retry of what a correction has taken over knows what was paid for it.
func TestRetryOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       Reopening
	}{
		{"refused and charged", "refused yes", Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}},
		{"refused and free", "refused no", Reopening{Lookups: 1}},
		{"in doubt", "unknown", Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			base := b.plan(only(record.DatasetMaintenance), car())
			b.buy(base, "acme", c.body)
			run := b.finish(b.correct(b.finish(base), base.Datasets, nil, nil))
			again := b.finish(b.correct(run, base.Datasets, nil, nil)) // and once more
			b.retries(again, ledger.Filter{}, c.want)
			b.wants(again, "1 | maintenance acme planned\n")
		})
	}
}

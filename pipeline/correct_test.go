package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
)

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
		before func(b *stagetest.Fixture, run ledger.Run)
		after  time.Duration
		change func(*record.Vehicle)
		named  bool
		want   string
	}{
		{"a wrong VIN corrected", broken, nil, 0, vin(vinB), true, "maintenance acme planned"},
		{"a wrong VIN left", broken, nil, 0, nil, true, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"a wrong VIN corrected for another lookup", broken, nil, 0, vin(vinB), false, "maintenance acme planned"},
		{"a wrong VIN that nobody names", broken, nil, always, nil, false, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"refused, and the same again", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused yes") }, always, nil, true, "maintenance acme failed submit rejected: refused yes"},
		{"refused, and not named", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused yes") }, always, nil, false, "maintenance acme failed submit rejected: refused yes"},
		{"refused, and another engine", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused yes") }, 0, func(v *record.Vehicle) { v.EngineNo = "E2" }, true,
			"maintenance acme planned"},
		{"refused, and another VIN", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused yes") }, 0, vin(vinB), false, "maintenance acme planned"},
		{"in doubt, and the same again", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, time.Hour, nil, true,
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"},
		{"in doubt for years, and the same again", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, always, nil, true, "maintenance acme in_doubt submit in_doubt: unknown"},
		{"in doubt, and not named", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, always, nil, false, "maintenance acme in_doubt submit in_doubt: unknown"},
		{"in doubt, and it was another vehicle", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, 0, vin(vinB), true, "maintenance acme planned"},
		{"ordered and never come", nil, func(b *stagetest.Fixture, r ledger.Run) { giveUp(b, b.Buy(r, "acme", "ticket T1 yes")) }, always, nil, true, "maintenance acme waiting"},
		{"ordered, never come, and not named", nil, func(b *stagetest.Fixture, r ledger.Run) { giveUp(b, b.Buy(r, "acme", "ticket T1 yes")) }, always, nil, false,
			"maintenance acme failed poll expired: no answer 72h0m0s after the order"},
		{"paid and not readable", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes garbled") }, always, nil, true,
			"maintenance acme failed normalise bad_response: the report is garbled"},
		{"found meanwhile", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, always, nil, true, "maintenance acme found"},
		{"found, and not named", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, always, nil, false, "maintenance acme found"},
		{"found, and it was another vehicle", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, 0, vin(vinB), false, "maintenance acme planned"},
		{"found, and only the plate is another", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, always,
			func(v *record.Vehicle) { v.Plate = "沪A12345" }, false, "maintenance acme found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			v := stagetest.Car()
			if c.row != nil {
				c.row(&v)
			}
			base := b.Plan(stagetest.Only(record.DatasetMaintenance), v)
			if c.before != nil {
				c.before(b, base)
			}
			base = b.Finish(base)
			was := b.Describe(base)
			b.Now = b.Now.Add(c.after)
			var named []stagetest.LookupAt
			if c.named {
				named = append(named, stagetest.LookupAt{Row: 1, Dataset: record.DatasetMaintenance})
			}
			run := b.Correct(base, base.Datasets, named, map[int64]func(*record.Vehicle){1: c.change})
			b.Wants(run, "1 | "+c.want+"\n")
			b.Costs(run, 0)
			if now := b.Describe(base); now != was {
				t.Errorf("the base stood %s and stands %s", was, now)
			}
			k, old := b.Lookup(run), b.Lookup(base)
			if k.State != ledger.Planned && k.Stage != record.StageValidate && k.Source != old.ID {
				t.Errorf("its source is %d, the lookup of the base %d", k.Source, old.ID)
			}
		})
	}
}

// An order in doubt that is cheap enough to be bought again is, as in any run.
func TestCorrectBuysCheapDoubtsAgain(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	base := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(base, "acme", "unknown")
	base = b.Finish(base)
	b.Policy.ResubmitBelow = 1701
	b.Wants(b.Correct(base, base.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}}, nil), "1 | maintenance acme planned\n")
}

// A second correction of the same finds what the first has bought, even where no
// answer is ever used again; so does one with the corrections of another row.
func TestCorrectTwice(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	setMaxAge(b.Policy, 0)
	wrong := func(n int64) record.Vehicle {
		return record.Vehicle{VIN: fmt.Sprint("WRONG", n), Faults: []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}}
	}
	base := b.Finish(b.Plan(stagetest.Only(record.DatasetMaintenance), wrong(1), wrong(2)))
	named := []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}, {Row: 2, Dataset: record.DatasetMaintenance}}
	change := map[int64]func(*record.Vehicle){1: vin(vinA)}
	first := b.Correct(base, base.Datasets, named, change)
	b.Buy(first, "acme", "answered yes")
	first = b.Finish(first)
	b.Now = b.Now.Add(always)
	second := b.Finish(b.Correct(base, base.Datasets, named, change))
	b.Wants(second, `
		1 | maintenance acme found
		2 | maintenance acme failed validate invalid_input: vin: wrong
	`)
	change[2] = vin(vinB)
	third := b.Correct(base, base.Datasets, named, change)
	b.Wants(third, `
		1 | maintenance acme found
		2 | maintenance acme planned
	`)
	b.Buy(third, "acme", "refused yes")
	b.Finish(third)
	if got := b.Describe(b.Correct(first, base.Datasets, named[1:], map[int64]func(*record.Vehicle){2: vin(vinB)})); !strings.Contains(got, "2 | maintenance acme planned") {
		t.Errorf("a correction of the first one does not know the third, and stands %s", got)
	}
	if got := b.Describe(b.Correct(base, base.Datasets, named, change)); !strings.Contains(got, "2 | maintenance acme failed submit rejected") {
		t.Errorf("what was refused is bought again: %s", got)
	}
}

// --dataset: nothing else is bought, and what there is about another vehicle is not shown.
func TestCorrectOneDatasetAlone(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	bad := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: record.ColPlate, Reason: "wrong"}} })
	base := b.Plan(record.Datasets(), bad, stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.Plate = vinB, "沪A12345" }))
	for range 5 {
		b.Buy(base, "acme", "answered yes")
	}
	base = b.Finish(base)
	b.Now = b.Now.Add(always)
	b.Wants(base, `
		1 | maintenance acme found | valuation acme found | violations acme failed validate invalid_input: plate: wrong
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
	named := []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetViolations}}
	b.Wants(b.Correct(base, stagetest.Only(record.DatasetViolations), named, map[int64]func(*record.Vehicle){1: func(v *record.Vehicle) { v.Plate, v.Faults = "沪A54321", nil }}), `
		1 | maintenance acme found | valuation acme found | violations acme planned
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
	b.Wants(b.Correct(base, stagetest.Only(record.DatasetMaintenance), nil, map[int64]func(*record.Vehicle){1: vin("LSVAL41Z882104209")}), `
		1 | maintenance acme planned | violations acme failed validate invalid_input: plate: wrong
		2 | maintenance acme found | valuation acme found | violations acme found
	`)
}

// Duplicates are found anew: a corrected row may become one, or end being one.
func TestCorrectDuplicates(t *testing.T) {
	t.Parallel()
	datasets := []record.Dataset{record.DatasetMaintenance, record.DatasetValuation}
	bare := record.Vehicle{VIN: vinA}
	wrong := stagetest.With(stagetest.Car(), func(v *record.Vehicle) {
		v.VIN, v.Faults = "WRONG", []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}
	})
	both := func(row int64) []stagetest.LookupAt {
		return []stagetest.LookupAt{{Row: row, Dataset: record.DatasetMaintenance}, {Row: row, Dataset: record.DatasetValuation}}
	}
	for _, c := range []struct {
		name   string
		rows   []record.Vehicle
		base   string
		named  []stagetest.LookupAt
		change map[int64]func(*record.Vehicle)
		want   string
	}{
		{"becomes one of an earlier row", []record.Vehicle{stagetest.Car(), wrong}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
		`, both(2), map[int64]func(*record.Vehicle){2: vin(vinA)}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"makes a later row one", []record.Vehicle{wrong, stagetest.Car()}, `
			1 | maintenance acme failed validate invalid_input: vin: wrong | valuation acme failed validate invalid_input: vin: wrong
			2 | maintenance acme found | valuation acme found
		`, both(1), map[int64]func(*record.Vehicle){1: vin(vinA)}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"stays one", []record.Vehicle{bare, stagetest.Car()}, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, nil, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`},
		{"ends, and takes what it gave with it", []record.Vehicle{bare, stagetest.Car()}, `
			1 | maintenance acme found | valuation acme found | plate, plate_type, engine_no, model_id, city_id, first_registered, mileage_km taken from row 2
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, map[int64]func(*record.Vehicle){2: vin(vinB)}, `
			1 | maintenance acme found | valuation acme failed validate missing_input: acme needs model_id
			2 | maintenance acme planned | valuation acme planned
		`},
		{"ends, since the first was corrected", []record.Vehicle{stagetest.Car(), stagetest.Car()}, `
			1 | maintenance acme found | valuation acme found
			2 = 1 | maintenance acme found of row 1 | valuation acme found of row 1
		`, nil, map[int64]func(*record.Vehicle){1: vin(vinB)}, `
			1 | maintenance acme planned | valuation acme planned
			2 | maintenance acme found | valuation acme found
		`},
		{"of another plate, seen once", []record.Vehicle{stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`, nil, nil, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`},
		{"of another plate, no more", []record.Vehicle{stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Plate = "京A12345" })}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme found of row 1 | valuation acme found of row 1 | row 1 has the same VIN and another plate
		`, nil, map[int64]func(*record.Vehicle){2: vin(vinB)}, `
			1 | maintenance acme found | valuation acme found
			2 | maintenance acme planned | valuation acme planned
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			base := b.Plan(datasets, c.rows...)
			b.Buy(base, "acme", "answered yes")
			b.Buy(base, "acme", "answered yes")
			base = b.Finish(base)
			b.Wants(base, c.base)
			b.Now = b.Now.Add(always)
			run := b.Correct(base, datasets, c.named, c.change)
			b.Wants(run, c.want)
			b.Wants(b.Correct(b.Finish(run), datasets, nil, nil), c.want)
		})
	}
}

// A row that nothing names is the same vehicle in the correction.
func TestCorrectKeepsTheVehicleID(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	base := b.Finish(b.Plan(stagetest.Only(record.DatasetMaintenance), record.Vehicle{ModelID: "2049"}, stagetest.Car()))
	run := b.Correct(base, base.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}}, nil)
	for i, r := range b.Rows(run) {
		if was := b.Rows(base)[i].VehicleID; r.VehicleID != was {
			t.Errorf("row %d was %s and is %s", i+1, was, r.VehicleID)
		}
	}
}

// Retry of what a correction has taken over knows what was paid for it.
func TestRetryOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       retry.Reopening
	}{
		{"refused and charged", "refused yes", retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}},
		{"refused and free", "refused no", retry.Reopening{Lookups: 1}},
		{"in doubt", "unknown", retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			base := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			b.Buy(base, "acme", c.body)
			run := b.Finish(b.Correct(b.Finish(base), base.Datasets, nil, nil))
			again := b.Finish(b.Correct(run, base.Datasets, nil, nil)) // and once more
			b.Retries(again, ledger.Filter{}, c.want)
			b.Wants(again, "1 | maintenance acme planned\n")
		})
	}
}

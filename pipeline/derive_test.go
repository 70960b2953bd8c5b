package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

const (
	// history is a maintenance answer: 12,000 km a year, and no accident.
	history = "answered yes 2024-11-03@50000 2025-11-03@62000 sound"
	flooded = "answered yes 2024-11-03@50000 2025-11-03@62000 flooded"
	silent  = "answered yes"
)

// both are the datasets of a run that asks for the history as well.
var both = []record.Dataset{record.DatasetMaintenance, record.DatasetValuation}

// unread is a vehicle whose input has neither mileage nor accident code.
func unreadCar() record.Vehicle {
	return stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.MileageKM = record.Opt[int64]{} })
}

// newDerivingBed is a bed whose valuation needs mileage and accident, and takes
// them from maintenance answers.
func newDerivingBed(t *testing.T) *stagetest.Fixture {
	t.Helper()
	b := stagetest.New(t)
	acme := b.Policy.Vendors["acme"]
	acme.Offers[1].Requires = append(acme.Offers[1].Requires, record.ColMileageKM, record.ColAccident)
	b.Derives(record.ColMileageKM, record.ColAccident)
	return b
}

const derivedWords = `"mileage_km: 62000 km on 2025-11-03 carried forward at 12000 km a year"`

// A valuation waits for its vehicle's maintenance answer, whatever comes of that.
func TestAwaitMaintenance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       string
		asked      string
	}{
		{"a history", history, "valuation acme planned", `74000 km, accident 0 [` + derivedWords + ` "accident: 0, neither fire nor flood nor structural repair"]`},
		{"a flood", flooded, "valuation acme planned", `74000 km, accident 2 [` + derivedWords + ` "accident: 2, flooded"]`},
		{"nothing said of accidents", strings.TrimSuffix(history, " sound"), "valuation acme planned", `74000 km, accident 0 [` + derivedWords + `]`},
		{"no reading", "answered yes sound", "valuation acme failed validate missing_input: acme needs mileage_km; its maintenance answer does not tell", ""},
		{"unreadable", "answered yes garbled", "valuation acme failed validate missing_input: acme needs mileage_km, accident; its maintenance lookup ended as failed", ""},
		{"no record", "no_record no", "valuation acme failed validate missing_input: acme needs mileage_km, accident; its maintenance lookup ended as no_record", ""},
		{"refused", "refused no", "valuation acme failed validate missing_input: acme needs mileage_km, accident; its maintenance lookup ended as failed", ""},
		{"in doubt", "unknown", "valuation acme failed validate missing_input: acme needs mileage_km, accident; its maintenance lookup ended as in_doubt", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newDerivingBed(t)
			stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
			if !strings.Contains(c.body, "2025") && !strings.Contains(c.body, "sound") {
				b.DerivesWithoutDefault()
			}
			run := b.Plan(both, unreadCar())
			if n := b.Sendable(run, "acme"); n != 1 {
				t.Fatalf("%d lookups can be sent, want the one for maintenance:\n%s", n, b.Describe(run))
			}
			b.GoOn(run) // nothing to release yet
			b.Settle(run, c.body)
			b.GoOn(run)
			if got := b.Describe(run); !strings.Contains(got, c.want+"\n") {
				t.Errorf("stands\n%swant\n%s", got, c.want)
			}
			if c.asked != "" && b.Asked(run, 1) != c.asked {
				t.Errorf("asked with %s\nwant %s", b.Asked(run, 1), c.asked)
			}
		})
	}
}

// An awaiting lookup is never sent, not even by one who has read it before it
// had to wait.
func TestAwaitingIsGuarded(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	run := b.Plan(both, unreadCar())
	b.Must(b.Ledger.WatchMoney(t.Context(), run))
	w := ledger.Work{Lookup: b.Rows(run)[0].Lookups[1].Lookup}
	if _, err := b.Ledger.Intend(w, 500, b.Policy.MaxSpend); err == nil {
		t.Error("it was sent while it waits")
	}
}

// The input's own value wins, a derived one wins over the default, and what is not
// asked to be derived is not.
func TestDeriveOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	given := unreadCar()
	given.Condition.Accident = "3"
	whole := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.Condition.Accident = "LSVAL41Z882104203", "1" })
	run := b.Plan(both, given, whole)
	b.Wants(run, `
		1 | maintenance acme planned | valuation acme planned
		2 | maintenance acme planned | valuation acme planned
	`)
	if n := b.Sendable(run, "acme"); n != 3 {
		t.Errorf("%d can be sent, want two for maintenance and the valuation of row 2", n)
	}
	b.Buy(run, "acme", flooded)
	b.GoOn(run)
	if got, want := b.Asked(run, 1), `74000 km, accident 3 [`+derivedWords+`]`; got != want {
		t.Errorf("asked with %s\nwant %s", got, want)
	}
	if got, want := b.Asked(run, 2), `85000 km, accident 1 []`; got != want {
		t.Errorf("asked with %s\nwant %s", got, want)
	}
}

// The second night asks with the first one's values: a mileage that has grown by
// a day is no other question.
func TestDeriveAsksTheSameTheNextNight(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.Plan(both, unreadCar())
	b.Buy(first, "acme", history)
	b.GoOn(first)
	b.Buy(first, "acme", "answered yes")
	was := b.Asked(first, 1)
	b.Now = b.Now.Add(7 * 24 * time.Hour)
	second := b.Plan(both, unreadCar())
	b.Wants(second, "1 | maintenance acme found | valuation acme found\n")
	if got := b.Asked(second, 1); got != was {
		t.Errorf("the answer that is used again was asked with %s, and is said to have been with %s", was, got)
	}
	alone := b.Plan(stagetest.Only(record.DatasetValuation), unreadCar()) // the history is that of the workspace
	b.Wants(alone, "1 | valuation acme found\n")

	b.Now = b.Now.Add(31 * 24 * time.Hour) // older than max_age
	third := b.Plan(both, unreadCar())
	b.Wants(third, "1 | maintenance acme found | valuation acme planned\n")
	if got := b.Asked(third, 1); got == was || !strings.Contains(got, "75249 km") {
		t.Errorf("asked with %s", got)
	}
	b.Now = b.Now.Add(60 * 24 * time.Hour) // the history is too old to be used again
	b.Wants(b.Plan(stagetest.Only(record.DatasetValuation), unreadCar()),
		"1 | valuation acme failed validate missing_input: acme needs mileage_km; there is no maintenance answer about it\n")
}

// A run whose maintenance lookup follows another run's waits through it.
func TestAwaitWhatFollowsAnotherRun(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), unreadCar())
	ticket := b.Buy(first, "acme", "ticket T1 yes")
	second := b.Plan(both, unreadCar())
	b.Wants(second, "1 | maintenance acme following | valuation acme planned\n")
	b.Answer(ticket, vendors.Poll, history)
	b.GoOn(second)
	b.Wants(second, "1 | maintenance acme found | valuation acme planned\n")
	if n := b.Sendable(second, "acme"); n != 1 {
		t.Errorf("%d can be sent", n)
	}
	third := b.Plan(both, unreadCar()) // the valuation of the second one is no answer yet
	b.Buy(second, "acme", "answered yes")
	b.GoOn(third)
	b.Wants(third, "1 | maintenance acme found | valuation acme found\n")
}

// Going on to another vendor of the route is no end: the valuation keeps waiting.
func TestAwaitThroughTheRoute(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	run := b.Plan(both, unreadCar())
	b.Buy(run, "acme", "no_record no")
	b.GoOn(run)
	if n := b.Sendable(run, "acme"); n != 0 {
		t.Errorf("%d can be sent to acme", n)
	}
	b.Buy(run, "bolt", history)
	b.GoOn(run)
	if n := b.Sendable(run, "acme"); n != 1 {
		t.Errorf("%d can be sent to acme", n)
	}
}

// Rows that turn out to ask the same are bought once, whichever way they come to it.
func TestAwaitingRowsThatAskTheSame(t *testing.T) {
	t.Parallel()
	plate := func(p, accident string) record.Vehicle {
		return stagetest.With(unreadCar(), func(v *record.Vehicle) { v.Plate, v.Condition.Accident = p, accident })
	}
	b := newDerivingBed(t)
	run := b.Plan(both, plate("粤B00001", ""), plate("粤B00002", ""), plate("粤B00003", "2"))
	same := " | row 1 has the same VIN and another plate"
	b.Wants(run, `
		1 | maintenance acme planned | valuation acme planned
		2 | maintenance acme planned of row 1 | valuation acme planned of row 1`+same+`
		3 | maintenance acme planned of row 1 | valuation acme planned`+same+`
	`)
	b.Buy(run, "acme", flooded) // row 1 has the code of row 3
	b.GoOn(run)
	if n := b.Sendable(run, "acme"); n != 1 {
		t.Errorf("%d can be sent, want one", n)
	}
	b.GoOn(run)
	b.Buy(run, "acme", "answered yes")
	b.GoOn(run)
	b.Wants(run, `
		1 | maintenance acme found | valuation acme found
		2 | maintenance acme found of row 1 | valuation acme found of row 1`+same+`
		3 | maintenance acme found of row 1 | valuation acme found`+same+`
	`)
	if open, err := b.Ledger.OpenCount(t.Context(), run); err != nil || open != 0 {
		t.Errorf("%d open, %v", open, err)
	}
}

// A later row may name the mileage and the code that an earlier one lacks, and a third shares
// what the earlier one has asked before.
func TestAwaitingRowsAreRevised(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	other := stagetest.With(unreadCar(), func(v *record.Vehicle) { v.Plate = "粤B00002" })
	known := stagetest.With(unreadCar(), func(v *record.Vehicle) { v.MileageKM = record.Some[int64](9000); v.Condition.Accident = "0" })
	run := b.Plan(both, unreadCar(), other, known)
	b.Wants(run, `
		1 | maintenance acme planned | valuation acme planned | mileage_km, accident taken from row 3
		2 | maintenance acme planned of row 1 | valuation acme planned | row 1 has the same VIN and another plate
		3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
	`)
	b.Buy(run, "acme", history)
	b.GoOn(run)
	if got := b.Asked(run, 1) + b.Asked(run, 2); !strings.HasPrefix(got, "9000 km") || !strings.Contains(got, "74000 km") {
		t.Errorf("asked with %s", got)
	}
	if n := b.Sendable(run, "acme"); n != 2 {
		t.Errorf("%d can be sent, want two", n)
	}
}

// What failed for want of a mileage is opened again once it can be derived.
func TestRetryDerives(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	b.Derives()
	run := b.Plan(both, unreadCar(), stagetest.With(unreadCar(), func(v *record.Vehicle) { v.Plate = "粤B00002" }))
	b.Buy(run, "acme", history)
	b.GoOn(run)
	missing := ledger.Filter{Classes: []record.Class{record.MissingInput}}
	if r, err := retry.PlanRetry(t.Context(), b.Ledger, b.Policy, run, missing); err != nil || r != (retry.Reopening{Kept: 2}) {
		t.Errorf("retry would %+v, %v", r, err)
	}
	b.Derives(record.ColMileageKM)
	if r, err := retry.PlanRetry(t.Context(), b.Ledger, b.Policy, run, missing); err != nil || r != (retry.Reopening{Lookups: 2}) {
		t.Errorf("retry would %+v, %v", r, err)
	}
	run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, run, missing)
	b.Must(err)
	b.GoOn(run)
	if n := b.Sendable(run, "acme"); n != 1 { // the second row asks the same
		t.Errorf("%d can be sent, want one:\n%s", n, b.Describe(run))
	}
	b.Buy(run, "acme", "answered yes")
	b.GoOn(run)
	if got := b.Describe(run); strings.Count(got, "valuation acme found") != 2 {
		t.Errorf("stands\n%s", got)
	}
}

// A retry of both waits for the maintenance answer again.
func TestRetryOfBothAwaits(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
	run := b.Plan(both, unreadCar())
	b.Buy(run, "acme", "refused no")
	b.GoOn(run)
	run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	b.GoOn(run)
	b.Wants(run, "1 | maintenance acme planned | valuation acme planned\n")
	b.Buy(run, "acme", history)
	b.GoOn(run)
	if got := b.Asked(run, 1); !strings.HasPrefix(got, "74000 km") || b.Sendable(run, "acme") != 1 {
		t.Errorf("asked with %s", got)
	}
}

// What was sent once and has waited anew takes what another vendor answered a later run meanwhile: it stays with its
// vendor, and its request goes on.
func TestReleasedGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	stagetest.FallBackOn(b.Policy, record.DatasetValuation)
	run := b.Plan(both, unreadCar())
	b.Buy(run, "acme", history)
	b.GoOn(run)
	w := b.Buy(run, "acme", "refused no")
	setValuationRoute(b.Policy, "bolt", "acme")
	later := b.Plan(both, unreadCar())
	b.GoOn(later)
	b.Buy(later, "bolt", "answered yes")
	w.Lookup.State, w.Lookup.DependsOn = ledger.Planned, w.Lookup.ID
	b.Must(b.Ledger.AdvanceAll([]ledger.Step{{From: ledger.Failed, Next: w, Was: w.Attempt.Billed}}))
	b.GoOn(run)
	b.Wants(run, "1 | maintenance acme found | valuation bolt found\n")
}

func setValuationRoute(p *policy.Policy, vendors ...string) {
	r := p.Routes[record.DatasetValuation]
	r.Vendors = vendors
	p.Routes[record.DatasetValuation] = r
}

// An order of the same that is in doubt in another run holds the unblocked one.
func TestReleaseMindsDoubts(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.Plan(both, unreadCar())
	b.Buy(first, "acme", history)
	b.GoOn(first)
	b.Buy(first, "acme", "unknown")
	b.Now = b.Now.Add(time.Hour)
	setMaxAgeOf(b.Policy, record.DatasetMaintenance, 0)
	second := b.Plan(both, unreadCar())
	b.Wants(second, "1 | maintenance acme planned | valuation acme planned\n")
	b.Buy(second, "acme", history)
	b.GoOn(second)
	b.Wants(second, "1 | maintenance acme found | valuation acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown\n")
}

func setMaxAgeOf(p *policy.Policy, d record.Dataset, age time.Duration) {
	r := p.Routes[d]
	r.MaxAge = age
	p.Routes[d] = r
}

// Rows that turned out to ask the same, and failed together, are bought once when
// they are opened again.
func TestRetryOfRowsThatAskTheSame(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"refused no", "unknown"} {
		b := newDerivingBed(t)
		other := stagetest.With(unreadCar(), func(v *record.Vehicle) { v.Plate, v.Condition.Accident = "粤B00002", "2" })
		run := b.Plan(both, unreadCar(), other)
		b.Buy(run, "acme", flooded)
		b.GoOn(run)
		b.Buy(run, "acme", body)
		b.GoOn(run)
		if open, err := b.Ledger.OpenCount(t.Context(), run); err != nil || open != 0 {
			t.Fatalf("%d open, %v:\n%s", open, err, b.Describe(run))
		}
		run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
		b.Must(err)
		b.GoOn(run)
		if n := b.Sendable(run, "acme"); n != 1 {
			t.Errorf("after %q %d can be sent, want one:\n%s", body, n, b.Describe(run))
		}
		b.Buy(run, "acme", "answered yes")
		b.GoOn(run)
		if got := b.Describe(run); strings.Count(got, "valuation acme found") != 2 {
			t.Errorf("stands\n%s", got)
		}
	}
}

package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
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
	return with(car(), func(v *record.Vehicle) { v.MileageKM = record.Opt[int64]{} })
}

// newDerivingBed is a bed whose valuation needs mileage and accident, and takes
// them from maintenance answers.
func newDerivingBed(t *testing.T) *bed {
	t.Helper()
	b := newBed(t)
	acme := b.p.Sellers["acme"]
	acme.Offers[1].Requires = append(acme.Offers[1].Requires, record.ColMileageKM, record.ColAccident)
	b.derives(record.ColMileageKM, record.ColAccident)
	return b
}

func (b *bed) derives(columns ...string) {
	r := b.p.Routes[record.DatasetValuation]
	r.Derive = columns
	r.Defaults.Accident = "0"
	b.p.Routes[record.DatasetValuation] = r
}

// goOn takes a run up as a new process does.
func (b *bed) goOn(run ledger.Run) {
	b.t.Helper()
	b.must(Refresh(b.t.Context(), b.l, b.p, run))
	b.must((&resolver{b.l, b.p}).releaseAll(b.t.Context(), run))
}

// asked tells what the valuation of a run's row is asked with.
func (b *bed) asked(run ledger.Run, row int) string {
	b.t.Helper()
	r := b.rows(run)[row-1]
	for i := range r.Lookups {
		if a := &r.Lookups[i]; a.Lookup.Dataset == record.DatasetValuation {
			v := r.VehicleOf(a)
			return fmt.Sprintf("%s km, accident %s %q", v.Value(record.ColMileageKM), v.Condition.Accident, v.Sources())
		}
	}
	return "not asked"
}

func (b *bed) sendable(run ledger.Run, vendor string) (n int) {
	b.t.Helper()
	work, err := b.l.Sendable(b.t.Context(), run.Seq, vendor, b.now, nil, 100)
	b.must(err)
	return len(work)
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
			fallBackOn(b.p, record.DatasetMaintenance)
			if !strings.Contains(c.body, "2025") && !strings.Contains(c.body, "sound") {
				b.derivesWithoutDefault()
			}
			run := b.plan(both, unreadCar())
			if n := b.sendable(run, "acme"); n != 1 {
				t.Fatalf("%d lookups can be sent, want the one for maintenance:\n%s", n, b.describe(run))
			}
			b.goOn(run) // nothing to release yet
			b.settle(run, c.body)
			b.goOn(run)
			if got := b.describe(run); !strings.Contains(got, c.want+"\n") {
				t.Errorf("stands\n%swant\n%s", got, c.want)
			}
			if c.asked != "" && b.asked(run, 1) != c.asked {
				t.Errorf("asked with %s\nwant %s", b.asked(run, 1), c.asked)
			}
		})
	}
}

// settle answers a run's maintenance lookup, after a while where there is a ticket.
func (b *bed) settle(run ledger.Run, body string) {
	b.t.Helper()
	if body == "unknown" || strings.Contains(body, "garbled") { // else it is asked for again
		b.buy(run, "acme", body)
		return
	}
	ticket := b.buy(run, "acme", "ticket T1 yes")
	b.goOn(run)
	if n := b.sendable(run, "acme"); n != 0 {
		b.t.Errorf("%d lookups can be sent while the report is awaited", n)
	}
	b.answer(ticket, vendors.Poll, body)
}

func (b *bed) derivesWithoutDefault() {
	b.derives(record.ColMileageKM, record.ColAccident)
	r := b.p.Routes[record.DatasetValuation]
	r.Defaults.Accident = ""
	b.p.Routes[record.DatasetValuation] = r
}

// An awaiting lookup is never sent, not even by one who has read it before it
// had to wait.
func TestAwaitingIsGuarded(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	run := b.plan(both, unreadCar())
	b.must(b.l.WatchMoney(t.Context(), run))
	w := ledger.Work{Lookup: b.rows(run)[0].Lookups[1].Lookup}
	if _, err := b.l.Intend(w, 500, b.p.MaxSpend); err == nil {
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
	whole := with(car(), func(v *record.Vehicle) { v.VIN, v.Condition.Accident = "LSVAL41Z882104203", "1" })
	run := b.plan(both, given, whole)
	b.wants(run, `
		1 | maintenance acme planned | valuation acme planned
		2 | maintenance acme planned | valuation acme planned
	`)
	if n := b.sendable(run, "acme"); n != 3 {
		t.Errorf("%d can be sent, want two for maintenance and the valuation of row 2", n)
	}
	b.buy(run, "acme", flooded)
	b.goOn(run)
	if got, want := b.asked(run, 1), `74000 km, accident 3 [`+derivedWords+`]`; got != want {
		t.Errorf("asked with %s\nwant %s", got, want)
	}
	if got, want := b.asked(run, 2), `85000 km, accident 1 []`; got != want {
		t.Errorf("asked with %s\nwant %s", got, want)
	}
}

// The second night asks with the first one's values: a mileage that has grown by
// a day is no other question.
func TestDeriveAsksTheSameTheNextNight(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.plan(both, unreadCar())
	b.buy(first, "acme", history)
	b.goOn(first)
	b.buy(first, "acme", "answered yes")
	was := b.asked(first, 1)
	b.now = b.now.Add(7 * 24 * time.Hour)
	second := b.plan(both, unreadCar())
	b.wants(second, "1 | maintenance acme found | valuation acme found\n")
	if got := b.asked(second, 1); got != was {
		t.Errorf("the answer that is used again was asked with %s, and is said to have been with %s", was, got)
	}
	alone := b.plan(only(record.DatasetValuation), unreadCar()) // the history is that of the workspace
	b.wants(alone, "1 | valuation acme found\n")

	b.now = b.now.Add(31 * 24 * time.Hour) // older than max_age
	third := b.plan(both, unreadCar())
	b.wants(third, "1 | maintenance acme found | valuation acme planned\n")
	if got := b.asked(third, 1); got == was || !strings.Contains(got, "75249 km") {
		t.Errorf("asked with %s", got)
	}
	b.now = b.now.Add(60 * 24 * time.Hour) // the history is too old to be used again
	b.wants(b.plan(only(record.DatasetValuation), unreadCar()),
		"1 | valuation acme failed validate missing_input: acme needs mileage_km; there is no maintenance answer about it\n")
}

// A run whose maintenance lookup follows another run's waits through it.
func TestAwaitWhatFollowsAnotherRun(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.plan(only(record.DatasetMaintenance), unreadCar())
	ticket := b.buy(first, "acme", "ticket T1 yes")
	second := b.plan(both, unreadCar())
	b.wants(second, "1 | maintenance acme following | valuation acme planned\n")
	b.answer(ticket, vendors.Poll, history)
	b.goOn(second)
	b.wants(second, "1 | maintenance acme found | valuation acme planned\n")
	if n := b.sendable(second, "acme"); n != 1 {
		t.Errorf("%d can be sent", n)
	}
	third := b.plan(both, unreadCar()) // the valuation of the second one is no answer yet
	b.buy(second, "acme", "answered yes")
	b.goOn(third)
	b.wants(third, "1 | maintenance acme found | valuation acme found\n")
}

// Going on to another vendor of the route is no end: the valuation keeps waiting.
func TestAwaitThroughTheRoute(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	run := b.plan(both, unreadCar())
	b.buy(run, "acme", "no_record no")
	b.goOn(run)
	if n := b.sendable(run, "acme"); n != 0 {
		t.Errorf("%d can be sent to acme", n)
	}
	b.buy(run, "bolt", history)
	b.goOn(run)
	if n := b.sendable(run, "acme"); n != 1 {
		t.Errorf("%d can be sent to acme", n)
	}
}

// Rows that turn out to ask the same are bought once, whichever way they come to it.
func TestAwaitingRowsThatAskTheSame(t *testing.T) {
	t.Parallel()
	plate := func(p, accident string) record.Vehicle {
		return with(unreadCar(), func(v *record.Vehicle) { v.Plate, v.Condition.Accident = p, accident })
	}
	b := newDerivingBed(t)
	run := b.plan(both, plate("粤B00001", ""), plate("粤B00002", ""), plate("粤B00003", "2"))
	same := " | row 1 has the same VIN and another plate"
	b.wants(run, `
		1 | maintenance acme planned | valuation acme planned
		2 | maintenance acme planned of row 1 | valuation acme planned of row 1`+same+`
		3 | maintenance acme planned of row 1 | valuation acme planned`+same+`
	`)
	b.buy(run, "acme", flooded) // row 1 has the code of row 3
	b.goOn(run)
	if n := b.sendable(run, "acme"); n != 1 {
		t.Errorf("%d can be sent, want one", n)
	}
	b.goOn(run)
	b.buy(run, "acme", "answered yes")
	b.goOn(run)
	b.wants(run, `
		1 | maintenance acme found | valuation acme found
		2 | maintenance acme found of row 1 | valuation acme found of row 1`+same+`
		3 | maintenance acme found of row 1 | valuation acme found`+same+`
	`)
	if open, err := b.l.OpenCount(t.Context(), run); err != nil || open != 0 {
		t.Errorf("%d open, %v", open, err)
	}
}

// A later row may name the mileage and the code that an earlier one lacks, and a third shares
// what the earlier one has asked before.
func TestAwaitingRowsAreRevised(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	other := with(unreadCar(), func(v *record.Vehicle) { v.Plate = "粤B00002" })
	known := with(unreadCar(), func(v *record.Vehicle) { v.MileageKM = record.Some[int64](9000); v.Condition.Accident = "0" })
	run := b.plan(both, unreadCar(), other, known)
	b.wants(run, `
		1 | maintenance acme planned | valuation acme planned | mileage_km, accident taken from row 3
		2 | maintenance acme planned of row 1 | valuation acme planned | row 1 has the same VIN and another plate
		3 = 1 | maintenance acme planned of row 1 | valuation acme planned of row 1
	`)
	b.buy(run, "acme", history)
	b.goOn(run)
	if got := b.asked(run, 1) + b.asked(run, 2); !strings.HasPrefix(got, "9000 km") || !strings.Contains(got, "74000 km") {
		t.Errorf("asked with %s", got)
	}
	if n := b.sendable(run, "acme"); n != 2 {
		t.Errorf("%d can be sent, want two", n)
	}
}

// What failed for want of a mileage is opened again once it can be derived.
func TestRetryDerives(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	b.derives()
	run := b.plan(both, unreadCar(), with(unreadCar(), func(v *record.Vehicle) { v.Plate = "粤B00002" }))
	b.buy(run, "acme", history)
	b.goOn(run)
	missing := ledger.Filter{Classes: []record.Class{record.MissingInput}}
	if r, err := PlanRetry(t.Context(), b.l, b.p, run, missing); err != nil || r != (Reopening{Kept: 2}) {
		t.Errorf("retry would %+v, %v", r, err)
	}
	b.derives(record.ColMileageKM)
	if r, err := PlanRetry(t.Context(), b.l, b.p, run, missing); err != nil || r != (Reopening{Lookups: 2}) {
		t.Errorf("retry would %+v, %v", r, err)
	}
	run, err := Retry(t.Context(), b.l, b.p, run, missing)
	b.must(err)
	b.goOn(run)
	if n := b.sendable(run, "acme"); n != 1 { // the second row asks the same
		t.Errorf("%d can be sent, want one:\n%s", n, b.describe(run))
	}
	b.buy(run, "acme", "answered yes")
	b.goOn(run)
	if got := b.describe(run); strings.Count(got, "valuation acme found") != 2 {
		t.Errorf("stands\n%s", got)
	}
}

// A retry of both waits for the maintenance answer again.
func TestRetryOfBothAwaits(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	fallBackOn(b.p, record.DatasetMaintenance)
	run := b.plan(both, unreadCar())
	b.buy(run, "acme", "refused no")
	b.goOn(run)
	run, err := Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	b.goOn(run)
	b.wants(run, "1 | maintenance acme planned | valuation acme planned\n")
	b.buy(run, "acme", history)
	b.goOn(run)
	if got := b.asked(run, 1); !strings.HasPrefix(got, "74000 km") || b.sendable(run, "acme") != 1 {
		t.Errorf("asked with %s", got)
	}
}

// An order of the same that is in doubt in another run holds the released one.
func TestReleaseMindsDoubts(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	first := b.plan(both, unreadCar())
	b.buy(first, "acme", history)
	b.goOn(first)
	b.buy(first, "acme", "unknown")
	b.now = b.now.Add(time.Hour)
	setMaxAgeOf(b.p, record.DatasetMaintenance, 0)
	second := b.plan(both, unreadCar())
	b.wants(second, "1 | maintenance acme planned | valuation acme planned\n")
	b.buy(second, "acme", history)
	b.goOn(second)
	b.wants(second, "1 | maintenance acme found | valuation acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown\n")
}

func setMaxAgeOf(p *Policy, d record.Dataset, age time.Duration) {
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
		other := with(unreadCar(), func(v *record.Vehicle) { v.Plate, v.Condition.Accident = "粤B00002", "2" })
		run := b.plan(both, unreadCar(), other)
		b.buy(run, "acme", flooded)
		b.goOn(run)
		b.buy(run, "acme", body)
		b.goOn(run)
		if open, err := b.l.OpenCount(t.Context(), run); err != nil || open != 0 {
			t.Fatalf("%d open, %v:\n%s", open, err, b.describe(run))
		}
		run, err := Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
		b.must(err)
		b.goOn(run)
		if n := b.sendable(run, "acme"); n != 1 {
			t.Errorf("after %q %d can be sent, want one:\n%s", body, n, b.describe(run))
		}
		b.buy(run, "acme", "answered yes")
		b.goOn(run)
		if got := b.describe(run); strings.Count(got, "valuation acme found") != 2 {
			t.Errorf("stands\n%s", got)
		}
	}
}

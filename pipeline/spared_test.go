package pipeline

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// What must not be bought again: one test a way in which it might be.

// down fails a run's first planned lookup because the vendor is down, free of charge.
func (b *bed) down(run ledger.Run, vendor string) {
	b.t.Helper()
	for range lookup.MaxTries {
		w := b.intend(run, vendor)
		r := lookup.Result{Outcome: vendors.Outcome{Kind: vendors.Busy, Billed: vendors.BilledNo, Class: record.Unavailable}, Others: true}
		b.must(b.l.Advance(b.p.after(w, vendors.Submit, r, b.now)))
		b.now = b.now.Add(time.Hour)
	}
}

// newAccidentBed derives the accident code alone, of which there is a default.
func newAccidentBed(t *testing.T) *bed {
	b := newBed(t)
	acme := b.p.Sellers["acme"]
	acme.Offers[1].Requires = append(acme.Offers[1].Requires, record.ColAccident)
	b.derives(record.ColAccident)
	fallBackOn(b.p, record.DatasetMaintenance)
	return b
}

func (b *bed) wantsToSend(run ledger.Run, vendor string, want int) {
	b.t.Helper()
	if n := b.sendable(run, vendor); n != want {
		b.t.Errorf("%s would be sent %d lookups, want %d:\n%s", vendor, n, want, b.describe(run))
	}
}

// stands is wants, whatever the spaces.
func (b *bed) stands(run ledger.Run, want string) {
	b.t.Helper()
	if got := b.describe(run); !slices.Equal(strings.Fields(got), strings.Fields(want)) {
		b.t.Errorf("%s stands\n%s\nwant\n%s", run.ID, got, want)
	}
}

// routes asks maintenance of these vendors.
func (b *bed) routes(route ...string) {
	r := b.p.Routes[record.DatasetMaintenance]
	r.Vendors = route
	b.p.Routes[record.DatasetMaintenance] = r
}

// Rows that are no duplicates, for their plates differ, and ask the same: what
// could not be asked before is asked once.
func TestRetryAsksOnceWhatRowsShare(t *testing.T) {
	t.Parallel()
	plate := func(p string) func(*record.Vehicle) { return func(v *record.Vehicle) { v.Plate = p } }
	noEngine := with(car(), func(v *record.Vehicle) { v.EngineNo = "" })
	b := newBed(t)
	b.routes("bolt")
	run := b.finish(b.plan(only(record.DatasetMaintenance), noEngine, with(noEngine, plate("粤B00002"))))
	b.routes("bolt", "acme")
	run, err := Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	b.goOn(run)
	b.wantsToSend(run, "acme", 1)
	b.buy(run, "acme", "answered yes")
	b.goOn(run)
	b.wantsToSend(run, "acme", 0)
	b.stands(run, `1 | maintenance acme found
		2 | maintenance acme found | row 1 has the same VIN and another plate`)

	b = newBed(t)
	b.routes("bolt")
	run = b.plan(only(record.DatasetMaintenance), noEngine, with(car(), plate("粤B00003")))
	b.buy(run, "bolt", "answered yes")
	run = b.finish(run)
	b.routes("bolt", "acme")
	run, err = Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	b.goOn(run)
	b.wantsToSend(run, "acme", 0)
	b.stands(run, `1 | maintenance bolt found
		2 | maintenance bolt found | row 1 has the same VIN and another plate`)
}

// A try that cost nothing does not hide an earlier one that did.
func TestRetrySaysThatAnEarlierTryWasPaid(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "unknown")
	run, err := Retry(t.Context(), b.l, b.p, b.finish(run), ledger.Filter{})
	b.must(err)
	b.goOn(run)
	b.down(run, "acme")
	run = b.finish(run)
	if r, err := PlanRetry(t.Context(), b.l, b.p, run, ledger.Filter{}); err != nil || r.Rebought != 1 {
		t.Errorf("a retry would %+v, %v", r, err)
	}
	again := b.correct(run, run.Datasets, []lookupAt{{1, record.DatasetMaintenance}}, nil)
	b.wantsToSend(again, "acme", 0)
}

// The first vendor has taken its money and knows nothing; the second is down.
func TestWhatFollowsGoesOnBehindAPaidVendor(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	base := b.plan(only(record.DatasetMaintenance), car())
	b.buy(base, "acme", "no_record yes")
	b.down(base, "bolt")
	base = b.finish(base)
	for _, run := range []ledger.Run{b.correct(base, base.Datasets, []lookupAt{{1, record.DatasetMaintenance}}, nil), b.plan(only(record.DatasetMaintenance), car())} {
		b.wantsToSend(run, "acme", 0)
	}
}

// The valuation awaits its maintenance answer anew, and asks the same in the end.
func TestACorrectionSparesWhatAwaits(t *testing.T) {
	t.Parallel()
	both := []lookupAt{{1, record.DatasetMaintenance}, {1, record.DatasetValuation}}
	for body, want := range map[string]string{
		"refused yes":          "1 | maintenance acme planned | valuation acme failed submit rejected: refused yes",
		"unknown":              "1 | maintenance acme planned | valuation acme in_doubt submit in_doubt: unknown",
		"answered yes garbled": "1 | maintenance acme planned | valuation acme failed normalise bad_response: the report is garbled",
		"answered yes":         "1 | maintenance acme planned | valuation acme found",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			b := newAccidentBed(t)
			base := b.plan([]record.Dataset{record.DatasetMaintenance, record.DatasetValuation}, car())
			b.down(base, "acme")
			b.goOn(base)
			b.buy(base, "acme", body)
			base = b.finish(base)
			b.now = b.now.Add(always)
			run := b.correct(base, base.Datasets, both, nil)
			b.stands(run, want)
			b.wantsToSend(run, "acme", 1)
		})
	}
}

// What is configured since the base does not make its answers others.
func TestACorrectionKeepsAnswersWhateverIsConfigured(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.plan(both, unreadCar())
	b.buy(base, "acme", flooded)
	b.goOn(base)
	b.buy(base, "acme", "answered yes")
	base = b.finish(base)
	b.derives()
	r := b.p.Routes[record.DatasetValuation]
	r.Defaults.Interior = "1"
	b.p.Routes[record.DatasetValuation] = r
	b.stands(b.correct(base, base.Datasets, nil, nil), "1 | maintenance acme found | valuation acme found")
}

func TestACorrectionOfOneDatasetKeepsDerivedValuations(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.plan(record.Datasets(), with(unreadCar(), func(v *record.Vehicle) { v.EngineNo = "" }))
	b.buy(base, "acme", history)
	b.goOn(base)
	b.buy(base, "acme", "answered yes")
	base = b.finish(base)
	engine := map[int64]func(*record.Vehicle){1: func(v *record.Vehicle) { v.EngineNo = "E2" }}
	run := b.correct(base, only(record.DatasetViolations), []lookupAt{{1, record.DatasetViolations}}, engine)
	b.stands(run, "1 | maintenance acme found | valuation acme found | violations acme planned")
}

// A ticket that is taken over was ordered with the values of its day.
func TestATicketTakenOverKeepsWhatItWasOrderedWith(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.plan(both, unreadCar())
	b.buy(base, "acme", history)
	b.goOn(base)
	giveUp(b, b.buy(base, "acme", "ticket T1 yes"))
	base = b.finish(base)
	was := b.asked(base, 1)
	b.now = b.now.Add(40 * 24 * time.Hour)
	run := b.correct(base, base.Datasets, []lookupAt{{1, record.DatasetValuation}}, nil)
	if is := b.asked(run, 1); is != was {
		t.Errorf("asked with %s, ordered with %s", is, was)
	}
}

func TestACorrectionOfAPurgedCorrectionIsRemembered(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	setMaxAge(b.p, 0)
	named := []lookupAt{{1, record.DatasetMaintenance}}
	right := map[int64]func(*record.Vehicle){1: vin(vinA)}
	wrong := record.Vehicle{VIN: "WRONG", Faults: []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}}
	base := b.finish(b.plan(only(record.DatasetMaintenance), wrong))
	first := b.finish(b.correct(base, base.Datasets, named, nil))
	second := b.correct(first, base.Datasets, named, right)
	b.buy(second, "acme", "answered yes")
	b.finish(second)
	b.must(repair.Purge(context.Background(), b.l, []ledger.Run{first}))
	b.stands(b.correct(base, base.Datasets, named, right), "1 | maintenance acme found")
}

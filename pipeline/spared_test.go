package pipeline_test

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
)

// newAccidentBed derives the accident code alone, of which there is a default.
func newAccidentBed(t *testing.T) *stagetest.Fixture {
	b := stagetest.New(t)
	acme := b.Policy.Vendors["acme"]
	acme.Offers[1].Requires = append(acme.Offers[1].Requires, record.ColAccident)
	b.Derives(record.ColAccident)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
	return b
}

// Rows that are no duplicates, for their plates differ, and ask the same: what
// could not be asked before is asked once.
func TestRetryAsksOnceWhatRowsShare(t *testing.T) {
	t.Parallel()
	plate := func(p string) func(*record.Vehicle) { return func(v *record.Vehicle) { v.Plate = p } }
	noEngine := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.EngineNo = "" })
	b := stagetest.New(t)
	b.Routes("bolt")
	run := b.Finish(b.Plan(stagetest.Only(record.DatasetMaintenance), noEngine, stagetest.With(noEngine, plate("粤B00002"))))
	b.Routes("bolt", "acme")
	run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	b.GoOn(run)
	b.WantsToSend(run, "acme", 1)
	b.Buy(run, "acme", "answered yes")
	b.GoOn(run)
	b.WantsToSend(run, "acme", 0)
	b.Stands(run, `1 | maintenance acme found
		2 | maintenance acme found | row 1 has the same VIN and another plate`)

	b = stagetest.New(t)
	b.Routes("bolt")
	run = b.Plan(stagetest.Only(record.DatasetMaintenance), noEngine, stagetest.With(stagetest.Car(), plate("粤B00003")))
	b.Buy(run, "bolt", "answered yes")
	run = b.Finish(run)
	b.Routes("bolt", "acme")
	run, err = retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	b.GoOn(run)
	b.WantsToSend(run, "acme", 0)
	b.Stands(run, `1 | maintenance bolt found
		2 | maintenance bolt found | row 1 has the same VIN and another plate`)
}

// A try that cost nothing does not hide an earlier one that did.
func TestRetrySaysThatAnEarlierTryWasPaid(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "unknown")
	run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, b.Finish(run), ledger.Filter{})
	b.Must(err)
	b.GoOn(run)
	b.Down(run, "acme")
	run = b.Finish(run)
	if r, err := retry.PlanRetry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{}); err != nil || r.Rebought != 1 {
		t.Errorf("a retry would %+v, %v", r, err)
	}
	again := b.Correct(run, run.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}}, nil)
	b.WantsToSend(again, "acme", 0)
}

// The first vendor has taken its money and knows nothing; the second is down.
func TestWhatFollowsGoesOnBehindAPaidVendor(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	base := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(base, "acme", "no_record yes")
	b.Down(base, "bolt")
	base = b.Finish(base)
	for _, run := range []ledger.Run{b.Correct(base, base.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}}, nil), b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())} {
		b.WantsToSend(run, "acme", 0)
	}
}

// The valuation depends on its maintenance answer anew, and asks the same in the end.
func TestACorrectionSparesWhatAwaits(t *testing.T) {
	t.Parallel()
	both := []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}, {Row: 1, Dataset: record.DatasetValuation}}
	for body, want := range map[string]string{
		"refused yes":          "1 | maintenance acme planned | valuation acme failed submit rejected: refused yes",
		"unknown":              "1 | maintenance acme planned | valuation acme in_doubt submit in_doubt: unknown",
		"answered yes garbled": "1 | maintenance acme planned | valuation acme failed normalise bad_response: the report is garbled",
		"answered yes":         "1 | maintenance acme planned | valuation acme found",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			b := newAccidentBed(t)
			base := b.Plan([]record.Dataset{record.DatasetMaintenance, record.DatasetValuation}, stagetest.Car())
			b.Down(base, "acme")
			b.GoOn(base)
			b.Buy(base, "acme", body)
			base = b.Finish(base)
			b.Now = b.Now.Add(always)
			run := b.Correct(base, base.Datasets, both, nil)
			b.Stands(run, want)
			b.WantsToSend(run, "acme", 1)
		})
	}
}

// What is configured since the base does not make its answers others.
func TestACorrectionKeepsAnswersWhateverIsConfigured(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.Plan(both, unreadCar())
	b.Buy(base, "acme", flooded)
	b.GoOn(base)
	b.Buy(base, "acme", "answered yes")
	base = b.Finish(base)
	b.Derives()
	r := b.Policy.Routes[record.DatasetValuation]
	r.Defaults.Interior = "1"
	b.Policy.Routes[record.DatasetValuation] = r
	b.Stands(b.Correct(base, base.Datasets, nil, nil), "1 | maintenance acme found | valuation acme found")
}

func TestACorrectionOfOneDatasetKeepsDerivedValuations(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.Plan(record.Datasets(), stagetest.With(unreadCar(), func(v *record.Vehicle) { v.EngineNo = "" }))
	b.Buy(base, "acme", history)
	b.GoOn(base)
	b.Buy(base, "acme", "answered yes")
	base = b.Finish(base)
	engine := map[int64]func(*record.Vehicle){1: func(v *record.Vehicle) { v.EngineNo = "E2" }}
	run := b.Correct(base, stagetest.Only(record.DatasetViolations), []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetViolations}}, engine)
	b.Stands(run, "1 | maintenance acme found | valuation acme found | violations acme planned")
}

// A ticket that is taken over was ordered with the values of its day.
func TestATicketTakenOverKeepsWhatItWasOrderedWith(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	base := b.Plan(both, unreadCar())
	b.Buy(base, "acme", history)
	b.GoOn(base)
	giveUp(b, b.Buy(base, "acme", "ticket T1 yes"))
	base = b.Finish(base)
	was := b.Asked(base, 1)
	b.Now = b.Now.Add(40 * 24 * time.Hour)
	run := b.Correct(base, base.Datasets, []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetValuation}}, nil)
	if is := b.Asked(run, 1); is != was {
		t.Errorf("asked with %s, ordered with %s", is, was)
	}
}

func TestACorrectionOfAPurgedCorrectionIsRemembered(t *testing.T) {
	t.Parallel()
	b, l := stagetest.NewOnDisk(t)
	setMaxAge(b.Policy, 0)
	named := []stagetest.LookupAt{{Row: 1, Dataset: record.DatasetMaintenance}}
	right := map[int64]func(*record.Vehicle){1: vin(vinA)}
	wrong := record.Vehicle{VIN: "WRONG", Faults: []record.Fault{{Column: record.ColVIN, Reason: "wrong"}}}
	base := b.Finish(b.Plan(stagetest.Only(record.DatasetMaintenance), wrong))
	first := b.Finish(b.Correct(base, base.Datasets, named, nil))
	second := b.Correct(first, base.Datasets, named, right)
	b.Buy(second, "acme", "answered yes")
	b.Finish(second)
	b.Must(repair.Purge(context.Background(), l, []ledger.Run{first}))
	b.Stands(b.Correct(base, base.Datasets, named, right), "1 | maintenance acme found")
}

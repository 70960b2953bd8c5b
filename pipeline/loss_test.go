package pipeline_test

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// After a rescue that could not name what it lost, nothing that may have been
// bought before it is bought unasked: neither a new question nor a fallback.
func TestLossKeepsFromBuyingAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		loss time.Time
		want ledger.State
	}{
		{"none", time.Time{}, ledger.Planned},
		{"an hour ago", stagetest.Noon.Add(-time.Hour), ledger.InDoubt},
		{"longer ago than an answer is used", stagetest.Noon.Add(-2160 * time.Hour), ledger.Planned},
	} {
		b := stagetest.New(t)
		b.Policy.Loss = ledger.Loss{At: c.loss, What: "2 rows of the input"}
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		k := b.Lookup(run)
		if k.State != c.want || c.want == ledger.InDoubt && (k.Class != record.DoubtfulOrder || k.Code != "lost") {
			t.Errorf("%s: planned as %+v", c.name, k)
		}
	}
}

func TestLossKeepsFromFallingBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		begun time.Time
		want  ledger.State
	}{
		{"ordered before the loss", stagetest.Noon.Add(-time.Hour), ledger.InDoubt},
		{"ordered after it", stagetest.Noon.Add(time.Hour), ledger.Planned},
	} {
		p := stagetest.TestPolicy()
		p.Loss = ledger.Loss{At: stagetest.Noon, What: "what was done last"}
		w := workBefore(vendors.Poll, 1700)
		w.Lookup.FirstAt = c.begun
		got := stagetest.GoesTo(p, w, vendors.Poll, lookup.Result{Outcome: vendors.Outcome{Kind: vendors.NoRecord, Billed: vendors.BilledYes}}, stagetest.Noon.Add(2*time.Hour))
		if got.Lookup.State != c.want || got.Lookup.Vendor != "bolt" || got.Attempt.Billed != ledger.BilledYes {
			t.Errorf("%s: %+v", c.name, got.Lookup)
		}
	}
}

package repair

import (
	"context"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// dependentRun is a run of one vehicle without mileage, whose valuation depends on its
// maintenance lookup.
func dependentRun(t *testing.T, l *sqlite.Ledger) (run ledger.Run, maintenance, valuation ledger.Work) {
	t.Helper()
	run, plan := startRun(t, l, "one")
	put(t, plan, func(tx ledger.PlanTx) error {
		pv := rowOf(run, 1)
		pv.Lookups = append(pv.Lookups, ledger.Lookup{Dataset: record.DatasetValuation, Key: []byte("not known yet"), State: ledger.Planned, Vendor: "acme", DependsOn: ledger.DependsOnMaintenance})
		return tx.Put(pv)
	})
	run, err := plan.End(1)
	must(t, err)
	must(t, l.WatchMoney(context.Background(), run))
	work, err := l.Sendable(context.Background(), run.Seq, "acme", noon, nil, 9)
	must(t, err)
	if len(work) != 1 || work[0].Lookup.Dataset != record.DatasetMaintenance {
		t.Fatalf("to be sent are %+v", work)
	}
	k, err := l.LookupByID(context.Background(), work[0].Lookup.ID+1)
	must(t, err)
	if k.DependsOn != work[0].Lookup.ID {
		t.Fatalf("it depends on %d, want %d", k.DependsOn, work[0].Lookup.ID)
	}
	return run, work[0], ledger.Work{Lookup: k, Vehicle: work[0].Vehicle}
}

// What waits for a lookup that is gone is odd, and need not wait for ever; values
// that cannot be read are no ledger to buy with.
func TestExamineSeesWhatAwaitsNothing(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"UPDATE lookups SET depends_on=99 WHERE depends_on > 0": "lookups wait for the answer of one that is not there: 1",
		"UPDATE lookups SET derived='[{'":                       "lookups were asked with values that cannot be read: 2",
	} {
		dir := t.TempDir()
		l := openAt(t, dir)
		run, _, _ := dependentRun(t, l)
		must(t, l.Close())
		alterWithSum(t, dir, query)
		e, err := Examine(context.Background(), dir)
		must(t, err)
		if len(e.Faults) != 1 || e.Faults[0].What != want || e.Faults[0].Unusable != strings.Contains(query, "derived") {
			t.Errorf("%s: %+v", query, e.Faults)
		}
		if e.Sound() {
			all, err := openAt(t, dir).Unblocked(context.Background(), run, 0, 9)
			must(t, err)
			if len(all) != 1 {
				t.Errorf("%d unblocked", len(all))
			}
		}
	}
}

// Of a valuation that is lost with what it was asked with nobody can say any more
// what was bought: whatever the ledger has not heard of is in doubt for a while.
func TestRescueKnowsThatDerivedQuestionsAreLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage string
		want   string
	}{
		"its lookup is lost":                {"DELETE FROM lookups WHERE dataset='valuation'", "what 1 valuations were asked with"},
		"its lookup is from before it left": {"INSERT INTO attempts (lookup, n, vendor, dataset, fen, fen_twice, billed, billed_twice, sum, intent_at) SELECT id, 1, vendor, dataset, 500, 500, 'yes', 'yes', 0, 1 FROM lookups WHERE depends_on > 0", "what 1 valuations were asked with"},
		"another row's lookup is lost":      {"DELETE FROM lookups WHERE dataset='maintenance'", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			l := openAt(t, dir)
			dependentRun(t, l)
			must(t, l.Close())
			alter(t, dir, c.damage)
			r, err := Rescue(context.Background(), dir, options(), world)
			must(t, err)
			if r.Unnamed != c.want {
				t.Errorf("unnamed is %q, want %q: %+v", r.Unnamed, c.want, r)
			}
			if e, err := Examine(context.Background(), dir); err != nil || !e.Sound() {
				t.Errorf("%v, %+v", err, e.Faults)
			}
			loss, err := openAt(t, dir).LastLoss(context.Background())
			must(t, err)
			if (loss.What != "") != (c.want != "") {
				t.Errorf("the loss is %+v", loss)
			}
		})
	}
}

package sqlite

import (
	"context"
	"errors"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// awaitingRun is a run of one vehicle without mileage, whose valuation awaits its
// maintenance lookup.
func awaitingRun(t *testing.T, l *Ledger) (run ledger.Run, maintenance, valuation ledger.Work) {
	t.Helper()
	run, plan := startRun(t, l, "one")
	put(t, plan, func(tx ledger.PlanTx) error {
		pv := rowOf(run, 1)
		pv.Lookups = append(pv.Lookups, ledger.Lookup{Dataset: record.DatasetValuation, Question: []byte("not known yet"), State: ledger.Planned, Vendor: "acme", Awaits: ledger.AwaitsMaintenance})
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
	if k.Awaits != work[0].Lookup.ID {
		t.Fatalf("it awaits %d, want %d", k.Awaits, work[0].Lookup.ID)
	}
	return run, work[0], ledger.Work{Lookup: k, Vehicle: work[0].Vehicle}
}

func TestAwaitingIsReleasedOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, maintenance, valuation := awaitingRun(t, l)
	if _, err := l.Intend(valuation, 500, record.Opt[record.Fen]{}); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("sent while it waits: %v", err)
	}
	if next, err := l.NextSend(ctx, run.Seq, "acme", noon.Add(-1), nil); err != nil || next.OK {
		t.Errorf("something falls due at %v, %v", next, err)
	}
	released := func() int {
		all, err := l.Released(ctx, run, 0, 9)
		must(t, err)
		by, err := l.ReleasedBy(ctx, &maintenance.Lookup)
		must(t, err)
		if len(all) != len(by) {
			t.Errorf("%d of the run, %d of the lookup", len(all), len(by))
		}
		return len(all)
	}
	w := intend(t, l, maintenance, 1700)
	if n := released(); n != 0 {
		t.Errorf("%d released by a lookup that is open", n)
	}
	advance(t, l, step(w, ledger.NoRecord, ledger.BilledNo))
	if n := released(); n != 1 {
		t.Errorf("%d released", n)
	}
	next := valuation
	next.Lookup.Awaits, next.Lookup.Question = 0, []byte("known now")
	next.Lookup.Derived = record.PackDerived([]record.Derived{{Column: record.ColMileageKM, Value: "5000", Source: "a guess"}})
	must(t, l.Release(ledger.Step{From: ledger.Planned, Next: next}, valuation.Lookup.Awaits))
	if err := l.Release(ledger.Step{From: ledger.Planned, Next: next}, valuation.Lookup.Awaits); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("released twice: %v", err)
	}
	work, err := l.Sendable(ctx, run.Seq, "acme", noon, nil, 9)
	must(t, err)
	if len(work) != 1 || released() != 0 || string(work[0].Lookup.Question) != "known now" || work[0].Vehicle.Value(record.ColMileageKM) != "5000" {
		t.Errorf("to be sent are %+v", work)
	}
	must(t, l.Rows(ctx, run, func(r *ledger.Row) error {
		if v := r.VehicleOf(&r.Lookups[1]); v.Value(record.ColMileageKM) != "5000" || r.Vehicle.MileageKM.OK {
			t.Errorf("the row says %v, its lookup was asked with %v", r.Vehicle.MileageKM, v.MileageKM)
		}
		return nil
	}))
}

// One that awaits lookups which are asked side by side waits for all of them.
func TestAwaitingWaitsForAllSideBySide(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	put(t, plan, func(tx ledger.PlanTx) error {
		pv := rowOf(run, 1)
		second := pv.Lookups[0]
		second.Every, pv.Lookups[0].Every = true, true
		pv.Lookups = append(pv.Lookups, second,
			ledger.Lookup{Dataset: record.DatasetValuation, Question: []byte("not known yet"), State: ledger.Planned, Vendor: "acme", Awaits: 1})
		return tx.Put(pv)
	})
	run, err := plan.End(1)
	must(t, err)
	must(t, l.WatchMoney(ctx, run))
	work, err := l.Sendable(ctx, run.Seq, "acme", noon, nil, 9)
	must(t, err)
	for i, w := range work {
		next := advance(t, l, step(intend(t, l, w, 1700), ledger.NoRecord, ledger.BilledNo))
		by, err := l.ReleasedBy(ctx, &next.Lookup)
		must(t, err)
		all, err := l.Released(ctx, run, 0, 9)
		must(t, err)
		if want := i; len(by) != want || len(all) != want { // 0 after the first, 1 after the second
			t.Errorf("after %d of %d: %d and %d released", i+1, len(work), len(by), len(all))
		}
	}
	if len(work) != 2 {
		t.Errorf("%d were sent", len(work))
	}
	err = plan.Batch(func(tx ledger.PlanTx) error {
		beside, err := tx.Serving(1)
		if len(beside) != 2 {
			t.Errorf("%d stand beside", len(beside))
		}
		return err
	})
	must(t, err)
}

package storetest

import (
	"errors"
	"fmt"
	"reflect"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func awaitingPromises() []promise {
	return []promise{
		{"one that depends on another is unblocked once, when that is settled", unblockedOnce},
		{"one that depends on a fan-out waits for all of them", blockedByAFanOut},
		{"one that depends on a request waits while that goes on", blockedByARequest},
		{"one that depends on itself, or what is gone, waits no longer", blockedByNothing},
		{"what is unblocked is listed in pages", unblockedInPages},
		{"a release that fails in its step leaves nothing", failedReleases},
	}
}

// blockedRow is a row whose valuation depends on its maintenance lookups.
func blockedRow(row ledger.PlannedVehicle) ledger.PlannedVehicle {
	k := asking(record.DatasetValuation, fmt.Sprint("not known yet of row ", row.Vehicle.Row), "acme")
	k.DependsOn = ledger.DependsOnMaintenance
	row.Lookups = append(row.Lookups, k)
	return row
}

// unblocked lists what has waited for a lookup and need wait no longer; of its run there
// must be the same.
func (b *bench) unblocked(run ledger.Run, by ledger.Work) []int64 {
	b.t.Helper()
	all, err := b.Unblocked(ctx(), run, 0, 99)
	b.must(err)
	some, err := b.UnblockedBy(ctx(), &by.Lookup)
	b.must(err)
	if !reflect.DeepEqual(all, some) {
		b.t.Errorf("unblocked are %+v of the run, %+v by the lookup", all, some)
	}
	return idsOf(some)
}

func (b *bench) wantBlocked(run ledger.Run, want bool) {
	b.t.Helper()
	if got, err := b.HasBlocked(ctx(), run); got != want || err != nil {
		b.t.Errorf("any lookup waits for another: %v, %v", got, err)
	}
}

func unblockedOnce(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		return []ledger.PlannedVehicle{blockedRow(rowOf(run, 1))}
	})
	work := b.sendable(run)
	if len(work) != 1 || work[0].Lookup.Dataset != record.DatasetMaintenance {
		b.t.Fatalf("to be sent are %+v", work)
	}
	valuation := ledger.Work{Lookup: b.lookup(work[0].Lookup.ID + 1), Vehicle: work[0].Vehicle}
	if valuation.Lookup.DependsOn != work[0].Lookup.ID {
		b.t.Fatalf("it depends on %d, want %d", valuation.Lookup.DependsOn, work[0].Lookup.ID)
	}
	if _, err := b.Intend(valuation, 500, noLimit()); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("sent while it waits: %v", err)
	}
	if next, err := b.NextSend(ctx(), run.Seq, "acme", noon.Add(-1), nil); err != nil || next.OK {
		b.t.Errorf("something falls due at %v, %v", next, err)
	}
	if planned, err := b.PlannedWork(ctx(), run, 0, 9); err != nil || len(planned) != 1 {
		b.t.Errorf("planned are %+v, %v", planned, err)
	}
	b.wantBlocked(run, true)
	w := b.intend(work[0], 1700)
	if ids := b.unblocked(run, w); len(ids) != 0 {
		b.t.Errorf("%v unblocked by a lookup that is open", ids)
	}
	w = b.goTo(w, ledger.NoRecord, ledger.BilledNo)
	if ids := b.unblocked(run, w); len(ids) != 1 || ids[0] != valuation.Lookup.ID {
		b.t.Errorf("%v unblocked", ids)
	}
	next := valuation
	next.Lookup.DependsOn, next.Lookup.Key = 0, []byte("known now")
	next.Lookup.Derived = record.PackDerived([]record.Derived{{Column: record.ColMileageKM, Value: "5000", Source: "a guess"}})
	b.must(b.Unblock(ledger.Step{From: ledger.Planned, Next: next}, valuation.Lookup.DependsOn))
	if err := b.Unblock(ledger.Step{From: ledger.Planned, Next: next}, valuation.Lookup.DependsOn); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("unblocked twice: %v", err)
	}
	work = b.sendable(run)
	if len(work) != 1 || len(b.unblocked(run, w)) != 0 || string(work[0].Lookup.Key) != "known now" || work[0].Vehicle.Value(record.ColMileageKM) != "5000" {
		b.t.Errorf("to be sent are %+v", work)
	}
	b.wantBlocked(run, false)
	r := b.rows(run)[0]
	if v := r.VehicleOf(&r.Lookups[1]); v.Value(record.ColMileageKM) != "5000" || r.Vehicle.MileageKM.OK {
		b.t.Errorf("the row says %v, its lookup was asked with %v", r.Vehicle.MileageKM, v.MileageKM)
	}
}

func blockedByAFanOut(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		return []ledger.PlannedVehicle{blockedRow(fanOutRow(run, 1))}
	})
	lookups := b.rows(run)[0].Lookups
	for i := range 2 {
		w := ledger.Work{Lookup: lookups[i].Lookup}
		w = b.goTo(b.intend(w, 1700), ledger.NoRecord, ledger.BilledNo)
		if ids := b.unblocked(run, w); len(ids) != i { // 0 after the first, 1 after the second
			b.t.Errorf("after %d of 2: %v unblocked", i+1, ids)
		}
	}
}

func blockedByARequest(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		return []ledger.PlannedVehicle{blockedRow(rowOf(run, 1))}
	})
	work := b.sendable(run)
	s := step(b.intend(work[0], 1), ledger.NoRecord, ledger.BilledNo)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	was := b.advance(s)
	was.Lookup = b.lookup(was.Lookup.ID)
	if ids := b.unblocked(run, was); len(ids) != 0 {
		b.t.Errorf("%v unblocked by a request that goes on", ids)
	}
	last := b.goTo(b.intend(ledger.Work{Lookup: b.lookup(s.Then.ID)}, 1), ledger.Failed, ledger.BilledNo)
	if ids := b.unblocked(run, last); len(ids) != 1 {
		b.t.Errorf("%v unblocked by the last vendor", ids)
	}
}

func blockedByNothing(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		rows := []ledger.PlannedVehicle{rowOf(run, 1), rowOf(run, 2), rowOf(run, 3)}
		rows[0].Lookups[0].DependsOn = 1 // its own id
		rows[1].Lookups[0].DependsOn = 1 << 40
		rows[2].Lookups[0].DependsOn = 2
		return rows
	})
	work, err := b.Unblocked(ctx(), run, 0, 9)
	b.must(err)
	b.wantIDs("unblocked", work, 1, 2)
	b.wantBlocked(run, true)
}

func unblockedInPages(b *bench) {
	run := b.plan("one", func(run ledger.Run) (rows []ledger.PlannedVehicle) {
		for row := range int64(5) {
			rows = append(rows, blockedRow(rowOf(run, row+1)))
		}
		return rows
	})
	work := b.sendable(run)
	var want []int64
	for _, i := range []int{3, 0, 4} {
		b.goTo(b.intend(work[i], 1), ledger.Found, ledger.BilledYes)
	}
	for _, i := range []int{0, 3, 4} {
		want = append(want, work[i].Lookup.ID+1)
	}
	first, err := b.Unblocked(ctx(), run, 0, 2)
	b.must(err)
	b.wantIDs("the first page", first, want[:2]...)
	second, err := b.Unblocked(ctx(), run, want[1], 2)
	b.must(err)
	b.wantIDs("the second page", second, want[2:]...)
}

func failedReleases(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		return []ledger.PlannedVehicle{blockedRow(rowOf(run, 1))}
	})
	was := b.lookup(run.LastLookup)
	next := ledger.Work{Lookup: was}
	next.Lookup.DependsOn, next.Lookup.Key, next.Lookup.State = 0, []byte("known now"), ledger.Failed
	if err := b.Unblock(ledger.Step{From: ledger.Waiting, Next: next}, was.DependsOn); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("unblocked from another state: %v", err)
	}
	if err := b.Unblock(ledger.Step{From: ledger.Planned, Next: next}, was.DependsOn+7); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("unblocked from another request: %v", err)
	}
	if got := b.lookup(was.ID); !reflect.DeepEqual(got, was) {
		b.t.Errorf("it became %+v", got)
	}
	b.must(b.Unblock(ledger.Step{From: ledger.Planned, Next: next}, was.DependsOn))
	if got := b.lookup(was.ID); got.State != ledger.Failed || string(got.Key) != "known now" || got.DependsOn != 0 {
		b.t.Errorf("unblocked it is %+v", got)
	}
}

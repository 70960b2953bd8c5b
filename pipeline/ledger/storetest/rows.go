package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func rowPromises() []promise {
	return []promise{
		{"rows come in input order with their lookups", rowsInInputOrder},
		{"RowsAt gives rows as Rows does", rowsAtAsRows},
		{"Rows ends at the first error", rowsEndAtTheFirstError},
		{"Rows sees the ledger as it was when the call began", rowsAreASnapshot},
		{"a row has what its lookup cost and its last submission", rowsHaveCosts},
		{"a failure that was taken over has the last order of where it is from", rowsHaveOrigins},
	}
}

// mixed plans rows of every kind, out of order: with one lookup, none, several, several side
// by side, those of another row, and those of the row that it repeats. The first is bought at
// the second try.
func (b *bench) mixed(id string) ledger.Run {
	b.t.Helper()
	run, plan := b.start(id)
	first, beside, bare, last := rowOf(run, 1), fanOutRow(run, 3), rowOf(run, 4), rowOf(run, 6)
	bare.Lookups = nil
	last.Lookups = append(last.Lookups, asking(record.DatasetViolations, "q", "acme"))
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		if err := putAll(tx, last, first, beside, bare); err != nil {
			return err
		}
		copied, shared := first.Vehicle, first.Vehicle
		copied.Row, shared.Row = 2, 5
		return putAll(tx, ledger.PlannedVehicle{VehicleID: "va", Vehicle: copied, Duplicate: 1},
			ledger.PlannedVehicle{VehicleID: "va", Vehicle: shared, Shared: map[record.Dataset]int64{record.DatasetMaintenance: first.Lookups[0].ID}})
	}))
	run, err := plan.End(6)
	b.must(err)
	b.must(b.WatchMoney(ctx(), run))
	w := ledger.Work{Lookup: b.lookup(first.Lookups[0].ID)}
	b.found(b.intend(b.goTo(b.intend(w, 99), ledger.Planned, ledger.BilledUnknown), 170), "report")
	return run
}

func rowsInInputOrder(b *bench) {
	run := b.mixed("one")
	b.simple("two", 3)
	var got []string
	for _, r := range b.rows(run) {
		text := fmt.Sprintf("row %d duplicate of %d:", r.Vehicle.Row, r.Duplicate)
		for i := range r.Lookups {
			a := &r.Lookups[i]
			text += fmt.Sprintf(" %s %s %s owner=%v charged=%d unknown=%d sent=%d answer=%s;", a.Lookup.Dataset, a.Lookup.Vendor, a.Lookup.State, a.Owner(r), a.Charged, a.Unknown, a.Sent, b.body(a.Packed))
		}
		got = append(got, text)
	}
	want := []string{
		"row 1 duplicate of 0: maintenance acme found owner=true charged=170 unknown=99 sent=2 answer=report;",
		"row 2 duplicate of 1: maintenance acme found owner=false charged=170 unknown=99 sent=2 answer=report;",
		"row 3 duplicate of 0: maintenance acme planned owner=true charged=0 unknown=0 sent=0 answer=; maintenance bolt planned owner=true charged=0 unknown=0 sent=0 answer=;",
		"row 4 duplicate of 0:",
		"row 5 duplicate of 0: maintenance acme found owner=false charged=170 unknown=99 sent=2 answer=report;",
		"row 6 duplicate of 0: maintenance acme planned owner=true charged=0 unknown=0 sent=0 answer=; violations acme planned owner=true charged=0 unknown=0 sent=0 answer=;",
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("rows are %q\nwant %q", got, want)
	}
	count, err := b.CountRows(ctx(), run)
	b.must(err)
	if count != (ledger.RowCount{Rows: 6, Duplicates: 1}) {
		b.t.Errorf("counted %+v", count)
	}
}

func rowsAtAsRows(b *bench) {
	run := b.mixed("one")
	all := b.rows(run)
	at := func(numbers ...int64) (got []*ledger.Row) {
		b.must(b.RowsAt(ctx(), run, ledger.Span{}, numbers, func(r *ledger.Row) error { got = append(got, r); return nil }))
		return got
	}
	if got := at(1, 2, 3, 4, 5, 6); len(all) != 6 || !reflect.DeepEqual(got, all) {
		b.t.Errorf("rows are\n%+v, by themselves\n%+v", all, got)
	}
	if got := at(6, 1, 99, 1); len(got) != 2 || !reflect.DeepEqual(got[0], all[0]) || !reflect.DeepEqual(got[1], all[5]) {
		b.t.Errorf("rows 1 and 6 are %+v", got)
	}
	if got := at(); len(got) != 0 {
		b.t.Errorf("none are %+v", got)
	}
}

func rowsEndAtTheFirstError(b *bench) {
	run, _ := b.simple("one", 5)
	enough := errors.New("enough")
	for stop := range 5 {
		n := 0
		err := b.Rows(ctx(), run, func(*ledger.Row) error {
			if n == stop {
				return enough
			}
			n++
			return nil
		})
		if !errors.Is(err, enough) || n != stop {
			b.t.Errorf("stopped after %d rows of %d: %v", n, stop, err)
		}
	}
}

func rowsAreASnapshot(b *bench) {
	run, work := b.simple("one", 50)
	seen := 0
	b.must(b.Rows(ctx(), run, func(r *ledger.Row) error {
		if seen == 0 { // while it reads
			for _, w := range work {
				b.found(b.intend(w, 10), "report")
			}
			b.simple("two", 1)
		}
		seen++
		if a := r.Lookups[0]; a.Lookup.State != ledger.Planned || a.Packed.ID != 0 || a.Charged != 0 || a.Last.N != 0 {
			b.t.Errorf("row %d was changed meanwhile: %+v", r.Vehicle.Row, a)
		}
		return nil
	}))
	for _, r := range b.rows(run) {
		if r.Lookups[0].Lookup.State != ledger.Found || r.Lookups[0].Charged != 10 {
			b.t.Errorf("row %d has %+v", r.Vehicle.Row, r.Lookups)
		}
	}
	if seen != 50 {
		b.t.Errorf("%d rows", seen)
	}
}

func rowsHaveCosts(b *bench) {
	run, work := b.simple("one", 1)
	withdrawn := step(b.intend(work[0], 1), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	w := b.goTo(b.intend(b.advance(withdrawn), 10), ledger.Planned, ledger.BilledUnknown)
	s := step(b.intend(w, 100), ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	b.advance(s)
	asked := func() ledger.Asked { return b.rows(run)[0].Lookups[0] }
	if a := asked(); a.Lookup.ID != s.Then.ID || a.Charged != 100 || a.Unknown != 10 || a.Sent != 2 || a.Last.Lookup != work[0].Lookup.ID || a.Last.N != 3 || a.Last.Vendor != "acme" {
		b.t.Errorf("before the next vendor is asked it is %+v", a)
	}
	b.intend(ledger.Work{Lookup: b.lookup(s.Then.ID)}, 1000)
	if a := asked(); a.Charged != 100 || a.Unknown != 10 || a.Sent != 3 || a.Last.Lookup != s.Then.ID || a.Last.N != 1 || a.Last.Vendor != "bolt" || a.Last.Billed != ledger.Reserved {
		b.t.Errorf("then it is %+v", a)
	}
}

// takenOver plans a run whose only lookup is a failure that is taken over from another.
func (b *bench) takenOver(id string, from int64, state ledger.State) (ledger.Run, ledger.Lookup) {
	b.t.Helper()
	run := b.plan(id, func(run ledger.Run) []ledger.PlannedVehicle {
		row := rowOf(run, 1)
		k := &row.Lookups[0]
		k.State, k.Class, k.Source, k.LastAt = state, record.Rejected, from, b.now
		return []ledger.PlannedVehicle{row}
	})
	return run, b.lookup(run.FirstLookup)
}

// What was taken over, even twice, leads back to the order that was sent, and what becomes of the order
// later is not part of it.
func rowsHaveOrigins(b *bench) {
	_, work := b.simple("one", 1)
	w := b.goTo(b.intend(work[0], 1700), ledger.Failed, ledger.BilledYes)
	_, second := b.takenOver("two", w.Lookup.ID, ledger.Failed)
	last, third := b.takenOver("three", second.ID, ledger.InDoubt)
	if !third.FailedBefore() {
		b.t.Fatalf("it is taken over as %+v", third)
	}
	wantOrigin := func() {
		b.t.Helper()
		if k := b.rows(last)[0].Lookups[0]; k.Last.Lookup != w.Lookup.ID || k.Last.N != 1 || k.Last.Billed != ledger.BilledYes || k.Last.Fen != 1700 || k.Charged != 0 || k.Sent != 0 {
			b.t.Errorf("the row has %+v", k)
		}
		if a, err := b.Origin(ctx(), &third); err != nil || a.Lookup != w.Lookup.ID || a.N != 1 || a.Billed != ledger.BilledYes {
			b.t.Errorf("it comes from %+v, %v", a, err)
		}
	}
	wantOrigin()
	b.now = b.now.Add(3600e9)
	b.goTo(b.intend(b.goTo(w, ledger.Planned, ledger.BilledYes), 1700), ledger.Failed, ledger.BilledNo)
	wantOrigin()
	if a, err := b.Origin(ctx(), &ledger.Lookup{Source: 1000, LastAt: b.now}); err != nil || a.N != 0 {
		b.t.Errorf("nothing is known of one, and it comes from %+v, %v", a, err)
	}
}

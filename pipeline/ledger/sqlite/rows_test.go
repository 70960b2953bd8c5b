package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func TestRowsInInputOrderWithTheirLookups(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	first, third := rowOf(run, 1), rowOf(run, 3)
	first.Lookups = append(first.Lookups, ledger.Lookup{Dataset: record.DatasetViolations, Question: []byte("q"), State: ledger.Planned, Vendor: "acme"})
	put(t, plan, func(tx ledger.PlanTx) error {
		if err := errors.Join(tx.Put(third), tx.Put(first)); err != nil { // written out of order
			return err
		}
		copied, shared := first.Vehicle, first.Vehicle
		copied.Row, shared.Row = 2, 4
		return errors.Join(tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: copied, Duplicate: 1}),
			tx.Put(ledger.PlannedVehicle{VehicleID: "va", Vehicle: shared, Shared: map[record.Dataset]int64{record.DatasetMaintenance: first.Lookups[0].ID}}))
	})
	run, err := plan.End(4)
	must(t, err)
	settleFirst(t, l, run, first.Lookups[0].ID)

	var got []string
	must(t, l.Rows(ctx, run, func(r *ledger.Row) error {
		text := fmt.Sprintf("row %d duplicate of %d:", r.Vehicle.Row, r.Duplicate)
		for _, a := range r.Lookups {
			text += fmt.Sprintf(" %s %s owner=%v charged=%d unknown=%d answer=%s;", a.Lookup.Dataset, a.Lookup.State, a.Owner(r), a.Charged, a.Unknown, body(t, l, a.Packed))
		}
		got = append(got, text)
		return nil
	}))
	want := []string{
		"row 1 duplicate of 0: maintenance found owner=true charged=170 unknown=99 answer=report; violations planned owner=true charged=0 unknown=0 answer=;",
		"row 2 duplicate of 1: maintenance found owner=false charged=170 unknown=99 answer=report; violations planned owner=false charged=0 unknown=0 answer=;",
		"row 3 duplicate of 0: maintenance planned owner=true charged=0 unknown=0 answer=;",
		"row 4 duplicate of 0: maintenance found owner=false charged=170 unknown=99 answer=report;",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows are %q\nwant %q", got, want)
	}
	count, err := l.CountRows(ctx, run)
	must(t, err)
	if count != (ledger.RowCount{Rows: 4, Duplicates: 1}) {
		t.Errorf("counted %+v", count)
	}
}

func body(t *testing.T, l *Ledger, p ledger.PackedAnswer) string {
	t.Helper()
	a, err := l.Unpack(p)
	must(t, err)
	return string(a.Body)
}

// settleFirst buys a lookup at the second try.
func settleFirst(t *testing.T, l *Ledger, run ledger.Run, id int64) {
	t.Helper()
	work := sendableOf(t, l, run)
	w := work[slices.IndexFunc(work, func(w ledger.Work) bool { return w.Lookup.ID == id })]
	w = intend(t, l, advance(t, l, step(intend(t, l, w, 99), ledger.Planned, ledger.BilledUnknown)), 170)
	answer, err := l.Receive(ledger.Answer{Lookup: id, Attempt: 2, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("report")})
	must(t, err)
	s := step(w, ledger.Found, ledger.BilledYes)
	s.Next.Lookup.Answer = answer
	advance(t, l, s)
}

func TestRowsEndAtTheFirstError(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 5)
	enough := errors.New("enough")
	for stop := range 5 {
		n := 0
		err := l.Rows(context.Background(), run, func(*ledger.Row) error {
			if n == stop {
				return enough
			}
			n++
			return nil
		})
		if !errors.Is(err, enough) || n != stop {
			t.Errorf("stopped after %d rows of %d: %v", n, stop, err)
		}
	}
}

func TestCountsByWhereTheyStand(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 6)
	advance(t, l, step(intend(t, l, work[0], 1), ledger.Found, ledger.BilledYes))
	advance(t, l, step(intend(t, l, work[1], 1), ledger.Found, ledger.BilledYes))
	reused := step(work[2], ledger.Found, "")
	reused.Next.Lookup.Source = 99
	advance(t, l, reused)
	failed := step(work[3], ledger.Failed, "")
	failed.Next.Lookup.Class = record.Rejected
	advance(t, l, failed)
	later := step(intend(t, l, work[4], 1), ledger.Planned, ledger.BilledNo)
	later.Next.Lookup.NextAt = noon
	advance(t, l, later)
	got, err := l.Counts(context.Background(), run)
	must(t, err)
	m := record.DatasetMaintenance
	want := []ledger.Count{{Dataset: m, Vendor: "acme", State: ledger.Failed, Class: record.Rejected, N: 1}, {Dataset: m, Vendor: "acme", State: ledger.Found, N: 2},
		{Dataset: m, Vendor: "acme", State: ledger.Found, Reused: true, N: 1}, {Dataset: m, Vendor: "acme", State: ledger.Planned, N: 2}}
	if !slices.Equal(got, want) {
		t.Errorf("counts are %+v, want %+v", got, want)
	}
}

func TestFailuresArePagedAndPicked(t *testing.T) {
	t.Parallel()
	const n = 1203
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range int64(n) {
			pv := rowOf(run, row+1)
			k := &pv.Lookups[0]
			k.State, k.Class, k.Vendor = ledger.Failed, record.Classes()[row%3], []string{"acme", "bolt"}[row%2]
			if row%10 == 9 {
				k.State, k.Class = ledger.InDoubt, record.DoubtfulOrder
			}
			if row%100 == 0 {
				k.State = ledger.Found
			}
			if err := tx.Put(pv); err != nil {
				return err
			}
		}
		return nil
	})
	run, err := plan.End(n)
	must(t, err)
	for _, c := range []struct {
		filter ledger.Filter
		want   int
	}{
		{ledger.Filter{}, n - 13}, {ledger.Filter{Classes: []record.Class{record.DoubtfulOrder}}, 120}, {ledger.Filter{Vendors: []string{"acme"}}, 602 - 13},
		{ledger.Filter{Datasets: []record.Dataset{record.DatasetValuation}}, 0},
		{ledger.Filter{Classes: []record.Class{record.DoubtfulOrder}, Vendors: []string{"acme"}}, 0},
	} {
		var rows []int64
		must(t, l.Failures(ctx, run, c.filter, func(w ledger.Work) error { rows = append(rows, w.Vehicle.Row); return nil }))
		if len(rows) != c.want || !slices.IsSorted(rows) {
			t.Errorf("%+v picks %d, want %d", c.filter, len(rows), c.want)
		}
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	orders := ledger.Pause{Vendor: "acme", Dataset: record.DatasetValuation, Since: noon, NextAt: noon.Add(time.Minute), Nth: 2, Class: record.Unavailable, Code: "connect", Message: "refused"}
	polls := ledger.Pause{Vendor: "acme", Since: noon, NextAt: noon.Add(time.Hour), Nth: 1, Class: record.Auth, Code: "http 403", Message: "no"}
	was := orders
	was.Nth = 1
	for _, p := range []ledger.Pause{was, polls, orders} {
		must(t, l.SetPause(p))
	}
	got, err := l.Pauses(ctx)
	must(t, err)
	if !slices.Equal(got, []ledger.Pause{polls, orders}) {
		t.Errorf("pauses are %+v", got)
	}
	must(t, l.ClearPause("acme", record.DatasetValuation))
	if got, err := l.Pauses(ctx); !slices.Equal(got, []ledger.Pause{polls}) || err != nil {
		t.Errorf("pauses are %+v, %v", got, err)
	}
}

func TestHaltsAndCallsOfADay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	h := ledger.Halt{Vendor: "acme", Stops: ledger.StopsOrders, Class: record.Balance, Code: "40302", Message: "top up", At: noon}
	must(t, l.SetHalt(ledger.Halt{Vendor: "acme", Stops: ledger.StopsCalls, Class: record.Auth}))
	must(t, l.SetHalt(h))
	halts, err := l.Halts(ctx)
	must(t, err)
	if !slices.Equal(halts, []ledger.Halt{h}) {
		t.Errorf("halts are %+v", halts)
	}
	must(t, l.ClearHalts())
	if halts, err := l.Halts(ctx); len(halts) != 0 || err != nil {
		t.Errorf("halts are %+v, %v", halts, err)
	}
	must(t, l.CountCalls("acme", 20000, 3))
	must(t, l.CountCalls("acme", 20000, 4))
	must(t, l.CountCalls("acme", 20001, 1))
	for day, want := range map[record.Date]int{20000: 7, 20001: 1, 20002: 0} {
		if n, err := l.CallsOn(ctx, "acme", day); n != want || err != nil {
			t.Errorf("day %d had %d calls, want %d (%v)", day, n, want, err)
		}
	}
}

package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
)

func settlePromises() []promise {
	return []promise{
		{"Settle is guarded by the charge, and whole", settleIsGuarded},
		{"Settle leaves a ticket as it is where the bill has none", settleKeepsTickets},
		{"Charges lists the submissions to a vendor between two moments", chargesBetween},
		{"Charges says what became of each order", chargesTell},
		{"HeldDoubts lists doubts that stand for others", heldDoubts},
	}
}

// charges lists all that stands with acme around noon, a line each.
func (b *bench) charges() []string {
	b.t.Helper()
	list, err := b.Charges(ctx(), "acme", noon.Add(-24*time.Hour), noon.Add(24*time.Hour))
	b.must(err)
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%d/%d last=%v of %s/%d %s%s %s %s %s %q %s passed=%v", c.Lookup, c.N, c.Last, c.RunID, c.Row, c.VIN, c.Plate, c.Dataset, c.Fen, c.Billed, c.Ticket, c.State, c.Passed))
	}
	return out
}

func settleIsGuarded(b *bench) {
	_, work := b.simple("one", 2)
	var doubts []ledger.Work
	for _, w := range work {
		doubts = append(doubts, b.goTo(b.intend(w, 1700), ledger.InDoubt, ledger.BilledUnknown))
	}
	settlement := func(i int, to ledger.State, was, billed ledger.Billed) ledger.Settlement {
		k := doubts[i].Lookup
		k.State, k.Ticket = to, "T1"
		return ledger.Settlement{Lookup: k.ID, N: 1, Was: was, Billed: billed, Ticket: "T1", Steps: []ledger.Step{{From: ledger.InDoubt, Next: ledger.Work{Lookup: k}}}}
	}
	stale := []ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledUnknown, ledger.BilledYes), settlement(1, ledger.Waiting, ledger.BilledNo, ledger.BilledYes)}
	if err := b.Settle(stale); !errors.Is(err, ledger.ErrStale) {
		b.t.Fatalf("a stale charge is settled: %v", err)
	}
	b.wantState(ledger.InDoubt, doubts[0].Lookup.ID, doubts[1].Lookup.ID)
	b.now = noon.Add(time.Minute)
	b.must(b.Settle([]ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledUnknown, ledger.BilledYes), settlement(1, ledger.Failed, ledger.BilledUnknown, ledger.BilledNo)}))
	want := []string{`1/1 last=true of one/1 LSVAL41Z882104202 maintenance 17.00 yes "T1" waiting passed=false`, `2/1 last=true of one/2 LSVAL41Z882104202 maintenance 17.00 no "T1" failed passed=false`}
	if k := b.lookup(1); k.Ticket != "T1" || !k.LastAt.Equal(b.now) {
		b.t.Errorf("it is settled as %+v", k)
	}
	if got := b.charges(); !slices.Equal(got, want) {
		b.t.Errorf("charges\n%q, want\n%q", got, want)
	}
	if err := b.Settle([]ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledYes, ledger.BilledYes)}); !errors.Is(err, ledger.ErrStale) {
		b.t.Errorf("a lookup that is no longer in doubt moves: %v", err)
	}
}

func settleKeepsTickets(b *bench) {
	_, work := b.simple("one", 1)
	s := step(b.intend(work[0], 1700), ledger.Found, ledger.BilledUnknown)
	s.Next.Attempt.Ticket, s.Next.Attempt.Outcome, s.Next.Attempt.Code = "T7", "ticket", "200"
	found := b.advance(s)
	b.now = noon.Add(time.Minute)
	same := step(ledger.Work{Lookup: found.Lookup}, ledger.Found, "")
	b.must(b.Settle([]ledger.Settlement{{Lookup: found.Lookup.ID, N: 1, Was: ledger.BilledUnknown, Billed: ledger.BilledYes, Steps: []ledger.Step{same}}}))
	orders, err := b.Orders(ctx(), &found.Lookup)
	b.must(err)
	want := s.Next.Attempt
	want.Billed = ledger.BilledYes
	if len(orders) != 1 || orders[0] != want {
		b.t.Errorf("the order is %+v, want %+v", orders, want)
	}
	if k := b.lookup(found.Lookup.ID); !k.LastAt.Equal(found.Lookup.LastAt) {
		b.t.Errorf("without a change it was changed at %v", k.LastAt)
	}
	b.must(b.Settle(nil))
}

func chargesBetween(b *bench) {
	_, work := b.simple("one", 4)
	for i, after := range []time.Duration{2, 1, 0, 1} {
		b.now = noon.Add(after * time.Hour)
		b.intend(work[i], 1)
	}
	run, plan := b.start("planning")
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(run, 1)) }))
	for _, c := range []struct {
		vendor       string
		since, until time.Duration
		want         []int64
	}{{"acme", 0, 3, []int64{3, 2, 4, 1}}, {"acme", 1, 2, []int64{2, 4}}, {"acme", 3, 9, nil}, {"bolt", 0, 9, nil}} {
		list, err := b.Charges(ctx(), c.vendor, noon.Add(c.since*time.Hour), noon.Add(c.until*time.Hour))
		b.must(err)
		var got []int64
		for _, x := range list {
			got = append(got, x.Lookup)
		}
		if !slices.Equal(got, c.want) {
			b.t.Errorf("%s from %d to %d: %v, want %v", c.vendor, c.since, c.until, got, c.want)
		}
	}
}

func chargesTell(b *bench) {
	_, work := b.simple("one", 3)
	w := b.goTo(b.intend(work[0], 1), ledger.Planned, ledger.BilledNo)
	waiting := b.waitUntil(w, noon)
	b.now = noon.Add(time.Hour)
	found := step(waiting, ledger.Found, ledger.BilledYes)
	found.Next.Lookup.AnsweredAt = b.now
	b.advance(found)
	onward := step(b.intend(work[1], 2), ledger.NoRecord, ledger.BilledYes)
	onward.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	b.advance(onward)
	withdrawn := step(b.intend(work[2], 3), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	b.advance(withdrawn)
	want := []string{`1/1 last=false of one/1 LSVAL41Z882104202 maintenance 0.01 no "" found passed=false`, `1/2 last=true of one/1 LSVAL41Z882104202 maintenance 1.00 yes "T" found passed=false`,
		`2/1 last=true of one/2 LSVAL41Z882104202 maintenance 0.02 yes "" no_record passed=true`}
	if got := b.charges(); !slices.Equal(got, want) {
		b.t.Errorf("charges\n%q, want\n%q", got, want)
	}
	list, err := b.Charges(ctx(), "acme", noon, noon.Add(time.Hour))
	b.must(err)
	if len(list) != 2 || !list[0].IntentAt.Equal(noon) || !list[0].EndedAt.Equal(noon) || !list[1].EndedAt.Equal(noon.Add(time.Hour)) {
		b.t.Errorf("they ended: %+v", list)
	}
}

func heldDoubts(b *bench) {
	_, work := b.simple("one", 2)
	w := b.goTo(b.intend(work[0], 1700), ledger.InDoubt, ledger.BilledUnknown)
	b.goTo(work[1], ledger.InDoubt, "")
	_, second := b.takenOver("two", w.Lookup.ID, ledger.InDoubt)
	b.takenOver("three", w.Lookup.ID, ledger.Failed)
	_, fourth := b.takenOver("four", second.ID, ledger.InDoubt)
	held, err := b.HeldDoubts(ctx())
	b.must(err)
	if !reflect.DeepEqual(held, []ledger.Lookup{second, fourth}) {
		b.t.Errorf("held are %+v", held)
	}
}

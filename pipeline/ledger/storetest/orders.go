package storetest

import (
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func orderPromises() []promise {
	return []promise{
		{"MayHavePaid looks back to where an answer is from, and no further in time", mayHavePaid},
		{"MayHavePaid knows what is charged and what may be", mayHavePaidByBilled},
		{"HasPaid looks at every vendor of a request", hasPaidForARequest},
		{"Sender leads back to who sent the order", senderLeadsBack},
		{"Orders lists the submissions to where a lookup stands", ordersOfALookup},
		{"TicketOwners knows a ticket by its order, of any run, the oldest first", ticketOwners},
		{"VendorsNamed lists vendors with the first lookup of each", vendorsNamed},
	}
}

// paid asks whether a lookup may have been paid, of the store and in a plan.
func (b *bench) paid(k ledger.Lookup, want bool) {
	b.t.Helper()
	got, err := b.MayHavePaid(ctx(), &k)
	b.must(err)
	run, plan := b.start(fmt.Sprint("paid", k.ID, k.Vendor, b.now.UnixNano()))
	var planned bool
	b.must(plan.Batch(func(tx ledger.PlanTx) error {
		var err error
		planned, err = tx.MayHavePaid(&k)
		return err
	}))
	if got != want || planned != want {
		b.t.Errorf("lookup %d may have been paid at %s: %v, in a plan %v", k.ID, k.Vendor, got, planned)
	}
	b.must(b.DropRun(run))
}

func mayHavePaid(b *bench) {
	_, work := b.simple("one", 1)
	w := b.goTo(b.intend(work[0], 1700), ledger.Failed, ledger.BilledNo)
	_, second := b.takenOver("two", w.Lookup.ID, ledger.Failed)
	_, third := b.takenOver("three", second.ID, ledger.Failed)
	b.paid(third, false)
	b.now = b.now.Add(time.Hour)
	w = b.goTo(b.intend(b.goTo(w, ledger.Planned, ledger.BilledNo), 1700), ledger.Failed, ledger.BilledYes)
	b.paid(third, false) // what became of the order later was not taken over
	b.paid(b.lookup(w.Lookup.ID), true)
	_, fourth := b.takenOver("four", second.ID, ledger.Failed)
	b.paid(fourth, true)
	fourth.Vendor = "bolt"
	b.paid(fourth, false)
	b.now = b.now.Add(time.Hour)
	b.goTo(b.intend(b.goTo(w, ledger.Planned, ledger.BilledYes), 1700), ledger.Failed, ledger.BilledNo)
	b.paid(b.lookup(w.Lookup.ID), true) // a free try hides no paid one
}

func mayHavePaidByBilled(b *bench) {
	_, work := b.simple("one", 6)
	for i, want := range map[int]bool{0: true, 1: true, 2: false} {
		billed := []ledger.Billed{ledger.BilledYes, ledger.BilledUnknown, ledger.BilledNo}[i]
		w := b.goTo(b.intend(work[i], 1), ledger.Failed, billed)
		b.paid(b.lookup(w.Lookup.ID), want)
	}
	reserved := b.intend(work[3], 1)
	b.paid(reserved.Lookup, false) // nobody has said so yet
	withdrawn := step(b.intend(work[4], 1), ledger.Failed, ledger.BilledUnknown)
	withdrawn.Next.Attempt.Outcome = ledger.OutcomeWithdrawn
	b.paid(b.advance(withdrawn).Lookup, false)
	b.paid(work[5].Lookup, false)
}

func hasPaidForARequest(b *bench) {
	_, was, then := b.routed("one") // acme was paid
	b.goTo(b.intend(ledger.Work{Lookup: then}, 5), ledger.Failed, ledger.BilledNo)
	then = b.lookup(then.ID)
	_, work := b.fanOutRun("two", 1)
	b.goTo(b.intend(work[0], 5), ledger.Failed, ledger.BilledUnknown)
	for _, c := range []struct {
		k      ledger.Lookup
		vendor string
		want   bool
	}{{then, "acme", true}, {then, "bolt", false}, {was, "acme", true}, {b.lookup(work[0].Lookup.ID), "acme", true}, {b.lookup(work[1].Lookup.ID), "acme", false}} {
		if got, err := b.HasPaid(ctx(), &c.k, c.vendor); got != c.want || err != nil {
			b.t.Errorf("for the request of lookup %d %s was paid: %v, %v", c.k.ID, c.vendor, got, err)
		}
	}
}

func senderLeadsBack(b *bench) {
	_, work := b.simple("one", 2)
	w := b.goTo(b.intend(work[0], 1700), ledger.Failed, ledger.BilledYes)
	_, second := b.takenOver("two", w.Lookup.ID, ledger.Failed)
	_, third := b.takenOver("three", second.ID, ledger.Failed)
	_, lost := b.takenOver("four", 1<<40, ledger.Failed)
	for _, c := range []struct {
		k    ledger.Lookup
		want int64
	}{{third, w.Lookup.ID}, {second, w.Lookup.ID}, {b.lookup(w.Lookup.ID), w.Lookup.ID}, {work[1].Lookup, work[1].Lookup.ID}} {
		if got, err := b.Sender(ctx(), c.k); err != nil || got.ID != c.want {
			b.t.Errorf("lookup %d was sent by %d, %v, want %d", c.k.ID, got.ID, err, c.want)
		}
	}
	if got, err := b.Sender(ctx(), lost); err == nil {
		b.t.Errorf("what is not there has sent it: %+v", got)
	}
}

func ordersOfALookup(b *bench) {
	_, work := b.simple("one", 1)
	w := work[0]
	for n := range 3 {
		w = b.goTo(b.intend(w, record.Fen(n)), ledger.Planned, ledger.BilledNo)
	}
	k := b.lookup(w.Lookup.ID)
	orders, err := b.Orders(ctx(), &k)
	b.must(err)
	for i, a := range orders {
		if a.N != i+1 || a.Fen != record.Fen(i) || a.Lookup != k.ID || a.Vendor != "acme" || a.Dataset != k.Dataset {
			b.t.Errorf("order %d is %+v", i+1, a)
		}
	}
	k.Vendor = "bolt"
	if none, err := b.Orders(ctx(), &k); len(orders) != 3 || len(none) != 0 || err != nil {
		b.t.Errorf("there are %d orders, and at another vendor %+v, %v", len(orders), none, err)
	}
}

func ticketOwners(b *bench) {
	_, second := b.simple("later", 3)
	b.now = noon.Add(-time.Hour)
	_, first := b.simple("earlier", 1)
	old := step(b.intend(first[0], 1), ledger.InDoubt, ledger.BilledUnknown)
	old.Next.Attempt.Ticket = "T"
	b.advance(old)
	b.now = noon
	b.waitUntil(second[1], noon.Add(time.Minute)) // its ticket stands with the lookup alone
	b.intend(second[2], 1)                        // sent, and no ticket came
	owners, err := b.TicketOwners(ctx(), []string{"", "T", "U", "'"})
	b.must(err)
	if want := []ledger.TicketOwner{{Ticket: "T", Vendor: "acme", RunID: "earlier", Row: 1}, {Ticket: "T", Vendor: "acme", RunID: "later", Row: 2}}; !slices.Equal(owners, want) {
		b.t.Errorf("the owners are %v, want %v", owners, want)
	}
	for _, none := range [][]string{nil, {""}, {"U"}} {
		if owners, err := b.TicketOwners(ctx(), none); err != nil || len(owners) > 0 {
			b.t.Errorf("%q: %v, %v", none, owners, err)
		}
	}
}

func vendorsNamed(b *bench) {
	if named, err := b.VendorsNamed(ctx()); err != nil || len(named) != 0 {
		b.t.Errorf("an empty ledger names %+v, %v", named, err)
	}
	_, work := b.simple("one", 3)
	b.waitUntil(work[1], noon)
	b.routed("two")
	b.plan("three", func(run ledger.Run) []ledger.PlannedVehicle {
		row := rowOf(run, 9)
		row.Lookups[0].Vendor, row.Lookups[0].State = "", ledger.Failed
		return []ledger.PlannedVehicle{row}
	})
	got, err := b.VendorsNamed(ctx())
	b.must(err)
	want := []ledger.NamedVendor{{Name: "acme", Lookups: 4, Open: 1, Run: "one", Row: 2}, {Name: "bolt", Lookups: 1, Run: "two", Row: 1}}
	if !slices.Equal(got, want) {
		b.t.Errorf("named are %+v, want %+v", got, want)
	}
}

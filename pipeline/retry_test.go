package pipeline

import (
	"context"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// giveUp polls a ticket once after its time is over.
func giveUp(b *bed, w ledger.Work) {
	b.now = b.now.Add(73 * time.Hour)
	b.answer(w, vendors.Poll, "pending")
}

// What retry makes of each failure, and what it says beforehand.
func TestRetry(t *testing.T) {
	t.Parallel()
	one := Reopening{Lookups: 1}
	for _, c := range []struct {
		name   string
		car    func(*record.Vehicle)
		fail   func(b *bed, run ledger.Run)
		class  record.Class
		change func(p *Policy)
		plan   Reopening
		want   string
	}{
		{"invalid input stays as it is", func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "vin", Reason: "wrong"}} }, nil, record.InvalidInput, nil,
			Reopening{Kept: 1}, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"missing input stays as it is", func(v *record.Vehicle) { v.VIN = "" }, nil, record.MissingInput, nil,
			Reopening{Kept: 1}, "maintenance acme failed validate missing_input: acme needs vin"},
		{"missing input, and another vendor needs less", func(v *record.Vehicle) { v.VIN = "" }, nil, record.MissingInput,
			func(p *Policy) { p.Sellers["bolt"].Offers[0].Requires[0] = record.ColEngineNo }, one, "maintenance bolt planned"},
		{"refused", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused no") }, record.Rejected, nil, one, "maintenance acme planned"},
		{"refused and charged", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused yes") }, record.Rejected, nil,
			Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"refused at the ticket", nil, func(b *bed, r ledger.Run) { b.answer(b.buy(r, "acme", "ticket T1 yes"), vendors.Poll, "refused") }, record.Rejected, nil,
			Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"refused at the ticket and paid back", nil, func(b *bed, r ledger.Run) { b.answer(b.buy(r, "acme", "ticket T1"), vendors.Poll, "refused no") }, record.Rejected, nil,
			one, "maintenance acme planned"},
		{"expired", nil, func(b *bed, r ledger.Run) { giveUp(b, b.buy(r, "acme", "ticket T1 yes")) }, record.Expired, nil,
			Reopening{Lookups: 1, PollAgain: 1}, "maintenance acme waiting"},
		{"expired, and the vendor is gone", nil, func(b *bed, r ledger.Run) { giveUp(b, b.buy(r, "acme", "ticket T1 yes")) }, record.Expired,
			func(p *Policy) { delete(p.Sellers, "acme") }, Reopening{Lookups: 1, Rebought: 1, AtStake: 3200}, "maintenance bolt planned"},
		{"in doubt", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, record.DoubtfulOrder, nil,
			Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"unreadable, and still", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes garbled") }, record.BadResponse, nil,
			Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"unreadable, and now it can be read", nil, func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes garbled") }, record.BadResponse,
			func(p *Policy) { p.Sellers["acme"].Vendor = wiser{p.Sellers["acme"].Vendor} }, one, "maintenance acme found"},
		{"unreadable at the ticket", nil, func(b *bed, r ledger.Run) {
			w := b.buy(r, "acme", "ticket T1 yes")
			for w.Lookup.State == ledger.Waiting {
				w = b.answer(w, vendors.Poll, "answered garbled")
			}
		}, record.BadResponse, nil, Reopening{Lookups: 1, PollAgain: 1}, "maintenance acme waiting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			v := car()
			if c.car != nil {
				c.car(&v)
			}
			run := b.plan(only(record.DatasetMaintenance), v)
			if c.fail != nil {
				c.fail(b, run)
			}
			if k := b.lookup(run); k.Class != c.class {
				t.Fatalf("it failed as %q, want %q", k.Class, c.class)
			}
			if c.change != nil {
				c.change(b.p)
			}
			b.retries(run, ledger.Filter{Classes: []record.Class{c.class}}, c.plan)
			b.wants(run, "1 | "+c.want+"\n")
		})
	}
}

// wiser can read what others call garbled.
type wiser struct{ vendors.Vendor }

func (wiser) Decode(record.Dataset, *record.Vehicle, []byte) (record.Answer, error) {
	return record.Answer{}, nil
}

// retries holds what PlanRetry says, reopens, and checks that the run is open
// and that its spend is what it was.
func (b *bed) retries(run ledger.Run, f ledger.Filter, want Reopening) {
	b.t.Helper()
	ctx := context.Background()
	run.State, run.FinishedAt = ledger.RunFinished, b.now
	b.must(b.l.SetRun(run))
	b.must(b.l.WatchMoney(ctx, run))
	before := b.l.Money()
	got, err := PlanRetry(ctx, b.l, b.p, run, f)
	b.must(err)
	if got != want {
		b.t.Errorf("retry would do %+v, want %+v", got, want)
	}
	_, err = Retry(ctx, b.l, b.p, run, f)
	b.must(err)
	runs, err := b.l.Runs(ctx)
	b.must(err)
	if runs[0].State != ledger.RunOpen || !runs[0].FinishedAt.IsZero() {
		b.t.Errorf("the run is %+v", runs[0])
	}
	b.must(b.l.WatchMoney(ctx, run))
	if got := b.l.Money(); got != before {
		b.t.Errorf("reopening moved money from %+v to %+v", before, got)
	}
}

func TestRetryLeavesAloneWhatIsNotMeant(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	fallBackOn(b.p, record.DatasetMaintenance)
	run := b.plan(record.Datasets(), car())
	for range record.Datasets() {
		b.buy(run, "acme", "refused no")
	}
	b.retries(run, ledger.Filter{Classes: []record.Class{record.Expired}}, Reopening{})
	b.retries(run, ledger.Filter{Vendors: []string{"bolt"}}, Reopening{})
	b.retries(run, ledger.Filter{Datasets: []record.Dataset{record.DatasetValuation}}, Reopening{Lookups: 1})
	b.wants(run, "1 | maintenance acme failed submit rejected: refused no | valuation acme planned | violations acme failed submit rejected: refused no\n")
	b.retries(run, ledger.Filter{}, Reopening{Lookups: 2})
	b.wants(run, "1 | maintenance acme planned | valuation acme planned | violations acme planned\n")
}

// A ticket that is asked about again has its whole time before it.
func TestRetryGivesATicketItsTimeAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	giveUp(b, b.buy(run, "acme", "ticket T1 yes"))
	b.now = b.now.Add(1000 * time.Hour)
	b.retries(run, ledger.Filter{}, Reopening{Lookups: 1, PollAgain: 1})
	due, err := b.l.Due(context.Background(), "acme", b.now, 9)
	b.must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T1" || due[0].Lookup.Class != "" {
		t.Fatalf("due are %+v", due)
	}
	w := b.answer(due[0], vendors.Poll, "pending")
	b.answer(w, vendors.Poll, "answered yes")
	b.wants(run, "1 | maintenance acme found\n")
	b.costs(run, 1700)
}

// A lookup that could not be asked gets its real question when it is reopened,
// so that a later run finds its answer.
func TestRetryAsksAnew(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	v := with(car(), func(v *record.Vehicle) { v.ModelID = "" })
	run := b.plan(only(record.DatasetValuation), v)
	b.p.Sellers["acme"].Offers[1].Requires = []string{record.ColVIN}
	b.retries(run, ledger.Filter{}, Reopening{Lookups: 1})
	b.buy(run, "acme", "answered yes")
	b.wants(b.plan(only(record.DatasetValuation), v), "1 | valuation acme found\n")
}

// A doubt that was held for an earlier run's order is bought by the user's word.
func TestRetryOfAHeldDoubt(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "unknown")
	run := b.plan(only(record.DatasetMaintenance), car())
	b.costs(run, 0)
	b.retries(run, ledger.Filter{}, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.wants(run, "1 | maintenance acme planned\n")
	if k := b.lookup(run); k.Source != 0 {
		t.Errorf("it still stands for lookup %d", k.Source)
	}
	b.must(Refresh(context.Background(), b.l, b.p, run)) // which does not take the user's word back
	b.wants(run, "1 | maintenance acme planned\n")
	b.buy(run, "acme", "answered yes")
	b.costs(run, 1700)
}

// What the user has bought in spite of an earlier run's doubt, and the vendor
// did not take at once, is not held by the same doubt again.
func TestRefreshKeepsTheUsersWord(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	b.buy(first, "acme", "unknown")
	b.now = b.now.Add(time.Minute)
	second := b.plan(only(record.DatasetMaintenance), car())
	b.retries(second, ledger.Filter{}, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.now = b.now.Add(time.Minute)
	b.buy(second, "acme", "busy no")
	b.must(Refresh(context.Background(), b.l, b.p, second))
	b.wants(second, "1 | maintenance acme planned\n")

	// A doubt that came after it holds.
	b.now = b.now.Add(time.Hour)
	b.retries(first, ledger.Filter{}, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.buy(first, "acme", "unknown")
	b.must(Refresh(context.Background(), b.l, b.p, second))
	if got := b.describe(second); !strings.Contains(got, "in_doubt") {
		t.Errorf("bought beside an order in doubt: %s", got)
	}
}

package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// giveUp polls a ticket once after its time is over.
func giveUp(b *stagetest.Fixture, w ledger.Work) {
	b.Now = b.Now.Add(73 * time.Hour)
	b.Answer(w, vendors.Poll, "pending")
}

// What retry makes of each failure, and what it says beforehand.
func TestRetry(t *testing.T) {
	t.Parallel()
	one := retry.Reopening{Lookups: 1}
	for _, c := range []struct {
		name   string
		car    func(*record.Vehicle)
		fail   func(b *stagetest.Fixture, run ledger.Run)
		class  record.Class
		change func(p *policy.Policy)
		plan   retry.Reopening
		want   string
	}{
		{"invalid input stays as it is", func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: "vin", Reason: "wrong"}} }, nil, record.InvalidInput, nil,
			retry.Reopening{Kept: 1}, "maintenance acme failed validate invalid_input: vin: wrong"},
		{"missing input stays as it is", func(v *record.Vehicle) { v.VIN = "" }, nil, record.MissingInput, nil,
			retry.Reopening{Kept: 1}, "maintenance acme failed validate missing_input: acme needs vin"},
		{"missing input, and another vendor needs less", func(v *record.Vehicle) { v.VIN = "" }, nil, record.MissingInput,
			func(p *policy.Policy) { p.Vendors["bolt"].Offers[0].Requires[0] = record.ColEngineNo }, one, "maintenance bolt planned"},
		{"refused", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused no") }, record.Rejected, nil, one, "maintenance acme planned"},
		{"refused and charged", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused yes") }, record.Rejected, nil,
			retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"refused at the ticket", nil, func(b *stagetest.Fixture, r ledger.Run) {
			b.Answer(b.Buy(r, "acme", "ticket T1 yes"), vendors.Poll, "refused")
		}, record.Rejected, nil,
			retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"refused at the ticket and paid back", nil, func(b *stagetest.Fixture, r ledger.Run) {
			b.Answer(b.Buy(r, "acme", "ticket T1"), vendors.Poll, "refused no")
		}, record.Rejected, nil,
			one, "maintenance acme planned"},
		{"expired", nil, func(b *stagetest.Fixture, r ledger.Run) { giveUp(b, b.Buy(r, "acme", "ticket T1 yes")) }, record.Expired, nil,
			retry.Reopening{Lookups: 1, PollAgain: 1}, "maintenance acme waiting"},
		{"expired, and the vendor is gone", nil, func(b *stagetest.Fixture, r ledger.Run) { giveUp(b, b.Buy(r, "acme", "ticket T1 yes")) }, record.Expired,
			func(p *policy.Policy) { delete(p.Vendors, "acme") }, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 3200}, "maintenance bolt planned"},
		{"in doubt", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, record.DoubtfulOrder, nil,
			retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"unreadable, and still", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes garbled") }, record.BadResponse, nil,
			retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}, "maintenance acme planned"},
		{"unreadable, and now it can be read", nil, func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes garbled") }, record.BadResponse,
			func(p *policy.Policy) { p.Vendors["acme"].Vendor = wiser{p.Vendors["acme"].Vendor} }, one, "maintenance acme found"},
		{"unreadable at the ticket", nil, func(b *stagetest.Fixture, r ledger.Run) {
			w := b.Buy(r, "acme", "ticket T1 yes")
			for w.Lookup.State == ledger.Waiting {
				w = b.Answer(w, vendors.Poll, "answered garbled")
			}
		}, record.BadResponse, nil, retry.Reopening{Lookups: 1, PollAgain: 1}, "maintenance acme waiting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			v := stagetest.Car()
			if c.car != nil {
				c.car(&v)
			}
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), v)
			if c.fail != nil {
				c.fail(b, run)
			}
			if k := b.Lookup(run); k.Class != c.class {
				t.Fatalf("it failed as %q, want %q", k.Class, c.class)
			}
			if c.change != nil {
				c.change(b.Policy)
			}
			b.Retries(run, ledger.Filter{Classes: []record.Class{c.class}}, c.plan)
			b.Wants(run, "1 | "+c.want+"\n")
		})
	}
}

// wiser can read what others call garbled.
type wiser struct{ vendors.Vendor }

func (wiser) Decode(record.Dataset, *record.Vehicle, []byte) (record.Answer, error) {
	return record.Answer{}, nil
}

func TestRetryLeavesAloneWhatIsNotMeant(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
	run := b.Plan(record.Datasets(), stagetest.Car())
	for range record.Datasets() {
		b.Buy(run, "acme", "refused no")
	}
	b.Retries(run, ledger.Filter{Classes: []record.Class{record.Expired}}, retry.Reopening{})
	b.Retries(run, ledger.Filter{Vendors: []string{"bolt"}}, retry.Reopening{})
	b.Retries(run, ledger.Filter{Datasets: []record.Dataset{record.DatasetValuation}}, retry.Reopening{Lookups: 1})
	b.Wants(run, "1 | maintenance acme failed submit rejected: refused no | valuation acme planned | violations acme failed submit rejected: refused no\n")
	b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 2})
	b.Wants(run, "1 | maintenance acme planned | valuation acme planned | violations acme planned\n")
}

// A ticket that is asked about again has its whole time before it.
func TestRetryGivesATicketItsTimeAgain(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	giveUp(b, b.Buy(run, "acme", "ticket T1 yes"))
	b.Now = b.Now.Add(1000 * time.Hour)
	b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 1, PollAgain: 1})
	due, err := b.Ledger.Due(context.Background(), "acme", b.Now, 9)
	b.Must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T1" || due[0].Lookup.Class != "" {
		t.Fatalf("due are %+v", due)
	}
	w := b.Answer(due[0], vendors.Poll, "pending")
	b.Answer(w, vendors.Poll, "answered yes")
	b.Wants(run, "1 | maintenance acme found\n")
	b.Costs(run, 1700)
}

// A lookup that could not be asked gets its real key when it is reopened,
// so that a later run finds its answer.
func TestRetryAsksAnew(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	v := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.ModelID = "" })
	run := b.Plan(stagetest.Only(record.DatasetValuation), v)
	b.Policy.Vendors["acme"].Offers[1].Requires = []string{record.ColVIN}
	b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 1})
	b.Buy(run, "acme", "answered yes")
	b.Wants(b.Plan(stagetest.Only(record.DatasetValuation), v), "1 | valuation acme found\n")
}

// A doubt that was held for an earlier run's order is bought by the user's word.
func TestRetryOfAHeldDoubt(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "unknown")
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Costs(run, 0)
	b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.Wants(run, "1 | maintenance acme planned\n")
	if k := b.Lookup(run); k.Source != 0 {
		t.Errorf("it still stands for lookup %d", k.Source)
	}
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run)) // which does not take the user's word back
	b.Wants(run, "1 | maintenance acme planned\n")
	b.Buy(run, "acme", "answered yes")
	b.Costs(run, 1700)
}

// What the user has bought in spite of an earlier run's doubt, and the vendor
// did not take at once, is not held by the same doubt again.
func TestRefreshKeepsTheUsersWord(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(first, "acme", "unknown")
	b.Now = b.Now.Add(time.Minute)
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Retries(second, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.Now = b.Now.Add(time.Minute)
	b.Buy(second, "acme", "busy no")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, second))
	b.Wants(second, "1 | maintenance acme planned\n")

	// A doubt that came after it holds.
	b.Now = b.Now.Add(time.Hour)
	b.Retries(first, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.Buy(first, "acme", "unknown")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, second))
	if got := b.Describe(second); !strings.Contains(got, "in_doubt") {
		t.Errorf("bought beside an order in doubt: %s", got)
	}

	// Until the user says so once more, although the lookup was sent before.
	b.Retries(second, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, second))
	b.Wants(second, "1 | maintenance acme planned\n")
	b.Buy(second, "acme", "answered yes")
	b.Wants(second, "1 | maintenance acme found\n")
}

// The user's word counts once: what was sent by it and not taken is held by a doubt that no clock
// tells to be older.
func TestUsersWordCountsOnce(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "unknown")
	b.Now = b.Now.Add(-4 * time.Hour) // the clock was set back
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	for range 2 {
		b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
		b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
		b.Wants(run, "1 | maintenance acme planned\n")
		b.Buy(run, "acme", "busy no")
		b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
		if got := b.Describe(run); !strings.Contains(got, "in_doubt") {
			t.Errorf("bought beside an order in doubt: %s", got)
		}
	}
}

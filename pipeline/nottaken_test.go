package pipeline_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// limited is the answer of a limiter that no rule knows yet, unclear that of a
// vendor of which nobody knows what it means.
const (
	limited = "unknown unknown limited"
	unclear = "unknown unknown"
)

// declare says what limited means, from now on.
func declare(b *stagetest.Fixture) {
	b.Policy.Vendors["acme"].NotTaken = []vendors.NotTaken{{Body: regexp.MustCompile("limited")}}
}

// What is declared is not taken, and tried again; nothing of it is in doubt.
func TestDeclaredRefusalIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	declare(b)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", limited)
	b.Wants(run, "1 | maintenance acme planned\n")
	b.Perhaps(run, 0)
}

// A doubt whose kept answer reads as not taken, since the user has declared it,
// opens without a word of paying twice, and its charge is none.
func TestRetryOfWhatIsDeclaredSince(t *testing.T) {
	t.Parallel()
	free, asked := retry.Reopening{Lookups: 1, NotTaken: 1}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}
	for name, c := range map[string]struct {
		answers []string // one after the other, each bought by the user's word
		declare bool
		want    retry.Reopening
		perhaps record.Fen
	}{
		"declared":                       {[]string{limited}, true, free, 0},
		"not declared":                   {[]string{limited}, false, asked, 1700},
		"another answer":                 {[]string{unclear}, true, asked, 1700},
		"twice":                          {[]string{limited, limited}, true, free, 0},
		"the one before it is in doubt":  {[]string{unclear, limited}, true, asked, 3400},
		"the one after it is in doubt":   {[]string{limited, unclear}, true, asked, 3400},
		"bought, and the ticket is lost": {[]string{"unknown yes limited"}, true, asked, 0},
		"one that was free lies before":  {[]string{"busy no", limited}, true, free, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			for i, body := range c.answers {
				if i > 0 && b.Lookup(run).State == ledger.InDoubt {
					_, err := retry.Retry(context.Background(), b.Ledger, b.Policy, run, ledger.Filter{})
					b.Must(err)
				}
				b.Now = b.Now.Add(time.Hour)
				b.Buy(run, "acme", body)
			}
			if k := b.Lookup(run); k.State != ledger.InDoubt {
				t.Fatalf("it is %s", k.State)
			}
			if c.declare {
				declare(b)
			}
			b.Reopens(run, c.want)
			b.Perhaps(run, c.perhaps)
			b.Wants(run, "1 | maintenance acme planned\n")
			b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
			b.Wants(run, "1 | maintenance acme planned\n")
		})
	}
}

// A doubt that is held for an earlier run's order is free when that is.
func TestRetryOfAHeldDoubtThatIsDeclaredSince(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(first, "acme", limited)
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	third := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	declare(b)
	free := retry.Reopening{Lookups: 1, NotTaken: 1}
	b.Reopens(third, free)
	b.Perhaps(first, 0)
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, third))
	b.Wants(third, "1 | maintenance acme planned\n")
	b.Reopens(second, free) // the charge is settled by now
	b.Reopens(first, free)
	b.Wants(first, "1 | maintenance acme planned\n")
}

// What a rescue could not vouch for is at stake, whatever is declared.
func TestRetryOfADoubtWithoutItsAnswer(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Buy(run, "acme", limited)
	lost := w
	lost.Lookup.Answer = 0
	b.Must(b.Ledger.Advance(ledger.Step{From: ledger.InDoubt, Next: lost, Was: w.Attempt.Billed}))
	declare(b)
	b.Reopens(run, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.Perhaps(run, 1700)
}

// What a killed process kept unread is read by the headers that came with it.
func TestRecoverReadsTheHeadersThatWereKept(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"Content-Type: text/html\nRetry-After: 5": "1 | maintenance acme planned\n",
		"Content-Type: text/html":                 "1 | maintenance acme in_doubt submit in_doubt: trouble at the vendor's gateway (503 Busy)\n",
	} {
		b := stagetest.New(t)
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		w := b.Intend(run, "acme")
		_, err := b.Ledger.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: string(vendors.Submit), Vendor: "acme", Status: 503, ReceivedAt: b.Now,
			Head: head, Body: []byte("unreadable <title>503 Busy</title>")})
		b.Must(err)
		_, err = runner.Recover(context.Background(), b.Ledger, b.Policy)
		b.Must(err)
		b.Wants(run, want)
	}
}

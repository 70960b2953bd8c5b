package pipeline

import (
	"context"
	"regexp"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// limited is the answer of a limiter that no rule knows yet, unclear that of a
// vendor of which nobody knows what it means.
const (
	limited = "unknown unknown limited"
	unclear = "unknown unknown"
)

// declare says what limited means, from now on.
func declare(b *bed) {
	b.p.Sellers["acme"].NotTaken = []vendors.NotTaken{{Body: regexp.MustCompile("limited")}}
}

// reopens tells what retry would do and does it.
func (b *bed) reopens(run ledger.Run, want Reopening) {
	b.t.Helper()
	ctx := context.Background()
	got, err := PlanRetry(ctx, b.l, b.p, run, ledger.Filter{})
	b.must(err)
	if got != want {
		b.t.Errorf("retry would do %+v, want %+v", got, want)
	}
	_, err = Retry(ctx, b.l, b.p, run, ledger.Filter{})
	b.must(err)
}

// perhaps is what a run may have paid without anybody knowing.
func (b *bed) perhaps(run ledger.Run, want record.Fen) {
	b.t.Helper()
	b.must(b.l.WatchMoney(context.Background(), run))
	if got := b.l.Money().Unknown; got != want {
		b.t.Errorf("perhaps %s were paid in %s, want %s", got, run.ID, want)
	}
}

// What is declared is not taken, and tried again; nothing of it is in doubt.
func TestDeclaredRefusalIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	declare(b)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", limited)
	b.wants(run, "1 | maintenance acme planned\n")
	b.perhaps(run, 0)
}

// A doubt whose kept answer reads as not taken, since the user has declared it,
// opens without a word of paying twice, and its charge is none.
func TestRetryOfWhatIsDeclaredSince(t *testing.T) {
	t.Parallel()
	free, asked := Reopening{Lookups: 1, NotTaken: 1}, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700}
	for name, c := range map[string]struct {
		answers []string // one after the other, each bought by the user's word
		declare bool
		want    Reopening
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
			b := newBed(t)
			run := b.plan(only(record.DatasetMaintenance), car())
			for i, body := range c.answers {
				if i > 0 && b.lookup(run).State == ledger.InDoubt {
					_, err := Retry(context.Background(), b.l, b.p, run, ledger.Filter{})
					b.must(err)
				}
				b.now = b.now.Add(time.Hour)
				b.buy(run, "acme", body)
			}
			if k := b.lookup(run); k.State != ledger.InDoubt {
				t.Fatalf("it is %s", k.State)
			}
			if c.declare {
				declare(b)
			}
			b.reopens(run, c.want)
			b.perhaps(run, c.perhaps)
			b.wants(run, "1 | maintenance acme planned\n")
			b.must(Refresh(context.Background(), b.l, b.p, run))
			b.wants(run, "1 | maintenance acme planned\n")
		})
	}
}

// A doubt that is held for an earlier run's order is free when that is.
func TestRetryOfAHeldDoubtThatIsDeclaredSince(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	b.buy(first, "acme", limited)
	second := b.plan(only(record.DatasetMaintenance), car())
	third := b.plan(only(record.DatasetMaintenance), car())
	declare(b)
	free := Reopening{Lookups: 1, NotTaken: 1}
	b.reopens(third, free)
	b.perhaps(first, 0)
	b.must(Refresh(context.Background(), b.l, b.p, third))
	b.wants(third, "1 | maintenance acme planned\n")
	b.reopens(second, free) // the charge is settled by now
	b.reopens(first, free)
	b.wants(first, "1 | maintenance acme planned\n")
}

// What a rescue could not vouch for is at stake, whatever is declared.
func TestRetryOfADoubtWithoutItsAnswer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	w := b.buy(run, "acme", limited)
	lost := w
	lost.Lookup.Answer = 0
	b.must(b.l.Advance(ledger.Step{From: ledger.InDoubt, Next: lost, Was: w.Attempt.Billed}))
	declare(b)
	b.reopens(run, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	b.perhaps(run, 1700)
}

// What a killed process kept unread is read by the headers that came with it.
func TestRecoverReadsTheHeadersThatWereKept(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"Content-Type: text/html\nRetry-After: 5": "1 | maintenance acme planned\n",
		"Content-Type: text/html":                 "1 | maintenance acme in_doubt submit in_doubt: trouble at the vendor's gateway (503 Busy)\n",
	} {
		b := newBed(t)
		run := b.plan(only(record.DatasetMaintenance), car())
		w := b.intend(run, "acme")
		_, err := b.l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: string(vendors.Submit), Vendor: "acme", Status: 503, ReceivedAt: b.now,
			Head: head, Body: []byte("unreadable <title>503 Busy</title>")})
		b.must(err)
		_, err = Recover(context.Background(), b.l, b.p)
		b.must(err)
		b.wants(run, want)
	}
}

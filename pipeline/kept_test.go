package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// A ticket that was given up is paid for: a later run asks about it again and
// buys nothing.
func TestLaterRunAsksAgainForWhatIsPaid(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	w := b.buy(run, "acme", "ticket T1 yes")
	b.now = b.now.Add(100 * time.Hour)
	b.answer(w, vendors.Poll, "pending")
	if got := b.describe(run); !strings.Contains(got, "failed poll expired") {
		t.Fatalf("run1 stands %s, want it expired", got)
	}
	run2 := b.plan(only(record.DatasetMaintenance), car())
	if got := b.describe(run2); !strings.Contains(got, "maintenance acme waiting") {
		t.Fatalf("run2 stands %s, want it waiting for the ticket", got)
	}
	due, err := b.l.Due(context.Background(), "acme", b.now, 10)
	b.must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T1" || due[0].Lookup.Run != run2.Seq || due[0].Attempt.N != 0 {
		t.Fatalf("due is %+v, want the ticket of run1 in run2, without an order of its own", due)
	}
}

// A doubt in another run holds a lookup that was only refused before.
func TestDoubtElsewhereHoldsWhatWasOnlyRefused(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "busy no")
	b.now = b.now.Add(time.Hour)
	run2 := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run2, "acme", "unknown")
	b.must(Refresh(context.Background(), b.l, b.p, run))
	if got := b.describe(run); !strings.Contains(got, "in_doubt") {
		t.Fatalf("run1 stands %s, want it in doubt like run2", got)
	}
}

// What was read before a call ended must not send a second one.
func TestStaleCopyIsNotIntended(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.must(b.l.WatchMoney(context.Background(), run))
	stale, err := b.l.Sendable(context.Background(), run.Seq, "acme", b.now, nil, 1)
	b.must(err)
	b.answer(b.intend(run, "acme"), vendors.Submit, "busy no")
	if _, err := b.l.Intend(stale[0], 1700, b.p.MaxSpend); !errors.Is(err, ledger.ErrStale) {
		t.Fatalf("a stale intent gives %v, want ErrStale", err)
	}
	if m := b.l.Money(); m.Sum() != 0 {
		t.Errorf("a stale intent holds %v", m)
	}
}

// A vendor that was paid and had nothing is not asked again because the run
// that asked it never went on to the next.
func TestLaterRunGoesOnBehindWhatIsPaid(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "no_record yes")
	if got := b.describe(run); !strings.Contains(got, "maintenance bolt planned") {
		t.Fatalf("run1 stands %s, want it planned at the next vendor", got)
	}
	run2 := b.plan(only(record.DatasetMaintenance), car())
	if got := b.describe(run2); !strings.Contains(got, "maintenance bolt planned") {
		t.Errorf("run2 stands %s, want it planned at the next vendor, too", got)
	}
}

package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// A ticket that was given up is paid for: a later run asks about it again and
// buys nothing.
func TestLaterRunAsksAgainForWhatIsPaid(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Buy(run, "acme", "ticket T1 yes")
	b.Now = b.Now.Add(100 * time.Hour)
	b.Answer(w, vendors.Poll, "pending")
	if got := b.Describe(run); !strings.Contains(got, "failed poll expired") {
		t.Fatalf("run1 stands %s, want it expired", got)
	}
	run2 := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	if got := b.Describe(run2); !strings.Contains(got, "maintenance acme waiting") {
		t.Fatalf("run2 stands %s, want it waiting for the ticket", got)
	}
	due, err := b.Ledger.Due(context.Background(), "acme", b.Now, 10)
	b.Must(err)
	if len(due) != 1 || due[0].Lookup.Ticket != "T1" || due[0].Lookup.Run != run2.Seq || due[0].Attempt.N != 0 {
		t.Fatalf("due is %+v, want the ticket of run1 in run2, without an order of its own", due)
	}
}

// A doubt in another run holds a lookup that was only refused before.
func TestDoubtElsewhereHoldsWhatWasOnlyRefused(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "busy no")
	b.Now = b.Now.Add(time.Hour)
	run2 := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run2, "acme", "unknown")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
	if got := b.Describe(run); !strings.Contains(got, "in_doubt") {
		t.Fatalf("run1 stands %s, want it in doubt like run2", got)
	}
}

// What was read before a call ended must not send a second one.
func TestStaleCopyIsNotIntended(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Must(b.Ledger.WatchMoney(context.Background(), run))
	stale, err := b.Ledger.Sendable(context.Background(), run.Seq, "acme", b.Now, nil, 1)
	b.Must(err)
	b.Answer(b.Intend(run, "acme"), vendors.Submit, "busy no")
	if _, err := b.Ledger.Intend(stale[0], 1700, b.Policy.MaxSpend); !errors.Is(err, ledger.ErrStale) {
		t.Fatalf("a stale intent gives %v, want ErrStale", err)
	}
	if m := b.Ledger.Money(); m.Sum() != 0 {
		t.Errorf("a stale intent holds %v", m)
	}
}

// A vendor that was paid and had nothing is not asked again because the run
// that asked it never went on to the next.
func TestLaterRunGoesOnBehindWhatIsPaid(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "no_record yes")
	if got := b.Describe(run); !strings.Contains(got, "maintenance bolt planned") {
		t.Fatalf("run1 stands %s, want it planned at the next vendor", got)
	}
	run2 := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	if got := b.Describe(run2); !strings.Contains(got, "maintenance bolt planned") {
		t.Errorf("run2 stands %s, want it planned at the next vendor, too", got)
	}
}

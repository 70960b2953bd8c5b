package runner

import (
	"log/slog"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// A lookup of this run follows a lookup of another run; that one's request goes on, and is in doubt at once.
func TestFollowersAreWoken(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Buy(first, "acme", "ticket T1 yes")
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Wants(run, "1 | maintenance acme following\n")
	b.Now = b.Now.Add(time.Hour)
	b.Policy.Loss = ledger.Loss{At: b.Now, What: "something"}
	b.Now = b.Now.Add(time.Hour)
	for _, s := range b.Policy.Vendors {
		s.Pace, s.InFlight = ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, still{stagetest.Noon}, 0), 4
	}
	d, err := New(t.Context(), b.Ledger, b.Policy, run, still{stagetest.Noon}, slog.New(slog.DiscardHandler))
	b.Must(err)
	d.calls = t.Context()
	s := d.workers["acme"]
	s.window.sendsAt = never // the worker has looked, and found nothing to send
	r := lookup.Result{Received: b.Now, Outcome: vendors.Outcome{Kind: vendors.NoRecord, Billed: vendors.BilledYes}}
	b.Must(s.decide(w, vendors.Poll, r, b.Ledger.Advance))
	t.Log("\n" + b.Describe(first) + b.Describe(run))
	if s.window.sendsAt.Equal(never) {
		t.Error("the station does not know that there is something to send")
	}
}

// Budget is freed after a worker has decided which datasets to leave out and before it has read the rest: it must read
// again.
func TestBudgetFreedBeforeTheLedgerIsRead(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	for _, s := range b.Policy.Vendors {
		s.Pace, s.InFlight = ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, still{stagetest.Noon}, 0), 4
	}
	d, err := New(t.Context(), b.Ledger, b.Policy, run, still{stagetest.Noon}, slog.New(slog.DiscardHandler))
	b.Must(err)
	s := d.workers["acme"]
	s.setOverBudget(record.DatasetMaintenance)
	_, decided, _, _, n := s.checkMemory(stagetest.Noon)
	if decided || !n.sends || len(n.skip) == 0 {
		t.Fatalf("decided %v, would read %+v", decided, n)
	}
	s.clearOverBudget()
	b.Must(s.readSends(t.Context(), stagetest.Noon, n))
	ready, _, err := s.look(t.Context())
	b.Must(err)
	if !ready {
		t.Error("what may be bought again is not looked for")
	}
}

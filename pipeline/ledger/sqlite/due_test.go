package sqlite

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// waitUntil gives a planned lookup a ticket that is asked about at a moment.
func waitUntil(t *testing.T, l *Ledger, w ledger.Work, at time.Time) ledger.Work {
	t.Helper()
	s := step(intend(t, l, w, 100), ledger.Waiting, ledger.BilledYes)
	s.Next.Lookup.Ticket, s.Next.Lookup.TicketAt, s.Next.Lookup.NextAt = "T", noon, at
	return advance(t, l, s)
}

// follow plans a run whose only lookup follows one of an earlier run.
func follow(t *testing.T, l *Ledger, id string, source ledger.Work) ledger.Work {
	t.Helper()
	run, begun := startRun(t, l, id)
	pv := rowOf(run, 1)
	pv.Lookups[0].State, pv.Lookups[0].Source, pv.Lookups[0].Key = ledger.Following, source.Lookup.ID, source.Lookup.Key
	put(t, begun, func(tx ledger.PlanTx) error { return tx.Put(pv) })
	_, err := begun.End(1)
	must(t, err)
	return ledger.Work{Lookup: ledger.Lookup{ID: begun.(*plan).next - 1}}
}

// A process that opens the ledger finds those that follow, as does the one
// that made them.
func TestFollowersAreFoundAfterReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	_, work := planRun(t, l, "one", 1)
	source := waitUntil(t, l, work[0], noon)
	f := follow(t, l, "two", source)
	must(t, l.Close())
	l = openAt(t, dir)
	advance(t, l, step(source, ledger.Found, ledger.BilledYes))
	if k := stateOf(t, l, f.Lookup.ID); k.State != ledger.Found {
		t.Errorf("the follower is %s", k.State)
	}
}

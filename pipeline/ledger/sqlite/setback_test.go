package sqlite

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

func TestWhatAWrongClockHasPutOffIsDue(t *testing.T) {
	t.Parallel()
	now := noon.Add(10 * 365 * 24 * time.Hour) // the clock is years ahead
	o := options()
	o.Now = func() time.Time { return now }
	l, err := Open(context.Background(), t.TempDir(), o)
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	_, work := planRun(t, l, "one", 2)
	wait := func(w ledger.Work) {
		next := w
		next.Lookup.State, next.Lookup.NextAt, next.Lookup.TicketAt = ledger.Waiting, now.Add(time.Hour), now
		must(t, l.Advance(ledger.Step{From: ledger.Planned, Next: next, Was: w.Attempt.Billed}))
	}
	wait(work[0])
	now = noon
	wait(work[1])
	must(t, l.SetBack())
	due, err := l.Due(context.Background(), "acme", noon, 10)
	must(t, err)
	if len(due) != 1 || due[0].Lookup.ID != work[0].Lookup.ID || !due[0].Lookup.NextAt.Equal(noon) || due[0].Lookup.TicketAt.Before(noon.AddDate(9, 0, 0)) {
		t.Errorf("due: %+v", due)
	}
}

// A clock that was set back between two looks at it leaves a lookup that was changed
// now and is due in years.
func TestWhatIsDueLaterThanItCanBeIsDue(t *testing.T) {
	t.Parallel()
	l, err := Open(context.Background(), t.TempDir(), options())
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	_, work := planRun(t, l, "one", 3)
	for i, wait := range []time.Duration{integrity.MostWait, integrity.MostWait + time.Second, 10 * 365 * 24 * time.Hour} {
		next := work[i]
		next.Lookup.State, next.Lookup.NextAt, next.Lookup.TicketAt = ledger.Waiting, noon.Add(wait), noon
		must(t, l.Advance(ledger.Step{From: ledger.Planned, Next: next, Was: work[i].Attempt.Billed}))
	}
	must(t, l.SetBack())
	due, err := l.Due(context.Background(), "acme", noon, 10)
	must(t, err)
	if len(due) != 2 || due[0].Lookup.ID == work[0].Lookup.ID || due[1].Lookup.ID == work[0].Lookup.ID {
		t.Errorf("due: %+v", due)
	}
}

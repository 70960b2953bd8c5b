package sqlite

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// Whatever changes what a run's outputs say changes its fingerprint; what does not, does not.
func TestFingerprintTellsWhatHasChanged(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l, now := clockwork(t)
	run, work := planRun(t, l, "one", 3)
	seen := map[string]string{}
	is := func(run ledger.Run) string {
		text, err := l.Fingerprint(ctx, run, "v1")
		must(t, err)
		return text
	}
	last := is(run)
	changes := func(what string) {
		t.Helper()
		next := is(run)
		if before, ok := seen[next]; ok || next == last {
			t.Errorf("after %s it is as it was %s", what, before)
		}
		seen[last], last = what, next
	}
	w := intend(t, l, work[0], 1700)
	changes("an intent")
	w.Lookup.Ticket = "T"
	w = advance(t, l, step(w, ledger.Waiting, ledger.BilledYes))
	changes("a ticket")
	*now = now.Add(time.Minute)
	w.Lookup.NextAt = now.Add(time.Hour)
	w = advance(t, l, step(w, ledger.Waiting, ledger.BilledYes))
	changes("a poll")
	must(t, l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "poll", Vendor: "acme", Status: 200, ReceivedAt: *now}, step(w, ledger.Found, ledger.BilledYes)))
	changes("an answer")
	second := advance(t, l, step(intend(t, l, work[1], 1700), ledger.InDoubt, ledger.BilledUnknown))
	third := advance(t, l, step(intend(t, l, work[2], 1700), ledger.InDoubt, ledger.BilledNo))
	changes("two doubts")
	must(t, l.Settle([]ledger.Settlement{{Lookup: second.Lookup.ID, N: 1, Was: ledger.BilledUnknown, Billed: ledger.BilledNo}, {Lookup: third.Lookup.ID, N: 1, Was: ledger.BilledNo, Billed: ledger.BilledUnknown}}))
	changes("a bill that has it the other way round")
	if is(run) != last {
		t.Error("it is another without a change")
	}
	must(t, l.SetPause(ledger.Pause{Vendor: "acme", Since: *now, NextAt: *now}))
	if is(run) != last {
		t.Error("a vendor that is waited for changes it")
	}
	finished := run
	finished.State, finished.FinishedAt = ledger.RunFinished, *now
	if is(finished) == last {
		t.Error("a run that has finished is as it was")
	}
	planRun(t, l, "two", 1)
	changes("another run")
	if other, err := l.Fingerprint(ctx, run, "v2"); err != nil || other == last {
		t.Errorf("another version: %v", err)
	}
}

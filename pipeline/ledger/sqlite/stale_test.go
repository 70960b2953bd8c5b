package sqlite

import (
	"errors"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// A step that begins before a later submission must not undo it, though the
// lookup is in the same state again: the later ticket would be lost, and the
// order bought another time.
func TestStepFromBeforeALaterSubmissionIsStale(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "a", 1)
	first := advance(t, l, step(intend(t, l, work[0], 1700), ledger.Waiting, ledger.BilledYes))
	planned := advance(t, l, step(first, ledger.Planned, ledger.BilledYes)) // no record there: on to the next vendor
	second := intend(t, l, planned, 3200)
	second.Lookup.Ticket = "the later one"
	advance(t, l, step(second, ledger.Waiting, ledger.Reserved))
	if err := l.Advance(step(first, ledger.Planned, ledger.BilledYes)); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("a step from the first ticket: %v, want ErrStale", err)
	}
	if k := stateOf(t, l, second.Lookup.ID); k.State != ledger.Waiting || k.Ticket != "the later one" || k.Attempts != 2 {
		t.Errorf("the lookup is %+v", k)
	}
	waiting := stateOf(t, l, second.Lookup.ID)
	second.Lookup = waiting
	advance(t, l, step(second, ledger.Planned, ledger.BilledNo))
	if _, err := l.Intend(planned, 3200, record.Opt[record.Fen]{}); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("an intent from before the second one: %v, want ErrStale", err)
	}
}

// A second answer to the same submission must not change what the first one
// has settled.
func TestStepOfASettledLookupIsStale(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "a", 1)
	sent := intend(t, l, work[0], 1700)
	advance(t, l, step(sent, ledger.Found, ledger.BilledYes))
	if err := l.Advance(step(sent, ledger.Failed, ledger.BilledNo)); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("a second answer: %v, want ErrStale", err)
	}
	if k := stateOf(t, l, sent.Lookup.ID); k.State != ledger.Found {
		t.Errorf("the lookup is %+v", k)
	}
}

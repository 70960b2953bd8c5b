package ledger

import (
	"vehiclebatch/pipeline/record"
)

// State is where a lookup stands. The settled states are the statuses that a user sees;
// docs/states.md describes the ways between them.
type State string

// The states of a lookup.
const (
	Planned     State = "planned"    // not sent, or known not to have been taken
	Submitting  State = "submitting" // the intent is on disk, the outcome is not
	Waiting     State = "waiting"    // a ticket is held
	Following   State = "following"  // a lookup with the same key is open in another run
	Found       State = State(record.Found)
	NoRecord    State = State(record.NoRecord)
	Unsupported State = State(record.Unsupported)
	Failed      State = State(record.Failed)
	InDoubt     State = State(record.InDoubt)
)

// Status is what a user sees of a state.
func (s State) Status() record.Status {
	switch s {
	case Planned, Submitting, Waiting, Following:
		return record.Pending
	}
	return record.Status(s)
}

// Open tells whether a lookup in this state is not settled yet.
func (s State) Open() bool { return s.Status() == record.Pending }

// Answered tells whether the vendor has given its final answer.
func (s State) Answered() bool { return s == Found || s == NoRecord || s == Unsupported }

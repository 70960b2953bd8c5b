package ledger

import (
	"vehiclebatch/pipeline/record"
)

// State is where an order stands. The settled ones are the statuses that a
// user sees; docs/states.md draws the ways between them.
type State string

// The states of an order.
const (
	Planned     State = "planned"    // not sent, or known not to have been taken
	Submitting  State = "submitting" // the intent is on disk, the outcome is not
	Waiting     State = "waiting"    // a ticket is held
	Following   State = "following"  // an order with the same key is open in another run
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

// Open tells whether work is left on an order in this state.
func (s State) Open() bool { return s.Status() == record.Pending }

// Answered tells whether the vendor has said its last word.
func (s State) Answered() bool { return s == Found || s == NoRecord || s == Unsupported }

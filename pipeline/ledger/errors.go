package ledger

import (
	"errors"
)

// UserError is a ledger that cannot be used as it is, and what to do.
type UserError struct{ Problem, Hint string }

func (e *UserError) Error() string { return e.Problem + ": " + e.Hint }

// ErrStale means that a lookup was no longer in the state that a change starts from.
var ErrStale = errors.New("the lookup is no longer in that state")

// ErrBudget means that an intent would pass the budget; nothing was changed.
var ErrBudget = errors.New("the budget does not allow it")

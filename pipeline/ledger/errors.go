package ledger

import (
	"errors"
	"fmt"
)

// ErrStale means that a lookup was no longer in the state that a change starts from.
var ErrStale = errors.New("the lookup is no longer in that state")

// ErrBudget means that an intent would exceed the budget; nothing was changed.
var ErrBudget = errors.New("the budget does not allow it")

// NoRoomError means that the disk has no room for what may come back for one more order, for an answer that can be
// asked for again, or for a change; nothing was changed.
type NoRoomError struct {
	Dir      string // a folder on that disk
	Want     int64  // bytes that must be free; 0: not known here
	UnderWay int    // orders for whose answers there is room
	Spent    bool   // a write has failed already: no order leaves any more
	Err      error  // why the write failed; nil if none was tried
}

func (e *NoRoomError) Error() string {
	task := "make room"
	if e.Want > 0 {
		task = fmt.Sprintf("make at least %d MiB free", (e.Want+1<<20-1)>>20)
	}
	return fmt.Sprintf("there is no room left on the disk under %s: %s there and give the command again; what is settled is safe, and nothing is bought twice", e.Dir, task)
}

// Unwrap is the error of the write that failed, nil if none was tried.
func (e *NoRoomError) Unwrap() error { return e.Err }

// UserError says why a ledger cannot be used as it is, and what to do about it.
type UserError struct{ Problem, Hint string }

func (e *UserError) Error() string { return e.Problem + ": " + e.Hint }

// HeldError says who works in the workspace: only one process at a time may.
type HeldError struct{ Dir, Holder string }

func (e *HeldError) Error() string {
	return fmt.Sprintf("the workspace %s is in use by %s: wait for it to end, or stop it with Ctrl-C; `batch status` shows how far it is", e.Dir, e.Holder)
}

// LostError says that the server of a ledger is away. Every intent that was sent is written down there; answers that
// came since are kept in the workspace.
type LostError struct{ Err error }

func (e *LostError) Error() string {
	return fmt.Sprintf("the server of the ledger is away (%v): nothing more is bought. What was ordered is written down, and nothing is bought twice: `batch resume` goes on when the server is there again", e.Err)
}

// Unwrap is how it showed.
func (e *LostError) Unwrap() error { return e.Err }

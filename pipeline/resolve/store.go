package resolve

import (
	"context"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// Store is what a resolver needs of a ledger. Safe for concurrent use.
type Store interface {
	Now() time.Time
	// Asked lists the lookups with a key, at any vendor and in any run, the newest first.
	Asked(ctx context.Context, key []byte) ([]ledger.Lookup, error)
	// SameInRun finds the lookup of a run that has a key and has not been replaced by another.
	SameInRun(ctx context.Context, run int64, key []byte) (ledger.Lookup, bool, error)
	// MaintenanceOf lists the lookups that ask for the maintenance record of a row: none, one, or
	// several side by side.
	MaintenanceOf(ctx context.Context, run, row int64) ([]ledger.Lookup, error)
	AnswerByID(ctx context.Context, id int64) (ledger.Answer, error)
	// Unblocked lists planned lookups of a run, after a given id and in pages, that need wait no
	// longer: the lookup that they depend on is settled.
	Unblocked(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error)
	// Unblock makes the step of a lookup that has waited for another, gives it the key that it has
	// now, and ends its waiting, in one commit. ErrStale means that it was unblocked before.
	Unblock(s ledger.Step, awaited int64) error
}

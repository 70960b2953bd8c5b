package retry

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/resolve"
)

// Store is what opening failures again needs of a ledger.
type Store interface {
	resolve.Store
	// Failures calls do with the lookups of a run's failure ledger that match, in the order in which
	// their requests were planned.
	Failures(ctx context.Context, r ledger.Run, f ledger.Filter, do func(ledger.Work) error) error
	// MayHavePaid tells whether any submission of a lookup to its vendor, or of what it has taken over
	// from an earlier run, was charged or may have been.
	MayHavePaid(ctx context.Context, k *ledger.Lookup) (bool, error)
	// HasPaid tells whether any submission for the request of a lookup to a vendor was charged or may
	// have been.
	HasPaid(ctx context.Context, k *ledger.Lookup, vendor string) (bool, error)
	// Sender is the lookup that sent the order behind another: itself, or the one of another run that
	// it stands for, and so on.
	Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error)
	// Orders lists the submissions of a lookup to its vendor, the first one first.
	Orders(ctx context.Context, k *ledger.Lookup) ([]ledger.Attempt, error)
	// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
	LastAnswer(ctx context.Context, lookup int64, attempt int) (ledger.Answer, bool, error)
	// Settle writes down what is known of charges since, with the steps that follow, all or nothing.
	Settle(list []ledger.Settlement) error
	SetRun(r ledger.Run) error
	// SetKeys gives lookups that could not be asked the keys that they have now.
	SetKeys(list []ledger.NewKey) error
	AdvanceAll(steps []ledger.Step) error
}

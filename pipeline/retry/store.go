package retry

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/resolve"
)

// Store is what opening failures again needs of a ledger.
type Store interface {
	resolve.Store
	// Failures calls do with each matching lookup of a run's failure ledger, in the order in which
	// their requests were planned.
	Failures(ctx context.Context, r ledger.Run, f ledger.Filter, do func(ledger.Work) error) error
	// MayHavePaid tells whether any submission of a lookup to its vendor, or of the lookup that it
	// was taken over from, was charged or may have been.
	MayHavePaid(ctx context.Context, k *ledger.Lookup) (bool, error)
	// HasPaid tells whether any submission for the request of a lookup to a vendor was charged or may
	// have been.
	HasPaid(ctx context.Context, k *ledger.Lookup, vendor string) (bool, error)
	// Sender is the lookup that sent the order behind k: k itself, or the lookup of another run
	// that k stands for, and so on along the chain.
	Sender(ctx context.Context, k ledger.Lookup) (ledger.Lookup, error)
	// Orders lists the submissions of a lookup to its vendor, the first one first.
	Orders(ctx context.Context, k *ledger.Lookup) ([]ledger.Attempt, error)
	// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
	LastAnswer(ctx context.Context, lookup int64, attempt int) (ledger.Answer, bool, error)
	// Settle writes down what has become known about charges, together with the steps that follow
	// from it, all or nothing.
	Settle(list []ledger.Settlement) error
	SetRun(r ledger.Run) error
	// SetKeys gives lookups that could not be asked before their real keys.
	SetKeys(list []ledger.NewKey) error
	AdvanceAll(steps []ledger.Step) error
}

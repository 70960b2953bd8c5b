package reconcile

import (
	"context"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// Store is what holding a bill against a ledger needs of it.
type Store interface {
	looker
	// Runs lists the runs, the newest first.
	Runs(ctx context.Context) ([]ledger.Run, error)
	SetRun(r ledger.Run) error
	// Settle writes down what a bill says of submissions, each with its steps, all or nothing.
	Settle(list []ledger.Settlement) error
}

// looker is what finding out what a bill makes certain needs.
type looker interface {
	// Charges lists the submissions to a vendor, of any run, whose intent lies from since on and
	// before until, in the order of their intents.
	Charges(ctx context.Context, vendor string, since, until time.Time) ([]ledger.Charge, error)
	// HeldDoubts lists the lookups that were never sent and are in doubt because another lookup, their
	// Source, is.
	HeldDoubts(ctx context.Context) ([]ledger.Lookup, error)
	LookupByID(ctx context.Context, id int64) (ledger.Lookup, error)
	// TicketOwners lists the orders, of any run, vendor and time, that have one of some tickets, the
	// oldest first.
	TicketOwners(ctx context.Context, tickets []string) ([]ledger.TicketOwner, error)
}

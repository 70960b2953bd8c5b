package planner

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/resolve"
)

// Store is what planning needs of a ledger.
type Store interface {
	resolve.Store
	StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error)
	// Runs lists the runs, the newest first.
	Runs(ctx context.Context) ([]ledger.Run, error)
	// PlannedWork lists planned lookups of a run after a given id, in pages, but for those that
	// await another one.
	PlannedWork(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error)
	// AdvanceAll makes many steps in few commits, each of them all or nothing. It ends at the first
	// that fails; those committed before it stay.
	AdvanceAll(steps []ledger.Step) error
}

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
	// PlannedWork lists the planned lookups of a run after a given id, in pages, without those that
	// wait for another lookup.
	PlannedWork(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error)
	// AdvanceAll makes many steps in few commits; each commit is all or nothing. It stops at the
	// first step that fails; what was committed before stays.
	AdvanceAll(steps []ledger.Step) error
}

package app

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// ListedRun is a run in the list of a workspace's runs.
type ListedRun struct {
	Run ledger.Run
	ledger.Totals
	Open int64 // lookups that are not settled
}

// Runs are all runs of the workspace, the newest first.
func (w *Workspace) Runs(ctx context.Context) ([]ListedRun, error) {
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	lines, _, err := w.ledger.SpendOver(ctx, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}})
	if err != nil {
		return nil, fmt.Errorf("add up the money: %w", err)
	}
	money := map[string]ledger.Totals{}
	for i := range lines {
		money[lines[i].Run] = lines[i].Totals
	}
	out := make([]ListedRun, 0, len(runs))
	for _, r := range runs {
		if r.State == ledger.RunPlanning {
			continue
		}
		listed := ListedRun{Run: r, Totals: money[r.ID]}
		if r.State != ledger.RunFinished {
			if listed.Open, err = w.Open(ctx, r); err != nil {
				return nil, err
			}
		}
		out = append(out, listed)
	}
	return out, nil
}

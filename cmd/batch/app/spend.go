package app

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// Spent is what a workspace has charged, reserved and left in doubt.
type Spent struct {
	By    []ledger.SpendBy
	Lines []ledger.SpendLine
	Total ledger.SpendLine
}

// Spend adds up the money, of one run if it is named.
func (w *Workspace) Spend(ctx context.Context, q ledger.SpendQuery, runID string) (s Spent, err error) {
	s.By = q.By
	if runID != "" {
		run, err := w.Run(ctx, runID)
		if err != nil {
			return s, err
		}
		q.Run = run.Seq
	}
	if s.Lines, s.Total, err = w.ledger.SpendOver(ctx, q); err != nil {
		return s, fmt.Errorf("add up the money: %w", err)
	}
	return s, nil
}

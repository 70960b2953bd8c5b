package app

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// ToCompare finds the runs that were named, or the last finished ones. Both must have
// their answers still.
func (w *Workspace) ToCompare(ctx context.Context, a, b string) (earlier, later ledger.Run, err error) {
	if a != "" {
		if earlier, err = w.Run(ctx, a); err != nil {
			return earlier, later, err
		}
	}
	if b != "" {
		if later, err = w.Run(ctx, b); err != nil {
			return earlier, later, err
		}
		if err = notPurged(earlier, "compared"); err == nil {
			err = notPurged(later, "compared")
		}
		return earlier, later, err
	}
	runs, err := w.ledger.Runs(ctx)
	if err != nil {
		return earlier, later, err
	}
	var finished []ledger.Run // the newest first
	for _, r := range runs {
		if r.State == ledger.RunFinished && r.PurgedAt.IsZero() && r.ID != a {
			finished = append(finished, r)
		}
	}
	need := 2
	if a != "" {
		need = 1
	}
	if len(finished) < need {
		return earlier, later, UsageError("the workspace %s has %s that can be compared, and it takes two: run again another day",
			w.Dir, record.Counted(int64(len(finished)), "finished run"))
	}
	if a == "" {
		earlier = finished[1]
	}
	return earlier, finished[0], notPurged(earlier, "compared")
}

// Compare gives add what the answers of one run say that those of an earlier one did not.
func (w *Workspace) Compare(ctx context.Context, earlier, later ledger.Run, add func(sinks.ChangeRow) error) (export.Compared, error) {
	sum, err := export.Diff(ctx, w.ledger, earlier, later, readers(), add)
	if err != nil {
		return sum, fmt.Errorf("compare run %s with run %s: %w", later.ID, earlier.ID, err)
	}
	return sum, nil
}

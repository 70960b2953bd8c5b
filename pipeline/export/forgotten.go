package export

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
)

// RunStore is what Forgotten needs of a ledger.
type RunStore interface {
	Before(ctx context.Context, r ledger.Run) (ledger.Span, error)
	Runs(ctx context.Context) ([]ledger.Run, error)
}

// Forgotten tells for the id of a run whether its answers are purged, so that what the outputs of r say in comparison
// with it cannot be worked out again.
func Forgotten(ctx context.Context, l RunStore, r ledger.Run) (func(runID string) bool, error) {
	span, err := l.Before(ctx, r)
	if err != nil {
		return nil, err
	}
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for purged runs: %w", err)
	}
	out := map[string]bool{}
	for i := range runs {
		if runs[i].Seq < span.From {
			out[runs[i].ID] = true
		}
	}
	return func(id string) bool { return out[id] }, nil
}

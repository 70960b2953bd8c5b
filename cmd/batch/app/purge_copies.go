package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"vehiclebatch/sinks"
)

// strays names what holds vehicles beside the ledger and is not forgotten by
// a purge: damaged ledgers that a rescue has kept, and outputs of runs that the
// ledger does not know. They may be the last witness of money: the user removes
// them.
func (p *PurgePlan) strays(ctx context.Context) (out []string, err error) {
	runs, err := p.ledger.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	known := map[string]bool{}
	for _, r := range runs {
		known[r.ID] = true
	}
	for _, pattern := range []string{"ledger.damaged-*", "runs/*", "by_date/*/run_date=*/*"} {
		found, err := p.disk().Glob(p.Dir, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if !known[runOf(name)] {
				out = append(out, filepath.Join(p.Dir, name))
			}
		}
	}
	return out, nil
}

// runOf is the run that a folder of outputs, or a copy of one of its files, is of.
func runOf(name string) string {
	base := filepath.Base(name)
	if id, ok := strings.CutSuffix(base, ".partial"); ok {
		base = strings.TrimPrefix(id, ".")
	}
	return strings.TrimSuffix(base, "."+string(sinks.Parquet))
}

package stagetest

import (
	"context"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
)

// LookupAt names a lookup of the base.
type LookupAt struct {
	Row     int64
	Dataset record.Dataset
}

// Finish ends a run as far as it is.
func (b *Fixture) Finish(run ledger.Run) ledger.Run {
	b.T.Helper()
	run.State, run.FinishedAt = ledger.RunFinished, b.Now
	b.Must(b.Ledger.SetRun(run))
	return run
}

// Correct plans a correction of a run: named lookups are asked again, and rows change.
func (b *Fixture) Correct(base ledger.Run, datasets []record.Dataset, named []LookupAt, change map[int64]func(*record.Vehicle)) ledger.Run {
	b.T.Helper()
	ctx := context.Background()
	prior, err := b.Ledger.PriorRows(ctx, base, 0, 100)
	b.Must(err)
	var rows []record.Vehicle
	for _, f := range prior {
		v := f.Given
		if change[v.Row] != nil {
			change[v.Row](&v)
		}
		rows = append(rows, v)
	}
	b.n++
	run := ledger.Run{ID: fmt.Sprint("run", b.n), StartedAt: b.Now, InputSHA256: fmt.Sprint("input", b.n), Datasets: base.Datasets,
		Corrects: base.ID, Corrected: datasets}
	c := planner.Correction{Base: base, Named: func(row int64, d record.Dataset) bool { return slices.Contains(named, LookupAt{row, d}) }}
	return b.plan(run, func(into planner.Store, run ledger.Run) (ledger.Run, error) {
		return planner.Correct(ctx, into, b.Policy, run, c, &List{Rows: rows}, func(int64) {})
	})
}

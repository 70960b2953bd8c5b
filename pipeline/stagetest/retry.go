package stagetest

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/retry"
)

// Retries holds what PlanRetry says, reopens, and checks that the run is open
// and that its spend is what it was.
func (b *Fixture) Retries(run ledger.Run, f ledger.Filter, want retry.Reopening) {
	b.T.Helper()
	ctx := context.Background()
	run.State, run.FinishedAt = ledger.RunFinished, b.Now
	b.Must(b.Ledger.SetRun(run))
	b.Must(b.Ledger.WatchMoney(ctx, run))
	before := b.Ledger.Money()
	got, err := retry.PlanRetry(ctx, b.Ledger, b.Policy, run, f)
	b.Must(err)
	if got != want {
		b.T.Errorf("retry would do %+v, want %+v", got, want)
	}
	_, err = retry.Retry(ctx, b.Ledger, b.Policy, run, f)
	b.Must(err)
	runs, err := b.Ledger.Runs(ctx)
	b.Must(err)
	if runs[0].State != ledger.RunOpen || !runs[0].FinishedAt.IsZero() {
		b.T.Errorf("the run is %+v", runs[0])
	}
	b.Must(b.Ledger.WatchMoney(ctx, run))
	if got := b.Ledger.Money(); got != before {
		b.T.Errorf("reopening moved money from %+v to %+v", before, got)
	}
}

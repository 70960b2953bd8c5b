package stagetest

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
)

// Reopens tells what retry would do and does it.
func (b *Fixture) Reopens(run ledger.Run, want retry.Reopening) {
	b.T.Helper()
	ctx := context.Background()
	got, err := retry.PlanRetry(ctx, b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	if got != want {
		b.T.Errorf("retry would do %+v, want %+v", got, want)
	}
	_, err = retry.Retry(ctx, b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
}

// Perhaps is what a run may have paid without anybody knowing.
func (b *Fixture) Perhaps(run ledger.Run, want record.Fen) {
	b.T.Helper()
	b.Must(b.Ledger.WatchMoney(context.Background(), run))
	if got := b.Ledger.Money().Unknown; got != want {
		b.T.Errorf("perhaps %s were paid in %s, want %s", got, run.ID, want)
	}
}

package stagetest

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Costs says what a run must have spent.
func (b *Fixture) Costs(run ledger.Run, want record.Fen) {
	b.T.Helper()
	b.Must(b.Ledger.WatchMoney(context.Background(), run))
	if got := b.Ledger.Money().Sum(); got != want {
		b.T.Errorf("%s costs ¥%s, want ¥%s", run.ID, got, want)
	}
}

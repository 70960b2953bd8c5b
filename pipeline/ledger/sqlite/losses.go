package sqlite

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
)

// LastLoss tells of the last rescue that left vehicles for which nobody can say what was bought.
func (l *Ledger) LastLoss(ctx context.Context) (ledger.Loss, error) {
	var at, sum int64
	var loss ledger.Loss
	err := l.reader.QueryRowContext(ctx, "SELECT at, what, sum FROM losses ORDER BY at DESC LIMIT 1").Scan(&at, &loss.What, &sum)
	if noRows(err) {
		return ledger.Loss{}, nil
	}
	if loss.At = stored.Moment(at); err == nil && sum != stored.SumOfLoss(&loss) {
		err = stored.Damage("read what a rescue could not name: it is not what was written down")
	}
	return loss, err
}

// LostRows counts the rows of a run that a rescue could not save and has replaced with blank rows.
// If the run itself was lost, it may have had more.
func (l *Ledger) LostRows(ctx context.Context, r ledger.Run) (int64, error) {
	var n int64
	err := l.reader.QueryRowContext(ctx, "SELECT COUNT(*) FROM vehicles v WHERE run=? AND "+integrity.LostRow, r.Seq).Scan(&n)
	return n, err
}

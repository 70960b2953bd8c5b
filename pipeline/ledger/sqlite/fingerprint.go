package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

// A fingerprint stands for what the outputs of a run are made of, in a few numbers: the run's own
// rows, and how far the lookups and charges of all runs have come, because outputs also use
// answers, failures and doubts of other runs and compare with them.
const (
	selectRowsSum    = "SELECT COUNT(*), COALESCE(SUM(sum), 0) FROM vehicles WHERE run=?"
	selectLookupsSum = "SELECT COUNT(*), COALESCE(SUM(sum), 0) FROM lookups"
	selectMoneySum   = "SELECT COUNT(*), COALESCE(SUM(sum), 0) FROM attempts"
	selectRunsSum    = "SELECT COUNT(*), COALESCE(SUM(purged_at & 0xffffffff), 0) FROM runs"
)

// Written is the fingerprint of what the outputs of a run were made of when the run last wrote
// them; "" if other outputs may have taken their place.
func (l *Ledger) Written(ctx context.Context, r ledger.Run) (fingerprint string, err error) {
	err = l.reader.QueryRowContext(ctx, "SELECT written FROM runs WHERE seq=?", r.Seq).Scan(&fingerprint)
	return fingerprint, err
}

// SetWritten sets the fingerprint that Written returns.
func (l *Ledger) SetWritten(r ledger.Run, fingerprint string) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "UPDATE runs SET written=? WHERE seq=?", fingerprint, r.Seq)
	}, nil)
}

// Fingerprint changes whenever the outputs of a run would change, and perhaps at other times too.
// with is whatever else the outputs depend on. It reads the lookups once, which takes a small part
// of the time that writing the outputs takes.
func (l *Ledger) Fingerprint(ctx context.Context, r ledger.Run, with string) (string, error) {
	tx, err := l.reader.begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	text := fmt.Sprintln(r.Seq, r.ID, stored.Micros(r.StartedAt), stored.Micros(r.FinishedAt), stored.Micros(r.PurgedAt), r.InputPath, r.InputSHA256, r.InputRows, ledger.JoinDatasets(r.Datasets),
		r.Formats, r.Lang, r.ReportLang, r.ReportTop, r.Partitioned, r.BOM, r.StrictVIN, r.Corrects, ledger.JoinDatasets(r.Corrected), with)
	for _, q := range []struct {
		query string
		args  []any
		n     int
	}{{selectRowsSum, []any{r.Seq}, 2}, {selectLookupsSum, nil, 2}, {selectMoneySum, nil, 2}, {selectRunsSum, nil, 2}} {
		numbers := make([]int64, q.n)
		dest := make([]any, q.n)
		for i := range numbers {
			dest[i] = &numbers[i]
		}
		if err := tx.QueryRowContext(ctx, q.query, q.args...).Scan(dest...); err != nil {
			return "", fmt.Errorf("look what has changed since the outputs were written: %w", err)
		}
		text += fmt.Sprintln(numbers)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16]), nil
}

package sqlite

import (
	"context"

	"vehiclebatch/pipeline/ledger"
)

// whereUnblocked picks the planned lookups that depend on another one and need wait no longer: the
// other is settled, with all lookups of its fan-out, or is gone. If a lookup depends on itself,
// only the decision what to ask is left.
const whereUnblocked = ` AND k.depends_on > 0 AND k.state='planned' AND (k.depends_on = k.id OR NOT EXISTS (SELECT 1 FROM lookups m
	WHERE (m.id=k.depends_on OR m.group_id > 0 AND m.group_id=k.depends_on) AND m.state IN ('planned','submitting','waiting','following')))`

const (
	selectUnblocked   = selectWork + "WHERE k.run=? AND k.id > ?" + whereUnblocked + " ORDER BY k.id LIMIT 0+?"
	selectUnblockedBy = selectWork + "WHERE k.depends_on IN (?, ?)" + whereUnblocked + " ORDER BY k.id"
	existsBlocked     = "SELECT EXISTS (SELECT 1 FROM lookups WHERE depends_on > 0 AND state='planned' AND run=?)"
)

// Unblocked lists planned lookups of a run, after a given id and in pages, that need wait no
// longer: the lookup that they depend on is settled.
func (l *Ledger) Unblocked(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectUnblocked, r.Seq, after, limit)
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// UnblockedBy lists the planned lookups that have waited for a lookup that is now settled, and need
// wait no longer.
func (l *Ledger) UnblockedBy(ctx context.Context, settled *ledger.Lookup) ([]ledger.Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectUnblockedBy, settled.ID, settled.Request())
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// HasBlocked tells whether any lookup of a run waits for the answer of another.
func (l *Ledger) HasBlocked(ctx context.Context, r ledger.Run) (bool, error) {
	var some bool
	err := l.reader.QueryRowContext(ctx, existsBlocked, r.Seq).Scan(&some)
	return some, err
}

// Unblock makes the step of a lookup that has waited, gives it the key that it has now, and ends
// its waiting, in one commit. ErrStale means that it was unblocked before.
func (l *Ledger) Unblock(s ledger.Step, awaited int64) error {
	s.Next.Lookup.LastAt = l.now()
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.savepoint(ctx, func() error {
			k := &s.Next.Lookup
			n, err := w.execCount(ctx, "UPDATE lookups SET key=?, depends_on=? WHERE id=? AND state='planned' AND depends_on=?", k.Key, k.DependsOn, k.ID, awaited)
			if err == nil && n == 0 {
				err = stale(k, ledger.Planned)
			}
			if err != nil {
				return err
			}
			return l.advance(ctx, w, &s)
		})
	}, func() { l.count(&s) })
}

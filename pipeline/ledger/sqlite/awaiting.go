package sqlite

import (
	"context"

	"vehiclebatch/pipeline/ledger"
)

// whereUnblocked picks the planned lookups that depend on another one and need wait no longer: the
// other is settled, with all lookups of its fan-out, or is gone. If a lookup depends on itself,
// only the decision what to ask is left.
const whereUnblocked = ` AND k.awaits > 0 AND k.state='planned' AND (k.awaits = k.id OR NOT EXISTS (SELECT 1 FROM lookups m
	WHERE (m.id=k.awaits OR m.lead > 0 AND m.lead=k.awaits) AND m.state IN ('planned','submitting','waiting','following')))`

const (
	selectUnblocked   = selectWork + "WHERE k.run=? AND k.id > ?" + whereUnblocked + " ORDER BY k.id LIMIT 0+?"
	selectUnblockedBy = selectWork + "WHERE k.awaits IN (?, ?)" + whereUnblocked + " ORDER BY k.id"
	existsBlocked     = "SELECT EXISTS (SELECT 1 FROM lookups WHERE awaits > 0 AND state='planned' AND run=?)"
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

const (
	whereBeside       = "WHERE (k.id=?1 OR k.lead > 0 AND k.lead=?1) AND k.passed=0 ORDER BY k.id"
	selectBeside      = "SELECT " + lookupColumns + " FROM lookups k " + whereBeside
	selectMaintenance = "SELECT " + lookupColumns + ` FROM vehicles v JOIN lookups k ON k.id=v.maintenance OR k.lead > 0 AND k.lead=v.maintenance
		WHERE v.run=? AND v.row=? AND v.maintenance > 0 AND k.passed=0 ORDER BY k.id`
)

// Serving lists the lookups that serve a request now: one, or all of a fan-out. The request is
// given by its first lookup.
func (t *planTx) Serving(id int64) ([]ledger.Lookup, error) {
	rows, err := t.query(selectBeside, id)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// MaintenanceOf lists the lookups that ask for the maintenance record of a row:
// none, one, or several side by side.
func (l *Ledger) MaintenanceOf(ctx context.Context, run, row int64) ([]ledger.Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, selectMaintenance, run, row)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// Context is the context of the plan's transaction.
func (t *planTx) Context() context.Context { return t.ctx }

// SameInRun finds the lookup of a run with a key, if there is one.
func (l *Ledger) SameInRun(ctx context.Context, run int64, key []byte) (ledger.Lookup, bool, error) {
	var r lookupRow
	return r.found(l.reader.QueryRowContext(ctx, selectAskedIn, key, run, "").Scan(r.dest()...))
}

// Unblock makes the step of a lookup that has waited, gives it the key that it has now, and ends
// its waiting, in one commit. ErrStale means that it was unblocked before.
func (l *Ledger) Unblock(s ledger.Step, awaited int64) error {
	s.Next.Lookup.LastAt = l.now()
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.savepoint(ctx, func() error {
			k := &s.Next.Lookup
			n, err := w.execCount(ctx, "UPDATE lookups SET key=?, awaits=? WHERE id=? AND state='planned' AND awaits=?", k.Key, k.DependsOn, k.ID, awaited)
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

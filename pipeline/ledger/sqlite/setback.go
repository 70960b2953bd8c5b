package sqlite

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
)

// clockSlack is how far ahead of the clock a moment in the ledger may be before it is put down to a wrong clock: small
// corrections, by seconds, are normal.
const clockSlack = time.Minute

// SetBack makes due now what was put off by a clock that was ahead of this one: tickets, orders that wait to be tried
// again, and whatever is due later than anything can be. Without it a paid report might be asked for only years from
// now. The age of a ticket is not changed, because the wrong clock may be this one.
func (l *Ledger) SetBack() error {
	now := l.now()
	at, future, latest := stored.Micros(now), stored.Micros(now.Add(clockSlack)), stored.Micros(now.Add(integrity.MostWait))
	err := l.writer.write(func(ctx context.Context, w *writer) error {
		for _, some := range []string{"lookups_waiting WHERE state='waiting'", "lookups_planned WHERE state='planned' AND depends_on=0"} {
			if err := w.setBack(ctx, some, at, future, latest); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if err != nil {
		return fmt.Errorf("bring to the present what a wrong clock has put off: %w", err)
	}
	return nil
}

// setBack makes lookups due that an index finds, many at a time.
func (w *writer) setBack(ctx context.Context, some string, at, future, latest int64) error {
	const many = 20_000 // each time those that an index knows are put into order
	for after := int64(0); ; {
		rows, err := w.query(ctx, "SELECT "+lookupColumns+" FROM lookups k INDEXED BY "+some+" AND (last_at>? OR next_at>?) AND id>? ORDER BY id LIMIT ?", future, latest, after, many)
		if err != nil {
			return err
		}
		late, err := scanLookups(rows)
		if err != nil || len(late) == 0 {
			return err
		}
		for i := range late {
			k := &late[i]
			after = k.ID
			k.NextAt = stored.Moment(min(at, stored.Micros(k.LastAt)))
			if err := w.update(ctx, k.State, k); err != nil {
				return err
			}
		}
	}
}

// worthTelling is how far the ledger must be ahead before a user is told.
const worthTelling = time.Hour

// Ahead is how far the newest moment in the ledger is ahead of the clock; none if that is not worth telling.
func (l *Ledger) Ahead(ctx context.Context) (time.Duration, error) {
	var newest int64
	err := l.reader.QueryRowContext(ctx, `SELECT MAX(COALESCE((SELECT started_at FROM runs ORDER BY seq DESC LIMIT 1), 0),
		COALESCE((SELECT received_at FROM answers ORDER BY id DESC LIMIT 1), 0))`).Scan(&newest)
	if err != nil {
		return 0, fmt.Errorf("hold the clock against the ledger: %w", err)
	}
	if ahead := stored.Moment(newest).Sub(l.now()); newest > 0 && ahead > worthTelling {
		return ahead, nil
	}
	return 0, nil
}

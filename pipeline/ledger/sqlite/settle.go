package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
)

const selectCharges = `SELECT a.lookup, a.n, a.n = k.attempts, k.run, r.id, k.row, v.vin, v.plate, a.dataset, a.fen, a.billed, a.intent_at,
	MAX(a.ended_at, IIF(a.n = k.attempts AND k.source = 0, k.answered_at, 0)),
	IIF(a.ticket = '' AND a.n = k.attempts AND k.vendor = a.vendor, k.ticket, a.ticket), k.state, k.passed > 0
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run JOIN vehicles v ON v.run = k.run AND v.row = k.row
	WHERE a.vendor = ? AND a.outcome <> 'withdrawn' AND a.intent_at >= ? AND a.intent_at < ? AND r.state <> 'planning'
	ORDER BY a.intent_at, a.lookup, a.n`

// Charges lists the submissions to a vendor, of any run, whose intent lies from
// since on and before until, in the order of their intents.
func (l *Ledger) Charges(ctx context.Context, vendor string, since, until time.Time) ([]ledger.Charge, error) {
	rows, err := l.reader.QueryContext(ctx, selectCharges, vendor, micros(since), micros(until))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Charge
	for rows.Next() {
		var c ledger.Charge
		var intent, ended int64
		if err := rows.Scan(&c.Lookup, &c.N, &c.Last, &c.Run, &c.RunID, &c.Row, &c.VIN, &c.Plate, &c.Dataset, &c.Fen, &c.Billed, &intent, &ended, &c.Ticket, &c.State, &c.Passed); err != nil {
			return nil, err
		}
		c.IntentAt, c.EndedAt = moment(intent), moment(ended)
		out = append(out, c)
	}
	return out, rows.Err()
}

// HeldDoubts lists the lookups that were never sent and are in doubt because
// another lookup, their Source, is.
func (l *Ledger) HeldDoubts(ctx context.Context) ([]ledger.Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT "+lookupColumns+" FROM lookups k WHERE state='in_doubt' AND attempts=0 AND source>0 ORDER BY id")
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// LookupByID reads one lookup.
func (l *Ledger) LookupByID(ctx context.Context, id int64) (ledger.Lookup, error) {
	var r lookupRow
	err := l.reader.QueryRowContext(ctx, "SELECT "+lookupColumns+" FROM lookups k WHERE id=?", id).Scan(r.dest()...)
	if err != nil {
		return ledger.Lookup{}, err
	}
	return r.lookup()
}

// Settle writes settlements down, each with its steps in one commit, all or
// nothing, many to a commit. It ends at the first that is stale; those
// committed before it stay. No run is driven meanwhile.
func (l *Ledger) Settle(list []ledger.Settlement) error {
	for chunk := range slices.Chunk(list, groupLimit) {
		err := l.writer.write(func(ctx context.Context, w *writer) error {
			return w.savepoint(ctx, func() error {
				for i := range chunk {
					if err := l.settle(ctx, w, &chunk[i]); err != nil {
						return err
					}
				}
				return nil
			})
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) settle(ctx context.Context, w *writer, s *ledger.Settlement) error {
	n, err := w.execCount(ctx, "UPDATE attempts SET billed=?, billed_twice=?, ticket=IIF(?='', ticket, ?) WHERE lookup=? AND n=? AND billed=?",
		string(s.Billed), string(s.Billed), s.Ticket, s.Ticket, s.Lookup, s.N, string(s.Was))
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("charge %d of lookup %d from %s to %s: %w", s.N, s.Lookup, s.Was, s.Billed, ledger.ErrStale)
	}
	for i := range s.Steps {
		step := s.Steps[i]
		if step.Next.Lookup.State != step.From {
			step.Next.Lookup.LastAt = l.now()
		}
		if err := l.advance(ctx, w, &step); err != nil {
			return err
		}
	}
	return nil
}

// Ask gives lookups that could not be asked the questions that they now ask,
// many to a commit.
func (l *Ledger) Ask(list []ledger.NewQuestion) error {
	for chunk := range slices.Chunk(list, groupLimit) {
		err := l.writer.write(func(ctx context.Context, w *writer) error {
			for _, q := range chunk {
				if err := w.rewrite(ctx, "id=?", []any{q.Lookup}, func(k *ledger.Lookup) { k.Question = q.Question }); err != nil {
					return err
				}
			}
			return nil
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

const selectCharges = "SELECT r.id, " + lookupColumns + ", " + vehicleColumns + ", " + attemptColumns + `
	FROM attempts a JOIN lookups k ON k.id = a.lookup JOIN runs r ON r.seq = k.run JOIN vehicles v ON v.run = k.run AND v.row = k.row
	WHERE a.vendor = ? AND a.outcome <> 'withdrawn' AND a.intent_at >= ? AND a.intent_at < ? AND r.state <> 'planning'
	ORDER BY a.intent_at, a.lookup, a.n`

// Charges lists the submissions to a vendor, of any run, whose intent was at or after since and
// before until, in the order of their intents.
func (l *Ledger) Charges(ctx context.Context, vendor string, since, until time.Time) ([]ledger.Charge, error) {
	rows, err := l.reader.QueryContext(ctx, selectCharges, vendor, stored.Micros(since), stored.Micros(until))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Charge
	for rows.Next() {
		var runID string
		var k lookupRow
		var v vehicleRow
		var a attemptRow
		if err := rows.Scan(append(append(append([]any{&runID}, k.dest()...), v.dest()...), a.dest()...)...); err != nil {
			return nil, err
		}
		c, err := chargeOf(&k, &v, &a)
		if err != nil {
			return nil, err
		}
		c.RunID = runID
		out = append(out, c)
	}
	return out, rows.Err()
}

// chargeOf puts a submission together; it fails if one of its rows differs from what was written
// down.
func chargeOf(kr *lookupRow, v *vehicleRow, ar *attemptRow) (ledger.Charge, error) {
	k, err := kr.lookup()
	if err != nil {
		return ledger.Charge{}, err
	}
	a, err := ar.attempt()
	if err != nil {
		return ledger.Charge{}, err
	}
	if err := v.Check(); err != nil {
		return ledger.Charge{}, err
	}
	c := ledger.Charge{Lookup: k.ID, N: a.N, Last: a.N == k.Attempts, Run: k.Run, Row: k.Row, VIN: v.VIN, Plate: v.Plate, Dataset: a.Dataset, Fen: a.Fen, Billed: a.Billed,
		IntentAt: a.IntentAt, EndedAt: a.EndedAt, Ticket: a.Ticket, State: k.State, Passed: k.ReplacedBy > 0}
	if !c.Last {
		return c, nil
	}
	if k.Source == 0 && k.AnsweredAt.After(c.EndedAt) {
		c.EndedAt = k.AnsweredAt
	}
	if c.Ticket == "" && k.Vendor == a.Vendor {
		c.Ticket = k.Ticket
	}
	return c, nil
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

// Settle writes settlements down, many to a commit, each with its steps all or nothing. It stops at
// the first that is stale; what was committed before stays. It must not be called while a run is at
// work.
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
	a, err := w.attempt(ctx, s.Lookup, s.N)
	if err != nil {
		return err
	}
	if a.N == 0 || a.Billed != s.Was {
		return fmt.Errorf("charge %d of lookup %d from %s to %s: %w", s.N, s.Lookup, s.Was, s.Billed, ledger.ErrStale)
	}
	a.Billed, a.Ticket = s.Billed, cmp.Or(s.Ticket, a.Ticket)
	if err := w.endAttempt(ctx, &a); err != nil {
		return err
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

// attempt reads one submission; its N is 0 when there is none.
func (w *writer) attempt(ctx context.Context, lookup int64, n int) (ledger.Attempt, error) {
	var r attemptRow
	err := w.one(ctx, r.dest(), "SELECT "+attemptColumns+" FROM attempts a WHERE a.lookup=? AND a.n=?", lookup, n)
	if noRows(err) {
		return ledger.Attempt{}, nil
	}
	if err != nil {
		return ledger.Attempt{}, err
	}
	return r.attempt()
}

// SetKeys gives lookups that could not be asked before their real keys, many to a commit.
func (l *Ledger) SetKeys(list []ledger.NewKey) error {
	for chunk := range slices.Chunk(list, groupLimit) {
		err := l.writer.write(func(ctx context.Context, w *writer) error {
			for _, q := range chunk {
				if err := w.rewrite(ctx, "id=?", []any{q.Lookup}, func(k *ledger.Lookup) { k.Key = q.Key }); err != nil {
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

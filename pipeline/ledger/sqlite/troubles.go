package sqlite

import (
	"context"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// SetHalt writes down that a vendor takes no calls or orders, and why.
func (l *Ledger) SetHalt(h ledger.Halt) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.execCounted(ctx, "INSERT OR REPLACE INTO halts (vendor, dataset, stops, class, code, message, at, sum) VALUES (?,?,?,?,?,?,?,?)",
			h.Vendor, string(h.Dataset), string(h.Stops), string(h.Class), h.Code, h.Message, stored.Micros(h.At), stored.SumOfHalt(&h))
	}, nil)
}

// ClearHalts forgets every halt: the user goes on.
func (l *Ledger) ClearHalts() error {
	return l.writer.write(func(ctx context.Context, w *writer) error { return w.execCounted(ctx, "DELETE FROM halts") }, nil)
}

// Halts lists the halts, by vendor.
func (l *Ledger) Halts(ctx context.Context) ([]ledger.Halt, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT vendor, dataset, stops, class, code, message, at, sum FROM halts ORDER BY vendor, dataset")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Halt
	for rows.Next() {
		var h ledger.Halt
		var at, sum int64
		if err := rows.Scan(&h.Vendor, &h.Dataset, &h.Stops, &h.Class, &h.Code, &h.Message, &at, &sum); err != nil {
			return nil, err
		}
		if h.At = stored.Moment(at); sum != stored.SumOfHalt(&h) {
			return nil, stored.Damage("read the halt of %s: it is not what was written down", h.Vendor)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// SetPause writes down that a vendor is waited for, and until when.
func (l *Ledger) SetPause(p ledger.Pause) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.execCounted(ctx, "INSERT OR REPLACE INTO pauses (vendor, dataset, since, next_at, nth, class, code, message, sum) VALUES (?,?,?,?,?,?,?,?,?)",
			p.Vendor, string(p.Dataset), stored.Micros(p.Since), stored.Micros(p.NextAt), p.Nth, string(p.Class), p.Code, p.Message, stored.SumOfPause(&p))
	}, nil)
}

// ClearPause forgets that a vendor was waited for: it answers.
func (l *Ledger) ClearPause(vendor string, d record.Dataset) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.execCounted(ctx, "DELETE FROM pauses WHERE vendor=? AND dataset=?", vendor, string(d))
	}, nil)
}

// Pauses lists the pauses, by vendor.
func (l *Ledger) Pauses(ctx context.Context) ([]ledger.Pause, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT vendor, dataset, since, next_at, nth, class, code, message, sum FROM pauses ORDER BY vendor, dataset")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Pause
	for rows.Next() {
		var p ledger.Pause
		var since, next, sum int64
		if err := rows.Scan(&p.Vendor, &p.Dataset, &since, &next, &p.Nth, &p.Class, &p.Code, &p.Message, &sum); err != nil {
			return nil, err
		}
		if p.Since, p.NextAt = stored.Moment(since), stored.Moment(next); sum != stored.SumOfPause(&p) {
			return nil, stored.Damage("read the pause of %s: it is not what was written down", p.Vendor)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// execCounted changes one of the tables whose number of rows is kept in the workspace row.
func (w *writer) execCounted(ctx context.Context, query string, args ...any) error {
	if err := w.exec(ctx, query, args...); err != nil {
		return err
	}
	if err := w.exec(ctx, integrity.Recount()); err != nil {
		return err
	}
	var said []byte
	if err := w.one(ctx, []any{&said}, "SELECT CAST("+integrity.SummedWorkspace.Text()+" AS BLOB) FROM workspace"); err != nil {
		return err
	}
	return w.exec(ctx, "UPDATE workspace SET sum=?", stored.Checksum(said))
}

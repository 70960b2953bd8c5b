package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// SetHalt writes down that a vendor takes no calls or orders, and why.
func (l *Ledger) SetHalt(h ledger.Halt) error {
	return l.writer.put(`INSERT INTO halts (vendor, dataset, stops, class, code, message, at, sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (vendor, dataset) DO UPDATE SET stops=excluded.stops, class=excluded.class, code=excluded.code, message=excluded.message, at=excluded.at, sum=excluded.sum`,
		kept(h.Vendor), string(h.Dataset), string(h.Stops), kept(string(h.Class)), kept(h.Code), kept(h.Message), stored.Micros(h.At), stored.SumOfHalt(&h))
}

// ClearHalts forgets every halt: the user goes on.
func (l *Ledger) ClearHalts() error { return l.writer.put("DELETE FROM halts") }

// Halts lists what takes no calls or orders, by vendor and dataset.
func (l *Ledger) Halts(ctx context.Context) ([]ledger.Halt, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (h ledger.Halt, err error) {
		var at, sum int64
		var dataset, stops, class string
		if err := rows.Scan(&h.Vendor, &dataset, &stops, &class, &h.Code, &h.Message, &at, &sum); err != nil {
			return h, err
		}
		if err := restore(&h.Vendor, &class, &h.Code, &h.Message); err != nil {
			return h, err
		}
		h.Dataset, h.Stops, h.Class, h.At = record.Dataset(dataset), ledger.Stops(stops), record.Class(class), stored.Moment(at)
		if sum != stored.SumOfHalt(&h) {
			return h, stored.Damage("read the halt of %s: it is not what was written down", h.Vendor)
		}
		return h, nil
	}, "SELECT vendor, dataset, stops, class, code, message, at, sum FROM halts ORDER BY vendor, dataset")
}

// SetPause writes down that a vendor is waited for, and until when.
func (l *Ledger) SetPause(p ledger.Pause) error {
	return l.writer.put(`INSERT INTO pauses (vendor, dataset, since, next_at, nth, class, code, message, sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (vendor, dataset) DO UPDATE SET since=excluded.since, next_at=excluded.next_at, nth=excluded.nth, class=excluded.class, code=excluded.code, message=excluded.message, sum=excluded.sum`,
		kept(p.Vendor), string(p.Dataset), stored.Micros(p.Since), stored.Micros(p.NextAt), int64(p.Nth), kept(string(p.Class)), kept(p.Code), kept(p.Message), stored.SumOfPause(&p))
}

// ClearPause forgets that a vendor was waited for: it answers.
func (l *Ledger) ClearPause(vendor string, d record.Dataset) error {
	return l.writer.put("DELETE FROM pauses WHERE vendor=$1 AND dataset=$2", kept(vendor), string(d))
}

// Pauses lists what is waited for, by vendor and dataset.
func (l *Ledger) Pauses(ctx context.Context) ([]ledger.Pause, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (p ledger.Pause, err error) {
		var since, next, nth, sum int64
		var dataset, class string
		if err := rows.Scan(&p.Vendor, &dataset, &since, &next, &nth, &class, &p.Code, &p.Message, &sum); err != nil {
			return p, err
		}
		if err := restore(&p.Vendor, &class, &p.Code, &p.Message); err != nil {
			return p, err
		}
		p.Dataset, p.Class, p.Nth, p.Since, p.NextAt = record.Dataset(dataset), record.Class(class), int(nth), stored.Moment(since), stored.Moment(next)
		if sum != stored.SumOfPause(&p) {
			return p, stored.Damage("read the pause of %s: it is not what was written down", p.Vendor)
		}
		return p, nil
	}, "SELECT vendor, dataset, since, next_at, nth, class, code, message, sum FROM pauses ORDER BY vendor, dataset")
}

// CountCalls adds calls to a vendor's count of the day.
func (l *Ledger) CountCalls(vendor string, day record.Date, n int) error {
	return l.writer.put("INSERT INTO calls (vendor, day, n) VALUES ($1, $2, $3) ON CONFLICT (vendor, day) DO UPDATE SET n = calls.n + excluded.n", kept(vendor), int64(day), int64(n))
}

// CallsOn tells how many calls a vendor had on a day.
func (l *Ledger) CallsOn(ctx context.Context, vendor string, day record.Date) (int, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	var n int64
	err := l.pool.one(ctx, []any{&n}, "SELECT COALESCE((SELECT n FROM calls WHERE vendor=$1 AND day=$2), 0)", kept(vendor), int64(day))
	return int(n), err
}

package ledger

import (
	"context"
	"time"

	"vehiclebatch/pipeline/record"
)

// Stops is what a halt stops.
type Stops string

// A halt stops all calls to a vendor, or its orders alone: what was bought is
// asked for.
const (
	StopsCalls  Stops = "calls"
	StopsOrders Stops = "orders"
)

// Halt is why a vendor takes no calls, or no orders, until the user goes on.
type Halt struct {
	Vendor  string
	Dataset record.Dataset // "" is all of them
	Stops   Stops
	Class   record.Class
	Code    string
	Message string
	At      time.Time
}

// Covers tells whether a pause is of what is halted.
func (h *Halt) Covers(p *Pause) bool {
	return h.Vendor == p.Vendor && (h.Dataset == "" || h.Dataset == p.Dataset)
}

// Pause is a vendor in trouble that is waited for.
type Pause struct {
	Vendor  string
	Dataset record.Dataset // whose orders wait; "" is the vendor's polls
	Since   time.Time      // of the first call that was not answered
	NextAt  time.Time      // tried again not before
	Nth     int            // of that try, 1 is the first
	Class   record.Class
	Code    string
	Message string
}

// SetHalt writes down that a vendor takes no calls or orders, and why.
func (l *Ledger) SetHalt(h Halt) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "INSERT OR REPLACE INTO halts (vendor, dataset, stops, class, code, message, at) VALUES (?,?,?,?,?,?,?)",
			h.Vendor, string(h.Dataset), string(h.Stops), string(h.Class), h.Code, h.Message, micros(h.At))
	}, nil)
}

// ClearHalts forgets every halt: the user goes on.
func (l *Ledger) ClearHalts() error {
	return l.writer.write(func(ctx context.Context, w *writer) error { return w.exec(ctx, "DELETE FROM halts") }, nil)
}

// Halts lists what takes no calls or orders, by vendor.
func (l *Ledger) Halts(ctx context.Context) ([]Halt, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT vendor, dataset, stops, class, code, message, at FROM halts ORDER BY vendor, dataset")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Halt
	for rows.Next() {
		var h Halt
		var at int64
		if err := rows.Scan(&h.Vendor, &h.Dataset, &h.Stops, &h.Class, &h.Code, &h.Message, &at); err != nil {
			return nil, err
		}
		h.At = moment(at)
		out = append(out, h)
	}
	return out, rows.Err()
}

// SetPause writes down that a vendor is waited for, and until when.
func (l *Ledger) SetPause(p Pause) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "INSERT OR REPLACE INTO pauses (vendor, dataset, since, next_at, nth, class, code, message) VALUES (?,?,?,?,?,?,?,?)",
			p.Vendor, string(p.Dataset), micros(p.Since), micros(p.NextAt), p.Nth, string(p.Class), p.Code, p.Message)
	}, nil)
}

// ClearPause forgets that a vendor was waited for: it answers.
func (l *Ledger) ClearPause(vendor string, d record.Dataset) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "DELETE FROM pauses WHERE vendor=? AND dataset=?", vendor, string(d))
	}, nil)
}

// Pauses lists what is waited for, by vendor.
func (l *Ledger) Pauses(ctx context.Context) ([]Pause, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT vendor, dataset, since, next_at, nth, class, code, message FROM pauses ORDER BY vendor, dataset")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Pause
	for rows.Next() {
		var p Pause
		var since, next int64
		if err := rows.Scan(&p.Vendor, &p.Dataset, &since, &next, &p.Nth, &p.Class, &p.Code, &p.Message); err != nil {
			return nil, err
		}
		p.Since, p.NextAt = moment(since), moment(next)
		out = append(out, p)
	}
	return out, rows.Err()
}

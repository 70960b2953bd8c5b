package ledger

import (
	"context"
	"database/sql"

	"vehiclebatch/pipeline/record"
)

// Row is an input row with its lookups, for the outputs.
type Row struct {
	VehicleID string
	Vehicle   record.Vehicle
	Duplicate int64 // the earlier row it repeats, 0 when none
	Lookups   []Asked
}

// Asked is one lookup of a row: where it stands, what it cost and its answer.
type Asked struct {
	Lookup  Lookup
	Charged record.Fen // by all its attempts
	Unknown record.Fen
	Sent    int64 // attempts that left
	Last    Attempt
	Packed  PackedAnswer
}

// Owner tells whether the row pays for the lookup: it is the first to ask.
func (a *Asked) Owner(r *Row) bool { return a.Lookup.Row == r.Vehicle.Row }

// PackedAnswer is a raw answer as it is stored. ID 0 is none.
type PackedAnswer struct {
	ID         int64
	Vendor     string
	ReceivedAt int64
	body       []byte
}

// Unpack returns the answer's raw bytes.
func (l *Ledger) Unpack(p PackedAnswer) (Answer, error) {
	body, err := l.packer.unpack(p.body)
	return Answer{ID: p.ID, Vendor: p.Vendor, ReceivedAt: moment(p.ReceivedAt), Body: body}, err
}

const selectRows = "SELECT " + vehicleColumns + ", COALESCE(k.id, 0), " + attemptColumns + `,
	(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE lookup=k.id AND billed='yes'),
	(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE lookup=k.id AND billed='unknown'),
	(SELECT COUNT(*) FROM attempts WHERE lookup=k.id AND outcome<>'withdrawn'),
	s.id, s.vendor, s.received_at, s.body
	FROM vehicles v LEFT JOIN vehicles o ON o.run=v.run AND o.row=IIF(v.duplicate_of = 0, v.row, v.duplicate_of)
	LEFT JOIN lookups k ON k.id IN (o.maintenance, o.valuation, o.violations)
	LEFT JOIN attempts a ON a.lookup=k.id AND a.n=k.attempts LEFT JOIN answers s ON s.id=k.answer
	WHERE v.run=? ORDER BY v.row`

// Rows calls do with each row of a run, in input order, one at a time.
func (l *Ledger) Rows(ctx context.Context, r Run, do func(*Row) error) error {
	lookups, err := l.reader.PrepareContext(ctx, "SELECT "+lookupColumns+" FROM lookups k WHERE id=?")
	if err != nil {
		return err
	}
	defer lookups.Close()
	rows, err := l.reader.QueryContext(ctx, selectRows, r.Seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	var current *Row
	for rows.Next() {
		next, asked, err := scanRow(ctx, rows, lookups)
		if err != nil {
			return err
		}
		if current == nil || current.Vehicle.Row != next.Vehicle.Row {
			if current != nil {
				if err := do(current); err != nil {
					return err
				}
			}
			current = next
		}
		if asked != nil {
			current.Lookups = append(current.Lookups, *asked)
		}
	}
	if err := rows.Err(); err != nil || current == nil {
		return err
	}
	return do(current)
}

func scanRow(ctx context.Context, rows *sql.Rows, lookups *sql.Stmt) (*Row, *Asked, error) {
	var v vehicleRow
	var id int64
	var a attemptRow
	var s Asked
	var answerID, receivedAt sql.NullInt64
	var answerVendor sql.NullString
	tail := []any{&s.Charged, &s.Unknown, &s.Sent, &answerID, &answerVendor, &receivedAt, &s.Packed.body}
	if err := rows.Scan(append(append(append(v.dest(), &id), a.dest()...), tail...)...); err != nil {
		return nil, nil, err
	}
	vehicle, err := v.vehicle()
	if err != nil {
		return nil, nil, err
	}
	row := &Row{VehicleID: v.vehicleID, Vehicle: vehicle, Duplicate: v.duplicateOf}
	if id == 0 {
		return row, nil, nil
	}
	var k lookupRow
	if err := lookups.QueryRowContext(ctx, id).Scan(k.dest()...); err != nil {
		return nil, nil, err
	}
	s.Lookup = k.lookup()
	s.Last = a.attempt(&s.Lookup)
	s.Packed.ID, s.Packed.Vendor, s.Packed.ReceivedAt = answerID.Int64, answerVendor.String, receivedAt.Int64
	return row, &s, nil
}

// Filter picks lookups of the failure ledger. Empty fields pick all.
type Filter struct {
	Classes  []record.Class
	Vendors  []string
	Datasets []record.Dataset
}

func (f *Filter) matches(k *Lookup) bool {
	return has(f.Classes, k.Class) && has(f.Vendors, k.Vendor) && has(f.Datasets, k.Dataset)
}

func has[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return len(list) == 0
}

// Failures calls do with the lookups of a run's failure ledger that match, in
// the order of their ids.
func (l *Ledger) Failures(ctx context.Context, r Run, f Filter, do func(Work) error) error {
	const page = 500
	after := r.FirstLookup - 1
	for {
		rows, err := l.reader.QueryContext(ctx, selectWork+"WHERE k.id > ? AND k.id <= ? AND k.state IN ('failed','in_doubt') ORDER BY k.id LIMIT ?", after, r.LastLookup, page)
		if err != nil {
			return err
		}
		work, err := scanWork(rows)
		if err != nil || len(work) == 0 {
			return err
		}
		for _, w := range work {
			after = w.Lookup.ID
			if !f.matches(&w.Lookup) {
				continue
			}
			if err := do(w); err != nil {
				return err
			}
		}
	}
}

// PlannedWork lists planned lookups of a run after a given id, in pages.
func (l *Ledger) PlannedWork(ctx context.Context, r Run, after int64, limit int) ([]Work, error) {
	rows, err := l.reader.QueryContext(ctx, selectWork+"WHERE k.id > ? AND k.id <= ? AND k.state='planned' ORDER BY k.id LIMIT ?", after, r.LastLookup, limit)
	if err != nil {
		return nil, err
	}
	return scanWork(rows)
}

// SameQuestion lists the lookups with the same question as k, in any run, the
// newest first.
func (l *Ledger) SameQuestion(ctx context.Context, question []byte) ([]Lookup, error) {
	rows, err := l.reader.QueryContext(ctx, selectAsked, question)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

func scanLookups(rows *sql.Rows) ([]Lookup, error) {
	defer rows.Close()
	var out []Lookup
	for rows.Next() {
		var r lookupRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, err
		}
		out = append(out, r.lookup())
	}
	return out, rows.Err()
}

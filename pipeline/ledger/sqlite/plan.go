package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"

	"vehiclebatch/pipeline/ledger/stored"
)

// plan writes the rows of a run, many in one transaction. It is used by one goroutine, before
// anything of the run is submitted.
type plan struct {
	l    *Ledger
	run  ledger.Run
	next int64 // id of the next lookup
}

// StartPlan begins to plan a run.
func (l *Ledger) StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error) {
	var last int64
	if err := l.reader.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM lookups").Scan(&last); err != nil {
		return nil, err
	}
	return &plan{l: l, run: r, next: last + 1}, nil
}

// planTx is one transaction of a plan: it can ask what earlier rows and runs said, and can
// put and replace rows.
//
// What is put is gathered and written many rows to a statement, before anything else is read or
// changed and at the end.
type planTx struct {
	p   *plan
	ctx context.Context
	w   *writer

	rows    []*vehicleRow
	lookups []*ledger.Lookup
	// What Foresee has read, and what was put since: the first row of each vehicle, whose VehicleID
	// is "" when there is none, and the lookups with each key, the newest first.
	earlier map[string]ledger.PlannedVehicle
	asked   map[string][]ledger.Lookup
}

// Batch runs do in one transaction.
func (p *plan) Batch(do func(tx ledger.PlanTx) error) error {
	before := p.next
	err := p.l.writer.write(func(ctx context.Context, w *writer) error {
		tx := &planTx{p: p, ctx: ctx, w: w}
		if err := do(tx); err != nil {
			return err
		}
		return tx.flush()
	}, nil)
	if err != nil {
		p.next = before
	}
	return err
}

// End makes the run open: from now on its lookups are bought.
func (p *plan) End(rows int64) (ledger.Run, error) {
	r := p.run
	r.State, r.InputRows = ledger.RunOpen, rows
	err := p.l.writer.write(func(ctx context.Context, w *writer) error {
		q, err := w.query(ctx, "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), -1) FROM lookups WHERE run=?", r.Seq)
		if err != nil {
			return err
		}
		defer q.Close()
		for q.Next() {
			if err := q.Scan(&r.FirstLookup, &r.LastLookup); err != nil {
				return err
			}
		}
		return q.Err()
	}, nil)
	if err != nil {
		return r, err
	}
	return r, p.l.SetRun(r)
}

// mostAsked is how many of the lookups with one key count: the newest.
const mostAsked = 60

const (
	selectEarlier = "SELECT " + vehicleColumns + " FROM vehicles v INDEXED BY vehicles_by_id WHERE run=? AND vehicle_id=? AND duplicate_of=0 ORDER BY row LIMIT 1"
	// Of the lookups with one key the 60 newest count.
	selectAsked = "SELECT " + lookupColumns + " FROM lookups k WHERE key=? ORDER BY run DESC, id DESC LIMIT 60"

	// The same for many at once, given as JSON. Of each vehicle the last row that is read is its
	// first row.
	selectEarlierOf = "SELECT " + vehicleColumns + ` FROM json_each(?1) j CROSS JOIN vehicles v INDEXED BY vehicles_by_id
		ON v.run=?2 AND v.vehicle_id=j.value AND v.duplicate_of=0 ORDER BY v.row DESC`
	selectAskedOf = "SELECT " + lookupColumns + " FROM json_each(?1) j CROSS JOIN lookups k ON k.id IN (SELECT q.id FROM lookups q INDEXED BY lookups_key WHERE q.key=unhex(j.value) ORDER BY q.run DESC, q.id DESC LIMIT 60) ORDER BY k.run DESC, k.id DESC"
)

// Foresee reads in one go what will be asked for: the first rows of vehicles, and the lookups with
// some keys.
func (t *planTx) Foresee(vehicleIDs []string, keys [][]byte) error {
	t.earlier, t.asked = make(map[string]ledger.PlannedVehicle, len(vehicleIDs)), make(map[string][]ledger.Lookup, len(keys))
	for _, id := range vehicleIDs {
		t.earlier[id] = ledger.PlannedVehicle{}
	}
	ids, err := json.Marshal(vehicleIDs)
	if err != nil {
		return err
	}
	rows, err := t.query(selectEarlierOf, string(ids), t.p.run.Seq)
	if err != nil {
		return err
	}
	err = eachEarlier(rows, func(p ledger.PlannedVehicle) { t.earlier[p.VehicleID] = p })
	if err != nil {
		return err
	}
	digests := make([]string, len(keys))
	for i, q := range keys {
		t.asked[string(q)] = nil
		digests[i] = hex.EncodeToString(q)
	}
	list, err := json.Marshal(digests)
	if err != nil {
		return err
	}
	if rows, err = t.query(selectAskedOf, string(list)); err != nil {
		return err
	}
	lookups, err := scanLookups(rows)
	for _, k := range lookups {
		q := string(k.Key)
		t.asked[q] = append(t.asked[q], k)
	}
	return err
}

func eachEarlier(rows *sql.Rows, do func(ledger.PlannedVehicle)) error {
	defer rows.Close()
	for rows.Next() {
		var r vehicleRow
		if err := rows.Scan(r.dest()...); err != nil {
			return err
		}
		p, err := r.Planned()
		if err != nil {
			return err
		}
		do(p)
	}
	return rows.Err()
}

// Earlier finds the first row of this run with the same vehicle id.
func (t *planTx) Earlier(vehicleID string) (ledger.PlannedVehicle, bool, error) {
	first, known := t.earlier[vehicleID]
	if !known {
		rows, err := t.query(selectEarlier, t.p.run.Seq, vehicleID)
		if err != nil {
			return first, false, err
		}
		if err := eachEarlier(rows, func(p ledger.PlannedVehicle) { first = p }); err != nil {
			return first, false, err
		}
	}
	return first, first.VehicleID != "", nil
}

// Asked lists the lookups with a key, at any vendor and in any run, the newest first.
func (t *planTx) Asked(key []byte) ([]ledger.Lookup, error) {
	if all, known := t.asked[string(key)]; known {
		return all, nil
	}
	rows, err := t.query(selectAsked, key)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// query reads what is written, after writing what was put.
func (t *planTx) query(text string, args ...any) (*sql.Rows, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.w.query(t.ctx, text, args...)
}

// forget makes the plan read again what it asks for.
func (t *planTx) forget() { t.earlier, t.asked = nil, nil }

// Put writes a row and its lookups.
func (t *planTx) Put(p ledger.PlannedVehicle) error {
	ids := t.putLookups(&p)
	v, err := stored.VehicleOf(t.p.run.Seq, &p, ids)
	if err != nil {
		return err
	}
	r := &vehicleRow{*v}
	t.rows = append(t.rows, r)
	if first, known := t.earlier[p.VehicleID]; known && first.VehicleID == "" && p.Duplicate == 0 {
		p.Before = []int64{r.Maintenance, r.Valuation, r.Violations}
		p.Lookups, p.Shared, p.FanOut = nil, nil, nil
		t.earlier[p.VehicleID] = p
	}
	return nil
}

// Revise puts a new version of an earlier row, with what a later row adds to it. Lookups whose key
// stays the same are kept; the others are removed, since they were only planned.
func (t *planTx) Revise(p ledger.PlannedVehicle) error {
	row := p.Vehicle.Row
	if err := t.flush(); err != nil {
		return err
	}
	t.forget()
	if err := t.w.exec(t.ctx, "DELETE FROM vehicles WHERE run=? AND row=?", t.p.run.Seq, row); err != nil {
		return err
	}
	kept := map[int64]bool{}
	for _, id := range p.Shared {
		kept[id] = true
	}
	for _, id := range p.Before {
		if kept[id] {
			continue
		}
		if err := t.drop(p.VehicleID, row, id); err != nil {
			return err
		}
	}
	return t.Put(p)
}

// drop removes a lookup, with all lookups of its fan-out, from a row that now asks something else.
// If another row about the vehicle asks for it too, they pass to that row.
func (t *planTx) drop(vehicleID string, row, id int64) error {
	const dropped = "(id=?1 OR group_id>0 AND group_id=?1) AND run=?2 AND row=?3"
	const other = "SELECT MIN(row) FROM vehicles WHERE run=? AND vehicle_id=? AND duplicate_of=0 AND row<>? AND ? IN (maintenance, valuation, violations)"
	var next sql.NullInt64
	if err := t.one([]any{&next}, other, t.p.run.Seq, vehicleID, row, id); err != nil {
		return err
	}
	if next.Valid {
		return t.w.rewrite(t.ctx, dropped, []any{id, t.p.run.Seq, row}, func(k *ledger.Lookup) { k.Row = next.Int64 })
	}
	return t.w.exec(t.ctx, "DELETE FROM lookups WHERE "+dropped, id, t.p.run.Seq, row)
}

// putLookups gives lookups their ids and returns those that the row names.
func (t *planTx) putLookups(p *ledger.PlannedVehicle) map[record.Dataset]int64 {
	requests := p.Number(t.p.run.Seq, t.p.next)
	t.p.next += int64(len(p.Lookups))
	for i := range p.Lookups {
		k := &p.Lookups[i]
		t.lookups = append(t.lookups, k)
		if all, known := t.asked[string(k.Key)]; known {
			t.asked[string(k.Key)] = append([]ledger.Lookup{*k}, all[:min(len(all), mostAsked-1)]...)
		}
	}
	return requests
}

// flush writes what was put.
func (t *planTx) flush() error {
	rows, lookups := t.rows, t.lookups
	t.rows, t.lookups = t.rows[:0], nil
	if err := insertMany(t.ctx, t.w, insertVehicles, rows, (*vehicleRow).values); err != nil {
		return err
	}
	return t.w.insert(t.ctx, lookups...)
}

const insertVehicles = "INSERT INTO vehicles (run, row, vehicle_id, vin, plate, plate_type, engine_no, details, duplicate_of, maintenance, valuation, violations, sum) VALUES "

func (r *vehicleRow) values(args []any) []any {
	return append(args, r.Run, r.Row, r.VehicleID, r.VIN, r.Plate, r.PlateType, r.EngineNo, r.Details, r.DuplicateOf, r.Maintenance, r.Valuation, r.Violations, r.Sum)
}

// rowsAStatement is how many rows one statement inserts; the remainder is inserted one by one.
const rowsAStatement = 64

// insertMany inserts rows, many to a statement. values adds the columns of one row.
func insertMany[T any](ctx context.Context, w *writer, into string, rows []*T, values func(*T, []any) []any) error {
	var args []any
	for chunk := range slices.Chunk(rows, rowsAStatement) {
		some := len(chunk)
		if some < rowsAStatement {
			some = 1
		}
		for part := range slices.Chunk(chunk, some) {
			args = args[:0]
			for _, r := range part {
				args = values(r, args)
			}
			one := "(?" + strings.Repeat(",?", len(args)/some-1) + ")"
			if err := w.exec(ctx, into+one+strings.Repeat(","+one, some-1), args...); err != nil {
				return err
			}
		}
	}
	return nil
}

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Context is the context of the plan's transaction.
func (t *planTx) Context() context.Context { return t.ctx }

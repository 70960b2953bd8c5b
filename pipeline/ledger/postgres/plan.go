package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// plan writes the rows of a run. It is used by one goroutine, before anything of the run is submitted.
type plan struct {
	l    *Ledger
	run  ledger.Run
	next int64 // id of the next lookup
	put  int64 // rows since the tables were measured
	all  int64 // rows of the run
}

// StartPlan begins to plan a run.
func (l *Ledger) StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	var last int64
	if err := l.pool.one(ctx, []any{&last}, "SELECT COALESCE(MAX(id), 0) FROM lookups"); err != nil {
		return nil, err
	}
	return &plan{l: l, run: r, next: last + 1}, nil
}

// planTx is one transaction of a plan. What is put is gathered, and copied in before anything is read or changed, and at
// the end.
type planTx struct {
	p  *plan
	tx *session

	rows, lookups [][]any
	written       int64 // rows that were copied in
	following     bool
	// What Foresee has read, and what was put since: the first row of a vehicle, whose VehicleID is "" when there is none,
	// and the lookups with a key, the newest first.
	earlier map[string]ledger.PlannedVehicle
	asked   map[string][]ledger.Lookup
}

// Batch runs do in one transaction.
func (p *plan) Batch(do func(tx ledger.PlanTx) error) error {
	before := p.next
	err := p.l.writer.do(func(tx *session) error {
		t := &planTx{p: p, tx: tx}
		if err := do(t); err != nil {
			return err
		}
		p.l.writer.followed = p.l.writer.followed || t.following
		if err := t.flush(); err != nil {
			return err
		}
		return p.measure(tx, t.written)
	})
	if err != nil {
		p.next = before
	}
	return err
}

// measure tells the server how large the tables are, whenever they have doubled. It finds out by itself a minute later;
// until then it takes a young table for a small one, and passes by its primary key.
func (p *plan) measure(tx *session, written int64) error {
	p.put, p.all = p.put+written, p.all+written
	if p.put*2 < p.all {
		return nil
	}
	p.put = 0
	_, err := tx.exec("ANALYZE vehicles, lookups") //nolint:misspell // it is the server's word
	return err
}

// End makes the run open: from now on it is bought.
func (p *plan) End(rows int64) (ledger.Run, error) {
	r := p.run
	r.State, r.InputRows = ledger.RunOpen, rows
	err := p.l.writer.do(func(tx *session) error {
		err := tx.one([]any{&r.FirstLookup, &r.LastLookup}, "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), -1) FROM lookups WHERE run=$1", r.Seq)
		if err != nil {
			return err
		}
		return setRun(tx, r)
	})
	return r, err
}

// Context is that of the plan's transaction: it does not end early.
func (t *planTx) Context() context.Context { return context.Background() }

// mostAsked is how many of the lookups with one key count, the newest ones.
const mostAsked = 60

var (
	selectEarlier   = "SELECT " + vehicleTable.names("v.") + " FROM vehicles v WHERE v.run=$1 AND v.vehicle_id=$2 AND v.duplicate_of=0 ORDER BY v.row LIMIT 1"
	selectEarlierOf = "SELECT DISTINCT ON (v.vehicle_id) " + vehicleTable.names("v.") + " FROM vehicles v WHERE v.run=$1 AND v.vehicle_id = ANY($2::text[]) AND v.duplicate_of=0 ORDER BY v.vehicle_id, v.row"
	selectAskedOf   = "SELECT " + lookupTable.names("k.") + ` FROM (SELECT DISTINCT x.key FROM unnest($1::bytea[]) x(key)) q
		CROSS JOIN LATERAL (SELECT * FROM lookups o WHERE o.key=q.key ORDER BY o.run DESC, o.id DESC LIMIT 60) k ORDER BY k.run DESC, k.id DESC`
)

// Foresee reads what will be asked for, in one round trip: the first rows of vehicles, and the lookups with keys.
func (t *planTx) Foresee(vehicleIDs []string, keys [][]byte) error {
	if err := t.flush(); err != nil {
		return err
	}
	t.earlier, t.asked = make(map[string]ledger.PlannedVehicle, len(vehicleIDs)), make(map[string][]ledger.Lookup, len(keys))
	for _, id := range vehicleIDs {
		t.earlier[id] = ledger.PlannedVehicle{}
	}
	batch := &pgx.Batch{}
	batch.Queue(selectEarlierOf, t.p.run.Seq, textsOf(vehicleIDs)).Query(func(rows pgx.Rows) error {
		found, err := collected(rows, scanPlanned)
		for _, p := range found {
			t.earlier[p.VehicleID] = p
		}
		return err
	})
	some := make([][]byte, len(keys))
	for i, k := range keys {
		t.asked[string(k)], some[i] = nil, someBytes(k)
	}
	batch.Queue(selectAskedOf, some).Query(func(rows pgx.Rows) error {
		found, err := collected(rows, scanLookup)
		for _, k := range found {
			t.asked[string(k.Key)] = append(t.asked[string(k.Key)], k)
		}
		return err
	})
	return t.tx.send(batch)
}

func scanPlanned(rows pgx.Rows) (ledger.PlannedVehicle, error) {
	v, err := scanVehicle(rows)
	if err != nil {
		return ledger.PlannedVehicle{}, err
	}
	return v.Planned()
}

// Earlier finds the first row of this run about a vehicle that is no duplicate.
func (t *planTx) Earlier(vehicleID string) (ledger.PlannedVehicle, bool, error) {
	found, known := t.earlier[vehicleID]
	if !known {
		list, err := readIn(t, scanPlanned, selectEarlier, t.p.run.Seq, kept(vehicleID))
		if err != nil {
			return found, false, err
		}
		if len(list) > 0 {
			found = list[0]
		}
	}
	return found, found.VehicleID != "", nil
}

// readIn reads what is written, and what was put as well.
func readIn[T any](t *planTx, scan func(pgx.Rows) (T, error), text string, args ...any) ([]T, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return collectIn(t.tx, scan, text, args...)
}

// Asked lists the lookups with a key, at any vendor and in any run, the newest first.
func (t *planTx) Asked(key []byte) ([]ledger.Lookup, error) {
	if all, known := t.asked[string(key)]; known {
		return all, nil
	}
	return readIn(t, scanLookup, selectLookups+whereAsked, someBytes(key))
}

// AskedIn finds the lookup with a key in one run that no other has taken the place of, at one vendor or, with "", at any.
func (t *planTx) AskedIn(key []byte, run int64, vendor string) (ledger.Lookup, bool, error) {
	return first(readIn(t, scanLookup, selectLookups+whereAskedIn, someBytes(key), run, kept(vendor)))
}

// Serving lists the lookups that serve a request now: one, or those that are asked side by side.
func (t *planTx) Serving(request int64) ([]ledger.Lookup, error) {
	return readIn(t, scanLookup, selectLookups+whereServing, []int64{request})
}

// MayHavePaid is that of the ledger, in a plan.
func (t *planTx) MayHavePaid(k *ledger.Lookup) (bool, error) {
	attempts, err := readIn(t, scanAttempt, selectOrigins, k.ID)
	return mayHavePaid(k, attempts), err
}

// PriorRow reads a row of another run, with where its lookups stand. It fails when that run has no such row.
func (t *planTx) PriorRow(run, row int64) (ledger.PriorRow, error) {
	var requests [3]int64
	found, ok, err := first(readIn(t, func(rows pgx.Rows) (ledger.PriorRow, error) {
		v, err := scanVehicle(rows, &requests[0], &requests[1], &requests[2])
		if err != nil {
			return ledger.PriorRow{}, err
		}
		return v.Prior()
	}, selectRows+"v.row=$2", run, row))
	if err == nil && !ok {
		err = errNone
	}
	if err != nil {
		return found, fmt.Errorf("read row %d of run %d: %w", row, run, err)
	}
	lookups, err := readIn(t, scanLookup, selectLookups+whereServing, named(requests))
	for i := range lookups {
		if k := lookups[i]; found.Lookups[k.Dataset].ID == 0 { // the first of those that were asked side by side
			found.Lookups[k.Dataset] = k
		}
	}
	return found, err
}

// named are the requests that a row names.
func named(requests [3]int64) (ids []int64) {
	for _, id := range requests {
		if id > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// Put writes a row and its lookups, and gives them their ids.
func (t *planTx) Put(p ledger.PlannedVehicle) error {
	ids := t.putLookups(&p)
	v, err := stored.VehicleOf(t.p.run.Seq, &p, ids)
	if err != nil {
		return err
	}
	t.rows = append(t.rows, vehicleValues(v))
	if first, known := t.earlier[p.VehicleID]; known && first.VehicleID == "" && p.Duplicate == 0 {
		p.Before = []int64{v.Maintenance, v.Valuation, v.Violations}
		p.Lookups, p.Shared, p.FanOut = nil, nil, nil
		t.earlier[p.VehicleID] = p
	}
	return nil
}

// putLookups gives lookups their ids and returns those that the row names.
func (t *planTx) putLookups(p *ledger.PlannedVehicle) map[record.Dataset]int64 {
	requests := p.Number(t.p.run.Seq, t.p.next)
	t.p.next += int64(len(p.Lookups))
	for i := range p.Lookups {
		k := &p.Lookups[i]
		t.following = t.following || k.State == ledger.Following
		t.lookups = append(t.lookups, lookupValues(k))
		if all, known := t.asked[string(k.Key)]; known {
			t.asked[string(k.Key)] = append([]ledger.Lookup{*k}, all[:min(len(all), mostAsked-1)]...)
		}
	}
	return requests
}

// flush copies in what was put.
func (t *planTx) flush() error {
	rows, lookups := t.rows, t.lookups
	t.rows, t.lookups = nil, nil
	t.written += int64(len(rows))
	if err := t.tx.copyIn(&vehicleTable, rows); err != nil {
		return err
	}
	return t.tx.copyIn(&lookupTable, lookups)
}

// Revise puts an earlier row again, with what a later row adds to it. Lookups whose key stays are kept; the others were
// never more than a plan.
func (t *planTx) Revise(p ledger.PlannedVehicle) error {
	row := p.Vehicle.Row
	if err := t.flush(); err != nil {
		return err
	}
	t.earlier, t.asked = nil, nil
	if _, err := t.tx.exec("DELETE FROM vehicles WHERE run=$1 AND row=$2", t.p.run.Seq, row); err != nil {
		return err
	}
	keep := map[int64]bool{0: true}
	for _, id := range p.Shared {
		keep[id] = true
	}
	for _, id := range p.Before {
		if !keep[id] {
			if err := t.drop(p.VehicleID, row, id); err != nil {
				return err
			}
		}
	}
	return t.Put(p)
}

// drop takes a lookup from a row that asks otherwise now, with those that are asked side by side with it. Where another
// row about the vehicle asks it as well, they are that row's from now on.
func (t *planTx) drop(vehicleID string, row, id int64) error {
	const dropped = "(id=$1 OR group_id>0 AND group_id=$1) AND run=$2 AND row=$3"
	const other = "SELECT MIN(row) FROM vehicles WHERE run=$1 AND vehicle_id=$2 AND duplicate_of=0 AND row<>$3 AND $4 IN (maintenance, valuation, violations)"
	var next *int64
	if err := t.tx.one([]any{&next}, other, t.p.run.Seq, kept(vehicleID), row, id); err != nil {
		return err
	}
	if next != nil {
		return rewrite(t.tx, func(k *ledger.Lookup) { k.Row = *next }, dropped, id, t.p.run.Seq, row)
	}
	_, err := t.tx.exec("DELETE FROM lookups WHERE "+dropped, id, t.p.run.Seq, row)
	return err
}

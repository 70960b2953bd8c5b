package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/record"
)

// PlannedVehicle is an input row with the lookups that it asks for.
type PlannedVehicle struct {
	VehicleID string
	Vehicle   record.Vehicle
	// Duplicate is the earlier row that this one repeats, 0 when it does not.
	Duplicate int64
	// Lookups to make, that of maintenance before one that awaits it, and the ids
	// of those made by an earlier row, by dataset.
	Lookups []Lookup
	Shared  map[record.Dataset]int64
	// Beside names, by vendor, those of the lookups that stand beside each other
	// and were made by an earlier row; Shared names their lead.
	Beside map[string]int64
	// Given is the row as the input had it, where the plan has changed it after
	// other rows; nil where it has not.
	Given *record.Vehicle

	before []int64 // of a row read back: the ids of its lookups
}

// Plan writes the rows of a run in one go with others. It is used by one
// goroutine, before anything of the run is submitted.
type Plan struct {
	l    *Ledger
	run  Run
	next int64 // id of the next lookup
}

// StartPlan begins to plan a run.
func (l *Ledger) StartPlan(ctx context.Context, r Run) (*Plan, error) {
	var last int64
	if err := l.reader.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM lookups").Scan(&last); err != nil {
		return nil, err
	}
	return &Plan{l: l, run: r, next: last + 1}, nil
}

// PlanTx is one transaction of a plan: what earlier rows said can be asked,
// rows can be put and replaced.
type PlanTx struct {
	p   *Plan
	ctx context.Context
	w   *writer
}

// Batch runs do in one transaction.
func (p *Plan) Batch(do func(tx *PlanTx) error) error {
	before := p.next
	err := p.l.writer.write(func(ctx context.Context, w *writer) error { return do(&PlanTx{p: p, ctx: ctx, w: w}) }, nil)
	if err != nil {
		p.next = before
	}
	return err
}

// End makes the run open: from now on it is bought.
func (p *Plan) End(rows int64) (Run, error) {
	r := p.run
	r.State, r.InputRows = RunOpen, rows
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

const (
	selectEarlier = "SELECT " + vehicleColumns + " FROM vehicles v INDEXED BY vehicles_by_id WHERE run=? AND vehicle_id=? AND duplicate_of=0 ORDER BY row LIMIT 1"
	selectAsked   = "SELECT " + lookupColumns + " FROM lookups k WHERE question=? ORDER BY run DESC, id DESC LIMIT 60"
)

// Earlier finds the first row of this run with the same vehicle id.
func (t *PlanTx) Earlier(vehicleID string) (PlannedVehicle, bool, error) {
	rows, err := t.w.query(t.ctx, selectEarlier, t.p.run.Seq, vehicleID)
	if err != nil {
		return PlannedVehicle{}, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return PlannedVehicle{}, false, rows.Err()
	}
	var r vehicleRow
	if err := rows.Scan(r.dest()...); err != nil {
		return PlannedVehicle{}, false, err
	}
	v, given, err := r.both()
	return PlannedVehicle{VehicleID: r.vehicleID, Vehicle: v, Given: given, before: []int64{r.maintenance, r.valuation, r.violation}}, true, err
}

// Asked lists the lookups with a question, at any vendor and in any run, the newest first.
func (t *PlanTx) Asked(question []byte) ([]Lookup, error) {
	rows, err := t.w.query(t.ctx, selectAsked, question)
	if err != nil {
		return nil, err
	}
	return scanLookups(rows)
}

// Put writes a row and its lookups.
func (t *PlanTx) Put(p PlannedVehicle) error {
	ids, err := t.putLookups(&p)
	if err != nil {
		return err
	}
	v := &p.Vehicle
	details, err := packDetails(v, p.Given, p.Beside)
	if err != nil {
		return err
	}
	r := vehicleRow{run: t.p.run.Seq, row: v.Row, vehicleID: p.VehicleID, vin: v.VIN, plate: v.Plate, plateType: v.PlateType, engineNo: v.EngineNo, details: details,
		duplicateOf: p.Duplicate, maintenance: ids[record.DatasetMaintenance], valuation: ids[record.DatasetValuation], violation: ids[record.DatasetViolations]}
	return t.w.exec(t.ctx, `INSERT INTO vehicles (run, row, vehicle_id, vin, plate, plate_type, engine_no, details, duplicate_of, maintenance, valuation, violations, sum)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`, r.run, r.row, r.vehicleID, r.vin, r.plate, r.plateType, r.engineNo, r.details, r.duplicateOf, r.maintenance, r.valuation, r.violation, r.checksum())
}

// Revise puts an earlier row again, with what a later row adds to it. Lookups
// whose question stays are kept; the others were never more than a plan.
func (t *PlanTx) Revise(p PlannedVehicle) error {
	row := p.Vehicle.Row
	if err := t.w.exec(t.ctx, "DELETE FROM vehicles WHERE run=? AND row=?", t.p.run.Seq, row); err != nil {
		return err
	}
	kept := map[int64]bool{}
	for _, id := range p.Shared {
		kept[id] = true
	}
	for _, id := range p.before {
		if kept[id] {
			continue
		}
		if err := t.drop(p.VehicleID, row, id); err != nil {
			return err
		}
	}
	return t.Put(p)
}

// drop takes a lookup from a row that asks otherwise now. Where another row about
// the vehicle asks it as well, it is that row's from now on.
func (t *PlanTx) drop(vehicleID string, row, id int64) error {
	const other = "SELECT MIN(row) FROM vehicles WHERE run=? AND vehicle_id=? AND duplicate_of=0 AND row<>? AND ? IN (maintenance, valuation, violations)"
	var next sql.NullInt64
	if err := t.one([]any{&next}, other, t.p.run.Seq, vehicleID, row, id); err != nil {
		return err
	}
	if next.Valid {
		return t.w.rewrite(t.ctx, "id=? AND run=? AND row=?", []any{id, t.p.run.Seq, row}, func(k *Lookup) { k.Row = next.Int64 })
	}
	return t.w.exec(t.ctx, "DELETE FROM lookups WHERE id=? AND run=? AND row=?", id, t.p.run.Seq, row)
}

func (t *PlanTx) putLookups(p *PlannedVehicle) (map[record.Dataset]int64, error) {
	ids := map[record.Dataset]int64{}
	for d, id := range p.Shared {
		ids[d] = id
	}
	for i := range p.Lookups {
		k := &p.Lookups[i]
		k.ID, k.Run, k.Row = t.p.next, t.p.run.Seq, p.Vehicle.Row
		if k.Awaits == AwaitsMaintenance {
			k.Awaits = ids[record.DatasetMaintenance]
		}
		t.p.next++
		p.group(k, ids)
		if err := t.insert(k); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (t *PlanTx) insert(k *Lookup) error {
	return t.w.insert(t.ctx, k)
}

// details are the columns of a vehicle that no query asks for.
type details struct {
	Line            int64            `json:"line"`
	LicenseImageURL string           `json:"license_image_url,omitempty"`
	ModelID         string           `json:"model_id,omitempty"`
	CityID          string           `json:"city_id,omitempty"`
	FirstRegistered string           `json:"first_registered,omitempty"`
	MileageKM       *int64           `json:"mileage_km,omitempty"`
	Condition       record.Condition `json:"condition,omitzero"`
	Defaulted       []string         `json:"defaulted,omitempty"`
	Problems        []string         `json:"problems,omitempty"`
	Faults          []record.Fault   `json:"faults,omitempty"`
	Given           *given           `json:"given,omitempty"`
	Beside          map[string]int64 `json:"beside,omitempty"` // lookups, by vendor
}

// given is the row as the input had it, where the plan has changed it.
type given struct {
	VIN       string  `json:"vin,omitempty"`
	Plate     string  `json:"plate,omitempty"`
	PlateType string  `json:"plate_type,omitempty"`
	EngineNo  string  `json:"engine_no,omitempty"`
	Details   details `json:"details"`
}

func detailsOf(v *record.Vehicle) details {
	d := details{Line: v.Line, LicenseImageURL: v.LicenseImageURL, ModelID: v.ModelID, CityID: v.CityID,
		FirstRegistered: v.FirstRegistered, Condition: v.Condition, Defaulted: v.Defaulted, Problems: v.Problems, Faults: v.Faults}
	if v.MileageKM.OK {
		d.MileageKM = &v.MileageKM.V
	}
	return d
}

func packDetails(v, before *record.Vehicle, beside map[string]int64) (string, error) {
	d := detailsOf(v)
	d.Beside = beside
	if before != nil {
		d.Given = &given{VIN: before.VIN, Plate: before.Plate, PlateType: before.PlateType, EngineNo: before.EngineNo, Details: detailsOf(before)}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("keep the columns of row %d: %w", v.Row, err)
	}
	return string(text), nil
}

func (d *details) into(v *record.Vehicle) {
	v.Line, v.LicenseImageURL, v.ModelID, v.CityID = d.Line, d.LicenseImageURL, d.ModelID, d.CityID
	v.FirstRegistered, v.Condition, v.Defaulted, v.Problems, v.Faults = d.FirstRegistered, d.Condition, d.Defaulted, d.Problems, d.Faults
	if d.MileageKM != nil {
		v.MileageKM = record.Some(*d.MileageKM)
	}
}

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// With is the row read back with new contents.
func (p PlannedVehicle) With(next PlannedVehicle) PlannedVehicle {
	next.before = p.before
	return next
}

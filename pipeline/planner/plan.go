package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

// Source gives vehicles until io.EOF.
type Source interface {
	Next() (record.Vehicle, error)
}

// ChunkRows is how many rows one transaction of a plan holds.
const ChunkRows = 2000

// Plan reads the input of a run into the ledger and decides what each row needs. Nothing is bought.
// A plan that is cut short starts again from the beginning. progress is called with the number of
// rows read so far.
func Plan(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, src Source, progress func(rows int64)) (ledger.Run, error) {
	return planWith(ctx, l, p, run, nil, src, progress)
}

// planWith plans a run. c is set when the run corrects another.
func planWith(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, c *correcting, src Source, progress func(rows int64)) (ledger.Run, error) {
	plan, err := l.StartPlan(ctx, run)
	if err != nil {
		return run, fmt.Errorf("begin to plan: %w", err)
	}
	pl := planner{ledger: l, policy: p, resolver: resolve.New(l, p), run: run, now: l.Now(), correcting: c}
	var rows int64
	for {
		chunk, srcErr := readChunk(ctx, src)
		if srcErr != nil && !errors.Is(srcErr, io.EOF) {
			return run, srcErr
		}
		if err := plan.Batch(func(tx ledger.PlanTx) error { return pl.rows(tx, chunk) }); err != nil {
			return run, fmt.Errorf("plan the input: %w", err)
		}
		rows += int64(len(chunk))
		progress(rows)
		if srcErr != nil {
			return plan.End(rows)
		}
	}
}

func readChunk(ctx context.Context, src Source) ([]record.Vehicle, error) {
	chunk := make([]record.Vehicle, 0, ChunkRows)
	for len(chunk) < ChunkRows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := src.Next()
		if err != nil {
			return chunk, err
		}
		chunk = append(chunk, v)
	}
	return chunk, nil
}

// planner decides for one row at a time.
type planner struct {
	ledger   Store
	policy   *policy.Policy
	resolver *resolve.Resolver
	run      ledger.Run
	now      time.Time

	correcting *correcting // nil when the run corrects no other
}

func (p *planner) rows(tx ledger.PlanTx, chunk []record.Vehicle) error {
	if err := p.foresee(tx, chunk); err != nil {
		return err
	}
	for i := range chunk {
		if err := p.row(tx, chunk[i]); err != nil {
			return err
		}
	}
	return nil
}

// foresee lets the ledger read in one go what most rows will ask it for.
func (p *planner) foresee(tx ledger.PlanTx, chunk []record.Vehicle) error {
	ids, keys := make([]string, 0, len(chunk)), make([][]byte, 0, len(chunk)*len(p.run.Datasets))
	for i := range chunk {
		v := &chunk[i]
		if fillDefaults(v, p.policy.Defaults()); v.VIN == "" && v.Plate == "" {
			continue
		}
		ids = append(ids, VehicleID(v, p.run.InputSHA256))
		for _, d := range p.run.Datasets {
			keys = append(keys, lookup.Key(d, v))
		}
	}
	return tx.Foresee(ids, keys)
}

func (p *planner) row(tx ledger.PlanTx, v record.Vehicle) error {
	id, err := p.vehicleID(tx, &v)
	if err != nil {
		return err
	}
	given := p.checkPlausible(&v)
	put := func(pv ledger.PlannedVehicle) error {
		pv.Given = given
		return tx.Put(pv)
	}
	if v.VIN == "" || len(v.Faults) > 0 {
		return p.put(tx, id, v, put)
	}
	first, ok, err := tx.Earlier(id)
	if err != nil {
		return err
	}
	if !ok || len(first.Vehicle.Faults) > 0 {
		return p.put(tx, id, v, put)
	}
	if differs(first.Vehicle.Plate, v.Plate) {
		asRead := v
		given = cmp.Or(given, &asRead)
		v.Problems = append(slices.Clip(v.Problems), fmt.Sprintf("row %d has the same VIN and another plate", first.Vehicle.Row))
		return p.put(tx, id, v, put)
	}
	return p.duplicate(tx, id, first, v, given)
}

// duplicate keeps a row that repeats an earlier one, and adds to the earlier row what only the
// later one says. asRead is the later row as the input has it, if the plan has changed it.
func (p *planner) duplicate(tx ledger.PlanTx, id string, first ledger.PlannedVehicle, v record.Vehicle, asRead *record.Vehicle) error {
	merged, filled, conflicts := merge(first.Vehicle, v)
	later := ledger.PlannedVehicle{VehicleID: id, Vehicle: v, Duplicate: first.Vehicle.Row, Given: asRead}
	if len(conflicts) > 0 {
		later.Given = cmp.Or(asRead, &v)
		later.Vehicle.Problems = append(slices.Clip(v.Problems), fmt.Sprintf("row %d is used, which says otherwise about %s", first.Vehicle.Row, strings.Join(conflicts, ", ")))
	}
	if len(filled) > 0 {
		given := cmp.Or(first.Given, &first.Vehicle)
		p.checkMerged(&merged)
		merged.Problems = append(slices.Clip(merged.Problems), fmt.Sprintf("%s taken from row %d", strings.Join(filled, ", "), v.Row))
		if err := p.put(tx, id, merged, func(pv ledger.PlannedVehicle) error { pv.Given = given; return tx.Revise(first.With(pv)) }); err != nil {
			return err
		}
	}
	return tx.Put(later)
}

func (p *planner) put(tx ledger.PlanTx, id string, v record.Vehicle, put func(ledger.PlannedVehicle) error) error {
	pv := ledger.PlannedVehicle{VehicleID: id, Vehicle: v, Shared: map[record.Dataset]int64{}}
	for _, d := range p.run.Datasets {
		if done, err := p.fanOutOrNot(tx, d, &v, &pv); done || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		k, shared, err := p.begin(tx, d, &v, &pv)
		switch {
		case err != nil:
			return err
		case shared != 0:
			pv.Shared[d] = shared
		case k.Dataset != "":
			pv.Lookups = append(pv.Lookups, k)
		}
	}
	return put(pv)
}

// ask decides how one dataset of a row begins: refused here, shared with an earlier row, answered
// already, following another run's order, or planned.
func (p *planner) ask(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle) (ledger.Lookup, int64, error) {
	k := ledger.Lookup{Run: p.run.Seq, Dataset: d, LastAt: p.now}
	step := p.policy.NextStep(d, v, 0)
	if step < 0 {
		p.policy.Refuse(&k, v, p.now)
		return k, 0, nil
	}
	k.Derived = record.PackDerived(v.Derived)
	k.Key, k.State, k.Vendor = lookup.Key(d, v), ledger.Planned, p.policy.Routes[d].Vendors[step]
	asked, err := tx.Asked(k.Key)
	if err != nil {
		return k, 0, err
	}
	var others []ledger.Lookup
	for _, a := range asked {
		switch {
		case a.Run != p.run.Seq:
			others = append(others, a)
		case !a.FanOut:
			return k, a.Request(), nil
		}
	}
	p.resolve(&k, v, others)
	return k, 0, nil
}

// resolve decides how a new lookup begins.
func (p *planner) resolve(k *ledger.Lookup, v *record.Vehicle, others []ledger.Lookup) {
	_, step := p.resolver.Resolve(ledger.Work{Lookup: *k, Vehicle: *v}, lookup.Request{MayBeLost: true}, others, p.now)
	*k = step.Next.Lookup
}

func differs(a, b string) bool { return a != "" && b != "" && a != b }

// merge fills the blanks of a vehicle with what a later row says. It names the columns that it
// filled, and those in which the two rows disagree.
func merge(first, later record.Vehicle) (merged record.Vehicle, filled, conflicts []string) {
	merged = first
	fields := []struct {
		column string
		to     *string
		from   string
	}{
		{record.ColPlate, &merged.Plate, later.Plate}, {record.ColPlateType, &merged.PlateType, later.PlateType},
		{record.ColEngineNo, &merged.EngineNo, later.EngineNo}, {record.ColLicenseImageURL, &merged.LicenseImageURL, later.LicenseImageURL},
		{record.ColModelID, &merged.ModelID, later.ModelID}, {record.ColCityID, &merged.CityID, later.CityID},
		{record.ColFirstRegistered, &merged.FirstRegistered, later.FirstRegistered},
	}
	for _, f := range fields {
		switch {
		case *f.to == "" && f.from != "":
			*f.to, filled = f.from, append(filled, f.column)
		case differs(*f.to, f.from):
			conflicts = append(conflicts, f.column)
		}
	}
	if !merged.MileageKM.OK && later.MileageKM.OK {
		merged.MileageKM, filled = later.MileageKM, append(filled, record.ColMileageKM)
	} else if later.MileageKM.OK && merged.MileageKM != later.MileageKM {
		conflicts = append(conflicts, record.ColMileageKM)
	}
	codes, otherwise := mergeCondition(&merged, &later)
	return merged, append(filled, codes...), append(conflicts, otherwise...)
}

// mergeCondition is merge for the codes of the condition. A value that comes from the configured
// defaults counts as a blank in both rows.
func mergeCondition(merged, later *record.Vehicle) (filled, conflicts []string) {
	for _, column := range record.ConditionColumns() {
		to, from := merged.Condition.Code(column), *later.Condition.Code(column)
		at := slices.Index(merged.Defaulted, column)
		switch {
		case from == "" || slices.Contains(later.Defaulted, column):
		case *to == "" || at >= 0:
			*to, filled = from, append(filled, column)
			if at >= 0 {
				merged.Defaulted = slices.Delete(slices.Clone(merged.Defaulted), at, at+1)
			}
		case *to != from:
			conflicts = append(conflicts, column)
		}
	}
	return filled, conflicts
}

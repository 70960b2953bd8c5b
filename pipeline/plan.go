package pipeline

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
	"vehiclebatch/pipeline/record"
)

// Source gives vehicles until io.EOF.
type Source interface {
	Next() (record.Vehicle, error)
}

// planChunk is how many rows one transaction of a plan holds.
const planChunk = 1000

// Plan reads the input of a run into the ledger and decides what each row
// needs. Nothing is bought; a plan that is cut short is begun anew. progress is
// told the rows read so far.
func Plan(ctx context.Context, l *ledger.Ledger, p *Policy, run ledger.Run, src Source, progress func(rows int64)) (ledger.Run, error) {
	return planWith(ctx, l, p, run, nil, src, progress)
}

// planWith plans a run, one that corrects another where c is there.
func planWith(ctx context.Context, l *ledger.Ledger, p *Policy, run ledger.Run, c *correcting, src Source, progress func(rows int64)) (ledger.Run, error) {
	plan, err := l.StartPlan(ctx, run)
	if err != nil {
		return run, fmt.Errorf("begin to plan: %w", err)
	}
	memory, err := newMemory(ctx, l, p)
	if err != nil {
		return run, err
	}
	pl := planner{ledger: l, policy: p, memory: memory, run: run, now: l.Now(), correcting: c}
	var rows int64
	for {
		chunk, srcErr := readChunk(ctx, src)
		if srcErr != nil && !errors.Is(srcErr, io.EOF) {
			return run, srcErr
		}
		if err := plan.Batch(func(tx *ledger.PlanTx) error { return pl.rows(tx, chunk) }); err != nil {
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
	chunk := make([]record.Vehicle, 0, planChunk)
	for len(chunk) < planChunk {
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
	ledger *ledger.Ledger
	policy *Policy
	memory *memory
	run    ledger.Run
	now    time.Time

	correcting *correcting // nil for a run of its own
}

func (p *planner) rows(tx *ledger.PlanTx, chunk []record.Vehicle) error {
	for i := range chunk {
		if err := p.row(tx, chunk[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) row(tx *ledger.PlanTx, v record.Vehicle) error {
	fillDefaults(&v, p.policy.defaults())
	id, err := p.vehicleID(tx, &v)
	if err != nil {
		return err
	}
	given := p.judge(&v)
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

// duplicate keeps a row that repeats an earlier one, and gives the earlier one
// what only the later one says. asRead is the later one as the input has it, where
// the plan has changed it.
func (p *planner) duplicate(tx *ledger.PlanTx, id string, first ledger.PlannedVehicle, v record.Vehicle, asRead *record.Vehicle) error {
	merged, filled, conflicts := merge(first.Vehicle, v)
	later := ledger.PlannedVehicle{VehicleID: id, Vehicle: v, Duplicate: first.Vehicle.Row, Given: asRead}
	if len(conflicts) > 0 {
		later.Given = cmp.Or(asRead, &v)
		later.Vehicle.Problems = append(slices.Clip(v.Problems), fmt.Sprintf("row %d is used, which says otherwise about %s", first.Vehicle.Row, strings.Join(conflicts, ", ")))
	}
	if len(filled) > 0 {
		given := cmp.Or(first.Given, &first.Vehicle)
		p.judgeMerged(&merged)
		merged.Problems = append(slices.Clip(merged.Problems), fmt.Sprintf("%s taken from row %d", strings.Join(filled, ", "), v.Row))
		if err := p.put(tx, id, merged, func(pv ledger.PlannedVehicle) error { pv.Given = given; return tx.Revise(first.With(pv)) }); err != nil {
			return err
		}
	}
	return tx.Put(later)
}

func (p *planner) put(tx *ledger.PlanTx, id string, v record.Vehicle, put func(ledger.PlannedVehicle) error) error {
	pv := ledger.PlannedVehicle{VehicleID: id, Vehicle: v, Shared: map[record.Dataset]int64{}}
	for _, d := range p.run.Datasets {
		if done, err := p.besideOrNot(tx, d, &v, &pv); done || err != nil {
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

// ask decides how one dataset of a row begins: refused here, shared with an
// earlier row, answered or awaited already, or planned.
func (p *planner) ask(tx *ledger.PlanTx, d record.Dataset, v *record.Vehicle) (ledger.Lookup, int64, error) {
	k := ledger.Lookup{Dataset: d, LastAt: p.now}
	k.Step = p.policy.nextStep(d, v, 0)
	if k.Step < 0 {
		p.policy.refuse(&k, v, p.now)
		return k, 0, nil
	}
	k.Derived = record.PackDerived(v.Derived)
	k.Question, k.State, k.Vendor = Question(d, v), ledger.Planned, p.policy.Routes[d].Vendors[k.Step]
	find := tx.Asked
	if p.memory.beside {
		find = tx.AskedAnywhere
	}
	asked, err := find(k.Question)
	if err != nil {
		return k, 0, err
	}
	for _, a := range asked {
		if a.Run == p.run.Seq && a.Lead == 0 {
			return k, a.ID, nil
		}
	}
	if err := p.memory.free(tx.Context(), &k, v, asked, p.now); err != nil {
		return k, 0, err
	}
	if k.State == ledger.Planned {
		p.policy.fear(&k, p.now)
	}
	return k, 0, nil
}

// reuse lets a lookup take over what an earlier run has, or waits for, or
// does not know whether it has.
func (p *Policy) reuse(k *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, now time.Time) {
	defer askedAs(k, asked)
	route := p.Routes[k.Dataset]
	for i := range asked {
		old := &asked[i]
		switch old.State {
		case ledger.Found, ledger.NoRecord, ledger.Unsupported:
			if p.answers(k, v, old, now) {
				return
			}
			if now.Sub(old.AnsweredAt) >= route.MaxAge {
				return
			}
		case ledger.Waiting, ledger.Submitting:
			k.State, k.Source, k.Vendor, k.Step = ledger.Following, old.ID, old.Vendor, old.Step
			return
		case ledger.InDoubt:
			if p.holdsDoubt(k, old, now) {
				return
			}
		case ledger.Failed:
			if p.inherits(k, old, now) || p.continues(k, v, old, now) {
				return
			}
		case ledger.Planned:
			if p.continues(k, v, old, now) {
				return
			}
		}
	}
}

// continues goes on behind the vendors that an earlier run has paid and that
// had nothing, where that run has not gone on itself.
func (p *Policy) continues(k *ledger.Lookup, v *record.Vehicle, old *ledger.Lookup, now time.Time) bool {
	step := slices.Index(p.Routes[k.Dataset].Vendors, old.Vendor)
	if old.Step == 0 || old.Attempts == 0 || step <= k.Step || now.Sub(old.LastAt) >= p.Routes[k.Dataset].MaxAge {
		return false
	}
	if next := p.nextStep(k.Dataset, v, step); next >= 0 {
		k.Step, k.Vendor = next, p.Routes[k.Dataset].Vendors[next]
		return true
	}
	return false
}

// inherits takes over what an earlier run has paid for and could not read: a
// ticket is asked about again, an answer that was kept stays kept for retry.
func (p *Policy) inherits(k *ledger.Lookup, old *ledger.Lookup, now time.Time) bool {
	return now.Sub(old.LastAt) < max(p.Routes[k.Dataset].MaxAge, doubtHold) && p.inherit(k, old, now)
}

// inherit is inherits whatever the age.
func (p *Policy) inherit(k *ledger.Lookup, old *ledger.Lookup, now time.Time) bool {
	unread := old.Class == record.Expired || old.Class == record.BadResponse
	step := slices.Index(p.Routes[k.Dataset].Vendors, old.Vendor)
	if !unread || step < 0 {
		return false
	}
	switch {
	case old.Ticket != "":
		k.State, k.Ticket, k.TicketAt, k.NextAt = ledger.Waiting, old.Ticket, now, now
	case old.Answer != 0:
		k.State, k.Stage, k.Class, k.Code, k.Message = ledger.Failed, old.Stage, old.Class, old.Code, old.Message
		k.Answer, k.AnsweredAt = old.Answer, old.AnsweredAt
	default:
		return false
	}
	k.Source, k.Vendor, k.Step, k.FirstAt = old.ID, old.Vendor, step, old.FirstAt
	askedAs(k, []ledger.Lookup{*old})
	return true
}

// answers settles k with the answer of an old lookup if it is young enough and
// the route would not go on after it.
func (p *Policy) answers(k *ledger.Lookup, v *record.Vehicle, old *ledger.Lookup, now time.Time) bool {
	route := p.Routes[k.Dataset]
	if old.AnsweredAt.IsZero() || now.Sub(old.AnsweredAt) >= route.MaxAge {
		return false
	}
	step := slices.Index(route.Vendors, old.Vendor)
	if step < 0 {
		return false
	}
	if status := old.State.Status(); status != record.Found && p.fallsBack(k.Dataset, status) {
		if next := p.nextStep(k.Dataset, v, step+1); next >= 0 {
			k.Step, k.Vendor = next, route.Vendors[next]
			return true
		}
	}
	k.Step = step
	takeAnswer(k, old)
	return true
}

// holdsDoubt keeps k in doubt when the same order is in doubt in an earlier
// run, unless that is old or cheap enough to buy again.
func (p *Policy) holdsDoubt(k *ledger.Lookup, old *ledger.Lookup, now time.Time) bool {
	hold := max(p.Routes[k.Dataset].MaxAge, doubtHold)
	if now.Sub(old.LastAt) >= hold || p.price(old) < p.ResubmitBelow {
		return false
	}
	k.State, k.Source, k.Vendor, k.Step = ledger.InDoubt, old.ID, old.Vendor, old.Step
	k.Stage, k.Class, k.FirstAt, k.LastAt = record.StageSubmit, record.DoubtfulOrder, old.FirstAt, old.LastAt
	k.Code, k.Message = old.Code, "an earlier run's order is in doubt: "+old.Message
	return true
}

// fear keeps a lookup in doubt that would be bought, while a rescue of the
// ledger is young that could not say what was bought before it.
func (p *Policy) fear(k *ledger.Lookup, now time.Time) bool {
	if p.Loss.At.IsZero() {
		return false
	}
	old := ledger.Lookup{Dataset: k.Dataset, Vendor: k.Vendor, Step: k.Step, FirstAt: p.Loss.At, LastAt: p.Loss.At, Code: "lost",
		Message: "the ledger was damaged and has lost " + p.Loss.What}
	return p.holdsDoubt(k, &old, now)
}

func differs(a, b string) bool { return a != "" && b != "" && a != b }

// merge fills the blanks of a vehicle with what a later row says. It names the
// columns filled, and those about which the two disagree.
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

// mergeCondition is merge for the codes of the condition. What the configuration
// has filled is a blank of the input in both rows.
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

package planner

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
)

// Correction is a run that asks again what failed in a finished run, its base, and takes everything else over from
// there.
type Correction struct {
	Base ledger.Run
	// Named tells whether the user wants a lookup of the base to be asked again.
	Named func(row int64, d record.Dataset) bool
}

// Correct plans a run that corrects another. src gives the rows of the base, in its order and under its numbers, with
// the user's corrections in them.
//
// A lookup that is not named is taken over as long as the row still asks the same: its answer whatever its age, and its
// failure too. Everything else is planned as in any run.
//
// A named lookup is bought again, except in two cases: the base or a later correction of it has an answer or an order
// in doubt; or the values are unchanged and asking with them was refused, or may have been paid.
func Correct(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, c Correction, src Source, progress func(rows int64)) (ledger.Run, error) {
	family, err := familyOf(ctx, l, c.Base)
	if err != nil {
		return run, err
	}
	return planWith(ctx, l, p, run, &correcting{Correction: c, family: family}, src, progress)
}

// familyOf lists a base with the runs that correct it, or correct one of its corrections, the newest first.
func familyOf(ctx context.Context, l Store, base ledger.Run) ([]int64, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for corrections of run %s: %w", base.ID, err)
	}
	member := map[string]bool{base.ID: true}
	family := []int64{base.Seq}
	for _, r := range slices.Backward(runs) { // a correction comes after what it corrects
		if !member[r.Corrects] || r.State == ledger.RunPlanning {
			continue
		}
		member[r.ID] = true
		if r.PurgedAt.IsZero() {
			family = append(family, r.Seq)
		}
	}
	slices.Reverse(family)
	return family, nil
}

// correcting is what a planner knows of the run that it corrects.
type correcting struct {
	Correction
	family []int64 // runs.seq
	former ledger.PriorRow
	row    int64 // the number of the row in former, 0 when none was read
}

// formerRow reads a row of the base. The last one is kept, because all datasets of a row ask for it.
func (c *correcting) formerRow(tx ledger.PlanTx, row int64) (*ledger.PriorRow, error) {
	if c.row == row {
		return &c.former, nil
	}
	c.row = 0
	var err error
	if c.former, err = tx.PriorRow(c.Base.Seq, row); err != nil {
		return nil, err
	}
	c.row = row
	return &c.former, nil
}

// vehicleID names a row. A row without any identifier keeps the id that it had in the base.
func (p *planner) vehicleID(tx ledger.PlanTx, v *record.Vehicle) (string, error) {
	if p.correcting == nil || v.VIN != "" || v.Plate != "" || v.EngineNo != "" {
		return VehicleID(v, p.run.InputSHA256), nil
	}
	f, err := p.correcting.formerRow(tx, v.Row)
	if err != nil {
		return "", err
	}
	return f.VehicleID, nil
}

// begin decides how one dataset of a row begins. It returns the zero lookup when the dataset is not to be asked.
func (p *planner) begin(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle, row *ledger.PlannedVehicle) (ledger.Lookup, int64, error) {
	c := p.correcting
	if c == nil {
		return p.askOrDepend(tx, d, v, row)
	}
	f, err := c.formerRow(tx, v.Row)
	if err != nil {
		return ledger.Lookup{}, 0, err
	}
	old, asked := f.Lookups[d]
	switch named := c.Named(v.Row, d); {
	case !named && !asked:
		return ledger.Lookup{}, 0, nil
	case !named && !old.State.Open() && p.asksTheSame(f, &old, v):
		return p.copyPrior(tx, &old)
	case !slices.Contains(p.run.Corrected, d): // the dataset is not to be bought now, and the base's answer may be about another vehicle
		if old.Stage == record.StageValidate {
			return p.copyPrior(tx, &old)
		}
		return ledger.Lookup{}, 0, nil
	}
	k, shared, err := p.askOrDepend(tx, d, v, row)
	if err != nil || shared != 0 || k.State != ledger.Planned {
		return k, shared, err
	}
	return p.carryOver(tx, k, v)
}

// asksTheSame tells whether a lookup of the base answers what the row asks now. It does if nothing in the row has
// changed except defaults that were configured since, or if nothing has changed that the lookup asked with, derived
// values included.
func (p *planner) asksTheSame(f *ledger.PriorRow, old *ledger.Lookup, v *record.Vehicle) bool {
	was := f.Vehicle
	fillDefaults(&was, p.policy.Defaults())
	return f.Duplicate == 0 && sameValues(&was, v) || asksWith(old, v)
}

// asksWith tells whether a lookup asked what the row asks now, when the values that were derived for that lookup are
// added to the row.
func asksWith(old *ledger.Lookup, v *record.Vehicle) bool {
	derived, err := record.ParseDerived(old.Derived)
	now := v.With(derived)
	return err == nil && bytes.Equal(old.Key, lookup.Key(old.Dataset, &now))
}

// sameValues tells whether two vehicles are the same in every column of the input.
func sameValues(a, b *record.Vehicle) bool {
	return !slices.ContainsFunc(record.InputColumns(), func(c string) bool { return a.Value(c) != b.Value(c) })
}

// copyPrior takes a settled lookup of an earlier run over as it is.
func (p *planner) copyPrior(tx ledger.PlanTx, old *ledger.Lookup) (ledger.Lookup, int64, error) {
	same, ok, err := tx.AskedIn(old.Key, p.run.Seq, "")
	if err != nil || ok {
		return ledger.Lookup{}, same.Request(), err
	}
	k := ledger.Lookup{Dataset: old.Dataset, Key: old.Key, Vendor: old.Vendor, State: old.State, Ticket: old.Ticket,
		Answer: old.Answer, Source: old.ID, Derived: old.Derived, Stage: old.Stage, Class: old.Class, Code: old.Code, Message: old.Message,
		FirstAt: old.FirstAt, TicketAt: old.TicketAt, LastAt: old.LastAt, AnsweredAt: old.AnsweredAt}
	return k, 0, nil
}

// carryOver looks in the base and its corrections for a reason not to buy a lookup: an answer, an order in doubt, an
// order whose report can still be asked for, or a failure with the very same values that was a refusal or may have cost
// money. Their age does not matter: the user has corrected rows, and has not said to pay again for what there is.
func (p *planner) carryOver(tx ledger.PlanTx, k ledger.Lookup, v *record.Vehicle) (ledger.Lookup, int64, error) {
	prior, orders, err := p.findPrior(tx, &k, v)
	if err != nil {
		return k, 0, err
	}
	rules := p.policy.Rules(k.Dataset, v)
	rules.Correcting = true
	decision := lookup.Resolve(lookup.Request{Run: p.run.Seq}, orders, rules, p.now)
	if decision.Prior < 0 {
		return k, 0, nil
	}
	old := &prior[decision.Prior]
	switch decision.Action {
	case lookup.Poll, lookup.Unread:
		k.DependsOn, k.Key, k.Derived = 0, old.Key, old.Derived
		lookup.Apply(&k, decision, prior, rules, p.now)
		return k, 0, nil
	}
	return p.copyPrior(tx, old)
}

// findPrior lists the lookups with the key of k in the base and its corrections, the newest first, and the orders
// behind them.
func (p *planner) findPrior(tx ledger.PlanTx, k *ledger.Lookup, v *record.Vehicle) ([]ledger.Lookup, []lookup.Prior, error) {
	var prior []ledger.Lookup
	for _, run := range p.correcting.family {
		old, ok, err := inRun(tx, run, k, v)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			prior = append(prior, old)
		}
	}
	orders := lookup.Priors(prior, p.policy.Price)
	for i := range orders {
		if orders[i].State != ledger.Failed {
			continue
		}
		var err error
		if orders[i].InVain, err = p.failedAlike(tx, &prior[i], v); err != nil {
			return nil, nil, err
		}
	}
	return prior, orders, nil
}

// inRun finds the lookup of a run that asked the same as k. While k waits for its vehicle's maintenance answer its key
// is not known; then it is matched by its row, if that row asked the same with the values that were derived then.
func inRun(tx ledger.PlanTx, run int64, k *ledger.Lookup, v *record.Vehicle) (ledger.Lookup, bool, error) {
	if k.DependsOn == 0 {
		vendor := ""
		if k.FanOut {
			vendor = k.Vendor
		}
		return tx.AskedIn(k.Key, run, vendor)
	}
	f, err := tx.PriorRow(run, v.Row)
	old, ok := f.Lookups[k.Dataset]
	return old, err == nil && ok && asksWith(&old, v), err
}

// failedAlike tells whether asking with the same values has been refused before, or may have been paid. Then only the
// user may say to ask again.
func (p *planner) failedAlike(tx ledger.PlanTx, old *ledger.Lookup, v *record.Vehicle) (bool, error) {
	f, err := tx.PriorRow(old.Run, old.Row)
	if err != nil || !sameValues(&f.Vehicle, v) {
		return false, err
	}
	if old.Class == record.Rejected {
		return true, nil
	}
	paid, err := tx.MayHavePaid(old)
	if err != nil {
		return false, fmt.Errorf("look for the orders behind lookup %d: %w", old.ID, err)
	}
	return paid, nil
}

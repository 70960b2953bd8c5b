package planner

import (
	"bytes"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// fanOutOrNot plans a dataset as a fan-out, if it is one, and tells whether it is. A run that
// corrects another keeps the way in which that run asked.
func (p *planner) fanOutOrNot(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle, pv *ledger.PlannedVehicle) (bool, error) {
	c := p.correcting
	if c == nil {
		if !p.policy.FansOut(d) {
			return false, nil
		}
		return true, p.fanOut(tx, d, v, pv)
	}
	f, err := c.formerRow(tx, v.Row)
	if err != nil {
		return false, err
	}
	old, asked := f.Lookups[d]
	switch {
	case asked && old.FanOut:
		return true, p.correctFanOut(tx, f, &old, v, pv)
	case asked && old.Stage == record.StageValidate && p.policy.FansOut(d) && c.Named(v.Row, d) && slices.Contains(p.run.Corrected, d):
		return true, p.fanOut(tx, d, v, pv) // no vendor could be asked in the base
	}
	return false, nil
}

// correctFanOut takes over what the lookups of a row's fan-out came to. Those that failed are asked
// again, if the user has named them.
func (p *planner) correctFanOut(tx ledger.PlanTx, f *ledger.PriorRow, lead *ledger.Lookup, v *record.Vehicle, pv *ledger.PlannedVehicle) error {
	d := lead.Dataset
	all, err := tx.Serving(lead.GroupID)
	if err != nil {
		return err
	}
	asked, err := tx.Asked(lookup.Key(d, v))
	if err != nil {
		return err
	}
	named := p.correcting.Named(v.Row, d)
	for i := range all {
		old := &all[i]
		same := bytes.Equal(old.Key, lookup.Key(d, v)) || f.Duplicate == 0 && sameValues(&f.Vehicle, v)
		answered := old.State == ledger.Found || old.State == ledger.NoRecord || old.State == ledger.Unsupported
		step := p.policy.StepAgain(old, v)
		switch may := slices.Contains(p.run.Corrected, d); {
		case same && !old.State.Open() && (!named || answered || step < 0), !may && old.Stage == record.StageValidate:
			err = p.copyOfFanOut(tx, old, pv)
		case !may || step < 0:
		default:
			err = p.askAgainInFanOut(tx, old, v, asked, pv)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyOfFanOut takes a settled lookup over as it is.
func (p *planner) copyOfFanOut(tx ledger.PlanTx, old *ledger.Lookup, pv *ledger.PlannedVehicle) error {
	if same, ok, err := tx.AskedIn(old.Key, p.run.Seq, old.Vendor); err != nil || ok {
		if ok {
			shareFanOut(pv, &same)
		}
		return err
	}
	k, _, err := p.copyPrior(tx, old)
	k.FanOut = true
	pv.Lookups = append(pv.Lookups, k)
	return err
}

// askAgainInFanOut asks a vendor again, unless there is a reason not to buy.
func (p *planner) askAgainInFanOut(tx ledger.PlanTx, old *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, pv *ledger.PlannedVehicle) error {
	k := ledger.Lookup{Run: p.run.Seq, Dataset: old.Dataset, Key: lookup.Key(old.Dataset, v), LastAt: p.now, Vendor: old.Vendor, State: ledger.Planned, FanOut: true}
	before := len(pv.Lookups)
	if p.addToFanOut(&k, v, asked, pv); len(pv.Lookups) == before || pv.Lookups[before].State != ledger.Planned {
		return nil
	}
	spared, _, err := p.carryOver(tx, pv.Lookups[before], v)
	spared.FanOut = true
	pv.Lookups[before] = spared
	return err
}

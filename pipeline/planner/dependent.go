package planner

import (
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// askOrDepend plans one dataset of a row. A lookup that derives what the input leaves out waits for
// the row's maintenance answer.
func (p *planner) askOrDepend(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle, row *ledger.PlannedVehicle) (ledger.Lookup, int64, error) {
	gaps := p.policy.MissingColumns(d, v)
	if len(gaps) == 0 {
		return p.ask(tx, d, v)
	}
	assumed := p.policy.AssumeDerived(d, v)
	if p.policy.NextStep(d, assumed, 0) < 0 { // it lacks more than that
		return p.ask(tx, d, assumed)
	}
	own, id, err := maintenanceOf(tx, row)
	if err != nil {
		return ledger.Lookup{}, 0, err
	}
	if anyOpen(own) {
		return p.planDependent(tx, d, v, id)
	}
	past, err := p.resolver.PastOf(tx.Context(), v, own, p.now)
	if err != nil {
		return ledger.Lookup{}, 0, err
	}
	full := p.policy.ApplyDerived(d, *v, past, record.DateOf(p.now))
	k, shared, err := p.ask(tx, d, &full)
	if k.State == ledger.Failed && k.Stage == record.StageValidate {
		past.Explain(&k, gaps)
	}
	return k, shared, err
}

// maintenanceOf lists the maintenance lookups of a row that is being planned, and the id by which a
// lookup that waits for them names them.
func maintenanceOf(tx ledger.PlanTx, row *ledger.PlannedVehicle) (own []ledger.Lookup, id int64, err error) {
	if id, ok := row.Shared[record.DatasetMaintenance]; ok {
		own, err = tx.Serving(id)
		return own, id, err
	}
	for _, k := range row.Lookups {
		if k.Dataset == record.DatasetMaintenance {
			own = append(own, k)
		}
	}
	return own, ledger.DependsOnMaintenance, nil
}

func anyOpen(lookups []ledger.Lookup) bool {
	return slices.ContainsFunc(lookups, func(k ledger.Lookup) bool { return k.State.Open() })
}

// planDependent plans a lookup that is not sent before another one, awaited, is settled. Rows that will ask
// the same share this lookup.
func (p *planner) planDependent(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle, awaited int64) (ledger.Lookup, int64, error) {
	k := ledger.Lookup{Dataset: d, LastAt: p.now, State: ledger.Planned, DependsOn: awaited, Key: lookup.DependentKey(d, v)}
	k.Vendor = p.policy.Routes[d].Vendors[p.policy.NextStep(d, p.policy.AssumeDerived(d, v), 0)]
	asked, err := tx.Asked(k.Key)
	if err != nil {
		return k, 0, err
	}
	for _, a := range asked {
		if a.Run == p.run.Seq {
			return k, a.Request(), nil
		}
	}
	return k, 0, nil
}

package planner

import (
	"fmt"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
)

// fanOut plans one lookup for each vendor of a route that can be asked about a vehicle. If no
// vendor can be asked, it plans a single lookup that fails, as without a fan-out.
func (p *planner) fanOut(tx ledger.PlanTx, d record.Dataset, v *record.Vehicle, pv *ledger.PlannedVehicle) error {
	if p.policy.NextStep(d, v, 0) < 0 {
		k := ledger.Lookup{Dataset: d, LastAt: p.now}
		p.policy.Refuse(&k, v, p.now)
		pv.Lookups = append(pv.Lookups, k)
		return nil
	}
	key := lookup.Key(d, v)
	asked, err := tx.Asked(key)
	if err != nil {
		return err
	}
	var passedOver []string
	for step, vendor := range p.policy.Routes[d].Vendors {
		if !p.policy.CanQuery(d, v, step) {
			passedOver = append(passedOver, whyNot(p.policy, d, v, vendor)...)
			continue
		}
		k := ledger.Lookup{Run: p.run.Seq, Dataset: d, Key: key, LastAt: p.now, Vendor: vendor, State: ledger.Planned, FanOut: true}
		p.addToFanOut(&k, v, asked, pv)
	}
	pv.Vehicle.Problems = append(withoutNotAsked(d, pv.Vehicle.Problems), passedOver...)
	return nil
}

// addToFanOut adds a lookup of a fan-out to a row, or shares the one that an earlier row has made.
func (p *planner) addToFanOut(k *ledger.Lookup, v *record.Vehicle, asked []ledger.Lookup, pv *ledger.PlannedVehicle) {
	others := make([]ledger.Lookup, 0, len(asked))
	for i := range asked {
		switch a := &asked[i]; {
		case a.Run != p.run.Seq:
			others = append(others, *a)
		case a.FanOut && a.Vendor == k.Vendor:
			shareFanOut(pv, a)
			return
		}
	}
	p.resolve(k, v, others)
	pv.Lookups = append(pv.Lookups, *k)
}

// shareFanOut lets a row share a fan-out lookup that an earlier row has made.
func shareFanOut(pv *ledger.PlannedVehicle, k *ledger.Lookup) {
	if pv.FanOut == nil {
		pv.FanOut = map[string]int64{}
	}
	pv.FanOut[k.Vendor], pv.Shared[k.Dataset] = k.ID, k.GroupID
}

// whyNot says why a vendor is left out of a fan-out. It says nothing about a vendor that is not
// configured.
func whyNot(p *policy.Policy, d record.Dataset, v *record.Vehicle, vendor string) []string {
	s, ok := p.Vendors[vendor]
	if !ok {
		return nil
	}
	if faults := policy.FaultsAgainst(v, s.Offer(d)); len(faults) > 0 {
		return []string{fmt.Sprintf("%s%s%s%s", d, notAskedAt, vendor, ": "+policy.DescribeFaults(faults))}
	}
	return []string{fmt.Sprintf("%s%s%s: it needs %s", d, notAskedAt, vendor, strings.Join(s.Vendor.Missing(d, v), ", "))}
}

const notAskedAt = ": not asked at "

// withoutNotAsked drops the remarks on left-out vendors that were made before a later row completed
// this one.
func withoutNotAsked(d record.Dataset, problems []string) []string {
	var out []string
	for _, text := range problems {
		if !strings.HasPrefix(text, string(d)+notAskedAt) {
			out = append(out, text)
		}
	}
	return out
}

package policy

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Policy is what the user wants, for every stage.
type Policy struct {
	Vendors       map[string]*VendorConfig
	Routes        map[record.Dataset]Route
	MaxSpend      record.Opt[record.Fen]
	ResubmitBelow record.Fen // an outcome in doubt that costs less may be bought again
	// MostDoubt is the sum in doubt at which the orders of a vendor's dataset pause;
	// 0 is no limit.
	MostDoubt record.Fen
	// Chance returns random numbers from 0 to 1. They spread the ends of pauses, so that not
	// everybody calls at the same moment.
	Chance func() float64
	// Wait bounds how long slow reports are waited for once everything is sent. Unknown means:
	// until all lookups settle or the vendors' desks close.
	Wait record.Opt[time.Duration]
	// Loss is what the last rescue of the ledger could not restore. Orders that may have been among
	// it are not bought again unless the user says so.
	Loss ledger.Loss
}

// NextStep finds the first vendor of a route, from step on, that can be asked
// about the vehicle; -1 when there is none.
func (p *Policy) NextStep(d record.Dataset, v *record.Vehicle, step int) int {
	for ; step < len(p.Routes[d].Vendors); step++ {
		if p.CanQuery(d, v, step) {
			return step
		}
	}
	return -1
}

// Price is what a submission of a lookup costs at its vendor.
func (p *Policy) Price(k *ledger.Lookup) record.Fen { return p.priceAt(k.Vendor, k.Dataset) }

// priceAt is what a vendor wants for a dataset; 0 for a vendor that is not configured.
func (p *Policy) priceAt(vendor string, d record.Dataset) record.Fen {
	if s, ok := p.Vendors[vendor]; ok {
		return s.Prices[d]
	}
	return 0
}

// OnRoute tells whether the vendor of a planned lookup is still on its route.
func (p *Policy) OnRoute(k *ledger.Lookup) bool {
	_, ok := p.Vendors[k.Vendor]
	return ok && slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor) >= 0
}

// Rules are what the policy says about a dataset of a vehicle.
func (p *Policy) Rules(d record.Dataset, v *record.Vehicle) *lookup.Rules {
	route := p.Routes[d]
	out := &lookup.Rules{Route: make([]lookup.Stop, len(route.Vendors)), FallbackOn: route.FallbackOn, MaxAge: route.MaxAge,
		ResubmitBelow: p.ResubmitBelow, LostAt: p.Loss.At, LostWhat: p.Loss.What}
	for i, vendor := range route.Vendors {
		out.Route[i] = lookup.Stop{Vendor: vendor, CanQuery: p.CanQuery(d, v, i), Price: p.priceAt(vendor, d)}
	}
	return out
}

// FansOut tells whether a dataset is asked of every vendor of its route.
func (p *Policy) FansOut(d record.Dataset) bool { return p.Routes[d].Mode == RouteAll }

// CanQuery tells whether the vendor at a step of a route can be asked about a vehicle.
func (p *Policy) CanQuery(d record.Dataset, v *record.Vehicle, step int) bool {
	s, ok := p.Vendors[p.Routes[d].Vendors[step]]
	return ok && len(FaultsAgainst(v, s.Offer(d))) == 0 && len(s.Vendor.Missing(d, v)) == 0
}

// StepAgain is the step of the route at which a lookup can be asked anew, -1 for none. A lookup of
// a fan-out can only be asked at its own vendor.
func (p *Policy) StepAgain(k *ledger.Lookup, v *record.Vehicle) int {
	if !k.FanOut {
		return p.NextStep(k.Dataset, v, 0)
	}
	if step := slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor); step >= 0 && p.CanQuery(k.Dataset, v, step) {
		return step
	}
	return -1
}

// After says where a lookup goes after a call.
func (p *Policy) After(w ledger.Work, call vendors.Call, r lookup.Result, now time.Time) ledger.Step {
	return lookup.After(w, call, r, p.Rules(w.Lookup.Dataset, &w.Vehicle), &p.Vendors[w.Lookup.Vendor].Poll, now)
}

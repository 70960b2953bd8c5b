package pipeline

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// Seller is a configured vendor: its adapter, its pace and its terms.
type Seller struct {
	Vendor vendors.Vendor
	Offers []vendors.Offer
	Prices map[record.Dataset]record.Fen
	Poll   lookup.PollPlan
	Pace   *ratelimit.Pace
	// InFlight bounds calls under way; PerDay is 0 where calls are not counted.
	InFlight, PerDay int
	Sender           vendors.Sender
	// Probe is a dataset of which the vendor has a call that can never be billed,
	// whether it is bought or not; "" when there is none.
	Probe record.Dataset
	// UnavailableFor is how long the vendor is waited for while it answers nobody;
	// unknown means two hours, or as long as the user waits.
	UnavailableFor record.Opt[time.Duration]
	// NotTaken are the answers that say that a call was refused before the vendor
	// took it: the adapter's and the user's.
	NotTaken []vendors.NotTaken
}

// read says what a kept answer means. Should reading it break down, it cannot be
// read: what came may have been paid for, and is kept.
func (s *Seller) read(d record.Dataset, c vendors.Call, v *record.Vehicle, r vendors.Response) (out vendors.Outcome) {
	defer brokenDown(&out)
	return vendors.ReadResponse(s.Vendor, s.NotTaken, d, c, v, r)
}

// readNew is read of an answer that has just come; it takes out what must not be kept.
func (s *Seller) readNew(d record.Dataset, c vendors.Call, v *record.Vehicle, r *vendors.Response) (out vendors.Outcome) {
	defer brokenDown(&out)
	*r, out = vendors.ReadNew(s.Vendor, s.NotTaken, d, c, v, *r)
	return out
}

// brokenDown puts right an outcome whose reading has broken down. What it broke down with
// may hold words of the answer, and is said only where Go itself has worded it.
func brokenDown(out *vendors.Outcome) {
	broken := recover()
	if broken == nil {
		return
	}
	why := fmt.Sprintf("%T", broken)
	if e, ok := broken.(runtime.Error); ok {
		why = e.Error()
	}
	*out = vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromVendor, Code: "unreadable", Message: "reading the answer broke down: " + why}
}

// Route says where a dataset is asked, and when a former answer will do.
type Route struct {
	Vendors    []string
	Mode       RouteMode // "" is RouteFirst
	FallbackOn []record.Status
	MaxAge     time.Duration    // 0: a former answer is never used again
	Defaults   record.Condition // for what the input leaves out
	// Derive names the columns that are taken from the vehicle's maintenance
	// answers where the input leaves them out, before any default.
	Derive []string
}

// Policy is what the user wants, for every stage.
type Policy struct {
	Sellers       map[string]*Seller
	Routes        map[record.Dataset]Route
	MaxSpend      record.Opt[record.Fen]
	ResubmitBelow record.Fen // an outcome in doubt that costs less may be bought again
	// MostDoubt is the sum in doubt at which the orders of a vendor's dataset pause;
	// 0 is no limit.
	MostDoubt record.Fen
	// Chance returns numbers from 0 to 1: pauses must not end for everybody at once.
	Chance func() float64
	// Wait bounds how long slow reports are waited for once everything is
	// sent; unknown means until all settle or the desks close.
	Wait record.Opt[time.Duration]
	// Loss is what the last rescue of the ledger could not name: what it may
	// have held is not bought again unasked.
	Loss ledger.Loss
}

// offer finds what a vendor sells of a dataset.
func (s *Seller) offer(d record.Dataset) vendors.Offer {
	i := slices.IndexFunc(s.Offers, func(o vendors.Offer) bool { return o.Dataset == d })
	if i < 0 {
		return vendors.Offer{}
	}
	return s.Offers[i]
}

// nextStep finds the first vendor of a route, from step on, that can be asked
// about the vehicle; -1 when there is none.
func (p *Policy) nextStep(d record.Dataset, v *record.Vehicle, step int) int {
	for ; step < len(p.Routes[d].Vendors); step++ {
		if p.canQuery(d, v, step) {
			return step
		}
	}
	return -1
}

// price is what a submission of a lookup costs at its vendor.
func (p *Policy) price(k *ledger.Lookup) record.Fen { return p.priceAt(k.Vendor, k.Dataset) }

// priceAt is what a vendor wants for a dataset; 0 of one that is not configured.
func (p *Policy) priceAt(vendor string, d record.Dataset) record.Fen {
	if s, ok := p.Sellers[vendor]; ok {
		return s.Prices[d]
	}
	return 0
}

// serves tells whether the vendor of a planned lookup is still on its route.
func (p *Policy) serves(k *ledger.Lookup) bool {
	_, ok := p.Sellers[k.Vendor]
	return ok && slices.Index(p.Routes[k.Dataset].Vendors, k.Vendor) >= 0
}

// rules are what the policy says about a dataset of a vehicle.
func (p *Policy) rules(d record.Dataset, v *record.Vehicle) *lookup.Rules {
	route := p.Routes[d]
	out := &lookup.Rules{Route: make([]lookup.Stop, len(route.Vendors)), FallbackOn: route.FallbackOn, MaxAge: route.MaxAge,
		ResubmitBelow: p.ResubmitBelow, LostAt: p.Loss.At, LostWhat: p.Loss.What}
	for i, vendor := range route.Vendors {
		out.Route[i] = lookup.Stop{Vendor: vendor, CanQuery: p.canQuery(d, v, i), Price: p.priceAt(vendor, d)}
	}
	return out
}

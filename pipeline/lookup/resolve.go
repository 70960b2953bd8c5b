package lookup

import (
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// DoubtHold is for how long at least an order in doubt keeps the same from being bought again;
// after that time the vendor's bill can be checked.
const DoubtHold = 72 * time.Hour

// Stop is one vendor of a route.
type Stop struct {
	Vendor string
	// CanQuery: the vendor is configured, and the vehicle has what it needs.
	CanQuery bool
	Price    record.Fen
}

// Rules are what the user wants for one dataset of one vehicle.
type Rules struct {
	Route []Stop // in the order in which the vendors are asked
	// FallbackOn are the statuses after which the next vendor is asked.
	FallbackOn []record.Status
	// MaxAge is how old an answer may be to be used again; 0 is never used again.
	MaxAge time.Duration
	// Correcting means that the user corrects a run and has not said to pay again. Prior orders
	// that were answered, are in doubt or were paid count whatever their age.
	Correcting bool
	// ResubmitBelow: an order in doubt that costs less than this may be bought again.
	ResubmitBelow record.Fen
	// LostAt is when orders may last have been lost from the ledger, so that nobody knows whether
	// they were bought; zero if none were lost.
	LostAt time.Time
	// LostWhat says in words what may have been lost then.
	LostWhat string
}

// Prior is an earlier order at one vendor with the same key, reduced to what Resolve needs to know
// about it.
type Prior struct {
	Run        int64
	Vendor     string
	State      ledger.State
	Ticket     string
	HasAnswer  bool // a raw answer is kept
	Class      record.Class
	LastAt     time.Time
	AnsweredAt time.Time  // zero: never
	Price      record.Fen // what buying it again would cost today
	// Untaken: the lookup has failed, and no vendor took its order.
	Untaken bool
	// InVain: the lookup has failed with the same values that are asked with now, and was refused
	// or may have been paid.
	InVain bool
}

// Request is what a row wants to know, and how far it has come.
type Request struct {
	Run int64
	// Vendor is the one vendor that may be asked; "" means any vendor of the route.
	Vendor string
	// At is the vendor that the request has reached by going along its route; "" before it was
	// asked anywhere. The route is walked from there. The vendors before At are done with: their
	// answers still count, their other orders do not.
	At string
	// Force: the user has said to buy it, even if an order is in doubt or was paid and cannot be
	// read.
	Force bool
	// SentAt is when the request's own last order was sent; zero: never. Doubts of other runs from
	// before that moment do not keep it from being bought.
	SentAt time.Time
	// MayBeLost: an order of this request may have been among those that the ledger has lost.
	MayBeLost bool
}

// Action is what to do about a request.
type Action string

// The actions.
const (
	Refuse Action = "refuse"  // no vendor can be asked
	Buy    Action = "buy"     // place an order at Decision.Vendor
	Use    Action = "use"     // the answer of a prior order serves the request
	Wait   Action = "wait"    // a prior order is under way: the request ends as that order does
	Poll   Action = "poll"    // a prior order was given up with its ticket: ask for its answer again, free of charge
	Doubt  Action = "doubt"   // a prior order may have been bought
	Unread Action = "unread"  // a prior order was paid, and its answer cannot be read yet
	InVain Action = "in vain" // asking again would end as a prior order did, and may cost as much
	Lost   Action = "lost"    // it would have to be bought, but may be among the orders that the ledger has lost
	Stay   Action = "stay"    // the request may have paid every vendor that could still be asked
)

// Decision is what to do about a request, at which vendor, and because of which order.
type Decision struct {
	Action Action
	Vendor string
	Prior  int // the index of the prior order, -1 for none
}

// Resolve decides what to do about a request. prior are the orders with the same key, the newest
// first: those of other runs, and those of this run that have come to an end.
//
// Whatever a prior order can give is used before anything is bought. An answer is preferred, then
// an order under way, a ticket that can be polled, an order in doubt, an answer that cannot be
// read. If there is none of these, the first vendor of the route is asked that has not given a
// final answer yet.
func Resolve(q Request, prior []Prior, r *Rules, now time.Time) Decision {
	s := resolver{q: q, prior: prior, rules: r, now: now}
	if best := s.best(); best.Prior >= 0 {
		return best
	}
	out := s.walk()
	if out.Action == Buy && out.Vendor != q.At && q.MayBeLost && r.HoldsAsLost(out.Vendor, now) {
		out.Action = Lost
	}
	return out
}

type resolver struct {
	q     Request
	prior []Prior
	rules *Rules
	now   time.Time
}

// finding is what prior orders at one vendor mean for the request.
type finding string

const (
	nothing   finding = "nothing"
	answered  finding = "answered"
	lastWord  finding = "last word" // a final answer without a report
	paid      finding = "paid"      // the request itself paid, and got nothing that can be used
	underWay  finding = "under way"
	pollAgain finding = "poll again"
	inDoubt   finding = "in doubt"
	unread    finding = "unread"
	inVain    finding = "in vain"
)

// preference is the order in which findings are taken over, the best last.
var preference = []finding{inVain, unread, inDoubt, pollAgain, underWay, answered}

var actionOf = map[finding]Action{inVain: InVain, unread: Unread, inDoubt: Doubt, pollAgain: Poll, underWay: Wait, answered: Use, lastWord: Use}

// best is the best finding that can be taken over from any vendor; Prior is -1 when there is none.
func (s *resolver) best() Decision {
	best, bestRank := Decision{Prior: -1}, -1
	for _, vendor := range s.vendors() {
		f, i := s.at(vendor)
		if f != answered && s.leftBehind(vendor) {
			continue
		}
		if f == lastWord && (s.q.Vendor != "" || s.rules.Correcting) { // no other vendor is asked, so this answer is the result
			f = answered
		}
		if rank := slices.Index(preference, f); rank > bestRank {
			best, bestRank = Decision{Action: actionOf[f], Vendor: vendor, Prior: i}, rank
		}
	}
	return best
}

// leftBehind tells whether a vendor comes before the one that the request has reached.
func (s *resolver) leftBehind(vendor string) bool {
	return s.rules.step(vendor) < s.rules.step(s.q.At)
}

// vendors lists the vendors whose orders count: those of the route in its order, then others.
func (s *resolver) vendors() []string {
	if s.q.Vendor != "" {
		return []string{s.q.Vendor}
	}
	out := make([]string, 0, len(s.rules.Route))
	for _, stop := range s.rules.Route {
		out = append(out, stop.Vendor)
	}
	for i := range s.prior {
		if !slices.Contains(out, s.prior[i].Vendor) {
			out = append(out, s.prior[i].Vendor)
		}
	}
	return out
}

// at finds the newest order at a vendor that matters for the request.
func (s *resolver) at(vendor string) (finding, int) {
	for i := range s.prior {
		if s.prior[i].Vendor != vendor {
			continue
		}
		if f, ends := s.read(&s.prior[i]); f != nothing || ends {
			return f, i
		}
	}
	return nothing, -1
}

// read says what one order means. ends tells that older orders at the vendor no longer matter.
func (s *resolver) read(o *Prior) (f finding, ends bool) {
	own := o.Run == s.q.Run
	switch {
	case o.State.Answered():
		return s.readAnswer(o, own), true
	case own && o.Untaken:
		return nothing, false
	case own && o.Vendor == s.q.At: // the request is at this vendor again because that was decided after this order
		return nothing, false
	case own && (o.State == ledger.Failed || o.State == ledger.InDoubt):
		return paid, true
	case o.State == ledger.Waiting || o.State == ledger.Submitting:
		return underWay, true
	case o.State == ledger.InDoubt:
		return s.readDoubt(o), false
	case o.State == ledger.Failed:
		return s.readFailure(o), false
	}
	return nothing, false
}

func (s *resolver) readAnswer(o *Prior, own bool) finding {
	young := s.rules.Correcting || !o.AnsweredAt.IsZero() && s.now.Sub(o.AnsweredAt) < s.rules.MaxAge
	switch {
	case !own && (!young || !s.rules.Correcting && s.rules.step(o.Vendor) < 0 && s.q.Vendor == ""):
		return nothing
	case o.State == ledger.Found:
		return answered
	}
	return lastWord
}

func (s *resolver) readDoubt(o *Prior) finding {
	if s.ignores(o) || !s.holds(o.LastAt) || o.Price < s.rules.ResubmitBelow {
		return nothing
	}
	return inDoubt
}

// readFailure says what a failed order means: its answer may have been paid for and could not be
// read.
func (s *resolver) readFailure(o *Prior) finding {
	unreadable := (o.Class == record.Expired || o.Class == record.BadResponse) && s.rules.step(o.Vendor) >= 0 && s.holds(o.LastAt)
	switch {
	case unreadable && o.Ticket != "":
		return pollAgain
	case unreadable && o.HasAnswer && !s.ignores(o):
		return unread
	case s.rules.Correcting && o.InVain:
		return inVain
	}
	return nothing
}

// ignores tells whether the request is bought even if a prior order is in doubt or cannot be read.
func (s *resolver) ignores(o *Prior) bool { return s.q.Force || s.q.SentAt.After(o.LastAt) }

// holds tells whether something that happened then still keeps the same from being bought again.
func (s *resolver) holds(then time.Time) bool {
	return s.rules.Correcting || s.rules.hold(then, s.now)
}

// walk finds the first vendor of the route that is still to be asked. If the last vendor has given
// a final answer, that answer ends the request.
func (s *resolver) walk() Decision {
	if s.q.Vendor != "" {
		return s.pinned()
	}
	for step := s.rules.NextStep(max(s.rules.step(s.q.At), 0)); step >= 0; {
		vendor := s.rules.Route[step].Vendor
		f, i := s.at(vendor)
		next := s.rules.NextStep(step + 1)
		switch {
		case f == lastWord && (next < 0 || !s.rules.FallsBack(s.prior[i].State.Status())):
			return Decision{Action: Use, Vendor: vendor, Prior: i}
		case f != lastWord && f != paid:
			return Decision{Action: Buy, Vendor: vendor, Prior: -1}
		case next < 0:
			return Decision{Action: Stay, Prior: -1}
		}
		step = next
	}
	return Decision{Action: Refuse, Prior: -1}
}

func (s *resolver) pinned() Decision {
	i := s.rules.step(s.q.Vendor)
	switch f, _ := s.at(s.q.Vendor); {
	case i < 0 || !s.rules.Route[i].CanQuery:
		return Decision{Action: Refuse, Prior: -1}
	case f == paid:
		return Decision{Action: Stay, Prior: -1}
	}
	return Decision{Action: Buy, Vendor: s.q.Vendor, Prior: -1}
}

// HoldsAsLost tells whether a new order at a vendor has to be treated as one that the ledger has
// lost. As with any doubt, it has not when the loss is old or the order is cheap.
func (r *Rules) HoldsAsLost(vendor string, now time.Time) bool {
	step := r.step(vendor)
	return !r.LostAt.IsZero() && r.hold(r.LostAt, now) && step >= 0 && r.Route[step].Price >= r.ResubmitBelow
}

func (r *Rules) hold(then, now time.Time) bool { return now.Sub(then) < max(r.MaxAge, DoubtHold) }

// step is a vendor's place in the route, -1 where it has none.
func (r *Rules) step(vendor string) int {
	return slices.IndexFunc(r.Route, func(stop Stop) bool { return stop.Vendor == vendor })
}

// NextStep finds the first vendor of the route, from a step on, that can be asked;
// -1 when there is none.
func (r *Rules) NextStep(step int) int {
	for ; step < len(r.Route); step++ {
		if r.Route[step].CanQuery {
			return step
		}
	}
	return -1
}

// FallsBack tells whether a status sends a request on to the next vendor.
func (r *Rules) FallsBack(s record.Status) bool { return slices.Contains(r.FallbackOn, s) }

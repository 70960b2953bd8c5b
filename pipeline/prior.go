package pipeline

import (
	"context"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// resolver asks lookup.Resolve about lookups of the ledger, with the orders that
// were made for the same question.
type resolver struct {
	ledger *sqlite.Ledger
	policy *Policy
}

// rules are what the policy says about a dataset of a vehicle.
func (p *Policy) rules(d record.Dataset, v *record.Vehicle) *lookup.Rules {
	route := p.Routes[d]
	out := &lookup.Rules{Route: make([]lookup.Stop, len(route.Vendors)), FallbackOn: route.FallbackOn, MaxAge: route.MaxAge,
		ResubmitBelow: p.ResubmitBelow, LostAt: p.Loss.At}
	for i, vendor := range route.Vendors {
		out.Route[i] = lookup.Stop{Vendor: vendor, CanQuery: p.canQuery(d, v, i), Price: p.priceAt(vendor, d)}
	}
	return out
}

// resolve decides what to do about a lookup and lets it do that, but for buying. asked
// are the other lookups with its question, the newest first. One that was sent stays with
// its vendor: then is the lookup that asks another.
func (r *resolver) resolve(w *ledger.Work, q lookup.Request, asked []ledger.Lookup, now time.Time) (d lookup.Decision, then *ledger.Lookup) {
	k := &w.Lookup
	if q.Run = k.Run; k.Every {
		q.Vendor = k.Vendor
	}
	d = lookup.Resolve(q, r.policy.orders(asked), r.policy.rules(k.Dataset, &w.Vehicle), now)
	if d.Vendor == "" || d.Vendor == k.Vendor || k.Attempts == 0 {
		r.policy.apply(k, d, asked, now)
		return d, nil
	}
	next := successor(k, d.Vendor)
	next.Forced = k.Forced || q.Force
	r.policy.apply(&next, d, asked, now)
	leave(k)
	return d, &next
}

// orders are lookups as lookup.Resolve knows them.
func (p *Policy) orders(lookups []ledger.Lookup) []lookup.Prior {
	out := make([]lookup.Prior, len(lookups))
	for i := range lookups {
		k := &lookups[i]
		out[i] = lookup.Prior{Run: k.Run, Vendor: k.Vendor, State: k.State, Ticket: k.Ticket, HasAnswer: k.Answer != 0, Class: k.Class,
			LastAt: k.LastAt, AnsweredAt: k.AnsweredAt, Price: p.priceAt(k.Vendor, k.Dataset), Untaken: untaken(k)}
	}
	return out
}

// untaken tells whether a lookup has failed without an order that a vendor took.
func untaken(k *ledger.Lookup) bool {
	switch k.Class {
	case record.Unavailable, record.RateLimited, record.Quota, record.Auth, record.Balance:
		return k.State == ledger.Failed && k.Stage == record.StageSubmit
	}
	return false
}

// apply lets a lookup do what was decided about it, because of one of the lookups
// asked.
func (p *Policy) apply(k *ledger.Lookup, d lookup.Decision, asked []ledger.Lookup, now time.Time) {
	if d.Vendor != "" && d.Vendor != k.Vendor {
		k.Vendor, k.Tries, k.NextAt = d.Vendor, 0, time.Time{}
	}
	if d.Action == lookup.Lost {
		lost := ledger.Lookup{FirstAt: p.Loss.At, LastAt: p.Loss.At, Code: "lost"}
		inDoubt(k, &lost, "the ledger was damaged and has lost "+p.Loss.What)
	}
	if d.Prior < 0 {
		return
	}
	old := &asked[d.Prior]
	switch d.Action {
	case lookup.Use:
		k.State, k.Answer, k.Ticket, k.AnsweredAt, k.Code, k.Message = old.State, old.Answer, old.Ticket, old.AnsweredAt, old.Code, old.Message
	case lookup.Wait:
		k.State = ledger.Following
	case lookup.Doubt:
		inDoubt(k, old, "an earlier run's order is in doubt: "+old.Message)
	case lookup.Poll:
		k.State, k.Ticket, k.TicketAt, k.NextAt, k.FirstAt = ledger.Waiting, old.Ticket, now, now, old.FirstAt
	case lookup.Unread:
		k.State, k.Stage, k.Class, k.Code, k.Message = ledger.Failed, old.Stage, old.Class, old.Code, old.Message
		k.Answer, k.AnsweredAt, k.FirstAt = old.Answer, old.AnsweredAt, old.FirstAt
	}
	k.Source = old.ID
	copyDerived(k, old)
}

// holdIfLost puts a lookup in doubt that has come to another vendor, where an order there may have
// been lost from the ledger.
func (p *Policy) holdIfLost(w *ledger.Work, now time.Time) {
	k := &w.Lookup
	if !k.FirstAt.After(p.Loss.At) && p.rules(k.Dataset, &w.Vehicle).HoldsAsLost(k.Vendor, now) {
		p.apply(k, lookup.Decision{Action: lookup.Lost, Prior: -1}, nil, now)
	}
}

// inDoubt puts a lookup in doubt because of another order.
func inDoubt(k, old *ledger.Lookup, message string) {
	k.State, k.Stage, k.Class = ledger.InDoubt, record.StageSubmit, record.DoubtfulOrder
	k.FirstAt, k.LastAt, k.Code, k.Message = old.FirstAt, old.LastAt, old.Code, message
}

// requestOf is a lookup that is planned already as lookup.Resolve is asked about it.
func (r *resolver) requestOf(w *ledger.Work) lookup.Request {
	k := &w.Lookup
	q := lookup.Request{SentAt: w.Attempt.IntentAt}
	if !k.FirstAt.IsZero() && r.policy.serves(k) {
		q.At = k.Vendor // one that has begun keeps its place in the route
	}
	q.Force = k.Forced && k.Attempts == 0 || w.Attempt.Billed == ledger.BilledYes || w.Attempt.Billed == ledger.BilledUnknown
	return q
}

// lookAgain decides again about a planned lookup: what others have of its question since then, and
// whether its vendor is still on the route.
func (r *resolver) lookAgain(ctx context.Context, w *ledger.Work, mayBeLost bool) (then *ledger.Lookup, err error) {
	k := &w.Lookup
	q := r.requestOf(w)
	q.MayBeLost = mayBeLost
	asked, err := r.others(ctx, k)
	if err != nil {
		return nil, err
	}
	decision, then := r.resolve(w, q, asked, r.ledger.Now())
	if nobody := decision.Action == lookup.Stay || decision.Action == lookup.Refuse && k.Every; nobody && !r.policy.serves(k) {
		leave(k)
	}
	return then, nil
}

// others are the lookups with the question of one, the newest first: those of other runs, and those that
// have served its own request before.
func (r *resolver) others(ctx context.Context, k *ledger.Lookup) ([]ledger.Lookup, error) {
	asked, err := r.ledger.Asked(ctx, k.Question)
	return slices.DeleteFunc(asked, func(a ledger.Lookup) bool { return a.Run == k.Run && (a.Request() != k.Request() || a.ID == k.ID) }), err
}

// lastLook decides once more about a lookup just before it is sent, where others ask the same or it was sent
// before: another order may serve it meanwhile, or its vendor may have said its last word. It tells whether it is
// not sent; then is the lookup that takes its place, if any.
func (r *resolver) lastLook(ctx context.Context, w ledger.Work) (next ledger.Work, then *ledger.Lookup, elsewhere bool, err error) {
	if !w.Contested && w.Lookup.Attempts == 0 {
		return w, nil, false, nil
	}
	next, first := w, w.Lookup.FirstAt
	then, err = r.lookAgain(ctx, &next, !first.IsZero() && !first.After(r.policy.Loss.At))
	at := next
	if then != nil {
		at.Lookup = *then
	}
	if k := &at.Lookup; k.State == ledger.Planned && k.Vendor != w.Lookup.Vendor {
		r.policy.holdIfLost(&at, r.ledger.Now())
	}
	if then != nil {
		*then = at.Lookup
	} else {
		next = at
	}
	return next, then, next.Lookup.State != ledger.Planned || next.Lookup.Vendor != w.Lookup.Vendor, err
}

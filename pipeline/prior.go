package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// resolver asks lookup.Resolve about lookups of the ledger, with the orders that
// other runs have made for the same question.
type resolver struct {
	ledger *ledger.Ledger
	policy *Policy
	fanOut bool // vendors were asked side by side in some run
}

func newResolver(ctx context.Context, l *ledger.Ledger, p *Policy) (*resolver, error) {
	fanOut, err := l.AnyBeside(ctx)
	if err != nil {
		return nil, fmt.Errorf("look whether vendors were asked side by side: %w", err)
	}
	return &resolver{ledger: l, policy: p, fanOut: fanOut}, nil
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

// resolve decides what to do about a lookup and lets it do that, but for buying.
// asked are the lookups of other runs with its question, the newest first.
func (r *resolver) resolve(ctx context.Context, w *ledger.Work, q lookup.Request, asked []ledger.Lookup, now time.Time) (lookup.Decision, error) {
	k := &w.Lookup
	if q.Run = k.Run; k.Lead != 0 {
		q.Vendor = k.Vendor
	}
	rules := r.policy.rules(k.Dataset, &w.Vehicle)
	decision := lookup.Resolve(q, r.policy.orders(asked), rules, now)
	if decision.Action != lookup.Use { // what did vendors say to lookups that have gone on since? It may be newer than a doubt
		all, err := r.withFormer(ctx, w, asked)
		if err != nil {
			return decision, err
		}
		if len(all) > len(asked) {
			asked = all
			decision = lookup.Resolve(q, r.policy.orders(asked), rules, now)
		}
	}
	r.policy.apply(k, decision, asked, now)
	return decision, nil
}

// orders are lookups as lookup.Resolve knows them.
func (p *Policy) orders(lookups []ledger.Lookup) []lookup.Prior {
	out := make([]lookup.Prior, len(lookups))
	for i := range lookups {
		k := &lookups[i]
		out[i] = lookup.Prior{Run: k.Run, Vendor: k.Vendor, State: k.State, Ticket: k.Ticket, HasAnswer: k.Answer != 0, Class: k.Class,
			LastAt: k.LastAt, AnsweredAt: k.AnsweredAt, Price: p.priceAt(k.Vendor, k.Dataset)}
	}
	return out
}

// withFormer adds to lookups what each of them, and the one that is decided about, was
// told by vendors from which it has gone on since.
func (r *resolver) withFormer(ctx context.Context, w *ledger.Work, asked []ledger.Lookup) ([]ledger.Lookup, error) {
	out, err := r.former(ctx, &w.Lookup, &w.Vehicle, true, nil)
	if err != nil {
		return nil, err
	}
	for i := range asked {
		out = append(out, asked[i])
		if out, err = r.former(ctx, &asked[i], &w.Vehicle, false, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mayHaveGoneOn tells whether a lookup may have asked another vendor than that at which it stands. One that has
// a single order behind it and has come to an end by that has not.
func mayHaveGoneOn(k *ledger.Lookup) bool {
	ended := k.Source == 0 && (k.State.Answered() || k.State == ledger.Waiting || k.State == ledger.Submitting || k.State == ledger.Failed)
	return k.Lead == 0 && (k.Attempts > 1 || k.Attempts == 1 && !ended)
}

// former adds what a lookup was told by the vendors before the one at which it stands; of the one that is decided
// about (own) also what it was told there, for it may have come back.
func (r *resolver) former(ctx context.Context, k *ledger.Lookup, v *record.Vehicle, own bool, out []ledger.Lookup) ([]ledger.Lookup, error) {
	if !mayHaveGoneOn(k) {
		return out, nil
	}
	attempts, err := r.ledger.LastAttempts(ctx, k.ID)
	if err != nil {
		return nil, fmt.Errorf("look for whom lookup %d has asked: %w", k.ID, err)
	}
	for _, a := range attempts {
		seller, known := r.policy.Sellers[a.Vendor]
		if !known || a.Vendor == k.Vendor && !own || a.Billed == ledger.Reserved {
			continue
		}
		kept, ok, err := r.ledger.LastAnswer(ctx, k.ID, a.N)
		if err != nil {
			return nil, fmt.Errorf("read back what %s said to lookup %d: %w", a.Vendor, k.ID, err)
		}
		said := vendors.Outcome{Kind: vendors.Kind(a.Outcome)}
		if ok {
			said = seller.read(k.Dataset, vendors.Call(kept.Call), v, responseOf(kept))
		}
		if order, ended := formerOrder(k, a, kept, said); ended {
			out = append(out, order)
		}
	}
	return out, nil
}

// formerOrder is the end of an order whose lookup has gone on to another vendor. One that was not
// taken, or refused, has come to none: it may be made again.
func formerOrder(k *ledger.Lookup, a ledger.Attempt, kept ledger.Answer, said vendors.Outcome) (ledger.Lookup, bool) {
	end := ledger.Lookup{ID: k.ID, Run: k.Run, Dataset: k.Dataset, Vendor: a.Vendor, FirstAt: a.IntentAt, LastAt: later(a.EndedAt, a.IntentAt),
		Code: said.Code, Message: said.Message, Answer: kept.ID, AnsweredAt: later(kept.ReceivedAt, a.EndedAt)}
	switch {
	case said.Kind == vendors.NoRecord:
		end.State = ledger.NoRecord
	case said.Kind == vendors.Unsupported:
		end.State = ledger.Unsupported
	case said.Kind == vendors.Refused || a.Billed == ledger.BilledNo:
		return end, false
	case a.Ticket != "":
		end.State, end.Class, end.Ticket = ledger.Failed, record.Expired, a.Ticket
	case said.Kind == vendors.Answered:
		end.State, end.Class, end.Stage = ledger.Failed, record.BadResponse, record.StageNormalise
	default:
		end.State, end.ID = ledger.InDoubt, 0 // its lookup stands elsewhere by now
	}
	return end, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// apply lets a lookup do what was decided about it, because of one of the lookups
// asked.
func (p *Policy) apply(k *ledger.Lookup, d lookup.Decision, asked []ledger.Lookup, now time.Time) {
	if d.Vendor != "" && d.Vendor != k.Vendor {
		k.Vendor, k.Tries, k.NextAt = d.Vendor, 0, time.Time{}
		if step := slices.Index(p.Routes[k.Dataset].Vendors, d.Vendor); step >= 0 {
			k.Step = step
		}
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
	if k.Source = old.ID; old.ID == k.ID {
		k.Source = 0
	}
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
func (r *resolver) requestOf(ctx context.Context, w *ledger.Work) (lookup.Request, error) {
	k := &w.Lookup
	q := lookup.Request{SentAt: w.Attempt.IntentAt}
	if !k.FirstAt.IsZero() && r.policy.serves(k) {
		q.At = k.Vendor // one that has begun keeps its place in the route
	}
	last, err := r.lastAttemptAt(ctx, k)
	q.Force = !k.FirstAt.IsZero() && k.Attempts == 0 || last.Billed == ledger.BilledYes || last.Billed == ledger.BilledUnknown
	return q, err
}

// lastAttemptAt is the last submission of a lookup to the vendor at which it stands; N is 0
// when there was none.
func (r *resolver) lastAttemptAt(ctx context.Context, k *ledger.Lookup) (ledger.Attempt, error) {
	if k.Attempts == 0 {
		return ledger.Attempt{}, nil
	}
	attempts, err := r.ledger.LastAttempts(ctx, k.ID)
	if i := slices.IndexFunc(attempts, func(a ledger.Attempt) bool { return a.Vendor == k.Vendor }); i >= 0 {
		return attempts[i], nil
	}
	return ledger.Attempt{}, err
}

// lookAgain decides again about a planned lookup: what other runs have of its question since then, and
// whether its vendor is still on the route.
func (r *resolver) lookAgain(ctx context.Context, w *ledger.Work, mayBeLost bool) error {
	k := &w.Lookup
	q, err := r.requestOf(ctx, w)
	if err != nil {
		return err
	}
	q.MayBeLost = mayBeLost
	asked, err := r.others(ctx, k)
	if err != nil {
		return err
	}
	decision, err := r.resolve(ctx, w, q, asked, r.ledger.Now())
	if err == nil && decision.Action == lookup.Refuse && k.Lead != 0 && !r.policy.serves(k) {
		leave(k)
	}
	return err
}

// others are the lookups of other runs with the question of one, the newest first.
func (r *resolver) others(ctx context.Context, k *ledger.Lookup) ([]ledger.Lookup, error) {
	find := r.ledger.SameQuestion
	if r.fanOut {
		find = r.ledger.AskedAnywhere
	}
	asked, err := find(ctx, k.Plain())
	return slices.DeleteFunc(asked, func(a ledger.Lookup) bool { return a.Run == k.Run }), err
}

// lastLook decides once more about a lookup just before it is sent, where it has been asked before or vendors
// were asked side by side in some run: another order may serve it meanwhile, or its vendor may have said its last word. It tells
// whether it is not sent.
func (r *resolver) lastLook(ctx context.Context, w ledger.Work) (ledger.Work, bool, error) {
	if !r.fanOut && w.Lookup.Attempts == 0 {
		return w, false, nil
	}
	next, first := w, w.Lookup.FirstAt
	err := r.lookAgain(ctx, &next, !first.IsZero() && !first.After(r.policy.Loss.At))
	if k := &next.Lookup; k.State == ledger.Planned && k.Vendor != w.Lookup.Vendor {
		r.policy.holdIfLost(&next, r.ledger.Now())
	}
	return next, next.Lookup.State != ledger.Planned || next.Lookup.Vendor != w.Lookup.Vendor, err
}

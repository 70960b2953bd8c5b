package resolve

import (
	"context"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
)

// Resolver asks lookup.Resolve about lookups of the ledger, with what was asked before
// with the same key.
type Resolver struct {
	Store  Store
	Policy *policy.Policy
}

// New is a resolver for what a ledger holds, by a policy.
func New(l Store, p *policy.Policy) *Resolver { return &Resolver{l, p} }

// Resolve decides what to do about a lookup and changes the lookup accordingly; it buys nothing. prior are the other
// lookups with its key, the newest first. A lookup that was sent stays with its vendor: the step names the new lookup
// that asks another vendor.
func (r *Resolver) Resolve(w ledger.Work, q lookup.Request, prior []ledger.Lookup, now time.Time) (lookup.Decision, ledger.Step) {
	step := ledger.Step{From: w.Lookup.State, Next: w, Was: w.Attempt.Billed}
	k := &step.Next.Lookup
	if q.Run = k.Run; k.FanOut {
		q.Vendor = k.Vendor
	}
	rules := r.Policy.Rules(k.Dataset, &w.Vehicle)
	priors := lookup.Priors(prior, r.Policy.Price)
	d := lookup.Resolve(q, priors, rules, now)
	if d.Vendor == "" || d.Vendor == k.Vendor || k.Attempts == 0 {
		lookup.Apply(k, d, prior, rules, now)
		return d, step
	}
	next := lookup.Successor(k, d.Vendor)
	unsent := q
	unsent.SentAt = time.Time{}
	// The new lookup was never sent, but what this one was sent in spite of does not hold it either.
	next.Forced = k.Forced || q.Force || lookup.Resolve(unsent, priors, rules, now) != d
	lookup.Apply(&next, d, prior, rules, now)
	lookup.Leave(k)
	step.Then = &next
	return d, step
}

// requestOf describes a planned lookup as a request for lookup.Resolve.
func (r *Resolver) requestOf(w *ledger.Work) lookup.Request {
	k := &w.Lookup
	q := lookup.Request{SentAt: w.Attempt.IntentAt}
	if !k.FirstAt.IsZero() && r.Policy.OnRoute(k) {
		q.At = k.Vendor // a lookup that has begun keeps its place in the route
	}
	q.Force = k.Forced || w.Attempt.Billed == ledger.BilledYes || w.Attempt.Billed == ledger.BilledUnknown
	return q
}

// ResolveAgain decides again about a planned lookup: other lookups with its key may have settled since, and its vendor
// may have left the route.
func (r *Resolver) ResolveAgain(ctx context.Context, w ledger.Work, mayBeLost bool) (ledger.Step, error) {
	q := r.requestOf(&w)
	q.MayBeLost = mayBeLost
	prior, err := r.others(ctx, &w.Lookup)
	if err != nil {
		return ledger.Step{}, err
	}
	decision, step := r.Resolve(w, q, prior, r.Store.Now())
	if nobody := decision.Action == lookup.Stay || decision.Action == lookup.Refuse && w.Lookup.FanOut; nobody && !r.Policy.OnRoute(&w.Lookup) {
		lookup.Leave(&step.Next.Lookup)
	}
	return step, nil
}

// others are the other lookups with the key of k, the newest first: those of other runs, and those that have served k's
// own request before.
func (r *Resolver) others(ctx context.Context, k *ledger.Lookup) ([]ledger.Lookup, error) {
	asked, err := r.Store.Asked(ctx, k.Key)
	return slices.DeleteFunc(asked, func(a ledger.Lookup) bool { return a.Run == k.Run && (a.Request() != k.Request() || a.ID == k.ID) }), err
}

// LastLook decides once more about a lookup just before it is sent, if others have its key or it was sent before:
// another order may serve it meanwhile, or its vendor may have given a final answer. movesOn tells that the step takes
// the lookup elsewhere, and that it must not be sent.
func (r *Resolver) LastLook(ctx context.Context, w ledger.Work) (step ledger.Step, movesOn bool, err error) {
	if !w.Contested && w.Lookup.Attempts == 0 {
		return step, false, nil
	}
	first := w.Lookup.FirstAt
	step, err = r.ResolveAgain(ctx, w, !first.IsZero() && !first.After(r.Policy.Loss.At))
	if err != nil {
		return step, false, err
	}
	if k := step.Stands(); k.State == ledger.Planned && k.Vendor != w.Lookup.Vendor {
		lookup.HoldIfLost(k, r.Policy.Rules(k.Dataset, &w.Vehicle), r.Store.Now())
	}
	return step, step.MovesOn(&w.Lookup), nil
}

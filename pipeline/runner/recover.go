package runner

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/vendors"
)

// Recover settles the calls that an ended process left between an intent and its outcome. If an
// answer was kept but not read, it is read now; if nothing was kept, the order is in doubt. It
// returns how many are in doubt. Lookups that were put off by a clock that was ahead are due at
// once.
func Recover(ctx context.Context, l Store, p *policy.Policy) (doubts int, err error) {
	if err := l.DropPlanning(); err != nil {
		return 0, fmt.Errorf("forget a plan that was cut short: %w", err)
	}
	if err := l.SetBack(); err != nil {
		return 0, err
	}
	work, err := l.Unresolved(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for calls that were cut short: %w", err)
	}
	for _, w := range work {
		if _, known := p.Vendors[w.Lookup.Vendor]; !known {
			continue // without its vendor's adapter, what was kept cannot be read
		}
		r, err := unread(ctx, l, p, w)
		if err != nil {
			return doubts, err
		}
		step := p.After(w, vendors.Submit, r, l.Now())
		if err := l.Advance(step); err != nil {
			return doubts, fmt.Errorf("settle lookup %d, whose call was cut short: %w", w.Lookup.ID, err)
		}
		if step.Next.Lookup.State == ledger.InDoubt {
			doubts++
		}
	}
	return doubts, nil
}

// unread reads what was kept of a call, if anything was.
func unread(ctx context.Context, l Store, p *policy.Policy, w ledger.Work) (lookup.Result, error) {
	nothing := lookup.Result{Outcome: vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromNobody, Code: "interrupted", Message: "the program ended while the call was under way"}}
	a, ok, err := l.LastAnswer(ctx, w.Lookup.ID, w.Lookup.Attempts)
	if err != nil {
		return nothing, fmt.Errorf("read back what was kept of lookup %d: %w", w.Lookup.ID, err)
	}
	s, known := p.Vendors[w.Lookup.Vendor]
	if !ok || !known {
		return nothing, nil
	}
	resp := policy.ResponseOf(a)
	out := s.Read(w.Lookup.Dataset, vendors.Call(a.Call), &w.Vehicle, resp)
	return lookup.Result{Answer: a.ID, Received: a.ReceivedAt, Outcome: out}, nil
}

package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// unblock decides how a lookup goes on that has waited: what its vehicle lacks
// is derived, its key is known then, and the rest is as in a plan.
func (r *Resolver) unblock(ctx context.Context, w ledger.Work) (ledger.Work, error) {
	next, now, p := w, r.Store.Now(), r.Policy
	k := &next.Lookup
	next.Vehicle = w.Vehicle.Bare()
	if len(p.MissingColumns(k.Dataset, &next.Vehicle)) == 0 { // it has waited for one that asks the same
		return r.resolveUnblocked(ctx, next)
	}
	own, err := r.Store.MaintenanceOf(ctx, k.Run, k.Row)
	if err != nil {
		return w, fmt.Errorf("look for the maintenance answer of row %d: %w", k.Row, err)
	}
	if i := slices.IndexFunc(own, func(m ledger.Lookup) bool { return m.State.Open() }); i >= 0 {
		k.DependsOn = own[i].Request()
		return next, nil
	}
	past, err := r.PastOf(ctx, &next.Vehicle, own, now)
	if err != nil {
		return w, err
	}
	next.Vehicle = p.ApplyDerived(k.Dataset, next.Vehicle, past, record.DateOf(now))
	k.Derived = record.PackDerived(next.Vehicle.Derived)
	if p.NextStep(k.Dataset, &next.Vehicle, 0) < 0 {
		p.Refuse(k, &next.Vehicle, now)
		past.Explain(k, p.Routes[k.Dataset].Derive)
		k.DependsOn, k.Derived = 0, ""
		return next, nil
	}
	return r.resolveUnblocked(ctx, next)
}

// resolveUnblocked gives an unblocked lookup its key, and what is known of that.
func (r *Resolver) resolveUnblocked(ctx context.Context, w ledger.Work) (ledger.Work, error) {
	k := &w.Lookup
	key := lookup.Key(k.Dataset, &w.Vehicle)
	same, ok, err := r.Store.SameInRun(ctx, k.Run, key)
	if err != nil {
		return w, fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	if ok && same.ID != k.ID {
		lookup.EndAs(k, &same)
		return w, nil
	}
	k.Key, k.DependsOn, k.NextAt = key, 0, time.Time{}
	step, err := r.ResolveAgain(ctx, w, k.FirstAt.IsZero()) // never sent: no other takes its place
	if err != nil {
		return w, fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	return step.Next, nil
}

// UnblockAll unblocks every lookup of a run that need no longer wait. A process
// that died between an answer and what waited for it has left such.
func (r *Resolver) UnblockAll(ctx context.Context, run ledger.Run) error {
	const page = 2000
	for after := int64(0); ; {
		work, err := r.Store.Unblocked(ctx, run, after, page)
		if err != nil {
			return fmt.Errorf("look for what need not wait any more: %w", err)
		}
		if len(work) == 0 {
			return nil
		}
		for _, w := range work {
			after = w.Lookup.ID
			if _, err := r.UnblockOne(ctx, w); err != nil {
				return err
			}
		}
	}
}

// UnblockOne lets one lookup go on. It is as it was when it still has to wait.
func (r *Resolver) UnblockOne(ctx context.Context, w ledger.Work) (ledger.Work, error) {
	next, err := r.unblock(ctx, w)
	if err != nil || next.Lookup.DependsOn == w.Lookup.DependsOn {
		return w, err
	}
	err = r.Store.Unblock(ledger.Step{From: ledger.Planned, Next: next, Was: w.Attempt.Billed}, w.Lookup.DependsOn)
	if errors.Is(err, ledger.ErrStale) {
		return w, nil
	}
	if err != nil {
		return w, fmt.Errorf("let lookup %d go on: %w", w.Lookup.ID, err)
	}
	return next, nil
}

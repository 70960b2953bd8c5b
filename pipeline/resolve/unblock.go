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

// unblock decides how a lookup goes on that has waited. It derives what the vehicle lacks, which makes the key known;
// the rest is as in a plan.
func (r *Resolver) unblock(ctx context.Context, w ledger.Work) (ledger.Step, error) {
	step, now, p := ledger.Step{From: ledger.Planned, Next: w, Was: w.Attempt.Billed}, r.Store.Now(), r.Policy
	k, v := &step.Next.Lookup, &step.Next.Vehicle
	*v = w.Vehicle.Bare()
	if len(p.MissingColumns(k.Dataset, v)) == 0 { // it has waited for a lookup that asks the same
		return r.resolveUnblocked(ctx, step)
	}
	own, err := r.Store.MaintenanceOf(ctx, k.Run, k.Row)
	if err != nil {
		return step, fmt.Errorf("look for the maintenance answer of row %d: %w", k.Row, err)
	}
	if i := slices.IndexFunc(own, func(m ledger.Lookup) bool { return m.State.Open() }); i >= 0 {
		k.DependsOn = own[i].Request()
		return step, nil
	}
	past, err := r.PastOf(ctx, v, own, now)
	if err != nil {
		return step, err
	}
	*v = p.ApplyDerived(k.Dataset, *v, past, record.DateOf(now))
	k.Derived = record.PackDerived(v.Derived)
	if p.NextStep(k.Dataset, v, 0) < 0 {
		p.Refuse(k, v, now)
		past.Explain(k, p.Routes[k.Dataset].Derive)
		k.DependsOn, k.Derived = 0, ""
		return step, nil
	}
	return r.resolveUnblocked(ctx, step)
}

// resolveUnblocked gives an unblocked lookup its key and decides by what is known of that key. A lookup that was sent
// before may go on at another vendor.
func (r *Resolver) resolveUnblocked(ctx context.Context, step ledger.Step) (ledger.Step, error) {
	k := &step.Next.Lookup
	key := lookup.Key(k.Dataset, &step.Next.Vehicle)
	same, ok, err := r.Store.SameInRun(ctx, k.Run, key)
	if err != nil {
		return step, fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	if ok && same.ID != k.ID {
		lookup.EndAs(k, &same)
		return step, nil
	}
	k.Key, k.DependsOn, k.NextAt = key, 0, time.Time{}
	asked, err := r.ResolveAgain(ctx, step.Next, k.FirstAt.IsZero()) // never sent: no other lookup takes its place
	if err != nil {
		return step, fmt.Errorf("look for who asks the same as lookup %d: %w", k.ID, err)
	}
	return asked, nil
}

// UnblockAll unblocks every lookup of a run that need no longer wait. There are such lookups after a process died
// between an answer and the step of the lookups that waited for it.
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

// UnblockOne lets one lookup go on, and returns the step that it made. The lookup does not change if it still has to
// wait.
func (r *Resolver) UnblockOne(ctx context.Context, w ledger.Work) (ledger.Step, error) {
	stays := ledger.Step{From: w.Lookup.State, Next: w, Was: w.Attempt.Billed}
	step, err := r.unblock(ctx, w)
	if err != nil || step.Next.Lookup.DependsOn == w.Lookup.DependsOn {
		return stays, err
	}
	err = r.Store.Unblock(step, w.Lookup.DependsOn)
	if errors.Is(err, ledger.ErrStale) {
		return stays, nil
	}
	if err != nil {
		return stays, fmt.Errorf("let lookup %d go on: %w", w.Lookup.ID, err)
	}
	return step, nil
}

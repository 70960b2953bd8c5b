package planner

import (
	"context"
	"fmt"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/resolve"
)

// Refresh decides again about the planned lookups of a run that is resumed: a later run may have
// bought the answer meanwhile, or the route may have changed.
func Refresh(ctx context.Context, l Store, p *policy.Policy, run ledger.Run) error {
	return eachRefreshed(ctx, l, p, run, func(steps []ledger.Step, _ []ledger.Work) error {
		if err := l.AdvanceAll(steps); err != nil {
			return fmt.Errorf("write down what has changed since: %w", err)
		}
		return nil
	})
}

// Foresee reports each planned lookup that Refresh would change, as it is and as it would be. It
// writes nothing.
func Foresee(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, tell func(was, next *ledger.Work)) error {
	return eachRefreshed(ctx, l, p, run, func(steps []ledger.Step, was []ledger.Work) error {
		for i := range steps {
			next := steps[i].Next
			next.Lookup = *steps[i].Stands()
			tell(&was[i], &next)
		}
		return nil
	})
}

// eachRefreshed hands out, in chunks, the steps of planned lookups that would leave the state
// planned or change their vendor, with the lookups as they were.
func eachRefreshed(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, do func(steps []ledger.Step, was []ledger.Work) error) error {
	r := resolve.New(l, p)
	const page = 2000
	after := int64(0)
	for {
		work, err := l.PlannedWork(ctx, run, after, page)
		if err != nil {
			return fmt.Errorf("look again at what is planned: %w", err)
		}
		if len(work) == 0 {
			return nil
		}
		var steps []ledger.Step
		var was []ledger.Work
		for _, w := range work {
			after = w.Lookup.ID
			step, err := r.ResolveAgain(ctx, w, false)
			if err != nil {
				return fmt.Errorf("look again at lookup %d: %w", w.Lookup.ID, err)
			}
			if step.MovesOn(&w.Lookup) {
				steps, was = append(steps, step), append(was, w)
			}
		}
		if err := do(steps, was); err != nil {
			return err
		}
	}
}

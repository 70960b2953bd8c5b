package runner

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// unblockAfter lets the lookups go on that have waited for a lookup that is settled now, and then those
// that wait for these.
func (d *Runner) unblockAfter(ctx context.Context, settled *ledger.Lookup) error {
	if !d.hasBlocked {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	d.unblocking.Lock() // one at a time: if two lookups turn out to ask the same, the second must see the first
	defer d.unblocking.Unlock()
	for list := []ledger.Lookup{*settled}; len(list) > 0; list = list[1:] {
		work, err := d.ledger.UnblockedBy(ctx, &list[0])
		if err != nil {
			return fmt.Errorf("look for what has waited for lookup %d: %w", list[0].ID, err)
		}
		for _, w := range work {
			step, err := d.resolver.UnblockOne(ctx, w)
			if err != nil {
				return err
			}
			if stands := step.Stands(); d.tellUnblocked(&w.Lookup, stands) {
				list = append(list, *stands)
			}
		}
	}
	return nil
}

// unblockAll is called when a lookup of another run has settled: a lookup of this run may have
// followed it, and others may have waited for that one.
func (d *Runner) unblockAll(ctx context.Context) error {
	if !d.hasBlocked {
		return nil
	}
	d.unblocking.Lock()
	defer d.unblocking.Unlock()
	if err := d.resolver.UnblockAll(context.WithoutCancel(ctx), d.run); err != nil {
		return err
	}
	for _, s := range d.workers {
		s.schedule(time.Time{})
		s.schedulePoll(time.Time{})
	}
	return nil
}

// tellUnblocked tells the other workers where a lookup went that had waited. It returns whether the
// lookup is settled.
func (d *Runner) tellUnblocked(was, next *ledger.Lookup) bool {
	d.tally.move(next.Dataset, was.State.Status(), next.State.Status())
	switch {
	case next.State == ledger.Planned && next.DependsOn == 0:
		d.workers[next.Vendor].schedule(next.NextAt)
	case next.State == ledger.Waiting:
		d.workers[next.Vendor].schedulePoll(next.NextAt)
	case !next.State.Open():
		d.mu.Lock()
		d.open--
		d.mu.Unlock()
		d.wake()
		return true
	}
	return false
}

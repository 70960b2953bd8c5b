package runner

import (
	"context"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// unblock lets those go on that have waited for a lookup that is settled now, and
// those that wait for these.
func (d *Runner) unblock(ctx context.Context, settled *ledger.Lookup) error {
	if !d.awaits {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	d.releasing.Lock() // one at a time: of two that turn out to ask the same, the second sees the first
	defer d.releasing.Unlock()
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
			if stands := step.Stands(); d.unblocks(&w.Lookup, stands) {
				list = append(list, *stands)
			}
		}
	}
	return nil
}

// releaseAll is for a lookup of another run that has settled: one of this run that
// followed it may have been waited for.
func (d *Runner) releaseAll(ctx context.Context) error {
	if !d.awaits {
		return nil
	}
	d.releasing.Lock()
	defer d.releasing.Unlock()
	if err := d.resolver.UnblockAll(context.WithoutCancel(ctx), d.run); err != nil {
		return err
	}
	for _, s := range d.workers {
		s.schedule(time.Time{})
		s.schedulePoll(time.Time{})
	}
	return nil
}

// unblocks tells the other workers where a lookup went that had waited. It
// tells whether it is settled.
func (d *Runner) unblocks(was, next *ledger.Lookup) bool {
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

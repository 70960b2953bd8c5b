package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/record"
)

// rest is the state of a worker that has nothing to do now.
type rest struct {
	seen       int                   // the wakes it had seen when it looked
	sendAt     record.Opt[time.Time] // when a planned lookup falls due
	pollAt     record.Opt[time.Time] // when a ticket falls due
	resting    bool                  // its tickets rest until the vendor's desk opens
	overBudget bool                  // the budget does not allow what is planned
	closed     bool                  // the vendor takes no calls
	halted     bool                  // the vendor takes no calls, or not all orders
}

// supervise returns when nothing more can be done now, or when ctx ends.
func (d *Runner) supervise(ctx context.Context) {
	for ctx.Err() == nil {
		again, err := d.refreshCounts(ctx)
		if err != nil {
			d.fail(fmt.Errorf("count what is left: %w", err))
			return
		}
		if again.OK { // the counts in memory are out of date
			d.await(ctx, again)
			continue
		}
		ending, deadline := d.assess()
		if ending != nil && ending.Reason == AllSettled && !d.confirmed(ctx) {
			continue
		}
		if ending != nil {
			d.mu.Lock()
			if d.ending == nil {
				d.ending = ending
			}
			d.mu.Unlock()
			return
		}
		d.await(ctx, deadline)
	}
}

// confirmed tells whether the ledger agrees that no lookup is open. The count in memory can be
// ahead if a lookup settles while all are counted again.
func (d *Runner) confirmed(ctx context.Context) bool {
	n, err := d.ledger.OpenCount(context.WithoutCancel(ctx), d.run)
	if err != nil {
		d.fail(fmt.Errorf("count what is left: %w", err))
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = n
	return n == 0
}

// await waits for a change, or for the deadline if there is one.
func (d *Runner) await(ctx context.Context, deadline record.Opt[time.Time]) {
	var timer <-chan time.Time
	if deadline.OK {
		ch, release := d.clock.Timer(deadline.V.Sub(d.clock.Now()))
		defer release()
		timer = ch
	}
	select {
	case <-ctx.Done():
	case <-d.changed:
	case <-timer:
	}
}

// assess decides whether the runner has come to its end, and until when to wait if not.
func (d *Runner) assess() (*Result, record.Opt[time.Time]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	none := record.Opt[time.Time]{}
	if d.open == 0 {
		return &Result{Reason: AllSettled}, none
	}
	rests, all := d.resting()
	if !all {
		return d.waitTimeout()
	}
	if slices.ContainsFunc(rests, func(r rest) bool { return r.sendAt.OK && !r.closed }) {
		d.sentAll = time.Time{}
		return nil, none
	}
	return d.park(rests)
}

// waitTimeout ends a runner whose calls never rest, once there has been nothing left to send for as
// long as the user wants to wait.
func (d *Runner) waitTimeout() (*Result, record.Opt[time.Time]) {
	none := record.Opt[time.Time]{}
	if !d.policy.Wait.OK {
		return nil, none
	}
	for _, s := range d.workers {
		if s.unsent() {
			d.sentAll = time.Time{}
			return nil, none
		}
	}
	now := d.clock.Now()
	if d.sentAll.IsZero() {
		d.sentAll = now
	}
	if deadline := d.sentAll.Add(d.policy.Wait.V); now.Before(deadline) {
		return nil, record.Some(deadline)
	}
	return &Result{Reason: Parked}, none
}

// resting returns the rests of all workers, if every worker rests and none was woken since.
func (d *Runner) resting() ([]rest, bool) {
	var out []rest
	for _, s := range d.workers {
		r, ok := d.rests[s]
		if !ok || r.seen != s.wakes() {
			return nil, false
		}
		out = append(out, r)
	}
	return out, true
}

// park decides for a runner that only waits for tickets, or for nothing at all.
func (d *Runner) park(rests []rest) (*Result, record.Opt[time.Time]) {
	now := d.clock.Now()
	if d.sentAll.IsZero() {
		d.sentAll = now
	}
	next, awake := earliestPoll(rests)
	switch {
	case next.OK && d.policy.Wait.OK: // what the user has asked for counts more than the desk's hours
		if deadline := d.sentAll.Add(d.policy.Wait.V); now.Before(deadline) && !next.V.After(deadline) {
			return nil, record.Some(deadline)
		}
	case awake:
		return nil, record.Opt[time.Time]{}
	}
	e := &Result{Reason: Parked, NextAt: next}
	if !next.OK || !awake {
		switch {
		case slices.ContainsFunc(rests, func(r rest) bool { return r.closed || r.halted }):
			e.Reason = Halted
		case d.full != nil:
			e.Reason, e.Room = OutOfRoom, d.full.Want
		case slices.ContainsFunc(rests, func(r rest) bool { return r.overBudget }):
			e.Reason = OutOfBudget
		}
	}
	return e, record.Opt[time.Time]{}
}

// earliestPoll finds when the next ticket is due, and whether any ticket is due before its desk
// opens.
func earliestPoll(rests []rest) (next record.Opt[time.Time], awake bool) {
	for _, r := range rests {
		if !r.pollAt.OK || r.closed {
			continue
		}
		if !next.OK || r.pollAt.V.Before(next.V) {
			next = r.pollAt
		}
		awake = awake || !r.resting
	}
	return next, awake
}

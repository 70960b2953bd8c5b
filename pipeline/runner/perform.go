package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// perform makes one call and writes down what came back. An error means that the ledger failed.
func (s *worker) perform(ctx context.Context, permit *ratelimit.Permit, t task) error {
	switch {
	case t.probe:
		return s.probe(ctx, permit, t)
	case t.call == vendors.Poll:
		return s.poll(ctx, permit, t)
	}
	return s.submit(ctx, permit, t)
}

// submit writes the intent, sends the billable request once, and writes down what came back together with what it
// means. Nothing acts on the answer before it is on disk, with one exception: the vendor's health takes it in at once,
// because orders that are about to leave must learn of an empty account before the disk is done.
func (s *worker) submit(ctx context.Context, permit *ratelimit.Permit, t task) error {
	d := s.runner
	// An order that does not leave after all, as when the budget is spent, was counted beside those for which others wait.
	defer d.room.orderOver()
	w, ready, err := s.intend(ctx, permit, t)
	if !ready || err != nil {
		return err
	}
	k := &w.Lookup
	resp, err := s.send(ctx, permit, t, func(c context.Context) (*http.Request, error) {
		return s.config.Vendor.NewSubmit(c, k.Dataset, policy.Sendable(w.Vehicle))
	})
	if errors.Is(err, errNotSent) {
		s.notSent(permit, t)
		return s.withdraw(w)
	}
	if err != nil {
		s.notSent(permit, t)
		return s.settle(w, vendors.Submit, refusedByUs(err))
	}
	r := lookup.Result{Received: d.clock.Now(), Outcome: s.config.ReadNew(k.Dataset, vendors.Submit, &w.Vehicle, &resp)}
	r.Others = s.recordHealth(t, &r.Outcome) // before the place is free: the next order must know of an empty account
	tellPace(permit, &r.Outcome)
	if resp.NeverSent {
		return errors.Join(s.settle(w, vendors.Submit, r), s.writeTroubles())
	}
	return errors.Join(s.saveResponse(w, vendors.Submit, resp, r), s.writeTroubles())
}

// intend decides for the last time whether the order is made, and writes the intent. If the disk has no room for what
// may come back besides the orders under way, it waits for one of them to end. ready is false when the order does not
// leave.
func (s *worker) intend(ctx context.Context, permit *ratelimit.Permit, t task) (w ledger.Work, ready bool, err error) {
	d, planned := s.runner, t.work
	for {
		oneOver := d.room.nextOver()
		if step, movesOn, err := d.resolver.LastLook(d.calls, planned); movesOn || err != nil {
			s.notSent(permit, t)
			return w, false, s.sendElsewhere(planned, step, err)
		}
		w, err = d.ledger.Intend(planned, s.config.Prices[planned.Lookup.Dataset], d.policy.MaxSpend)
		var full *ledger.NoRoomError
		if errors.As(err, &full) && !full.Spent && full.UnderWay > 0 {
			select {
			case <-oneOver:
				continue
			case <-ctx.Done():
				s.notSent(permit, t)
				return w, false, nil
			}
		}
		if err != nil {
			s.notSent(permit, t)
			return w, false, s.notIntended(planned, err)
		}
		d.setFull(nil)
		return w, true, nil
	}
}

// notSent gives back what a call holds that does not leave.
func (s *worker) notSent(permit *ratelimit.Permit, t task) {
	permit.Done(ratelimit.Verdict{})
	now := s.runner.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.notSent(t, now)
	s.withdrawn[t.work.Lookup.ID] = true
	s.holdOrders(now)
}

// sendElsewhere writes down the step of a lookup that goes elsewhere instead of being sent.
func (s *worker) sendElsewhere(was ledger.Work, step ledger.Step, err error) error {
	if err != nil {
		return fmt.Errorf("look again at lookup %d before it is bought: %w", was.Lookup.ID, err)
	}
	err = s.runner.ledger.Advance(step)
	if errors.Is(err, ledger.ErrStale) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write down what became of lookup %d: %w", was.Lookup.ID, err)
	}
	return s.runner.workers[step.Stands().Vendor].dispatch(was, step, s.runner.clock.Now())
}

// affords tells whether the budget allows another lookup of a dataset now.
func (s *worker) affords(d record.Dataset) bool {
	limit := s.runner.policy.MaxSpend
	return !limit.OK || s.runner.ledger.Money().Sum()+s.config.Prices[d] <= limit.V
}

func (s *worker) notIntended(planned ledger.Work, err error) error {
	var full *ledger.NoRoomError
	switch {
	case errors.As(err, &full) && full.Spent:
		s.runner.outOfRoom(full)
		return nil
	case errors.As(err, &full): // answers to what is ordered may still be fetched
		s.runner.setFull(full)
		s.setOverBudget(planned.Lookup.Dataset)
		return nil
	case errors.Is(err, ledger.ErrBudget):
		s.setOverBudget(planned.Lookup.Dataset)
		if s.affords(planned.Lookup.Dataset) { // some of the budget was freed in between
			s.clearOverBudget()
		}
		return nil
	case errors.Is(err, ledger.ErrStale):
		s.runner.log.Debug("lookup moved on", "lookup", planned.Lookup.ID)
		s.schedule(planned.Lookup.NextAt) // in case the order can be made after all
		return nil
	}
	return fmt.Errorf("write down that lookup %d is about to be bought: %w", planned.Lookup.ID, err)
}

// poll asks for the answer to a ticket. Only a final answer is kept.
func (s *worker) poll(ctx context.Context, permit *ratelimit.Permit, t task) error {
	w := t.work
	k := &w.Lookup
	resp, err := s.send(ctx, permit, t, func(c context.Context) (*http.Request, error) {
		return s.config.Vendor.NewPoll(c, k.Dataset, k.Ticket)
	})
	if errors.Is(err, errNotSent) {
		s.notSent(permit, t)
		return nil
	}
	if err != nil {
		s.notSent(permit, t)
		return s.settle(w, vendors.Poll, lookup.Result{Outcome: vendors.Outcome{Kind: vendors.Unknown, From: vendors.FromNobody, Code: "request", Message: err.Error()}})
	}
	r := lookup.Result{Received: s.runner.clock.Now(), Outcome: s.config.ReadNew(k.Dataset, vendors.Poll, &w.Vehicle, &resp)}
	r.Others = s.recordHealth(t, &r.Outcome)
	tellPace(permit, &r.Outcome)
	if isFinal(&r.Outcome) {
		return errors.Join(s.saveResponse(w, vendors.Poll, resp, r), s.writeTroubles())
	}
	return errors.Join(s.settle(w, vendors.Poll, r), s.writeTroubles())
}

func isFinal(out *vendors.Outcome) bool {
	switch out.Kind {
	case vendors.Answered, vendors.NoRecord, vendors.Unsupported:
		return true
	case vendors.Refused:
		return !out.Gone()
	}
	return false
}

// send sends a call once, in its turn, unless the vendor's health forbids it by then. The caller gives the permit back.
func (s *worker) send(ctx context.Context, permit *ratelimit.Permit, t task, build func(context.Context) (*http.Request, error)) (vendors.Response, error) {
	for {
		if err := permit.Await(ctx); err != nil {
			return vendors.Response{}, fmt.Errorf("%w: %w", errNotSent, err)
		}
		resp, again, err := s.attempt(ctx, permit, t, build)
		if !again {
			return resp, err
		}
	}
}

// tellPace passes on to the vendor's pace what an answer says about it.
func tellPace(permit *ratelimit.Permit, out *vendors.Outcome) {
	permit.Done(ratelimit.Verdict{Limited: out.Limited(), RetryAfter: out.RetryAfter})
}

// stillAllows tells whether the vendor's health still lets a call go, now that its turn has come.
func (s *worker) stillAllows(t task) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health.stillAllows(t)
}

// refusedByUs is the result of an order whose request could not even be built.
func refusedByUs(err error) lookup.Result {
	return lookup.Result{Outcome: vendors.Outcome{Kind: vendors.Refused, Billed: vendors.BilledNo, Class: record.Rejected, Code: "request", Message: err.Error()}}
}

// saveResponse writes down an answer with what it means, and tells the other workers.
func (s *worker) saveResponse(w ledger.Work, call vendors.Call, resp vendors.Response, r lookup.Result) error {
	a := ledger.Answer{Lookup: w.Lookup.ID, Attempt: w.Lookup.Attempts, Call: string(call), Vendor: s.name,
		Status: resp.Status, ReceivedAt: r.Received, Head: string(resp.Head), Body: resp.Body}
	if resp.Err != nil {
		a.Failure = resp.Err.Error()
	}
	r.Answer = ledger.ThisAnswer
	return s.decide(w, call, r, func(step ledger.Step) error { return s.runner.ledger.Conclude(a, step) })
}

// withdraw takes back an intent that was never sent.
func (s *worker) withdraw(w ledger.Work) error {
	next := w
	next.Lookup.State = ledger.Planned
	next.Attempt.Billed, next.Attempt.Outcome, next.Attempt.EndedAt = ledger.BilledNo, ledger.OutcomeWithdrawn, s.runner.clock.Now()
	step := ledger.Step{From: ledger.Submitting, Next: next, Was: w.Attempt.Billed}
	if err := s.runner.ledger.Advance(step); err != nil {
		return fmt.Errorf("take back that lookup %d is about to be bought: %w", w.Lookup.ID, err)
	}
	return s.dispatch(w, step, s.runner.clock.Now())
}

// settle writes down what a call means when its answer is not kept, and tells the other workers.
func (s *worker) settle(w ledger.Work, call vendors.Call, r lookup.Result) error {
	return s.decide(w, call, r, s.runner.ledger.Advance)
}

func (s *worker) decide(w ledger.Work, call vendors.Call, r lookup.Result, write func(ledger.Step) error) error {
	now := s.runner.clock.Now()
	step := s.runner.policy.After(w, call, r, now)
	// Use the times as the ledger gives them back: without the monotonic reading, since the clock may be set.
	step.Next.Lookup.NextAt, step.Next.Lookup.LastAt = step.Next.Lookup.NextAt.Truncate(time.Microsecond), now
	err := write(step)
	var full *ledger.NoRoomError
	if errors.As(err, &full) { // the answer is asked for again once there is room
		s.runner.outOfRoom(full)
		return nil
	}
	if errors.Is(err, ledger.ErrStale) {
		s.runner.log.Warn("lookup moved on before its answer", "lookup", w.Lookup.ID)
		return nil
	}
	if err != nil {
		return fmt.Errorf("write down what became of lookup %d: %w", w.Lookup.ID, err)
	}
	return s.dispatch(w, step, now)
}

// dispatch tells the other workers where a request went.
func (s *worker) dispatch(was ledger.Work, step ledger.Step, now time.Time) error {
	d, next, k := s.runner, step.Next, step.Stands()
	if step.Then != nil {
		next.Lookup, next.Attempt = *step.Then, ledger.Attempt{}
	}
	mine := k.Run == d.run.Seq
	if mine {
		d.tally.move(k.Dataset, was.Lookup.State.Status(), k.State.Status())
	}
	switch {
	case k.State == ledger.Waiting:
		s.mu.Lock()
		s.window.keep(next, now)
		s.mu.Unlock()
	case k.State == ledger.Planned && mine:
		d.workers[k.Vendor].schedule(k.NextAt)
	case k.State == ledger.Planned: // lookups of this run that followed it go on by themselves
		d.workers[k.Vendor].schedule(now)
		s.schedule(now)
	case k.State == ledger.Following:
		d.wake()
	default:
		if k.FanOut || step.Then != nil { // lookups that followed it go on by themselves, unless they are part of a fan-out
			s.schedule(now)
			d.workers[k.Vendor].schedule(now)
		}
		d.settled(k.Run)
		if mine {
			if err := d.unblockAfter(d.calls, k); err != nil {
				return err
			}
		}
	}
	if was.Attempt.Billed != step.Next.Attempt.Billed && step.Next.Attempt.Billed == ledger.BilledNo {
		d.onBudgetFreed()
	}
	return nil
}

// schedule says that the ledger holds a planned lookup for this vendor that may be sent from at on.
func (s *worker) schedule(at time.Time) {
	s.mu.Lock()
	s.window.sendsAt = earlier(s.window.sendsAt, at)
	s.mu.Unlock()
	s.wake()
}

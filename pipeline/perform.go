package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// perform makes one call and writes down what came of it. An error means that
// the ledger failed.
func (s *station) perform(ctx context.Context, permit *ratelimit.Permit, w ledger.Work, call vendors.Call) error {
	if call == vendors.Poll {
		return s.poll(ctx, permit, w)
	}
	return s.submit(ctx, permit, w)
}

// submit writes the intent, sends the billable request once, and writes down
// what came back before it is read.
func (s *station) submit(ctx context.Context, permit *ratelimit.Permit, planned ledger.Work) error {
	d := s.drive
	if next, elsewhere, err := d.memory.lookAgain(d.calls, planned, d.clock.Now()); elsewhere || err != nil {
		permit.Done(ratelimit.Verdict{})
		return s.moveOn(planned, next, err)
	}
	w, err := d.ledger.Intend(planned, s.seller.Prices[planned.Lookup.Dataset], d.policy.MaxSpend)
	if err != nil {
		permit.Done(ratelimit.Verdict{})
		return s.notIntended(planned, err)
	}
	k := &w.Lookup
	resp, err := s.send(ctx, permit, func(c context.Context) (*http.Request, error) {
		return s.seller.Vendor.NewSubmit(c, k.Dataset, sendable(w.Vehicle))
	})
	if errors.Is(err, errNotSent) {
		return s.withdraw(w)
	}
	if err != nil {
		return s.settle(w, vendors.Submit, refusedByUs(err))
	}
	r := reading{received: d.clock.Now()}
	if !resp.NeverSent {
		if r.answer, err = s.receive(w, vendors.Submit, resp, r.received); err != nil {
			return err
		}
	}
	r.out = vendors.ReadResponse(s.seller.Vendor, k.Dataset, vendors.Submit, &w.Vehicle, resp)
	return s.settle(w, vendors.Submit, r)
}

// moveOn writes down where a lookup has gone instead of being sent.
func (s *station) moveOn(was, next ledger.Work, err error) error {
	if err != nil {
		return fmt.Errorf("look again at lookup %d before it is bought: %w", was.Lookup.ID, err)
	}
	err = s.drive.ledger.Advance(ledger.Step{From: ledger.Planned, Next: next, Was: was.Attempt.Billed})
	if errors.Is(err, ledger.ErrStale) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write down what became of lookup %d: %w", was.Lookup.ID, err)
	}
	return s.drive.stations[next.Lookup.Vendor].pass(was, next, s.drive.clock.Now())
}

// affords tells whether the budget allows another lookup of a dataset now.
func (s *station) affords(d record.Dataset) bool {
	limit := s.drive.policy.MaxSpend
	return !limit.OK || s.drive.ledger.Money().Sum()+s.seller.Prices[d] <= limit.V
}

func (s *station) notIntended(planned ledger.Work, err error) error {
	switch {
	case errors.Is(err, ledger.ErrBudget):
		s.block(planned.Lookup.Dataset)
		if s.affords(planned.Lookup.Dataset) { // money came back in between
			s.unblock()
		}
		return nil
	case errors.Is(err, ledger.ErrStale):
		s.drive.log.Debug("lookup moved on", "lookup", planned.Lookup.ID)
		s.expect(planned.Lookup.NextAt) // in case it only looked so
		return nil
	}
	return fmt.Errorf("write down that lookup %d is about to be bought: %w", planned.Lookup.ID, err)
}

// poll asks for the answer to a ticket. An answer that is not the last one is
// not kept.
func (s *station) poll(ctx context.Context, permit *ratelimit.Permit, w ledger.Work) error {
	k := &w.Lookup
	resp, err := s.send(ctx, permit, func(c context.Context) (*http.Request, error) {
		return s.seller.Vendor.NewPoll(c, k.Dataset, k.Ticket)
	})
	if errors.Is(err, errNotSent) {
		return nil
	}
	if err != nil {
		return s.settle(w, vendors.Poll, reading{out: vendors.Outcome{Kind: vendors.Unknown, Code: "request", Message: err.Error()}})
	}
	r := reading{received: s.drive.clock.Now(), out: vendors.ReadResponse(s.seller.Vendor, k.Dataset, vendors.Poll, &w.Vehicle, resp)}
	if isFinal(r.out.Kind) {
		if r.answer, err = s.receive(w, vendors.Poll, resp, r.received); err != nil {
			return err
		}
	}
	return s.settle(w, vendors.Poll, r)
}

func isFinal(k vendors.Kind) bool {
	return k == vendors.Answered || k == vendors.NoRecord || k == vendors.Unsupported || k == vendors.Refused
}

// send sends a call once, in its turn, and gives the permit back.
func (s *station) send(ctx context.Context, permit *ratelimit.Permit, build func(context.Context) (*http.Request, error)) (vendors.Response, error) {
	for {
		if err := permit.Await(ctx); err != nil {
			permit.Done(ratelimit.Verdict{})
			return vendors.Response{}, fmt.Errorf("%w: %w", errNotSent, err)
		}
		resp, again, err := s.attempt(ctx, permit, build)
		if again {
			continue
		}
		permit.Done(ratelimit.Verdict{Limited: resp.Status == http.StatusTooManyRequests, RetryAfter: resp.RetryAfter})
		if err != nil {
			return vendors.Response{}, fmt.Errorf("make the request: %w", err)
		}
		return resp, nil
	}
}

// refusedByUs is the reading of an order that could not even be made.
func refusedByUs(err error) reading {
	return reading{out: vendors.Outcome{Kind: vendors.Refused, Billed: vendors.BilledNo, Class: record.Rejected, Code: "request", Message: err.Error()}}
}

func (s *station) receive(w ledger.Work, call vendors.Call, resp vendors.Response, at time.Time) (int64, error) {
	failure := ""
	if resp.Err != nil {
		failure = resp.Err.Error()
	}
	id, err := s.drive.ledger.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: w.Lookup.Attempts, Call: string(call), Vendor: s.name,
		Status: resp.Status, Failure: failure, ReceivedAt: at, Body: resp.Body})
	if err != nil {
		return 0, fmt.Errorf("write down the answer to lookup %d: %w", w.Lookup.ID, err)
	}
	return id, nil
}

// withdraw takes back an intent that was never sent.
func (s *station) withdraw(w ledger.Work) error {
	next := w
	next.Lookup.State = ledger.Planned
	next.Attempt.Billed, next.Attempt.Outcome, next.Attempt.EndedAt = ledger.BilledNo, ledger.OutcomeWithdrawn, s.drive.clock.Now()
	return s.drive.ledger.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: w.Attempt.Billed})
}

// settle writes down what a call means and passes the word on.
func (s *station) settle(w ledger.Work, call vendors.Call, r reading) error {
	now := s.drive.clock.Now()
	v := s.drive.policy.judge(w, call, r, now)
	// As the ledger gives it back: by the wall clock alone, which may be set.
	v.next.Lookup.NextAt = v.next.Lookup.NextAt.Truncate(time.Microsecond)
	err := s.drive.ledger.Advance(ledger.Step{From: w.Lookup.State, Next: v.next, Was: w.Attempt.Billed})
	if errors.Is(err, ledger.ErrStale) {
		s.drive.log.Warn("lookup moved on before its answer", "lookup", w.Lookup.ID)
		return nil
	}
	if err != nil {
		return fmt.Errorf("write down what became of lookup %d: %w", w.Lookup.ID, err)
	}
	s.appraise(call, w.Lookup.Dataset, r.out, now)
	if v.halt != nil {
		s.stop(*v.halt)
	}
	return s.pass(w, v.next, now)
}

// pass tells the rest of the drive where a lookup went.
func (s *station) pass(was, next ledger.Work, now time.Time) error {
	d, k := s.drive, &next.Lookup
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
		d.stations[k.Vendor].expect(k.NextAt)
	case k.State == ledger.Planned: // those of this run that followed it go on by themselves
		d.stations[k.Vendor].expect(now)
		s.expect(now) // and those that are bound to this vendor
	case k.State == ledger.Following:
		d.wake()
	default:
		if k.Lead != 0 { // what followed it and is bound to no vendor goes on by itself
			s.expect(now)
		}
		d.settled(k.Run)
		if mine {
			if err := d.release(d.calls, k); err != nil {
				return err
			}
		}
	}
	if was.Attempt.Billed != next.Attempt.Billed && next.Attempt.Billed == ledger.BilledNo {
		d.freed()
	}
	return nil
}

// expect says that the ledger holds a planned lookup for this vendor from at on.
func (s *station) expect(at time.Time) {
	s.mu.Lock()
	s.window.sendsAt = earlier(s.window.sendsAt, at)
	s.mu.Unlock()
	s.nudge()
}

// appraise keeps count of how the vendor answers, and halts one that does not.
func (s *station) appraise(call vendors.Call, d record.Dataset, out vendors.Outcome, now time.Time) {
	if h := s.count(call, d, out, now); h != nil {
		s.stop(*h)
	}
}

// count counts troubles over all calls, and doubts dataset by dataset: where
// orders hang while all else is answered, each of them may cost its price.
func (s *station) count(call vendors.Call, d record.Dataset, out vendors.Outcome, now time.Time) *ledger.Halt {
	s.mu.Lock()
	defer s.mu.Unlock()
	trouble := out.Kind == vendors.Busy || out.Kind == vendors.Unknown
	if !trouble {
		s.proven = s.proven || out.Kind != vendors.AccountTrouble
		s.troubles = 0
		if call == vendors.Submit {
			s.doubts[d] = 0
		}
		return nil
	}
	if s.troubles == 0 {
		s.since = now
	}
	s.troubles++
	if out.Class != record.RateLimited {
		s.pause = now.Add(min(100*time.Millisecond<<min(s.troubles, 6), 5*time.Second))
	}
	if out.Kind == vendors.Unknown && call == vendors.Submit {
		s.doubts[d]++
	}
	if s.doubts[d] < haltDoubts && (s.troubles < haltTroubles || now.Sub(s.since) < haltAfter) {
		return nil
	}
	class := out.Class
	if class == "" {
		class = record.Unavailable
	}
	return &ledger.Halt{Vendor: s.name, Class: class, Code: out.Code, At: now,
		Message: fmt.Sprintf("%d calls in a row came to nothing, the last one: %s", max(s.troubles, s.doubts[d]), out.Message)}
}

package runner

import (
	"context"
	"fmt"
	"maps"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// restUntil says for how long a worker rests when it can make no call now.
type restUntil struct {
	rest  rest
	until record.Opt[time.Time]
	idle  bool // no call is under way, so rest is the worker's whole state
}

// look makes sure that the window holds what is due. It tells whether a call can be made now, or
// else how long to rest.
func (s *worker) look(ctx context.Context) (ready bool, r restUntil, err error) {
	now := s.runner.clock.Now()
	if err := s.noticeSetBack(now); err != nil {
		return false, r, err
	}
	news, decided, ready, r, need := s.checkMemory(now)
	if news {
		if err := s.writeTroubles(); err != nil {
			return false, r, err
		}
	}
	if decided {
		return ready, r, nil
	}
	if need.polls {
		err = s.readPolls(ctx, now, need.held)
	}
	if err == nil && need.sends {
		err = s.readSends(ctx, now, need)
	}
	if err != nil {
		return false, r, fmt.Errorf("look for the next call to %s: %w", s.name, err)
	}
	return s.checkLedger(now, r.rest.seen)
}

// need is what look has to read from the ledger.
type need struct {
	polls, sends bool
	held         int              // lookups in the window or under way
	unsent       int              // those of them that may still be planned
	skip         []record.Dataset // datasets whose orders are not sent now
	waits        []record.Dataset // those of them that wait for the vendor to recover
}

// checkMemory decides without reading the ledger, if it can. news tells that a halt or a pause has
// changed and must be written down.
func (s *worker) checkMemory(now time.Time) (news, decided, ready bool, r restUntil, n need) {
	held := s.config.Pace.Stats().HeldUntil
	s.mu.Lock()
	defer s.mu.Unlock()
	r.rest.seen = s.wakeCount
	news = s.health.noteHeld(held, now)
	news = s.health.giveUp(s.waits, s.isDue(now), now) || news
	maps.DeleteFunc(s.waits, func(d record.Dataset, _ time.Time) bool { return s.health.ordersHalted(d) })
	s.holdOrders(now)
	switch {
	case s.health.closed():
		r.rest.closed, r.rest.halted, r.idle = true, true, s.active == 0
		return news, true, false, r, n
	case !s.health.held.Since.IsZero(): // rest, because waiting for the pace to admit a call would notice nothing else
		return news, true, false, s.restHeld(now), n
	case s.active >= backlog*s.config.InFlight || s.health.answeredAt.IsZero() && s.active > 0: // until the vendor has answered once, calls go one at a time
		return news, true, false, r, n
	case s.ready(now) && !s.readAgain:
		return news, true, true, r, n
	}
	n.polls = len(s.window.polls) == 0 && !now.Before(s.window.pollsAt)
	n.sends = s.readAgain || !s.window.sendReady(s.maySend(now)) && !now.Before(s.window.sendsAt)
	n.held, n.unsent = len(s.window.held), len(s.window.sends)+s.sending
	if n.sends { // choose first what to leave out, so that orders which may be sent again from now on are read
		s.chooseSends(&n, now)
		s.reading = true
		s.window.beginRead(&s.window.sendsAt)
	}
	return news, false, false, r, n
}

// chooseSends decides which datasets' orders are not read from the ledger. The lock is held.
func (s *worker) chooseSends(n *need, now time.Time) {
	s.readAgain = false
	clear(s.skipped)
	for _, o := range s.config.Offers {
		d := o.Dataset
		well := s.health.allows(vendors.Submit, d, now)
		if !well {
			s.skipped[d] = true
		}
		if !well || s.overBudget[d] {
			n.skip = append(n.skip, d)
		}
		if !well && !s.overBudget[d] && !s.health.ordersHalted(d) {
			n.waits = append(n.waits, d)
		}
	}
}

// restHeld rests until the vendor wants calls again, or patience ends. The lock is held.
func (s *worker) restHeld(now time.Time) restUntil {
	until := s.health.held.NextAt
	send, poll := s.window.due()
	if len(s.window.sends) > 0 || len(s.waits) > 0 {
		send = until
	}
	if len(s.window.polls) > 0 {
		poll = until
	}
	return s.restOf(now, s.wakeCount, latestOf(send, until), latestOf(poll, until), s.health.nextMove(now))
}

// latestOf is the later of two moments, or never if the first is.
func latestOf(at, until time.Time) time.Time {
	if at.Before(never) {
		return later(at, until)
	}
	return never
}

func (s *worker) maySend(now time.Time) func(record.Dataset) bool {
	return func(d record.Dataset) bool { return s.health.allows(vendors.Submit, d, now) }
}

// ready tells whether take would find something. The lock is held.
func (s *worker) ready(now time.Time) bool {
	return s.health.wantsProbe(s.waits, now) || s.health.allows(vendors.Poll, "", now) && s.window.pollReady(now) ||
		s.window.sendReady(s.maySend(now))
}

// isDue tells whether a call would be due now if the vendor were well, as far as memory knows. The
// lock is held.
func (s *worker) isDue(now time.Time) bool {
	send, poll := s.window.due()
	return len(s.window.polls) > 0 || len(s.window.sends) > 0 || !poll.After(now) || !send.After(now)
}

// checkLedger decides after the ledger has been read.
func (s *worker) checkLedger(now time.Time, seen int) (bool, restUntil, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready(now) {
		return true, restUntil{}, nil
	}
	send, poll := s.window.due()
	move := s.health.nextMove(now)
	for _, at := range s.waits {
		send = earlier(send, later(at, move))
	}
	if len(s.window.polls) > 0 { // polls are due, but held back by the vendor's health
		poll = earlier(poll, now)
	}
	if poll.Before(never) && !s.health.allows(vendors.Poll, "", now) {
		poll = later(poll, move)
	}
	return false, s.restOf(now, seen, send, poll, move), nil
}

// restOf is the rest of a worker whose next order falls due at send and next poll at poll (never if
// there is none). move is when something else changes.
func (s *worker) restOf(now time.Time, seen int, send, poll, move time.Time) restUntil {
	r := restUntil{idle: s.active == 0, rest: rest{seen: seen, overBudget: len(s.overBudget) > 0, halted: len(s.health.halts) > 0}}
	if send.Before(never) {
		r.rest.sendAt = record.Some(send)
	}
	if poll.Before(never) {
		r.rest.pollAt = record.Some(poll)
		r.rest.resting = s.config.Poll.Resting(now, poll)
	}
	if first := earlier(earlier(send, poll), move); first.Before(never) {
		r.until = record.Some(first)
	}
	return r
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (s *worker) readPolls(ctx context.Context, now time.Time, held int) error {
	s.beginRead(&s.window.pollsAt)
	work, err := s.runner.ledger.Due(ctx, s.name, now, windowSize+held)
	if err != nil {
		return err
	}
	next, err := s.runner.ledger.NextPoll(ctx, s.name, now)
	if err != nil {
		return err
	}
	s.takeIn(&s.window.polls, work, &s.window.pollsAt, dueAfter(now, len(work) == windowSize+held, next))
	return nil
}

func (s *worker) readSends(ctx context.Context, now time.Time, n need) error {
	run, most := s.runner.run.Seq, windowSize+n.unsent
	defer s.endReading()
	work, err := s.runner.ledger.Sendable(ctx, run, s.name, now, n.skip, most)
	if err != nil {
		return err
	}
	next, err := s.runner.ledger.NextSend(ctx, run, s.name, now, n.skip)
	if err != nil {
		return err
	}
	if err := s.readWaits(ctx, n.waits); err != nil {
		return err
	}
	s.takeIn(&s.window.sends, work, &s.window.sendsAt, dueAfter(now, len(work) == most, next))
	return nil
}

// readWaits finds out which datasets have orders that wait for the vendor to recover, and since
// when.
func (s *worker) readWaits(ctx context.Context, of []record.Dataset) error {
	waits := map[record.Dataset]time.Time{}
	for _, d := range of {
		var others []record.Dataset
		for _, o := range s.config.Offers {
			if o.Dataset != d {
				others = append(others, o.Dataset)
			}
		}
		first, err := s.runner.ledger.NextSend(ctx, s.runner.run.Seq, s.name, beforeAll, others)
		if err != nil {
			return err
		}
		if first.OK {
			waits[d] = first.V
		}
	}
	s.mu.Lock()
	s.waits = waits
	s.mu.Unlock()
	return nil
}

// beforeAll is earlier than any due time.
var beforeAll = time.UnixMicro(-1)

// dueAfter is when the ledger has to be read again. If it may hold more that is due, that is as
// soon as there is room in the window; otherwise it is when the next lookup falls due.
func dueAfter(now time.Time, more bool, next record.Opt[time.Time]) time.Time {
	switch {
	case more:
		return now
	case next.OK:
		return next.V
	}
	return never
}

func (s *worker) endReading() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
}

func (s *worker) beginRead(due *time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.beginRead(due)
}

func (s *worker) takeIn(list *[]ledger.Work, work []ledger.Work, due *time.Time, next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if leftOut := s.window.add(list, work); leftOut {
		next = time.Time{} // read again once there is room
	}
	*due = earlier(*due, next)
}

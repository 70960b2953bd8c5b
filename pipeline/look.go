package pipeline

import (
	"context"
	"fmt"
	"maps"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// restUntil is what a station does when nothing can be called now.
type restUntil struct {
	rest  rest
	until record.Opt[time.Time]
	idle  bool // no call is under way: rest says all there is to say
}

// look makes sure that the window holds what is due, and tells whether a call
// can be made now or how long to rest.
func (s *station) look(ctx context.Context) (ready bool, r restUntil, err error) {
	now := s.drive.clock.Now()
	if err := s.minds(now); err != nil {
		return false, r, err
	}
	news, decided, ready, r, need := s.glance(now)
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
	return s.conclude(now, r.rest.seen)
}

// need is what look has to read from the ledger.
type need struct {
	polls, sends bool
	held         int              // lookups that are at hand or under way
	unsent       int              // of them, those that may still be planned
	skip         []record.Dataset // whose orders are not sent now
	waits        []record.Dataset // of them, those that wait for the vendor to be well
}

// glance decides without reading the ledger, if it can. news tells that there is
// something to be written down.
func (s *station) glance(now time.Time) (news, decided, ready bool, r restUntil, n need) {
	held := s.seller.Pace.Stats().HeldUntil
	s.mu.Lock()
	defer s.mu.Unlock()
	r.rest.seen = s.wanted
	news = s.health.noteHeld(held, now)
	news = s.health.giveUp(s.waits, s.isDue(now), now) || news
	maps.DeleteFunc(s.waits, func(d record.Dataset, _ time.Time) bool { return s.health.ordersHalted(d) })
	s.holdOrders(now)
	switch {
	case s.health.closed():
		r.rest.closed, r.rest.halted, r.idle = true, true, s.active == 0
		return news, true, false, r, n
	case !s.health.held.Since.IsZero(): // waiting to be admitted would see nothing else
		return news, true, false, s.restHeld(now), n
	case s.active >= backlog*s.seller.InFlight || s.health.answeredAt.IsZero() && s.active > 0: // the first calls go one at a time
		return news, true, false, r, n
	case s.ready(now) && !s.readAgain:
		return news, true, true, r, n
	}
	n.polls = len(s.window.polls) == 0 && !now.Before(s.window.pollsAt)
	n.sends = s.readAgain || !s.window.sendReady(s.maySend(now)) && !now.Before(s.window.sendsAt)
	n.held, n.unsent = len(s.window.held), len(s.window.sends)+s.sending
	if n.sends {
		s.chooseSends(&n, now)
	}
	return news, false, false, r, n
}

// chooseSends says which orders are not to be read. The lock is held.
func (s *station) chooseSends(n *need, now time.Time) {
	s.readAgain = false
	clear(s.skipped)
	for _, o := range s.seller.Offers {
		d := o.Dataset
		well := s.health.allows(vendors.Submit, d, now)
		if !well {
			s.skipped[d] = true
		}
		if !well || s.broke[d] {
			n.skip = append(n.skip, d)
		}
		if !well && !s.broke[d] && !s.health.ordersHalted(d) {
			n.waits = append(n.waits, d)
		}
	}
}

// restHeld rests until the vendor wants calls again, or patience ends. The lock is held.
func (s *station) restHeld(now time.Time) restUntil {
	until := s.health.held.NextAt
	send, poll := s.window.due()
	if len(s.window.sends) > 0 || len(s.waits) > 0 {
		send = until
	}
	if len(s.window.polls) > 0 {
		poll = until
	}
	return s.restOf(now, s.wanted, latestOf(send, until), latestOf(poll, until), s.health.nextMove(now))
}

// latestOf is the later of two moments, or never if the first is.
func latestOf(at, until time.Time) time.Time {
	if at.Before(never) {
		return later(at, until)
	}
	return never
}

func (s *station) maySend(now time.Time) func(record.Dataset) bool {
	return func(d record.Dataset) bool { return s.health.allows(vendors.Submit, d, now) }
}

// ready tells whether take would find something. The lock is held.
func (s *station) ready(now time.Time) bool {
	return s.health.wantsProbe(s.waits, now) || s.health.allows(vendors.Poll, "", now) && s.window.pollReady(now) ||
		s.window.sendReady(s.maySend(now))
}

// isDue tells whether a call could leave now, were the vendor well, as far as is
// known. The lock is held.
func (s *station) isDue(now time.Time) bool {
	send, poll := s.window.due()
	return len(s.window.polls) > 0 || len(s.window.sends) > 0 || !poll.After(now) || !send.After(now)
}

// conclude decides after the ledger was read.
func (s *station) conclude(now time.Time, seen int) (bool, restUntil, error) {
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
	if len(s.window.polls) > 0 { // they are due, and held back
		poll = earlier(poll, now)
	}
	if poll.Before(never) && !s.health.allows(vendors.Poll, "", now) {
		poll = later(poll, move)
	}
	return false, s.restOf(now, seen, send, poll, move), nil
}

// restOf is the rest of a station whose next order and poll fall due at moments, never
// for none; move is when something else changes.
func (s *station) restOf(now time.Time, seen int, send, poll, move time.Time) restUntil {
	r := restUntil{idle: s.active == 0, rest: rest{seen: seen, broke: len(s.broke) > 0, halted: len(s.health.halts) > 0}}
	if send.Before(never) {
		r.rest.sendAt = record.Some(send)
	}
	if poll.Before(never) {
		r.rest.pollAt = record.Some(poll)
		r.rest.asleep = s.seller.Poll.Resting(now, poll)
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

func (s *station) readPolls(ctx context.Context, now time.Time, held int) error {
	s.beginRead(&s.window.pollsAt)
	work, err := s.drive.ledger.Due(ctx, s.name, now, windowSize+held)
	if err != nil {
		return err
	}
	next, err := s.drive.ledger.NextPoll(ctx, s.name, now)
	if err != nil {
		return err
	}
	s.takeIn(&s.window.polls, work, &s.window.pollsAt, dueAfter(now, len(work) == windowSize+held, next))
	return nil
}

func (s *station) readSends(ctx context.Context, now time.Time, n need) error {
	run, most := s.drive.run.Seq, windowSize+n.unsent
	s.setReading(true)
	defer s.setReading(false)
	s.beginRead(&s.window.sendsAt)
	work, err := s.drive.ledger.Sendable(ctx, run, s.name, now, n.skip, most)
	if err != nil {
		return err
	}
	next, err := s.drive.ledger.NextSend(ctx, run, s.name, now, n.skip)
	if err != nil {
		return err
	}
	if err := s.readWaits(ctx, n.waits); err != nil {
		return err
	}
	s.takeIn(&s.window.sends, work, &s.window.sendsAt, dueAfter(now, len(work) == most, next))
	return nil
}

// readWaits looks which orders wait for the vendor to be well, and since when.
func (s *station) readWaits(ctx context.Context, of []record.Dataset) error {
	waits := map[record.Dataset]time.Time{}
	for _, d := range of {
		var others []record.Dataset
		for _, o := range s.seller.Offers {
			if o.Dataset != d {
				others = append(others, o.Dataset)
			}
		}
		first, err := s.drive.ledger.NextSend(ctx, s.drive.run.Seq, s.name, beforeAll, others)
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

// beforeAll is before any moment at which something is due.
var beforeAll = time.UnixMicro(-1)

// dueAfter is when the ledger has to be read again: as soon as there is room if
// it may have more that is due, else when the next lookup falls due.
func dueAfter(now time.Time, more bool, next record.Opt[time.Time]) time.Time {
	switch {
	case more:
		return now
	case next.OK:
		return next.V
	}
	return never
}

func (s *station) setReading(now bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = now
}

func (s *station) beginRead(due *time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.beginRead(due)
}

func (s *station) takeIn(list *[]ledger.Work, work []ledger.Work, due *time.Time, next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if leftOut := s.window.add(list, work); leftOut {
		next = time.Time{} // read again once there is room
	}
	*due = earlier(*due, next)
}

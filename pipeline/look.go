package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
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
	decided, ready, r, need := s.glance(now)
	if decided {
		return ready, r, nil
	}
	if need.polls {
		err = s.readPolls(ctx, now, need.held)
	}
	if err == nil && need.sends {
		err = s.readSends(ctx, now, need.held, need.skip)
	}
	if err != nil {
		return false, r, fmt.Errorf("look for the next call to %s: %w", s.name, err)
	}
	return s.conclude(now, r.rest.seen)
}

// need is what look has to read from the ledger.
type need struct {
	polls, sends bool
	held         int
	skip         []record.Dataset
}

// glance decides without reading the ledger, if it can.
func (s *station) glance(now time.Time) (decided, ready bool, r restUntil, n need) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.rest.seen = s.wanted
	switch {
	case s.halt != nil:
		r.rest.closed, r.idle = true, s.active == 0
		return true, false, r, n
	case s.active >= backlog*s.seller.InFlight || (!s.proven && s.active > 0):
		return true, false, r, n
	case now.Before(s.pause):
		r.until = record.Some(s.pause)
		return true, false, r, n
	case s.window.ready(now):
		return true, true, r, n
	}
	n.polls = len(s.window.polls) == 0 && !now.Before(s.window.pollsAt)
	n.sends = len(s.window.sends) == 0 && !now.Before(s.window.sendsAt)
	n.held, n.skip = len(s.window.held), slices.Sorted(maps.Keys(s.broke))
	return false, false, r, n
}

// conclude decides after the ledger was read.
func (s *station) conclude(now time.Time, seen int) (bool, restUntil, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.window.ready(now) {
		return true, restUntil{}, nil
	}
	send, poll := s.window.due()
	r := restUntil{idle: s.active == 0, rest: rest{seen: seen, broke: len(s.broke) > 0}}
	if send.Before(never) {
		r.rest.sendAt = record.Some(send)
	}
	if poll.Before(never) {
		r.rest.pollAt = record.Some(poll)
		r.rest.asleep = s.seller.Poll.asleep(now, poll)
	}
	if first := earlier(send, poll); first.Before(never) {
		r.until = record.Some(first)
	}
	return false, r, nil
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

func (s *station) readSends(ctx context.Context, now time.Time, held int, skip []record.Dataset) error {
	run := s.drive.run.Seq
	s.setReading(true)
	defer s.setReading(false)
	s.beginRead(&s.window.sendsAt)
	work, err := s.drive.ledger.Sendable(ctx, run, s.name, now, skip, windowSize+held)
	if err != nil {
		return err
	}
	next, err := s.drive.ledger.NextSend(ctx, run, s.name, now, skip)
	if err != nil {
		return err
	}
	s.takeIn(&s.window.sends, work, &s.window.sendsAt, dueAfter(now, len(work) == windowSize+held, next))
	return nil
}

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

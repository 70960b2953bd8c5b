package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrUsed says that a permit was started twice, or after its end: a mistake of
// the program.
var ErrUsed = errors.New("ratelimit: the permit was used already")

// Permit is one call's way through a Pace. One goroutine at a time uses it.
type Permit struct {
	pace  *Pace
	state state
	round int // of slowness, when the call started
}

type state int

const (
	admitted state = iota // the zero Permit
	started
	done
)

// Verdict is what the vendor thought of the pace.
type Verdict struct {
	Limited    bool          // the vendor said "too many"
	RetryAfter time.Duration // with Limited, when the vendor said so; at most an hour of it is kept
}

// Start waits for the call's turn. Call it right before sending: the time that
// passes after it is the jitter that the headroom must cover. When it fails,
// nothing may be sent, the call does not count, and Done gives its place back.
// The error wraps ctx.Err(), or is ErrUsed.
func (t *Permit) Start(ctx context.Context) error {
	if err := t.pace.turn.enter(ctx); err != nil {
		return fmt.Errorf("waiting for a call's turn: %w", err)
	}
	defer t.pace.turn.leave()
	for {
		wait, err := t.pace.start(t)
		if wait == 0 {
			return err
		}
		if err := t.pace.pause(ctx, wait); err != nil {
			return fmt.Errorf("waiting for a call's turn: %w", err)
		}
	}
}

// start lets a permit go, or returns how long to wait before asking again.
func (p *Pace) start(t *Permit) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.state != admitted {
		return 0, ErrUsed
	}
	now := p.clock.Now()
	if wait := p.slowness.hold(now); wait > 0 {
		return wait, nil
	}
	if wait := p.bucket.take(now); wait > 0 {
		return wait, nil
	}
	p.rollDay(now)
	p.calls++
	p.ahead--
	t.state, t.round = started, p.slowness.round
	p.change()
	return 0, nil
}

// Done gives the place back and tells what the vendor thought of the pace. Only
// its first call counts. The verdict on a call that never started is ignored.
func (t *Permit) Done(v Verdict) {
	p := t.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	switch t.state {
	case done:
		return
	case admitted:
		p.ahead--
	case started:
		p.judge(t, v)
	}
	t.state = done
	p.inFlight--
	p.change()
}

// judge adapts the pace to a verdict.
func (p *Pace) judge(t *Permit, v Verdict) {
	now := p.clock.Now()
	if v.Limited {
		p.slowness.refuse(now, t.round, v.RetryAfter)
	} else {
		p.slowness.succeed(t.round, p.secondsWorth())
	}
	p.bucket.slow(now, p.slowness.share())
}

// secondsWorth is how many successes count as one second of good pace.
func (p *Pace) secondsWorth() float64 {
	if p.bucket != nil {
		return p.bucket.perSecond()
	}
	return float64(p.places())
}

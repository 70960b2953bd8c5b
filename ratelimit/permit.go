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
	round int       // of slowness, when the call started
	from  time.Time // when its preparing began; zero once that was measured
	sent  bool
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

// ErrNotSoon says that a call's turn is further away than a prepared request
// should wait: a signature in it grows old. Await the turn and prepare anew.
var ErrNotSoon = errors.New("the call's turn is not soon")

// patience is how far away a turn may be for Start to wait for it. A turn moves
// away when the vendor complains: see Verdict.
const patience = time.Second

// Await waits until the call's turn is so near that Start will wait for it. It
// takes nothing. The error wraps ctx.Err(), or is ErrUsed.
func (t *Permit) Await(ctx context.Context) error {
	for {
		wait, err := t.pace.near(t)
		if err != nil || wait <= patience {
			return err
		}
		if err := t.pace.pause(ctx, wait-patience/2); err != nil {
			return fmt.Errorf("waiting until a call's turn is near: %w", err)
		}
	}
}

// Start waits for the call's turn. Call it right before the first bytes are
// written, and Sent right after: the time that passes in between is the jitter
// that the headroom must cover. When it fails, nothing may be sent, the call
// does not count, and Done gives its place back. The error wraps ctx.Err(), or
// is ErrNotSoon or ErrUsed.
func (t *Permit) Start(ctx context.Context) error {
	t.pace.prepared(t)
	if err := t.pace.turn.enter(ctx); err != nil {
		return fmt.Errorf("waiting for a call's turn: %w", err)
	}
	defer t.pace.turn.leave()
	for {
		wait, err := t.pace.start(t)
		if wait == 0 {
			return err
		}
		if wait > patience {
			return ErrNotSoon
		}
		if err := t.pace.wait(ctx, wait); err != nil {
			return fmt.Errorf("waiting for a call's turn: %w", err)
		}
	}
}

// Sent says that the first bytes of a call that was started are on their way:
// the next turn counts from now.
func (t *Permit) Sent() {
	p := t.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.state == started {
		p.send(t)
	}
}

// send lets the next turn count from now, once.
func (p *Pace) send(t *Permit) {
	if !t.sent {
		t.sent = true
		p.bucket.sent(p.clock.Now(), t)
	}
}

// near returns how far away a permit's turn is.
func (p *Pace) near(t *Permit) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.state != admitted {
		return 0, ErrUsed
	}
	now := p.clock.Now()
	wait := max(p.slowness.hold(now), p.bucket.next(now))
	if wait > patience {
		t.from = time.Time{} // it waits for the vendor, and is prepared no longer
	}
	return wait, nil
}

// prepared learns how long it takes to prepare a call: to write down the
// intent, to sign, to open a connection.
func (p *Pace) prepared(t *Permit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.from.IsZero() {
		return
	}
	took := min(p.clock.Now().Sub(t.from), mostPreparing)
	p.preparing += (took - p.preparing) / 8
	t.from = time.Time{}
}

// mostPreparing bounds how much earlier a call is prepared because that takes
// long: all that are prepared are in doubt after a crash.
const mostPreparing = 500 * time.Millisecond

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
	if wait := p.bucket.take(now, t); wait > 0 {
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
		p.send(t) // in case nobody said so
		p.judge(t, v)
	}
	t.state = done
	p.inFlight--
	p.change()
}

// judge adapts the pace to a verdict.
func (p *Pace) judge(t *Permit, v Verdict) {
	now := p.clock.Now()
	switch {
	case !v.Limited:
		if p.slowness.succeed(t.round, p.secondsWorth()) {
			p.bucket.widen(now, 0.9)
		}
	case p.slowness.refuse(now, t.round, v.RetryAfter, p.spacing()):
		p.bucket.widen(now, 2)
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

// spacing is the time of one call at the present pace.
func (p *Pace) spacing() time.Duration {
	if p.bucket != nil {
		return seconds(1 / p.bucket.perSecond())
	}
	return 0
}

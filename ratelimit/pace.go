// Package ratelimit keeps a vendor's pace: calls per second, calls in flight,
// calls per day and opening hours.
//
// It knows no vendor. A call goes through steps, because the caller writes its
// intent to disk and opens a connection before its turn:
//
//	permit, err := pace.Admit(ctx)   // one more call may be prepared
//	...                              // write the intent down
//	err = permit.Await(ctx)          // its turn is near: make the request
//	...                              // connect
//	err = permit.Start(ctx)          // its turn: write the request now
//	permit.Sent()                    // its first bytes have left
//	...                              // read
//	permit.Done(verdict)             // always, exactly one counts
//
// Start enforces the exact spacing. Admit bounds how many prepared calls wait
// for their turn, since a crash would leave every one of them in doubt.
package ratelimit

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"vehiclebatch/pipeline/record"
)

// Clock is the time that a Pace lives in.
type Clock interface {
	// Now returns the present moment. It should carry a monotonic reading, as
	// time.Now does, so that a corrected wall clock moves no turn.
	Now() time.Time
	// Sleep returns nil after d, or ctx.Err() as soon as ctx is cancelled.
	Sleep(ctx context.Context, d time.Duration) error
}

// Precise is a Clock that also waits to within microseconds, at the price of
// some processor time. Where the Clock of a Pace is one, calls wait so for their
// turn.
type Precise interface {
	Clock
	// SleepPrecisely is Sleep.
	SleepPrecisely(ctx context.Context, d time.Duration) error
}

// Limits are what a vendor allows.
type Limits struct {
	PerSecond float64 // calls in a second; 0 is no limit
	Burst     int     // calls that may come at once after a rest; below 1 counts as 1
	InFlight  int     // calls that have not ended; 0 is no limit
	PerDay    int     // calls in one day of China; 0 is no limit
	// Spacing is the least time between two calls where it is more than
	// PerSecond says; 0 is none. Headroom is the least part of the rate, 0.02
	// for 2%, that is left unused. Both are for vendors that count their own way.
	Spacing  time.Duration
	Headroom float64
}

// Pace admits calls within Limits, and slows down when the vendor complains.
// It starts no goroutine and is safe for concurrent use. Waiting callers are
// served in the order in which they came.
type Pace struct {
	clock  Clock
	limits Limits

	admission gate          // its holder is the first in the queue of Admit
	turn      gate          // its holder is the first in the queue of Start
	changed   chan struct{} // tells admission's holder that room may have come

	mu       sync.Mutex
	bucket   *bucket // nil without a limit per second
	inFlight int     // permits that are not done
	// preparing is how long a call usually takes from Admit to Start.
	preparing time.Duration
	ahead     int         // of those, permits that have not started
	day       record.Date // in China
	calls     int         // started on that day
	slowness  slowness
}

// New returns a pace at full speed. The bucket of the burst starts with one
// call in it: a vendor remembers the calls of a process that has just ended.
// today counts the calls that were already made on the present day in China.
func New(l Limits, clock Clock, today int) *Pace {
	now := clock.Now()
	return &Pace{
		clock: clock, limits: l,
		admission: make(gate, 1), turn: make(gate, 1), changed: make(chan struct{}, 1),
		bucket: newBucket(l, now), day: record.DateOf(now), calls: today, slowness: atFullSpeed(),
	}
}

// Admit waits until one more call may be prepared: nothing is held back, a
// place in flight is free, and the call's turn is near (see bucket.lead). The
// caller must end the permit with Done, whatever happens.
//
// The error is ErrNotSoon when the vendor wants no calls for long, a *DayCapError when the day's calls are used up, else it wraps
// ctx.Err().
func (p *Pace) Admit(ctx context.Context) (*Permit, error) {
	if err := p.admission.enter(ctx); err != nil {
		return nil, fmt.Errorf("waiting to be admitted: %w", err)
	}
	defer p.admission.leave()
	for {
		permit, wait, err := p.admit()
		if permit != nil || err != nil {
			return permit, err
		}
		if err := p.pause(ctx, wait); err != nil {
			return nil, fmt.Errorf("waiting to be admitted: %w", err)
		}
	}
}

// untilChange is a wait that no clock ends, only a permit that starts or ends.
const untilChange = time.Duration(-1)

// longWait is how long Admit waits for a vendor that wants no calls. The caller may
// have something better to do with more.
const longWait = 2 * time.Second

// longestSleep bounds a single sleep: conditions are looked at again after it.
const longestSleep = time.Hour

// admit returns a permit, or how long to wait before asking again.
func (p *Pace) admit() (*Permit, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	p.rollDay(now)
	if p.limits.PerDay > 0 && p.calls >= p.limits.PerDay {
		return nil, 0, &DayCapError{PerDay: p.limits.PerDay, Reopens: (p.day + 1).Begin()}
	}
	if wait := p.slowness.hold(now); wait > longWait {
		return nil, 0, ErrNotSoon
	} else if wait > 0 {
		return nil, wait, nil
	}
	if p.full() {
		return nil, untilChange, nil
	}
	if wait := p.bucket.lead(now, p.ahead, p.preparing); wait != 0 {
		return nil, wait, nil
	}
	p.inFlight++
	p.ahead++
	return &Permit{pace: p, from: now}, 0, nil
}

// full tells whether only the start or the end of another call makes room. A
// call that is ahead has its place in the day's calls already, but may still
// give it back: so the day is used up only when calls that started fill it.
func (p *Pace) full() bool {
	if p.limits.PerDay > 0 && p.calls+p.ahead >= p.limits.PerDay {
		return true
	}
	places := p.places()
	return places > 0 && p.inFlight >= places
}

// places is the bound of calls in flight now. Where there is no rate to slow
// down, a vendor that complains gets fewer calls at a time.
func (p *Pace) places() int {
	if p.bucket != nil || p.limits.InFlight <= 0 {
		return p.limits.InFlight
	}
	return max(1, int(float64(p.limits.InFlight)*p.slowness.share()))
}

func (p *Pace) pause(ctx context.Context, wait time.Duration) error {
	if wait != untilChange {
		return p.clock.Sleep(ctx, min(wait, longestSleep))
	}
	select {
	case <-p.changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait is a pause that is as long as it should be, where the clock can do it.
func (p *Pace) wait(ctx context.Context, d time.Duration) error {
	if clock, ok := p.clock.(Precise); ok {
		return clock.SleepPrecisely(ctx, d)
	}
	return p.clock.Sleep(ctx, d)
}

// change wakes the first in the queue of Admit. A wake that nobody waits for
// is kept, so none is lost between looking and waiting.
func (p *Pace) change() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *Pace) rollDay(now time.Time) {
	if today := record.DateOf(now); today > p.day {
		p.day, p.calls = today, 0
	}
}

// Stats is how a pace stands at one moment.
type Stats struct {
	CallsToday int       // started on the present day in China
	InFlight   int       // permits that are not done
	PerSecond  float64   // the rate now, headroom and slowing included; 0 is no limit
	HeldUntil  time.Time // all calls wait until then; zero when nothing is held
	Limited    int       // answers that said "too many", every one counted
}

// Hold lets no call go before a moment: a vendor told an earlier process to wait.
func (p *Pace) Hold(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if latest := p.clock.Now().Add(longestHold); until.After(latest) {
		until = latest
	}
	p.slowness.holdUntil(until)
}

// Stats returns how the pace stands.
func (p *Pace) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	p.rollDay(now)
	s := Stats{CallsToday: p.calls, InFlight: p.inFlight, Limited: p.slowness.limited}
	if p.bucket != nil {
		s.PerSecond = p.bucket.perSecond()
	}
	if p.slowness.hold(now) > 0 {
		s.HeldUntil = p.slowness.heldUntil
	}
	return s
}

// gate is a queue: the one inside is first, the others wait in order.
type gate chan struct{}

func (g gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }

// seconds turns a count of seconds into a wait, rounded up, never beyond
// longestSleep.
func seconds(s float64) time.Duration {
	if s >= longestSleep.Seconds() {
		return longestSleep
	}
	return time.Duration(math.Ceil(s*1e9)) + 1
}

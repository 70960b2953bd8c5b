package ratelimit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vehiclebatch/ratelimit"
)

// bubbleClock is the clock of a synctest bubble. Its sleeps end late by up to
// late, as real ones do.
type bubbleClock struct {
	mu   sync.Mutex
	rand *rand.Rand
	late time.Duration
}

var _ ratelimit.Clock = (*bubbleClock)(nil)

func newBubbleClock(seed uint64, late time.Duration) *bubbleClock {
	return &bubbleClock{rand: rand.New(rand.NewPCG(seed, 1)), late: late}
}

func (c *bubbleClock) Now() time.Time { return time.Now() }

func (c *bubbleClock) upTo(d time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(c.rand.Int64N(int64(d) + 1))
}

func (c *bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d + c.upTo(c.late))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// strictVendor counts with an exact token bucket, as a GCRA in nanoseconds.
type strictVendor struct {
	mu        sync.Mutex
	period    time.Duration
	tolerance time.Duration
	full      time.Time // when the bucket is full again
	taken     int
	refused   int
}

func newStrictVendor(l ratelimit.Limits) *strictVendor {
	period := time.Duration(float64(time.Second) / l.PerSecond)
	return &strictVendor{period: period, tolerance: time.Duration(l.Burst-1) * period}
}

func (v *strictVendor) call(now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.full.Before(now) {
		v.full = now
	}
	if v.full.Sub(now) > v.tolerance {
		v.refused++
		return false
	}
	v.full = v.full.Add(v.period)
	v.taken++
	return true
}

// pipeline sends calls for a while as the program does: admitted one by one,
// prepared in parallel, each with a commit of 0.2 to 5 ms before its turn.
type pipeline struct {
	pace   *ratelimit.Pace
	clock  *bubbleClock
	write  time.Duration // at most, from the turn until the bytes have left
	jitter time.Duration // at most, from then until they arrive
	vendor *strictVendor
}

func (p *pipeline) run(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var calls sync.WaitGroup
	for {
		permit, err := p.pace.Admit(ctx)
		if err != nil {
			break
		}
		calls.Go(func() { p.send(ctx, permit) })
	}
	calls.Wait()
}

func (p *pipeline) send(ctx context.Context, permit *ratelimit.Permit) {
	var v ratelimit.Verdict
	defer func() { permit.Done(v) }()
	time.Sleep(200*time.Microsecond + p.clock.upTo(4800*time.Microsecond))
	if permit.Start(ctx) != nil {
		return
	}
	time.Sleep(p.clock.upTo(p.write))
	permit.Sent()
	time.Sleep(p.clock.upTo(p.jitter))
	v.Limited = !p.vendor.call(time.Now())
	time.Sleep(30*time.Millisecond + p.clock.upTo(20*time.Millisecond))
}

func TestStrictVendorGetsItsFullRateAndRefusesNothing(t *testing.T) {
	t.Parallel()
	const ms, us = time.Millisecond, time.Microsecond
	for _, c := range []struct {
		limits              ratelimit.Limits
		write, jitter, late time.Duration
		d                   time.Duration
		least               float64 // share of the rate
	}{
		// A burst of 1: what is covered whatever came before is a quarter of the
		// headroom.
		{ratelimit.Limits{PerSecond: 2, Burst: 1, InFlight: 64}, 50 * us, 750 * us, 100 * us, 10 * time.Minute, 0.99},
		{ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}, 50 * us, 150 * us, 100 * us, 10 * time.Minute, 0.99},
		{ratelimit.Limits{PerSecond: 50, Burst: 1, InFlight: 64}, 50 * us, 30 * us, 60 * us, 2 * time.Minute, 0.99},
		{ratelimit.Limits{PerSecond: 200, Burst: 1, InFlight: 64}, 50 * us, 12 * us, 50 * us, time.Minute, 0.985},
		{ratelimit.Limits{PerSecond: 1000, Burst: 1, InFlight: 64}, 30 * us, 2 * us, 30 * us, 10 * time.Second, 0.95},
		// A burst covers milliseconds by its reserve.
		{ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 64}, ms / 2, 3 * ms / 2, ms, 5 * time.Minute, 0.993},
		{ratelimit.Limits{PerSecond: 50, Burst: 5, InFlight: 64}, ms / 2, 3 * ms / 2, ms, 2 * time.Minute, 0.993},
		{ratelimit.Limits{PerSecond: 200, Burst: 10, InFlight: 64}, ms / 2, 3 * ms / 2, ms, time.Minute, 0.993},
		{ratelimit.Limits{PerSecond: 1000, Burst: 20, InFlight: 256}, ms / 2, 3 * ms / 2, ms, 10 * time.Second, 0.993},
	} {
		t.Run(fmt.Sprintf("%v per second, burst %d", c.limits.PerSecond, c.limits.Burst), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				synctest.Test(t, func(t *testing.T) {
					clock := newBubbleClock(seed, c.late)
					vendor := newStrictVendor(c.limits)
					p := pipeline{pace: ratelimit.New(c.limits, clock, 0), clock: clock, write: c.write, jitter: c.jitter, vendor: vendor}
					p.run(t, c.d)
					share := float64(vendor.taken) / (c.limits.PerSecond * c.d.Seconds())
					if vendor.refused != 0 || share < c.least || share > 1.001 {
						t.Errorf("seed %d: %d refused, %.2f%% of the rate used", seed, vendor.refused, 100*share)
					}
				})
			}
		})
	}
}

// A network that bunches calls has some refused until the headroom is as wide
// as it needs; few of them follow.
func TestJitterWidensTheHeadroom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			clock := newBubbleClock(seed, time.Millisecond/10)
			limits := ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}
			vendor := newStrictVendor(limits)
			p := pipeline{pace: ratelimit.New(limits, clock, 0), clock: clock, jitter: 2 * time.Millisecond, vendor: vendor}
			p.run(t, 20*time.Minute)
			share := float64(vendor.taken) / (limits.PerSecond * 20 * 60)
			if vendor.refused > 20 || share < 0.95 {
				t.Errorf("seed %d: %d refused, %.2f%% of the rate used", seed, vendor.refused, 100*share)
			}
		})
	}
}

// A vendor that is stricter than configured still gives most of what it allows.
func TestVendorStricterThanConfiguredIsMetHalfWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := newBubbleClock(1, time.Millisecond/2)
		vendor := newStrictVendor(ratelimit.Limits{PerSecond: 10, Burst: 1})
		limits := ratelimit.Limits{PerSecond: 16, Burst: 1, InFlight: 64}
		p := pipeline{pace: ratelimit.New(limits, clock, 0), clock: clock, jitter: 2 * time.Millisecond, vendor: vendor}
		p.run(t, 2*time.Minute)
		share := float64(vendor.taken) / (10 * 120)
		refused := float64(vendor.refused) / float64(vendor.taken)
		if share < 0.6 || refused > 0.1 {
			t.Errorf("%.2f of the rate used, %.2f refused for each taken", share, refused)
		}
		if got := p.pace.Stats().Limited; got != vendor.refused {
			t.Errorf("counted %d refusals, want %d", got, vendor.refused)
		}
	})
}

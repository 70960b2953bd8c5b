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
	jitter time.Duration
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
	time.Sleep(p.clock.upTo(p.jitter))
	v.Limited = !p.vendor.call(time.Now())
	time.Sleep(30*time.Millisecond + p.clock.upTo(20*time.Millisecond))
}

func TestStrictVendorGetsItsFullRateAndRefusesNothing(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		limits       ratelimit.Limits
		jitter, late time.Duration
		d            time.Duration
	}{
		{ratelimit.Limits{PerSecond: 10, Burst: 1, InFlight: 64}, 2 * ms, ms / 2, 2 * time.Minute},
		{ratelimit.Limits{PerSecond: 2, Burst: 1, InFlight: 64}, 6 * ms, ms, 2 * time.Minute},
		{ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 64}, 2 * ms, ms, time.Minute},
		{ratelimit.Limits{PerSecond: 50, Burst: 5, InFlight: 64}, 2 * ms, ms, time.Minute},
		{ratelimit.Limits{PerSecond: 200, Burst: 10, InFlight: 64}, 2 * ms, ms, 20 * time.Second},
		{ratelimit.Limits{PerSecond: 1000, Burst: 20, InFlight: 256}, 2 * ms, ms, 5 * time.Second},
		// A burst of 1 at a high rate: the jitter that is covered is small.
		{ratelimit.Limits{PerSecond: 100, Burst: 1, InFlight: 64}, ms / 8, ms / 8, time.Minute},
	} {
		t.Run(fmt.Sprintf("%v per second, burst %d", c.limits.PerSecond, c.limits.Burst), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5) {
				synctest.Test(t, func(t *testing.T) {
					clock := newBubbleClock(seed, c.late)
					vendor := newStrictVendor(c.limits)
					p := pipeline{pace: ratelimit.New(c.limits, clock, 0), clock: clock, jitter: c.jitter, vendor: vendor}
					p.run(t, c.d)
					share := float64(vendor.taken) / (c.limits.PerSecond * c.d.Seconds())
					t.Logf("used %.2f%%", 100*share)
					if vendor.refused != 0 || share < 0.97 || share > 1.02 {
						t.Errorf("seed %d: %d refused, %.2f%% of the rate used", seed, vendor.refused, 100*share)
					}
				})
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

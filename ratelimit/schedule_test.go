package ratelimit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/ratelimit"
)

// Whatever comes late, sleeps, commits or writes, a strict vendor refuses
// nothing: what it counts from is no earlier than the write.
func TestTheGapIsKeptUnderAnyLateness(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		limits := ratelimit.Limits{
			PerSecond: rapid.SampledFrom([]float64{0.5, 10, 77, 200, 1000}).Draw(r, "per second"),
			Burst:     1, InFlight: 32,
			Spacing:  time.Duration(rapid.SampledFrom([]int{0, 0, 7}).Draw(r, "spacing in ms")) * time.Millisecond,
			Headroom: rapid.SampledFrom([]float64{0, 0, 0.025}).Draw(r, "headroom"),
		}
		strict := limits
		strict.PerSecond = min(limits.PerSecond, float64(time.Second)/float64(max(limits.Spacing, 1)))
		late := time.Duration(rapid.IntRange(0, 20_000).Draw(r, "sleeps late by us")) * time.Microsecond
		// In parts of the spacing: a write that takes longer than one is a
		// connection that is stuck, and others go on.
		writes := rapid.SliceOfN(rapid.Float64Range(0, 0.9), 1, 60).Draw(r, "writes")
		seed := rapid.Uint64().Draw(r, "seed")
		synctest.Test(t, func(t *testing.T) {
			clock := newBubbleClock(seed, late)
			p := ratelimit.New(limits, clock, 0)
			vendor := newStrictVendor(strict)
			var all sync.WaitGroup
			for _, part := range writes {
				permit := mustAdmit(t, p)
				all.Go(func() {
					time.Sleep(clock.upTo(30 * time.Millisecond))
					if !starts(t.Context(), permit) {
						t.Error("a call never had its turn")
						return
					}
					write := time.Duration(part * float64(time.Second) / strict.PerSecond)
					arrives := clock.upTo(write)
					time.Sleep(arrives)
					vendor.call(time.Now())
					time.Sleep(write - arrives)
					permit.Sent()
					permit.Done(ratelimit.Verdict{})
				})
			}
			all.Wait()
			if vendor.refused > 0 {
				r.Errorf("%+v, late by %v: %d of %d refused", limits, late, vendor.refused, len(writes))
			}
		})
	})
}

// starts waits for the turn, without sending.
func starts(ctx context.Context, permit *ratelimit.Permit) bool {
	for {
		if permit.Await(ctx) != nil {
			return false
		}
		if err := permit.Start(ctx); !errors.Is(err, ratelimit.ErrNotSoon) {
			return err == nil
		}
	}
}

// Being late now and then costs no rate: the schedule catches up, though never
// by less than the vendor's spacing.
func TestTheScheduleCatchesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 1}, newBubbleClock(1, 0), 0)
		begin := time.Now()
		for n := range 600 {
			permit := mustStart(t, p)
			permit.Done(ratelimit.Verdict{})
			if n%60 == 30 && n < 500 {
				time.Sleep(115 * time.Millisecond) // 15 ms late
			}
		}
		ideal := 599 * 100 * time.Millisecond
		if took := time.Since(begin); took > ideal+ideal*61/10_000 {
			t.Errorf("600 calls took %v, the schedule has %v", took, ideal+ideal*60/10_000)
		}
	})
}

// A connection that takes no bytes holds the others up for one call's time.
func TestAStuckWriteHoldsUpOneTurn(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 1}, clock, 0)
		mustStart(t, p)
		stuck := mustAdmit(t, p)
		if err := stuck.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		mustStart(t, p)
		if wait := time.Since(begin); wait < 200*time.Millisecond || wait > 220*time.Millisecond {
			t.Errorf("the next call waited %v", wait)
		}
	})
}

// Where preparing takes long, a handshake for each call, it is begun so much
// earlier that no turn is missed.
func TestLongPreparingIsBegunEarlier(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 20, Burst: 1, InFlight: 64}, clock, 0)
		var calls sync.WaitGroup
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for {
			permit, err := p.Admit(ctx)
			if err != nil {
				break
			}
			calls.Go(func() {
				time.Sleep(200 * time.Millisecond)
				_ = send(ctx, permit) // the end of the minute
				permit.Done(ratelimit.Verdict{})
			})
		}
		calls.Wait()
		if n := p.Stats().CallsToday; n < 1150 || n > 1200 {
			t.Errorf("%d calls in a minute, want nearly 1200", n)
		}
	})
}

// A prepared request does not wait longer than about a second: its permit says
// so, and waits patiently before it is prepared anew.
func TestAHoldSendsPreparedRequestsBack(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 100, Burst: 10}, clock, 0)
		time.Sleep(time.Second)
		first, waiting := mustStart(t, p), mustAdmit(t, p)
		first.Done(limited(30 * time.Second))
		begin := time.Now()
		if err := waiting.Start(t.Context()); !errors.Is(err, ratelimit.ErrNotSoon) || time.Now() != begin {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if err := waiting.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
		if wait := time.Since(begin); wait < 29*time.Second || wait > 30*time.Second {
			t.Errorf("prepared anew after %v", wait)
		}
		if err := waiting.Start(t.Context()); err != nil || time.Since(begin) < 30*time.Second {
			t.Errorf("started after %v: %v", time.Since(begin), err)
		}
		waiting.Done(ratelimit.Verdict{})
		if err := waiting.Await(t.Context()); !errors.Is(err, ratelimit.ErrUsed) {
			t.Errorf("after its end: %v", err)
		}
		if got := p.Stats(); got.CallsToday != 2 || got.InFlight != 0 {
			t.Errorf("stats %+v", got)
		}
	})
}

// One refusal among hundreds of good answers costs a moment; what it says itself
// is obeyed all the same; the next one slows down.
func TestALoneRefusalCostsAMoment(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 200, Burst: 10}, clock, 0)
		full := p.Stats().PerSecond
		good := func(n int) {
			for range n {
				mustStart(t, p).Done(ratelimit.Verdict{})
			}
		}
		for _, c := range []struct {
			good  int
			after time.Duration
			hold  time.Duration
			share float64
		}{{200, 0, 100 * time.Millisecond, 1}, {200, 3 * time.Second, 3 * time.Second, 1}, {199, 0, time.Second, 0.5}} {
			good(c.good)
			mustStart(t, p).Done(limited(c.after))
			s := p.Stats()
			if hold := time.Until(s.HeldUntil); hold != c.hold || s.PerSecond != full*c.share {
				t.Errorf("after %d good answers: held for %v, %v a second of %v", c.good, hold, s.PerSecond, full)
			}
		}
	})
}

// The slower the pace, the longer the moment, up to a second.
func TestTheMomentIsTwoCallsLong(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		for perSecond, want := range map[float64]time.Duration{0: 100 * time.Millisecond, 10: 201200 * time.Microsecond, 0.5: time.Second} {
			p := ratelimit.New(ratelimit.Limits{PerSecond: perSecond, Burst: 1}, clock, 0)
			for range 200 {
				mustStart(t, p).Done(ratelimit.Verdict{})
			}
			mustStart(t, p).Done(limited(0))
			if hold := time.Until(p.Stats().HeldUntil); (hold - want).Abs() > time.Microsecond {
				t.Errorf("%v a second: held for %v, want %v", perSecond, hold, want)
			}
		}
	})
}

package ratelimit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"vehiclebatch/ratelimit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustAdmit(t *testing.T, p *ratelimit.Pace) *ratelimit.Permit {
	t.Helper()
	permit, err := p.Admit(t.Context())
	for errors.Is(err, ratelimit.ErrNotSoon) { // as the caller does
		time.Sleep(time.Until(p.Stats().HeldUntil))
		permit, err = p.Admit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return permit
}

func mustStart(t *testing.T, p *ratelimit.Pace) *ratelimit.Permit {
	t.Helper()
	permit := mustAdmit(t, p)
	if err := send(t.Context(), permit); err != nil {
		t.Fatal(err)
	}
	return permit
}

// send waits for a permit's turn and sends at once.
func send(ctx context.Context, permit *ratelimit.Permit) error {
	for {
		if err := permit.Await(ctx); err != nil {
			return err
		}
		err := permit.Start(ctx)
		if errors.Is(err, ratelimit.ErrNotSoon) {
			continue
		}
		permit.Sent()
		return err
	}
}

// tryAdmit admits when that needs no waiting.
func tryAdmit(p *ratelimit.Pace) *ratelimit.Permit {
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	permit, _ := p.Admit(ctx)
	return permit
}

func limited(after time.Duration) ratelimit.Verdict {
	return ratelimit.Verdict{Limited: true, RetryAfter: after}
}

func inBubble(t *testing.T, f func(t *testing.T, clock *bubbleClock)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { f(t, newBubbleClock(1, 0)) })
}

func TestPlacesInFlightAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{InFlight: 2}, clock, 0)
		first, second := mustAdmit(t, p), mustStart(t, p)
		if tryAdmit(p) != nil {
			t.Fatal("a third call was admitted")
		}
		second.Done(ratelimit.Verdict{})
		second.Done(ratelimit.Verdict{})
		mustAdmit(t, p)
		if tryAdmit(p) != nil {
			t.Fatal("Done gave its place back twice")
		}
		first.Done(ratelimit.Verdict{})
		if got := p.Stats(); got.InFlight != 1 || got.CallsToday != 1 {
			t.Errorf("stats %+v, want one in flight, one call: the others never started", got)
		}
	})
}

func TestFewPreparedCallsWaitForTheirTurn(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		for _, c := range []struct {
			perSecond float64
			burst     int
			rested    int // prepared at most, when the bucket is full
			steady    int // when it is empty
		}{{1, 1, 1, 1}, {10, 1, 1, 1}, {100, 1, 2, 2}, {1000, 1, 20, 19}, {10, 5, 5, 1}} {
			p := ratelimit.New(ratelimit.Limits{PerSecond: c.perSecond, Burst: c.burst}, clock, 0)
			time.Sleep(time.Minute)
			if got := countAdmitted(p); got != c.rested {
				t.Errorf("%+v: %d prepared when rested", c, got)
			}
			p = ratelimit.New(ratelimit.Limits{PerSecond: c.perSecond, Burst: c.burst}, clock, 0)
			mustStart(t, p)
			spacing := time.Duration(float64(time.Second) / c.perSecond)
			time.Sleep(max(spacing*9/10, spacing-20*time.Millisecond))
			if got := countAdmitted(p); got != c.steady && got != c.steady+1 {
				t.Errorf("%+v: %d prepared in a steady flow", c, got)
			}
		}
	})
}

func countAdmitted(p *ratelimit.Pace) int {
	n := 0
	for tryAdmit(p) != nil {
		n++
	}
	return n
}

func TestStartSpacesCallsAfterASlowCommit(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 1}, clock, 0)
		var last time.Time
		for range 20 {
			permit := mustAdmit(t, p)
			time.Sleep(15 * time.Millisecond)
			if err := send(t.Context(), permit); err != nil {
				t.Fatal(err)
			}
			if gap := time.Since(last); gap < 100*time.Millisecond || !last.IsZero() && gap > 101*time.Millisecond {
				t.Fatalf("%v between two calls", gap)
			}
			last = time.Now()
			permit.Done(ratelimit.Verdict{})
		}
	})
}

func TestCancellationIsPromptAndGivesBack(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 0.001, Burst: 1, InFlight: 2}, clock, 0)
		mustStart(t, p)
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Admit(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Admit: %v", err)
		}
		time.Sleep(1006*time.Second - time.Second - 30*time.Millisecond)
		permit := mustAdmit(t, p)
		canceled, cancel2 := context.WithCancel(t.Context())
		cancel2()
		if err := permit.Start(canceled); !errors.Is(err, context.Canceled) {
			t.Errorf("Start: %v", err)
		}
		permit.Done(ratelimit.Verdict{Limited: true})
		if err := permit.Start(t.Context()); !errors.Is(err, ratelimit.ErrUsed) {
			t.Errorf("Start after Done: %v", err)
		}
		if got := p.Stats(); got.CallsToday != 1 || got.InFlight != 1 || got.Limited != 0 {
			t.Errorf("stats %+v", got)
		}
		if d := time.Since(begin); d > 1020*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func TestDayCap(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		// The bubble begins at 2000-01-01 00:00 UTC, 08:00 in China.
		p := ratelimit.New(ratelimit.Limits{PerDay: 5}, clock, 2)
		mustStart(t, p)
		mustStart(t, p)
		last := mustAdmit(t, p)
		if tryAdmit(p) != nil {
			t.Fatal("admitted a call that the day has no room for")
		}
		last.Done(ratelimit.Verdict{})
		mustStart(t, p)
		_, err := p.Admit(t.Context())
		var full *ratelimit.DayCapError
		midnight := time.Date(2000, 1, 1, 16, 0, 0, 0, time.UTC)
		if !errors.As(err, &full) || !errors.Is(err, ratelimit.ErrDayCap) || !full.Reopens.Equal(midnight) {
			t.Fatalf("%v", err)
		}
		if want := "the day's calls are used up: 5 of 5; calls go on at 2000-01-02T00:00:00+08:00"; err.Error() != want {
			t.Errorf("error %q", err)
		}
		time.Sleep(time.Until(full.Reopens))
		mustStart(t, p)
		if got := p.Stats().CallsToday; got != 1 {
			t.Errorf("%d calls on the new day", got)
		}
	})
}

func TestRefusalHalvesHoldsAndRecovers(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 100, Burst: 50}, clock, 0)
		full := p.Stats().PerSecond
		time.Sleep(time.Minute)
		begin := time.Now()
		a, b, c := mustStart(t, p), mustStart(t, p), mustStart(t, p)
		prepared := mustAdmit(t, p)
		a.Done(limited(7 * time.Second))
		b.Done(limited(5 * time.Second))
		c.Done(ratelimit.Verdict{}) // started before: tells nothing new
		want := ratelimit.Stats{CallsToday: 3, InFlight: 1, PerSecond: full / 2, HeldUntil: begin.Add(7 * time.Second), Limited: 2}
		if got := p.Stats(); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
		if err := send(t.Context(), prepared); err != nil || time.Since(begin) < 7*time.Second {
			t.Errorf("a prepared call started after %v: %v", time.Since(begin), err)
		}
		prepared.Done(ratelimit.Verdict{})
		for p.Stats().PerSecond < full {
			mustStart(t, p).Done(ratelimit.Verdict{})
		}
		if d := time.Since(begin); d < 14*time.Second || d > 16*time.Second {
			t.Errorf("back at full speed after %v, want about 7 s + 8 s", d)
		}
	})
}

func TestHoldsDoubleWithoutRetryAfter(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{PerSecond: 1000, Burst: 2}, clock, 0)
		full := p.Stats().PerSecond
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			permit := mustStart(t, p)
			permit.Done(limited(0))
			got := p.Stats()
			if d := time.Until(got.HeldUntil); d != want*time.Second {
				t.Errorf("refusal %d holds for %v, want %d s", i+1, d, want)
			}
			if share := full / float64(min(16, int(2)<<i)); got.PerSecond != share {
				t.Errorf("refusal %d: %v per second, want %v", i+1, got.PerSecond, share)
			}
		}
		mustStart(t, p).Done(ratelimit.Verdict{})
		mustStart(t, p).Done(limited(0))
		if d := time.Until(p.Stats().HeldUntil); d != time.Second {
			t.Errorf("after a success the hold is %v", d)
		}
		mustStart(t, p).Done(limited(1000 * time.Hour))
		if d := time.Until(p.Stats().HeldUntil); d != time.Hour {
			t.Errorf("a thousand hours hold for %v", d)
		}
	})
}

func TestWithoutARateTheCallsInFlightAreHalved(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		p := ratelimit.New(ratelimit.Limits{InFlight: 32}, clock, 0)
		mustStart(t, p).Done(limited(time.Second))
		time.Sleep(time.Second)
		if got := countAdmitted(p); got != 16 {
			t.Errorf("%d in flight after a refusal, want 16", got)
		}
	})
}

func TestUnlimitedNeverSleeps(t *testing.T) {
	inBubble(t, func(t *testing.T, clock *bubbleClock) {
		begin := time.Now()
		p := ratelimit.New(ratelimit.Limits{}, clock, 0)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for range 100 {
					mustStart(t, p).Done(ratelimit.Verdict{})
				}
			})
		}
		all.Wait()
		if got := p.Stats(); got.CallsToday != 5000 || got.InFlight != 0 || got.PerSecond != 0 || time.Now() != begin {
			t.Errorf("stats %+v after %v", got, time.Since(begin))
		}
	})
}

// Whatever is asked of it, a pace never sends more than a bucket of its limits
// allows, loses no place and serves everyone.
func TestPaceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		limits := ratelimit.Limits{
			PerSecond: rapid.SampledFrom([]float64{0, 0.5, 3, 10, 77, 400}).Draw(r, "per second"),
			Burst:     rapid.IntRange(0, 12).Draw(r, "burst"),
			InFlight:  rapid.IntRange(0, 5).Draw(r, "in flight"),
		}
		commits := rapid.SliceOfN(rapid.IntRange(0, 30), 1, 40).Draw(r, "commits in ms")
		synctest.Test(t, func(t *testing.T) { checkPace(t, r, limits, commits) })
	})
}

func checkPace(t *testing.T, r *rapid.T, limits ratelimit.Limits, commits []int) {
	p := ratelimit.New(limits, newBubbleClock(3, 2*time.Millisecond), 0)
	strict := limits
	strict.Burst = max(1, limits.Burst)
	vendor := newStrictVendor(strict)
	var all sync.WaitGroup
	for i, commit := range commits {
		all.Go(func() {
			permit := mustAdmit(t, p)
			time.Sleep(time.Duration(commit) * time.Millisecond)
			started := i%7 != 3 && send(t.Context(), permit) == nil
			if started && limits.PerSecond > 0 {
				vendor.call(time.Now())
			}
			if n := p.Stats().InFlight; limits.InFlight > 0 && n > limits.InFlight {
				t.Errorf("%d in flight", n)
			}
			permit.Done(ratelimit.Verdict{Limited: i%11 == 5 && started})
		})
	}
	all.Wait()
	if got := p.Stats(); got.InFlight != 0 || vendor.refused != 0 {
		r.Errorf("%+v: %+v, %d refused", limits, got, vendor.refused)
	}
}

func BenchmarkUnlimited(b *testing.B) {
	p := ratelimit.New(ratelimit.Limits{InFlight: 64}, newBubbleClock(1, 0), 0)
	for b.Loop() {
		permit, err := p.Admit(b.Context())
		if err != nil || permit.Start(b.Context()) != nil {
			b.Fatal("a call was stopped")
		}
		permit.Done(ratelimit.Verdict{})
	}
}

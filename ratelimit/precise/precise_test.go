package precise

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// A sleep never ends early, whatever alarm it has, and is used again.
func TestSleepIsNeverShort(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Sleeper{"the system's alarm": {}, "Go's timer": {free: []alarm{goTimer{}}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer s.Close()
			for _, d := range []time.Duration{-time.Second, 0, time.Microsecond, 100 * time.Microsecond, 3 * time.Millisecond, 3 * time.Millisecond} {
				begin := time.Now()
				if err := s.Sleep(t.Context(), d); err != nil || time.Since(begin) < d {
					t.Errorf("%v took %v: %v", d, time.Since(begin), err)
				}
			}
			if len(s.free) != 1 {
				t.Errorf("%d alarms for one sleeper", len(s.free))
			}
		})
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Sleeper{"the system's alarm": {}, "Go's timer": {free: []alarm{goTimer{}}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer s.Close()
			begin := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if err := s.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Minute {
				t.Errorf("an hour ended after %v: %v", time.Since(begin), err)
			}
			ended, end := context.WithCancel(t.Context())
			end()
			if err := s.Sleep(ended, time.Hour); !errors.Is(err, context.Canceled) {
				t.Errorf("an hour that nobody wants: %v", err)
			}
			if err := s.Sleep(t.Context(), 2*time.Millisecond); err != nil {
				t.Errorf("after them: %v", err)
			}
		})
	}
}

func TestManySleepAtOnce(t *testing.T) {
	t.Parallel()
	var s Sleeper
	defer s.Close()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			d := time.Duration(i) * 200 * time.Microsecond
			if begin := time.Now(); s.Sleep(t.Context(), d) != nil || time.Since(begin) < d {
				t.Errorf("%v took %v", d, time.Since(begin))
			}
		})
	}
	all.Wait()
}

func BenchmarkSleep(b *testing.B) {
	var s Sleeper
	defer s.Close()
	const d = 2 * time.Millisecond
	var late time.Duration
	for b.Loop() {
		begin := time.Now()
		_ = s.Sleep(b.Context(), d)
		late += time.Since(begin) - d
	}
	b.ReportMetric(float64(late.Nanoseconds())/float64(b.N), "ns-late/op")
}

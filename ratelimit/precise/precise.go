// Package precise waits to within microseconds where the operating system lets
// it: the timers of Go's runtime end half a millisecond late, which a vendor that
// counts strictly never gives back.
//
// It waits for an alarm of the system until shortly before the moment, and
// spins for the rest.
package precise

import (
	"context"
	"sync"
	"time"
)

// Sleeper waits. The zero Sleeper is ready for use. It is safe for concurrent use.
type Sleeper struct {
	mu   sync.Mutex
	free []alarm // that wait for nothing at present
}

// alarm waits for most of a time. One goroutine at a time uses it.
type alarm interface {
	// wait returns after d, or when ctx ends, and tells whether the alarm can
	// be used again.
	wait(ctx context.Context, d time.Duration) bool
	// early is how long before the moment the alarm has to be set.
	early() time.Duration
	close()
}

// Sleep returns nil after d, or ctx.Err() as soon as ctx is cancelled.
func (s *Sleeper) Sleep(ctx context.Context, d time.Duration) error {
	end := time.Now().Add(d)
	a := s.take()
	again := true
	if left := d - a.early(); left > 0 {
		again = a.wait(ctx, left)
	}
	s.giveBack(a, again)
	for time.Now().Before(end) && ctx.Err() == nil {
		continue // the rest of a thousandth of a second
	}
	return ctx.Err()
}

func (s *Sleeper) take() alarm {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return newAlarm()
	}
	a := s.free[n-1]
	s.free = s.free[:n-1]
	return a
}

func (s *Sleeper) giveBack(a alarm, again bool) {
	if !again {
		a.close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, a)
}

// Close lets the system's alarms go. Nobody may wait at that time.
func (s *Sleeper) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.free {
		a.close()
	}
	s.free = nil
}

// goTimer is the alarm of Go's runtime, for systems without a better one.
type goTimer struct{}

// early is more than the millisecond in which the runtime counts.
func (goTimer) early() time.Duration { return 1200 * time.Microsecond }

func (goTimer) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	return true
}

func (goTimer) close() {}

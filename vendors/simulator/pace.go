package simulator

import (
	"sync"
	"time"
)

// Pace is how fast a vendor lets itself be called. The zero Pace is no limit.
type Pace struct {
	PerSecond float64
	Burst     int // calls that may come at once after a rest; below 1 is 1
}

// bucket is a strict token bucket, kept as the moment at which it is full
// again ("theoretical arrival time"): no call is ever let through early, and a
// refused call takes nothing.
type bucket struct {
	mu       sync.Mutex
	interval time.Duration // one token
	slack    time.Duration // Burst-1 tokens
	full     time.Time
}

// newBucket returns nil, which admits everything, for a Pace without limit.
func newBucket(p Pace) *bucket {
	if p.PerSecond <= 0 {
		return nil
	}
	interval := time.Duration(float64(time.Second) / p.PerSecond)
	return &bucket{interval: interval, slack: time.Duration(max(p.Burst, 1)-1) * interval}
}

// take admits a call at now, or says how long to wait for the next token.
func (b *bucket) take(now time.Time) (wait time.Duration, ok bool) {
	if b == nil {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait = b.full.Add(-b.slack).Sub(now); wait > 0 && !b.full.IsZero() {
		return wait, false
	}
	if b.full.Before(now) {
		b.full = now
	}
	b.full = b.full.Add(b.interval)
	return 0, true
}

// retryAfter is the value of the header: whole seconds, rounded up, at least 1.
func retryAfter(wait time.Duration) int64 {
	return max(1, int64((wait+time.Second-1)/time.Second))
}

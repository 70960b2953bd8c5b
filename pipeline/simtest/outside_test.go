package simtest

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
	"unsafe"
)

// weather is what goes wrong between the program and the vendors, beside what
// the vendors do themselves. The zero weather is fair.
type weather struct {
	mu       sync.Mutex
	rng      *rand.Rand
	refuse   float64 // share of connections that do not open
	mislabel float64 // share of answers with another Content-Type, or with status 500
	troubles []*trouble
	gone     func(ticket string) bool // tickets that get a 404
}

func (w *weather) set(rng *rand.Rand, refuse, mislabel float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rng, w.refuse, w.mislabel = rng, refuse, mislabel
}

// refuses tells whether the next connection does not open.
func (w *weather) refuses() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refuse > 0 && w.rng.Float64() < w.refuse
}

// luck is what becomes of the next answer's head: 0 leaves it.
func (w *weather) luck() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mislabel > 0 && w.rng.Float64() < w.mislabel {
		return 1 + w.rng.IntN(3)
	}
	return 0
}

// mislabelled serves h and says something else about some of its answers.
func (w *weather) mislabelled(h http.Handler) http.Handler {
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		if luck := w.luck(); luck > 0 {
			to = &relabel{ResponseWriter: to, luck: luck}
		}
		h.ServeHTTP(to, r)
	})
}

type relabel struct {
	http.ResponseWriter
	luck int
}

// WriteHeader is part of http.ResponseWriter.
func (r *relabel) WriteHeader(status int) {
	switch r.luck {
	case 1:
		r.Header().Set("Content-Type", "image/png")
	case 2:
		r.Header().Del("Content-Type")
	default: // the vendor's own word in the body counts
		if status == http.StatusOK {
			status = http.StatusInternalServerError
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find the connection.
func (r *relabel) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// clock is the bubble's clock as a machine shows it: off is how far its wall
// clock is wrong. tick, if any, is told of every look at it.
type clock struct {
	off  func() time.Duration
	tick func()
}

func (c clock) Now() time.Time {
	if c.tick != nil {
		c.tick()
	}
	return shifted(time.Now(), c.off())
}

// shifted is a moment as the program reads it when its wall clock is wrong by
// d: time.Now gives both clocks, and setting the time moves one of them. No
// function of package time makes such a moment, and in a bubble there is no
// monotonic clock at all, so its two words are written here: a flag, 33 bits of
// seconds since 1885 and 30 of nanoseconds; then the monotonic nanoseconds.
func shifted(t time.Time, d time.Duration) time.Time {
	const unixFrom1885 = 2_682_288_000
	moved := t.Add(d)
	words := (*[2]uint64)(unsafe.Pointer(&moved))
	*words = [2]uint64{1<<63 | uint64(moved.Unix()+unixFrom1885)<<30 | uint64(moved.Nanosecond()), uint64(t.UnixNano())}
	return moved
}

func (c clock) Sleep(ctx context.Context, d time.Duration) error {
	timer, stop := c.Timer(d)
	defer stop()
	select {
	case <-timer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (clock) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

package simtest

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vehiclebatch/pipeline/policy"
)

var (
	seeds    = flag.Int64("seeds", 5, "how many seeds TestRandom tries")
	from     = flag.Int64("from", 1, "the first seed that TestRandom tries")
	oneSeed  = flag.Int64("seed", -1, "the one seed that TestRandom tries")
	sweepNth = flag.Int("sweep", 200, "of the moments of each kind at which TestKillAtEveryMoment kills, one in so many")
	whole    = flag.Bool("whole", false, "try every seed and case of the tests that have a fixed number, not a few")
)

// TestRandom lets vendors break in every way and processes stop and die at any
// moment, until everything is settled. The promises hold whatever comes.
func TestRandom(t *testing.T) {
	t.Parallel()
	fair := &fairRuns{}
	if *oneSeed >= 0 {
		randomly(t, fair, uint64(*oneSeed))
		return
	}
	s := newSearch(*from, *seeds)
	for worker := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprintf("worker %d", worker), func(t *testing.T) {
			t.Parallel()
			for seed, ok := s.next(); ok; seed, ok = s.next() {
				s.done(seed, t.Run(fmt.Sprint(seed), func(t *testing.T) {
					defer func() {
						if t.Failed() {
							t.Logf("again: go test ./pipeline/simtest -run TestRandom -args -seed=%d", seed)
						}
					}()
					randomly(t, fair, uint64(seed))
				}))
			}
		})
	}
}

// Seeds that found a bug of the program, and what it was.
func TestSeedsThatFoundBugs(t *testing.T) {
	t.Parallel()
	for seed, bug := range map[uint64]string{
		1:      "a run's folder was not synced in the folder of the runs: a power cut took its outputs with it",
		303309: "an answer that an earlier run has paid cannot be read: retry took it over again, for ever",
		301125: "a clock set back while it worked: it named a moment at which no ticket was due",
	} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			onlyWhole(t, seed == 303309) // the dearest of them
			t.Log(bug)
			randomly(t, &fairRuns{}, seed)
		})
	}
}

// onlyWhole leaves out a case that a quick test does not try, because another is much like it.
func onlyWhole(t *testing.T, rest bool) {
	t.Helper()
	if rest && !*whole {
		t.Skip("one of the cases of -whole")
	}
}

// few is how many of all a quick test tries.
func few(n, all int) int {
	if *whole {
		return all
	}
	return n
}

// search hands out seeds and says how far it is.
type search struct {
	given         atomic.Int64
	first, count  int64
	tried, failed atomic.Int64

	mu    sync.Mutex
	to    io.Writer // nil: nobody wants to know
	began time.Time
	said  time.Time
}

// manySeeds is from when on progress is shown.
const manySeeds = 5000

func newSearch(first, count int64) *search {
	s := &search{first: first, count: count, began: time.Now(), said: time.Now()}
	if count >= manySeeds {
		// `go test` keeps what a test prints until it ends.
		s.to = os.Stderr
		if tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0); err == nil {
			s.to = tty
		}
	}
	return s
}

func (s *search) next() (seed int64, ok bool) {
	n := s.given.Add(1) - 1
	return s.first + n, n < s.count
}

func (s *search) done(seed int64, ok bool) {
	tried := s.tried.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok {
		s.failed.Add(1)
		if s.to != nil {
			fmt.Fprintf(s.to, "seed %d failed\n", seed)
		}
	}
	if now := time.Now(); s.to != nil && (now.Sub(s.said) > 10*time.Second || tried == s.count) {
		s.said = now
		took := now.Sub(s.began)
		left := time.Duration(float64(took) / float64(tried) * float64(s.count-tried))
		fmt.Fprintf(s.to, "%d of %d seeds from %d on, %d failed, %.1f a second, %s left\n",
			tried, s.count, s.first, s.failed.Load(), float64(tried)/took.Seconds(), left.Round(time.Second))
	}
}

// fairRuns are undisturbed runs, which random ones are held against. What a
// vehicle's answers are depends on the vendors' seed and the vehicle alone, so
// one run serves every fleet that begins alike.
type fairRuns struct {
	once [vendorSeeds]sync.Once
	out  [vendorSeeds]*outputs
}

const (
	vendorSeeds = 16
	mostCars    = 24
)

func (f *fairRuns) of(t *testing.T, seed uint64) *outputs {
	f.once[seed].Do(func() {
		inWorld(t, morning, mostCars, slowly(seed), func(w *world) { f.out[seed] = w.finishWell(fate{}).out })
	})
	return f.out[seed]
}

const (
	// After so many lives the weather clears, so that every seed comes to an end.
	stormyLives = 7
	mostLives   = 30
)

func randomly(t *testing.T, fair *fairRuns, seed uint64) {
	t.Helper()
	undisturbed := fair.of(t, seed%vendorSeeds)
	rng := rand.New(rand.NewPCG(seed, 7))
	cars := 1 + rng.IntN(5)
	if rng.IntN(50) == 0 {
		cars = mostCars
	}
	o := slowly(seed % vendorSeeds)
	o.Desk.Share, o.Desk.Closed = rng.Float64()/2, "18:30-09:00"
	start := morning.Add(time.Duration(rng.Int64N(int64(24 * time.Hour))))
	inWorld(t, start, cars, o, func(w *world) {
		defer func() { t.Logf("%v", w.ends) }()
		w.more = rand.New(rand.NewPCG(seed, 9))
		w.oddRows(rng)
		w.randomTerms(rng)
		if seed%4 == 3 {
			w.terms.mode = policy.RouteAll
		}
		out := w.untilSettled(rng, w.live(w.randomFate(rng)))
		w.checkTruth(out.out)
		w.checkAgainst(undisturbed, out.out)
		if more := rand.New(rand.NewPCG(seed, 8)); more.IntN(3) == 0 {
			out = w.correct(more, out)
			w.checkAgainst(undisturbed, out.out)
		}
		w.retryAll(out, undisturbed)
		if rng.IntN(4) == 0 {
			w.otherMode(seed)
			w.askAgain(undisturbed)
		}
	})
}

// untilSettled lets life after life work until nothing is left.
func (w *world) untilSettled(rng *rand.Rand, out life) life {
	w.t.Helper()
	for lives := 1; out.killed || out.ending.Open > 0; lives++ {
		if lives == mostLives {
			w.t.Fatalf("not settled after %d lives: %+v", lives, out.ending)
		}
		w.between(rng, out, lives)
		f := fate{formats: randomFormats(rng)}
		if lives < stormyLives {
			f = w.randomFate(rng)
		}
		out = w.live(f)
	}
	return out
}

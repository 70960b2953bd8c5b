package simtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

var (
	seeds   = flag.Int("seeds", 60, "how many seeds TestRandom tries")
	oneSeed = flag.Int64("seed", -1, "the one seed that TestRandom tries")
)

// TestRandom lets vendors break in every way and processes stop and die at any
// moment, until everything is settled. The promises hold whatever comes.
func TestRandom(t *testing.T) {
	t.Parallel()
	first, last := int64(1), int64(*seeds)
	if *oneSeed >= 0 {
		first, last = *oneSeed, *oneSeed
	}
	for seed := first; seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomly(t, uint64(seed))
			if t.Failed() {
				t.Logf("again: go test ./pipeline/simtest -run TestRandom -seed=%d", seed)
			}
		})
	}
}

const (
	randomCars = 8
	// After so many lives the weather clears, so that every seed comes to an end.
	stormyLives = 8
	mostLives   = 30
)

func randomly(t *testing.T, seed uint64) {
	var undisturbed *outputs
	inWorld(t, morning, randomCars, slowly(seed), func(w *world) { undisturbed = w.finishWell(fate{}).out })
	rng := rand.New(rand.NewPCG(seed, 7))
	o := slowly(seed)
	o.Desk = simulator.Desk{Share: rng.Float64() / 2, Closed: "18:30-09:00"}
	start := morning.Add(time.Duration(rng.Int64N(int64(24 * time.Hour))))
	inWorld(t, start, randomCars, o, func(w *world) {
		w.randomTerms(rng)
		out := w.live(w.randomFate(rng))
		for lives := 1; out.killed || out.ending.Open > 0; lives++ {
			if lives == mostLives {
				t.Fatalf("not settled after %d lives: %+v", lives, out.ending)
			}
			w.between(rng, out, lives)
			f := fate{}
			if lives < stormyLives {
				f = w.randomFate(rng)
			}
			out = w.live(f)
		}
		t.Logf("%v", w.ends)
		w.checkTruth(out.out)
		w.checkAgainst(undisturbed, out.out)
		w.retryAll(out, undisturbed)
	})
}

// retryAll buys again what failed or is in doubt: nothing is left then.
func (w *world) retryAll(out life, undisturbed *outputs) {
	w.sim.SetFaults(simulator.Faults{})
	w.terms.maxSpend, w.terms.wait, w.terms.poll.Closed = record.Opt[record.Fen]{}, record.Opt[time.Duration]{}, ratelimit.Hours{}
	failures := len(out.out.failures)
	again := w.live(fate{retry: true})
	if again.ending.Open > 0 || len(again.out.failures) > 0 {
		w.t.Errorf("retried %d, ended with %+v: %+v", failures, again.ending, again.out.failures)
	}
	w.checkTruth(again.out)
	w.checkAgainst(undisturbed, again.out)
}

func (w *world) randomTerms(rng *rand.Rand) {
	w.sim.SetFaults(randomFaults(rng))
	w.terms.resubmitBelow = []record.Fen{0, 100, 600}[rng.IntN(3)]
	w.terms.limits = ratelimit.Limits{PerSecond: []float64{0, 2, 20}[rng.IntN(3)], Burst: 1 + rng.IntN(5), InFlight: 1 + rng.IntN(8)}
	if rng.IntN(2) == 0 {
		w.terms.maxSpend = record.Some(record.Fen(rng.IntN(30_000)))
	}
	switch rng.IntN(3) {
	case 0:
		w.terms.wait = record.Some(time.Duration(rng.Int64N(int64(time.Hour))))
	case 1:
		w.terms.poll.Closed, _ = ratelimit.ParseHours("18:30-09:00") // the text is right
	}
}

func randomFaults(rng *rand.Rand) simulator.Faults {
	f := simulator.Faults{Rates: map[simulator.Fault]float64{}, Delay: time.Duration(1+rng.IntN(20)) * time.Second,
		RetryAfter: time.Duration(rng.IntN(30)) * time.Second, Balance: map[string]int64{}}
	all := simulator.AllFaults()
	share := rng.Float64() * 0.5
	for range 1 + rng.IntN(6) {
		f.Rates[all[rng.IntN(len(all))]] += share / 6
	}
	if rng.IntN(3) == 0 {
		f.Balance[simulator.WAPI] = rng.Int64N(20_000)
	}
	if rng.IntN(4) == 0 {
		f.Balance[simulator.Tencent] = rng.Int64N(15_000)
	}
	return f
}

func (w *world) randomFate(rng *rand.Rand) fate {
	f := fate{}
	if w.terms.maxSpend.OK {
		f.seen = w.within(w.terms.maxSpend.V)
	}
	switch rng.IntN(7) {
	case 0:
		f.stopAfter = time.Duration(rng.Int64N(int64(10 * time.Second)))
	case 1:
		f.stopAfter = time.Duration(rng.Int64N(int64(10 * time.Minute)))
	case 2:
		f.death = death{at: callLeaves, nth: 1 + rng.IntN(60)}
	case 3:
		f.death = death{at: callReturned, nth: 1 + rng.IntN(60)}
	case 4:
		f.death = death{at: answerRead, nth: 1 + rng.IntN(60)}
	case 5:
		f.death = death{at: clockTick, nth: 1 + rng.IntN(1500)}
	}
	return f
}

// between is what the user does between two lives: what the last one's end asks
// for, and after many lives everything.
func (w *world) between(rng *rand.Rand, out life, lives int) {
	if lives == stormyLives {
		w.sim.SetFaults(simulator.Faults{})
		w.terms.maxSpend, w.terms.wait = record.Opt[record.Fen]{}, record.Opt[time.Duration]{}
	}
	if out.killed {
		return
	}
	switch out.ending.Reason {
	case pipeline.OutOfBudget:
		w.terms.maxSpend.V += record.Fen(rng.IntN(30_000))
	case pipeline.Halted:
		w.sim.TopUp(simulator.WAPI, rng.Int64N(20_000), 0)
		w.sim.TopUp(simulator.Tencent, rng.Int64N(20_000), 0)
		time.Sleep(time.Duration(rng.Int64N(int64(time.Hour))))
	case pipeline.Parked:
		time.Sleep(time.Until(out.ending.NextAt.V))
	}
}

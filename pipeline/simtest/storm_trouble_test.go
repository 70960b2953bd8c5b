package simtest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// Trouble that a seed makes happen beside all else, and that passes by itself. It is
// drawn apart from the rest, so that a seed keeps its other weather.

// randomTroubles are those of one life: of most none.
func (w *world) randomTroubles() []happening {
	if w.more == nil || w.more.IntN(3) > 0 {
		return nil
	}
	var out []happening
	for range 1 + w.more.IntN(2) {
		out = append(out, w.randomTrouble(w.more, 5*time.Minute, 40*time.Minute)...)
	}
	return out
}

// randomTrouble begins within a while and lasts for a span at most.
func (w *world) randomTrouble(rng *rand.Rand, within, most time.Duration) []happening {
	from, span := short(rng, within), short(rng, most)
	t := &trouble{vendor: []string{"", simulator.WAPI, simulator.Tencent}[rng.IntN(3)], share: 1, rng: rand.New(rand.NewPCG(rng.Uint64(), 2))}
	switch rng.IntN(6) {
	case 0: // the wire is down for 0.1 to 60 s
		return w.blip(from, 100*time.Millisecond+short(rng, time.Minute))
	case 1:
		t.share, t.kinds = 0.1+0.4*rng.Float64(), brownOut()
	case 2:
		t.kinds = []breakage{deadUpstream}
	case 3:
		t.perSecond, t.kinds = 1+rng.IntN(20), limited()[rng.IntN(3):][:1]
		if w.terms.notTaken == nil && t.kinds[0] == limit403 { // which would be taken for trouble with the account
			t.kinds = []breakage{limit503}
		}
	case 4:
		return []happening{{from, w.loseTickets(rng.Uint32(), rng.Uint32()/4)}}
	default: // where an account has an end
		return []happening{{from, func() { w.sim.TopUp(simulator.WAPI, -1<<40, -1<<40) }}, {from + span, func() { w.sim.TopUp(simulator.WAPI, 1<<40, 1<<40) }}}
	}
	return w.during(from, span, t)
}

// short is a time up to a bound, of which every second one is sixty times as short.
func short(rng *rand.Rand, most time.Duration) time.Duration {
	d := time.Duration(rng.Int64N(int64(most)))
	if rng.IntN(2) == 0 {
		d /= 60
	}
	return d
}

// loseTickets makes a share of all tickets unknown until the weather is fair. A
// ticket that there never was gets its usual answer.
func (w *world) loseTickets(salt, below uint32) func() {
	return func() {
		w.weather.lose(func(ticket string) bool {
			h := fnv.New32a()
			_, _ = fmt.Fprint(h, salt, ticket) // a hash takes everything
			return h.Sum32() < below && (w.isTicketOf(simulator.WAPI, ticket) || w.isTicketOf(simulator.Tencent, ticket))
		})
	}
}

// Whatever troubles come, when all of them pass within the two hours in which a
// vendor is waited for, the run ends complete without help.
func TestTroublesThatPass(t *testing.T) {
	t.Parallel()
	seeds := uint64(*seeds * 3 / 10)
	for seed := uint64(*from); seed < uint64(*from)+seeds; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 9))
			inWorld(t, morning, 10+rng.IntN(60), slowly(seed), func(w *world) {
				w.terms.limits.InFlight = 1 + rng.IntN(64)
				if rng.IntN(2) == 0 {
					w.terms.notTaken = limiters()
				}
				var f fate
				for range 1 + rng.IntN(4) {
					f.happens = append(f.happens, w.randomTrouble(rng, 5*time.Minute, 50*time.Minute)...)
				}
				out := w.finish(f)
				t.Logf("%d cars took %s, lost %d orders: %d in doubt, %d failed", len(w.cars), out.took, w.lost, out.out.count(record.InDoubt), out.out.count(record.Failed))
				if out.took > 4*time.Hour {
					t.Errorf("took %s", out.took)
				}
				for _, r := range out.out.failures {
					if r.Class != record.DoubtfulOrder && r.Class != record.BadResponse {
						t.Errorf("failed as %+v", r)
					}
				}
			})
		})
	}
}

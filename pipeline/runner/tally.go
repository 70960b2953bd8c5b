package runner

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Statuses counts lookups by dataset and status.
type Statuses map[record.Dataset]map[record.Status]int64

// tally keeps a run's counts while the runner works. Safe for concurrent use.
type tally struct {
	mu     sync.Mutex
	counts Statuses
}

func newTally(counts []ledger.Count) *tally {
	t := &tally{}
	t.reset(counts)
	return t
}

func (t *tally) reset(counts []ledger.Count) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = SumStatuses(counts)
}

// SumStatuses adds up counts by dataset and status.
func SumStatuses(counts []ledger.Count) Statuses {
	out := Statuses{}
	for _, c := range counts {
		if out[c.Dataset] == nil {
			out[c.Dataset] = map[record.Status]int64{}
		}
		out[c.Dataset][c.State.Status()] += c.N
	}
	return out
}

func (t *tally) move(d record.Dataset, from, to record.Status) {
	if from == to {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[d][from]--
	t.counts[d][to]++
}

func (t *tally) open() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var n int64
	for _, byStatus := range t.counts {
		n += byStatus[record.Pending]
	}
	return n
}

func (t *tally) snapshot() Statuses {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Statuses{}
	for d, byStatus := range t.counts {
		out[d] = maps.Clone(byStatus)
	}
	return out
}

// Snapshot is where a runner stands, for a display.
type Snapshot struct {
	Lookups Statuses
	Money   ledger.Totals
	NextAt  record.Opt[time.Time]
	Vendors []VendorSnapshot
}

// VendorSnapshot is where the work at one vendor stands.
type VendorSnapshot struct {
	Name      string
	InFlight  int
	PerSecond float64        // the pace in force; 0 is no limit
	Halts     []ledger.Halt  // why it takes no calls, or no orders
	Pauses    []ledger.Pause // calls that it does not answer; NextAt is zero if they go on being sent
}

// Snapshot tells where the runner stands. Safe to call while it runs.
func (d *Runner) Snapshot() Snapshot {
	now := d.clock.Now()
	out := Snapshot{Lookups: d.tally.snapshot(), Money: d.ledger.Money()}
	for _, name := range sortedKeys(d.workers) {
		s := d.workers[name]
		stats := s.config.Pace.Stats()
		s.mu.Lock()
		_, poll := s.window.due()
		v := VendorSnapshot{Name: name, InFlight: stats.InFlight, PerSecond: stats.PerSecond, Halts: slices.Clone(s.health.halts), Pauses: s.health.news(now, stats.HeldUntil)}
		s.mu.Unlock()
		out.Vendors = append(out.Vendors, v)
		if !poll.IsZero() && poll.Before(never) && (!out.NextAt.OK || poll.Before(out.NextAt.V)) {
			out.NextAt = record.Some(poll)
		}
	}
	return out
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

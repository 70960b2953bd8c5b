// Package memory is a store of a ledger that forgets everything when its process ends. It is for
// tests, and for anyone who writes another store: it is written to be read and says in plain Go
// what each method means, without indexes or SQL. storetest holds all stores to the same behaviour.
//
// A state is never changed once others can see it. A change works on a copy, which replaces the
// state as a whole or, if the change fails, not at all. So a reader always sees one moment of the
// ledger.
package memory

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Ledger is a ledger in memory. It is safe for concurrent use.
type Ledger struct {
	now     func() time.Time
	writing sync.Mutex // held while the state is changed
	state   atomic.Pointer[state]
}

// New is an empty ledger that takes the time from a clock.
func New(now func() time.Time) *Ledger {
	l := &Ledger{now: now}
	l.state.Store(&state{runs: map[int64]ledger.Run{}, written: map[int64]string{}, rows: map[place]row{}, lookups: map[int64]ledger.Lookup{},
		attempts: map[int64][]ledger.Attempt{}, halts: map[trouble]ledger.Halt{}, pauses: map[trouble]ledger.Pause{}, calls: map[callsOf]int{}})
	return l
}

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }

// state is all that a ledger knows at one moment.
type state struct {
	runs     map[int64]ledger.Run
	written  map[int64]string // fingerprints of outputs, by run
	rows     map[place]row
	lookups  map[int64]ledger.Lookup
	attempts map[int64][]ledger.Attempt // by lookup, the first one first
	answers  []ledger.Answer            // by id, from 1
	halts    map[trouble]ledger.Halt
	pauses   map[trouble]ledger.Pause
	calls    map[callsOf]int
	watched  int64 // the run whose budget is kept
}

type place struct{ run, row int64 }

type trouble struct {
	vendor  string
	dataset record.Dataset
}

func (t trouble) compare(u trouble) int {
	return cmp.Or(cmp.Compare(t.vendor, u.vendor), cmp.Compare(t.dataset, u.dataset))
}

type callsOf struct {
	vendor string
	day    record.Date
}

// row is a row of the input with the lookups that it names; if a request has several, the first.
type row struct {
	vehicleID string
	vehicle   record.Vehicle
	given     *record.Vehicle // as the input had it, nil if the plan has not changed it
	duplicate int64
	lookups   map[record.Dataset]int64
}

func (s *state) clone() *state {
	out := *s
	out.runs, out.written, out.rows, out.lookups, out.attempts = maps.Clone(s.runs), maps.Clone(s.written), maps.Clone(s.rows), maps.Clone(s.lookups), maps.Clone(s.attempts)
	out.halts, out.pauses, out.calls = maps.Clone(s.halts), maps.Clone(s.pauses), maps.Clone(s.calls)
	out.answers = slices.Clip(s.answers) // clip, so that appending copies the list
	return &out
}

// read is the state as it is now.
func (l *Ledger) read() *state { return l.state.Load() }

// write makes a change, all of it or nothing.
func (l *Ledger) write(change func(s *state) error) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	next := l.read().clone()
	if err := change(next); err != nil {
		return err
	}
	l.state.Store(next)
	return nil
}

// change is write for what cannot fail.
func (l *Ledger) change(do func(s *state)) error {
	return l.write(func(s *state) error { do(s); return nil })
}

// stored is a moment as the ledger keeps it.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// keptLookup is a lookup as the ledger keeps it.
func keptLookup(k ledger.Lookup) ledger.Lookup {
	k.Key = bytes.Clone(k.Key)
	for _, at := range []*time.Time{&k.NextAt, &k.FirstAt, &k.TicketAt, &k.LastAt, &k.AnsweredAt} {
		*at = stored(*at)
	}
	return k
}

// keptVehicle is a vehicle as the ledger keeps it: derived values belong to the lookup that they
// were derived for.
func keptVehicle(v record.Vehicle) record.Vehicle {
	v.Defaulted, v.Problems, v.Faults, v.Derived = copied(v.Defaulted), copied(v.Problems), copied(v.Faults), nil
	return v
}

func copied[T any](list []T) []T { return append([]T(nil), list...) }

func keptGiven(v *record.Vehicle) *record.Vehicle {
	if v == nil {
		return nil
	}
	kept := keptVehicle(*v)
	return &kept
}

// lookup reads one lookup.
func (s *state) lookup(id int64) (ledger.Lookup, error) {
	k, ok := s.lookups[id]
	if !ok {
		return k, fmt.Errorf("there is no lookup %d", id)
	}
	k.Key = bytes.Clone(k.Key)
	return k, nil
}

// where lists the lookups that a condition picks, by their ids.
func (s *state) where(picks func(k *ledger.Lookup) bool) []ledger.Lookup {
	var out []ledger.Lookup
	for _, id := range slices.Sorted(maps.Keys(s.lookups)) {
		if k := s.lookups[id]; picks(&k) {
			k.Key = bytes.Clone(k.Key)
			out = append(out, k)
		}
	}
	return out
}

// lookupsOf lists the lookups of a run.
func (s *state) lookupsOf(run int64) []ledger.Lookup {
	return s.where(func(k *ledger.Lookup) bool { return k.Run == run })
}

// rowsOf lists the numbers of a run's rows, in input order.
func (s *state) rowsOf(run int64) []int64 {
	var out []int64
	for p := range s.rows {
		if p.run == run {
			out = append(out, p.row)
		}
	}
	slices.Sort(out)
	return out
}

// serves tells whether a lookup serves a request and has not been replaced by another.
func serves(k *ledger.Lookup, request int64) bool {
	return (k.ID == request || k.GroupID > 0 && k.GroupID == request) && k.ReplacedBy == 0
}

func (s *state) serving(request int64) []ledger.Lookup {
	return s.where(func(k *ledger.Lookup) bool { return serves(k, request) })
}

// answer is the raw answer with an id, if it is there.
func (s *state) answer(id int64) (ledger.Answer, bool) {
	if id < 1 || id > int64(len(s.answers)) {
		return ledger.Answer{}, false
	}
	a := s.answers[id-1]
	a.Body = bytes.Clone(a.Body)
	return a, true
}

// attempt is a submission of a lookup, the empty one where there is none.
func (s *state) attempt(lookup int64, n int) ledger.Attempt {
	for _, a := range s.attempts[lookup] {
		if a.N == n {
			return a
		}
	}
	return ledger.Attempt{}
}

// asked is the vehicle of a lookup's row as the lookup asks about it.
func (s *state) asked(k *ledger.Lookup) record.Vehicle {
	v := keptVehicle(s.rows[place{k.Run, k.Row}].vehicle)
	if k.Derived == "" {
		return v
	}
	derived, _ := record.ParseDerived(k.Derived) // the error is left out: only valid values are kept
	return v.With(derived)
}

// work is a lookup with what is needed to act on it.
func (s *state) work(k *ledger.Lookup) ledger.Work {
	return ledger.Work{Lookup: *k, Vehicle: s.asked(k), Attempt: s.attempt(k.ID, k.Attempts)}
}

// page is the work of the first lookups of a list.
func (s *state) page(list []ledger.Lookup, limit int) []ledger.Work {
	var out []ledger.Work
	for i := range list[:min(len(list), limit)] {
		out = append(out, s.work(&list[i]))
	}
	return out
}

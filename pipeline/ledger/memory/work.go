package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// byNextAt orders lookups by when they are due, the longest due first; of lookups that are due together, the one
// planned first.
func byNextAt(a, b ledger.Lookup) int { return a.NextAt.Compare(b.NextAt) }

// Due lists the tickets of a vendor, of any run, that may be asked about now; those due longest come first.
func (l *Ledger) Due(_ context.Context, vendor string, now time.Time, limit int) ([]ledger.Work, error) {
	s := l.read()
	due := s.where(func(k *ledger.Lookup) bool {
		return k.State == ledger.Waiting && k.Vendor == vendor && !k.NextAt.After(stored(now))
	})
	slices.SortStableFunc(due, byNextAt)
	return s.page(due, limit), nil
}

// NextPoll tells when, after now, the next ticket of any run falls due at a vendor.
func (l *Ledger) NextPoll(_ context.Context, vendor string, now time.Time) (record.Opt[time.Time], error) {
	return next(l.read().where(func(k *ledger.Lookup) bool { return k.State == ledger.Waiting && k.Vendor == vendor }), now), nil
}

// next is the first moment after now at which one of some lookups falls due.
func next(list []ledger.Lookup, now time.Time) (first record.Opt[time.Time]) {
	for _, k := range list {
		if k.NextAt.After(stored(now)) && (!first.OK || k.NextAt.Before(first.V)) {
			first = record.Some(k.NextAt)
		}
	}
	return first
}

// toSend lists the planned lookups of a run at a vendor that depend on no other, leaving out some datasets.
func (s *state) toSend(run int64, vendor string, skip []record.Dataset) []ledger.Lookup {
	return s.where(func(k *ledger.Lookup) bool {
		return k.State == ledger.Planned && k.DependsOn == 0 && k.Run == run && k.Vendor == vendor && !slices.Contains(skip, k.Dataset)
	})
}

// Sendable lists the planned lookups of a run at a vendor that may be sent now, the longest due first, and tells
// whether other lookups have the same key.
func (l *Ledger) Sendable(_ context.Context, run int64, vendor string, now time.Time, skip []record.Dataset, limit int) ([]ledger.Work, error) {
	s := l.read()
	list := slices.DeleteFunc(s.toSend(run, vendor, skip), func(k ledger.Lookup) bool { return k.NextAt.After(stored(now)) })
	slices.SortStableFunc(list, byNextAt)
	out := s.page(list, limit)
	for i := range out {
		k := &out[i].Lookup
		others := s.where(func(o *ledger.Lookup) bool { return bytes.Equal(o.Key, k.Key) && o.ID != k.ID })
		out[i].Contested = len(others) > 0
	}
	return out, nil
}

// NextSend tells when, after now, the next planned lookup of the run falls due at a vendor.
func (l *Ledger) NextSend(_ context.Context, run int64, vendor string, now time.Time, skip []record.Dataset) (record.Opt[time.Time], error) {
	return next(l.read().toSend(run, vendor, skip), now), nil
}

// PlannedWork lists planned lookups of a run after a given id, without those that depend on another one.
func (l *Ledger) PlannedWork(_ context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	s := l.read()
	return s.page(s.where(func(k *ledger.Lookup) bool {
		return k.Run == r.Seq && k.ID > after && k.State == ledger.Planned && k.DependsOn == 0
	}), limit), nil
}

// Unresolved lists the lookups, of any run, whose call was under way when the process ended.
func (l *Ledger) Unresolved(context.Context) ([]ledger.Work, error) {
	s := l.read()
	under := s.where(func(k *ledger.Lookup) bool { return k.State == ledger.Submitting })
	return s.page(under, len(under)), nil
}

// OpenCount counts the lookups of a run that are not settled.
func (l *Ledger) OpenCount(_ context.Context, r ledger.Run) (int64, error) {
	return int64(len(l.read().where(func(k *ledger.Lookup) bool { return k.Run == r.Seq && k.State.Open() }))), nil
}

// Counts counts a run's lookups by where they stand, in the order of the columns.
func (l *Ledger) Counts(_ context.Context, r ledger.Run) ([]ledger.Count, error) {
	groups := map[ledger.Count]ledger.Count{}
	for _, k := range l.read().lookupsOf(r.Seq) {
		if k.ReplacedBy != 0 {
			continue
		}
		group := ledger.Count{Dataset: k.Dataset, Vendor: k.Vendor, State: k.State, Class: k.Class, Reused: k.Source > 0, Blocked: k.State == ledger.Planned && k.DependsOn > 0}
		c := group
		c.N, c.NextAt = groups[group].N+1, k.NextAt
		if was := groups[group]; was.N > 0 && was.NextAt.Before(k.NextAt) {
			c.NextAt = was.NextAt
		}
		groups[group] = c
	}
	return slices.SortedFunc(maps.Values(groups), func(a, b ledger.Count) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.State, b.State), cmp.Compare(a.Class, b.Class),
			compareBool(a.Reused, b.Reused), compareBool(a.Blocked, b.Blocked))
	}), nil
}

// Failures calls do with each matching lookup of a run's failure ledger, in the order in which their requests were
// planned. do may change the ledger meanwhile.
func (l *Ledger) Failures(_ context.Context, r ledger.Run, f ledger.Filter, do func(ledger.Work) error) error {
	s := l.read()
	failed := s.where(func(k *ledger.Lookup) bool {
		return k.Run == r.Seq && k.ReplacedBy == 0 && (k.State == ledger.Failed || k.State == ledger.InDoubt) && f.Matches(k)
	})
	slices.SortStableFunc(failed, func(a, b ledger.Lookup) int { return cmp.Compare(a.Request(), b.Request()) })
	for i := range failed {
		if err := do(s.work(&failed[i])); err != nil {
			return err
		}
	}
	return nil
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// unblocked tells whether a planned lookup need wait no longer: the request that it depends on is settled, with all
// lookups of its fan-out, or is gone. If a lookup depends on itself, only the decision what to ask is left.
func (s *state) unblocked(k *ledger.Lookup) bool {
	if k.DependsOn == 0 || k.State != ledger.Planned {
		return false
	}
	open := s.where(func(m *ledger.Lookup) bool {
		return (m.ID == k.DependsOn || m.GroupID == k.DependsOn) && m.State.Open()
	})
	return k.DependsOn == k.ID || len(open) == 0
}

// Unblocked lists planned lookups of a run, after a given id, that need wait no longer.
func (l *Ledger) Unblocked(_ context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error) {
	s := l.read()
	return s.page(s.where(func(k *ledger.Lookup) bool { return k.Run == r.Seq && k.ID > after && s.unblocked(k) }), limit), nil
}

// UnblockedBy lists the planned lookups that have waited for one that is now settled, and need wait no longer.
func (l *Ledger) UnblockedBy(_ context.Context, settled *ledger.Lookup) ([]ledger.Work, error) {
	s := l.read()
	list := s.where(func(k *ledger.Lookup) bool {
		return (k.DependsOn == settled.ID || k.DependsOn == settled.Request()) && s.unblocked(k)
	})
	return s.page(list, len(list)), nil
}

// HasBlocked tells whether any lookup of a run waits for the answer of another.
func (l *Ledger) HasBlocked(_ context.Context, r ledger.Run) (bool, error) {
	waits := l.read().where(func(k *ledger.Lookup) bool { return k.Run == r.Seq && k.State == ledger.Planned && k.DependsOn > 0 })
	return len(waits) > 0, nil
}

// MaintenanceOf lists the lookups that ask for the maintenance record of a row: none, one, or several side by side.
func (l *Ledger) MaintenanceOf(_ context.Context, run, number int64) ([]ledger.Lookup, error) {
	s := l.read()
	request := s.rows[place{run, number}].lookups[record.DatasetMaintenance]
	if request == 0 {
		return nil, nil
	}
	return s.serving(request), nil
}

// Asked lists the lookups with a key, the newest first.
func (l *Ledger) Asked(_ context.Context, key []byte) ([]ledger.Lookup, error) {
	return l.read().askedBy(key), nil
}

// SameInRun finds the lookup of a run that has a key and has not been replaced by another.
func (l *Ledger) SameInRun(_ context.Context, run int64, key []byte) (ledger.Lookup, bool, error) {
	return l.read().askedIn(key, run, "")
}

// LookupByID reads one lookup.
func (l *Ledger) LookupByID(_ context.Context, id int64) (ledger.Lookup, error) {
	return l.read().lookup(id)
}

// AnswerByID reads one raw answer back.
func (l *Ledger) AnswerByID(_ context.Context, id int64) (ledger.Answer, error) {
	a, ok := l.read().answer(id)
	if !ok {
		return a, fmt.Errorf("there is no answer %d", id)
	}
	return a, nil
}

// LastAnswer reads the last raw answer of a lookup's attempt, if there is one.
func (l *Ledger) LastAnswer(_ context.Context, lookup int64, attempt int) (ledger.Answer, bool, error) {
	s := l.read()
	for _, a := range slices.Backward(s.answers) {
		if a.Lookup == lookup && a.Attempt == attempt {
			a, ok := s.answer(a.ID)
			return a, ok, nil
		}
	}
	return ledger.Answer{}, false, nil
}

package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
)

// foreseen is what a run that goes on will change of its plan before it buys: the route may
// be another one, and another run may have the answer.
type foreseen struct {
	moved    map[ledger.Count]int64            // by where lookups stand: how many more, or fewer
	remarked map[string]map[ledger.Count]int64 // of them, those with a remark
}

// foresee looks ahead; of a new run, nothing changes.
func (s *buyer) foresee(ctx context.Context, run ledger.Run, goesOn bool) (foreseen, error) {
	f := foreseen{moved: map[ledger.Count]int64{}, remarked: map[string]map[ledger.Count]int64{record.WrongCheckDigit: {}, record.SetApart: {}}}
	if !goesOn {
		return f, nil
	}
	err := planner.Foresee(ctx, s.ledger, s.policy, run, func(was, next *ledger.Work) {
		f.moved[ledger.CountOf(&was.Lookup)]--
		f.moved[ledger.CountOf(&next.Lookup)]++
		for remark, moved := range f.remarked {
			if !slices.ContainsFunc(was.Vehicle.Problems, func(p string) bool { return strings.Contains(p, remark) }) {
				continue
			}
			moved[plannedAt(&was.Lookup)]--
			if next.Lookup.State == ledger.Planned {
				moved[plannedAt(&next.Lookup)]++
			}
		}
	})
	return f, err
}

// plannedAt is the count that a lookup belongs to, as ledger.Remarked has it.
func plannedAt(k *ledger.Lookup) ledger.Count {
	return ledger.Count{Dataset: k.Dataset, Vendor: k.Vendor, State: ledger.Planned}
}

// after is how lookups will be counted that are counted so now, by dataset and vendor.
func after(counts []ledger.Count, moved map[ledger.Count]int64) []ledger.Count {
	moved = maps.Clone(moved)
	var out []ledger.Count
	for _, c := range counts {
		at := c
		at.N, at.NextAt = 0, time.Time{}
		if c.N += moved[at]; c.N > 0 {
			out = append(out, c)
		}
		delete(moved, at)
	}
	for at, n := range moved {
		if at.N = n; n > 0 {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, func(a, b ledger.Count) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.State, b.State))
	})
	return out
}

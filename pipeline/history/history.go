// Package history makes one history of a vehicle out of what several vendors
// tell of it: visits that are the same visit become one, which says who told it
// and in what they disagree. It is pure.
package history

import (
	"slices"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// Told is what one vendor tells.
type Told struct {
	Vendor string
	Report *record.Report // finished: its visits are in time and numbered
}

// Visit is a visit of the one history.
type Visit struct {
	record.Visit
	Vendors []string // that tell of it, in the order of the route
}

// History is what all vendors tell together.
type History struct {
	// Visits are in time, numbered from 1. There are none where one vendor tells
	// alone: its report has them.
	Visits   []Visit
	Rollback record.Flag // found in the visits of all; unknown with fewer than two readings
	// Disagreements of the reports, in words.
	Disagreements []string

	seq   []map[int]int  // by vendor: its own number of a visit to that of the history
	alone []record.Visit // of the one vendor that tells
}

// Seq is the number in the history of a visit that has number own in the report
// of the nth vendor; 0 is none.
func (h *History) Seq(nth, own int) int {
	switch {
	case nth == 0 && own > 0 && own <= len(h.alone):
		return own
	case nth >= len(h.seq):
		return 0
	}
	return h.seq[nth][own]
}

// count is how many visits there are, and at the one in a place.
func (h *History) count() int { return len(h.Visits) + len(h.alone) }

func (h *History) at(i int) *record.Visit {
	if h.alone != nil {
		return &h.alone[i]
	}
	return &h.Visits[i].Visit
}

// Merge makes one history of what vendors tell, given in the order of the route.
// Visits are matched one to one between any two vendors, and never two of one
// vendor. What a visit shows is what the first vendor says that says anything.
// The order of the vendors decides about that, and about nothing else.
func Merge(told []Told) *History {
	if len(told) == 1 {
		r := told[0].Report
		return &History{alone: r.Visits, Rollback: r.OdometerRollback}
	}
	h := &History{seq: make([]map[int]int, len(told))}
	groups := match(told)
	visits := make([]Visit, len(groups))
	for i, g := range groups {
		visits[i] = g.visit(told)
	}
	h.Visits = inTime(visits, groups)
	h.number(groups)
	h.compare()
	h.Disagreements = disagreements(told)
	return h
}

// inTime sorts visits, and their groups with them.
func inTime(visits []Visit, groups []group) []Visit {
	order := make([]int, len(visits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return normalise.InTime(&visits[a].Visit, &visits[b].Visit) })
	sorted, with := make([]Visit, len(visits)), make([]group, len(groups))
	for to, from := range order {
		sorted[to], with[to] = visits[from], groups[from]
	}
	copy(groups, with)
	return sorted
}

func (h *History) number(groups []group) {
	for t := range h.seq {
		h.seq[t] = map[int]int{}
	}
	for i := range h.Visits {
		h.Visits[i].Seq = i + 1
		for _, m := range groups[i].members {
			h.seq[m.teller][m.visit.Seq] = i + 1
		}
	}
}

// compare looks for readings that go back, over what all have told.
func (h *History) compare() {
	plain := make([]record.Visit, len(h.Visits))
	for i := range h.Visits {
		plain[i] = h.Visits[i].Visit
	}
	h.Rollback = normalise.CompareReadings(plain)
	for i := range plain {
		h.Visits[i].Visit = plain[i]
	}
}

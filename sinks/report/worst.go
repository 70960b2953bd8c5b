package report

import (
	"cmp"
	"container/heap"
	"slices"
)

// worst keeps the vehicles that weigh most, at most limit of them. The zero
// value with a limit is ready for use.
type worst struct {
	limit int
	kept  lightFirst
}

// offer takes a vehicle if it is among the worst so far.
func (w *worst) offer(v *vehicle) {
	switch {
	case w.limit <= 0:
	case len(w.kept) < w.limit:
		heap.Push(&w.kept, v)
	case heavier(v, w.kept[0]) < 0:
		w.kept[0] = v
		heap.Fix(&w.kept, 0)
	}
}

// sorted returns the kept vehicles, the heaviest first.
func (w *worst) sorted() []*vehicle {
	out := slices.Clone(w.kept)
	slices.SortFunc(out, heavier)
	return out
}

// heavier orders vehicles by weight, the heaviest first, then by row.
func heavier(a, b *vehicle) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Vehicle.Row, b.Vehicle.Row))
}

// lightFirst is a heap with the lightest vehicle on top.
type lightFirst []*vehicle

var _ heap.Interface = (*lightFirst)(nil)

func (h lightFirst) Len() int           { return len(h) }
func (h lightFirst) Less(i, j int) bool { return heavier(h[i], h[j]) > 0 }
func (h lightFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push makes lightFirst a heap.Interface.
func (h *lightFirst) Push(v any) { *h = append(*h, v.(*vehicle)) }

// Pop makes lightFirst a heap.Interface.
func (h *lightFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

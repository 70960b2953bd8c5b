package runner

import (
	"container/heap"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

const (
	// windowSize is how many lookups are read from the ledger at a time.
	windowSize = 256
	// soonSize and soonSpan bound the tickets that are kept in memory because they fall due soon.
	// All others wait on disk alone.
	soonSize = 2048
	soonSpan = 2 * time.Minute
)

// window is the part of a vendor's work that is in memory; its size is bounded. It holds the
// lookups that were read from the ledger and not yet started, and the tickets that fall due soon.
// held lists those and the lookups whose call is under way, so that none is read twice; its value
// tells whether the lookup stands in soon.
type window struct {
	held  map[int64]bool
	soon  soonest
	polls []ledger.Work
	sends []ledger.Work
	// endedMeanwhile lists the lookups whose call ended while the ledger was being read: what was
	// read of them may be out of date.
	endedMeanwhile map[int64]bool
	// pollsAt and sendsAt are the moments from which the ledger may hold more that is due.
	pollsAt, sendsAt time.Time
}

func newWindow() window { return window{held: map[int64]bool{}} }

// takePoll picks the ticket that has been due longest.
func (w *window) takePoll(now time.Time) (ledger.Work, bool) {
	if len(w.soon) > 0 && !w.soon[0].Lookup.NextAt.After(now) {
		next := heap.Pop(&w.soon).(ledger.Work)
		w.held[next.Lookup.ID] = false
		return next, true
	}
	if len(w.polls) > 0 {
		return pop(&w.polls), true
	}
	return ledger.Work{}, false
}

// takeSend picks the first planned lookup of a dataset that may be sent.
func (w *window) takeSend(may func(record.Dataset) bool) (ledger.Work, bool) {
	for i := range w.sends {
		if may(w.sends[i].Lookup.Dataset) {
			next := w.sends[i]
			if i == 0 {
				return pop(&w.sends), true
			}
			w.sends = slices.Delete(w.sends, i, i+1)
			return next, true
		}
	}
	return ledger.Work{}, false
}

func pop(list *[]ledger.Work) ledger.Work {
	w := (*list)[0]
	(*list)[0] = ledger.Work{}
	*list = (*list)[1:]
	return w
}

// pollReady tells whether takePoll would find something.
func (w *window) pollReady(now time.Time) bool {
	return len(w.polls) > 0 || len(w.soon) > 0 && !w.soon[0].Lookup.NextAt.After(now)
}

// sendReady tells whether takeSend would find something.
func (w *window) sendReady(may func(record.Dataset) bool) bool {
	return slices.ContainsFunc(w.sends, func(k ledger.Work) bool { return may(k.Lookup.Dataset) })
}

// keep remembers a ticket that falls due soon, if there is room. If not, it is read from the ledger
// when it is due.
func (w *window) keep(work ledger.Work, now time.Time) {
	at := work.Lookup.NextAt
	if len(w.soon) < soonSize && at.Sub(now) <= soonSpan {
		w.held[work.Lookup.ID] = true
		heap.Push(&w.soon, work)
		return
	}
	if at.Before(w.pollsAt) {
		w.pollsAt = at
	}
}

// release lets a lookup be read again, unless keep has kept it meanwhile.
func (w *window) release(id int64) {
	if !w.held[id] {
		delete(w.held, id)
	}
	if w.endedMeanwhile != nil {
		w.endedMeanwhile[id] = true
	}
}

// beginRead is called before the ledger is read for what is due, and add after it. Whatever falls
// due in between sets an earlier time for the next read.
func (w *window) beginRead(due *time.Time) {
	*due, w.endedMeanwhile = never, map[int64]bool{}
}

// add takes in what was read from the ledger, without lookups that are held already and those whose
// call has ended during the read. It tells whether something was left out that must be read again.
func (w *window) add(list *[]ledger.Work, read []ledger.Work) (leftOut bool) {
	n := 0
	for _, work := range read {
		id := work.Lookup.ID
		if w.endedMeanwhile[id] || n == windowSize {
			leftOut = true
			continue
		}
		if _, held := w.held[id]; held {
			continue
		}
		w.held[id] = false
		*list = append(*list, work)
		n++
	}
	w.endedMeanwhile = nil
	return leftOut
}

// due is when the next order and the next poll, in memory or on disk, fall due; never if there is
// none.
func (w *window) due() (send, poll time.Time) {
	poll = w.pollsAt
	if len(w.soon) > 0 && w.soon[0].Lookup.NextAt.Before(poll) {
		poll = w.soon[0].Lookup.NextAt
	}
	return w.sendsAt, poll
}

// never is later than any due time.
var never = time.Unix(1<<40, 0)

// dueNow makes everything due: the clock by which the due times were set was wrong.
func (w *window) dueNow(now time.Time) {
	for i := range w.soon {
		w.soon[i].Lookup.NextAt = now
	}
	w.pollsAt, w.sendsAt = now, now
}

// dropSends forgets the lookups read of a dataset that must not be sent now.
func (w *window) dropSends(d record.Dataset) {
	w.sends = slices.DeleteFunc(w.sends, func(k ledger.Work) bool {
		if k.Lookup.Dataset != d {
			return false
		}
		delete(w.held, k.Lookup.ID)
		return true
	})
}

// soonest is a heap of tickets by the time they fall due.
type soonest []ledger.Work

func (h soonest) Len() int { return len(h) }

func (h soonest) Less(i, j int) bool { return h[i].Lookup.NextAt.Before(h[j].Lookup.NextAt) }

func (h soonest) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is part of heap.Interface.
func (h *soonest) Push(x any) { *h = append(*h, x.(ledger.Work)) }

// Pop is part of heap.Interface.
func (h *soonest) Pop() any {
	last := len(*h) - 1
	w := (*h)[last]
	(*h)[last] = ledger.Work{}
	*h = (*h)[:last]
	return w
}

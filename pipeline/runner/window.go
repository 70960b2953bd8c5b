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
	// soonSize and soonSpan bound the tickets that are kept at hand because
	// they fall due soon. All others wait on disk alone.
	soonSize = 2048
	soonSpan = 2 * time.Minute
)

// window is the bounded part of a vendor's work that is in memory: what was
// read from the ledger and not yet started, and what falls due soon. held
// names them and the calls under way, so that none is read twice; its value
// says whether the lookup stands in soon.
type window struct {
	held  map[int64]bool
	soon  soonest
	polls []ledger.Work
	sends []ledger.Work
	// endedMeanwhile names the lookups whose call ended while the ledger was being
	// read: what was read of them may be how they stood before it.
	endedMeanwhile map[int64]bool
	// pollsAt and sendsAt are when the ledger may hold more that is due.
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

// sendReady tells whether takeSend would.
func (w *window) sendReady(may func(record.Dataset) bool) bool {
	return slices.ContainsFunc(w.sends, func(k ledger.Work) bool { return may(k.Lookup.Dataset) })
}

// keep remembers a ticket that falls due soon, if there is room; if not, the
// ledger is asked when it is due.
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

// unblock lets a lookup be read again, unless it was kept meanwhile.
func (w *window) release(id int64) {
	if !w.held[id] {
		delete(w.held, id)
	}
	if w.endedMeanwhile != nil {
		w.endedMeanwhile[id] = true
	}
}

// beginRead is called before the ledger is read for what is due, add after it.
// Whatever comes up in between moves the time to read again forward.
func (w *window) beginRead(due *time.Time) {
	*due, w.endedMeanwhile = never, map[int64]bool{}
}

// add takes in what was read from the ledger, but for what is held already and
// for what is no longer as it was read. It tells whether something was left out
// that must be read again.
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

// due is when the next thing in memory or on disk falls due; never if nothing does.
func (w *window) due() (send, poll time.Time) {
	poll = w.pollsAt
	if len(w.soon) > 0 && w.soon[0].Lookup.NextAt.Before(poll) {
		poll = w.soon[0].Lookup.NextAt
	}
	return w.sendsAt, poll
}

// never is later than anything falls due.
var never = time.Unix(1<<40, 0)

// dueNow makes everything due: the clock that said when was wrong.
func (w *window) dueNow(now time.Time) {
	for i := range w.soon {
		w.soon[i].Lookup.NextAt = now
	}
	w.pollsAt, w.sendsAt = now, now
}

// dropSends forgets what was read of a dataset that is not to be sent now.
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

package simtest

import (
	"sync/atomic"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
)

// answerRoom is what one answer may take in these worlds.
const answerRoom = 1 << 20

// roomFor is what must be free before so many orders are under way at once: each with what is written beside it, and
// what is spare.
func roomFor(orders int64) int64 { return 4<<20 + orders*(answerRoom+answerRoom/64+256<<10) }

// plenty is more than any world needs.
const plenty = 1 << 40

// isFull tells whether not even an answer has room that can be had again.
func (w *world) isFull() bool {
	free, _ := w.space.Free("")
	return free < roomFor(0)/2
}

// orderedAtOnce is how many orders were on the wire at the same time, at most.
func (l *life) orderedAtOnce() (most int) {
	for _, a := range l.calls {
		n := 0
		for _, b := range l.calls {
			if a.order && b.order && !a.left.IsZero() && !b.left.IsZero() && b.leftNth <= a.leftNth && b.cameNth > a.leftNth {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func (l *life) ordered() (n int) {
	for _, c := range l.calls {
		if c.order && !c.left.IsZero() {
			n++
		}
	}
	return n
}

// Where the disk has room for the answers to a few orders, no more of them are under way.
func TestNoMoreOrdersAreUnderWayThanThereIsRoomFor(t *testing.T) {
	t.Parallel()
	for _, orders := range []int64{1, 2} {
		inWorld(t, morning, 30, slowly(3), func(w *world) {
			var asked atomic.Int64
			w.space = &sqlite.Space{Answer: answerRoom, Free: func(string) (int64, bool) {
				if asked.Add(1) == 1 { // with the reserve
					return plenty, true
				}
				return roomFor(orders), true
			}}
			out := w.finishWell(fate{})
			if most := out.orderedAtOnce(); most != int(orders) {
				t.Errorf("%d orders were under way at once, want %d", most, orders)
			}
		})
	}
}

// Once the disk is full nothing more is ordered and nothing is in doubt, however often the user tries. With room
// again the run goes on and buys nothing twice.
func TestAFullDiskEndsTheOrders(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(3), func(w *world) {
		var free atomic.Int64
		free.Store(plenty)
		w.space = &sqlite.Space{Answer: answerRoom, Free: func(string) (int64, bool) { return free.Load(), true }}
		fills := fate{seen: func(p *process, at moment) {
			if at == callLeaves && p.count(callLeaves) > 40 {
				free.Store(roomFor(1) - 1)
			}
		}}
		out := w.live(fills)
		if out.ending.Reason != runner.OutOfRoom || out.ordered() == 0 || out.out.count(record.InDoubt) > 0 || out.ending.Room <= roomFor(1) {
			t.Errorf("ended with %+v, %d ordered, %d in doubt", out.ending, out.ordered(), out.out.count(record.InDoubt))
		}
		for _, room := range []int64{roomFor(0) - 1, roomFor(0), roomFor(1) + 16<<20 - 1} {
			free.Store(room)
			if out := w.live(fate{}); out.ending.Reason != runner.OutOfRoom || out.ordered() > 0 || out.out.count(record.InDoubt) > 0 {
				t.Errorf("on the full disk it ended with %+v, %d ordered", out.ending, out.ordered())
			}
		}
		free.Store(plenty)
		w.finishWell(fate{})
	})
}

// A report that is paid is asked for again where there was no room for it.
func TestAFullDiskEndsThePolls(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(3), func(w *world) {
		var free atomic.Int64
		free.Store(plenty)
		w.space = &sqlite.Space{Answer: answerRoom, Free: func(string) (int64, bool) { return free.Load(), true }}
		out := w.live(fate{happens: []happening{{after: 40 * time.Second, what: func() { free.Store(1000) }}}})
		if out.ending.Reason != runner.OutOfRoom || out.took > 2*time.Minute || out.out.count(record.InDoubt) > 0 || out.out.count(record.Pending) == 0 {
			t.Errorf("ended after %s with %+v, %d in doubt", out.took, out.ending, out.out.count(record.InDoubt))
		}
		free.Store(plenty)
		if out := w.finishWell(fate{}); out.ordered() > 30 { // at the second vendor of the route
			t.Errorf("%d ordered with room again", out.ordered())
		}
	})
}

// Orders that wait for room go on when one is not made after all because the budget is spent: it was counted with
// those under way, and nothing comes back for it.
func TestOrdersThatWaitForRoomSeeTheBudgetSpent(t *testing.T) {
	t.Parallel()
	for limit := record.Fen(0); limit < 4; limit++ {
		for _, orders := range []int64{1, 2} {
			inWorld(t, morning, 12, slowly(3), func(w *world) {
				var asked atomic.Int64
				w.space = &sqlite.Space{Answer: answerRoom, Free: func(string) (int64, bool) {
					if asked.Add(1) == 1 { // with the reserve
						return plenty, true
					}
					return roomFor(orders), true
				}}
				if out := w.live(w.budget(17_00*limit + 500)); out.ending.Reason != runner.OutOfBudget {
					t.Errorf("with room for %d and ¥%s it ended with %+v", orders, 17_00*limit+500, out.ending)
				}
			})
		}
	}
}

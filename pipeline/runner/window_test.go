package runner

import (
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// What does not fit into the window, or has changed while it was read, must be
// read again: forgetting it would leave lookups unsent.
func TestWindowSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	work := make([]ledger.Work, windowSize+1)
	for i := range work {
		work[i].Lookup.ID = int64(i + 1)
	}
	for _, c := range []struct {
		name    string
		read    int
		prepare func(w *window)
		leftOut bool
		taken   int
	}{
		{"all of a few", 10, func(*window) {}, false, 10},
		{"a full window", windowSize, func(*window) {}, false, windowSize},
		{"more than fits", windowSize + 1, func(*window) {}, true, windowSize},
		{"one that is held already", 10, func(w *window) { w.held[3] = false }, false, 9},
		{"one that has moved on meanwhile", 10, func(w *window) { w.release(3) }, true, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWindow()
			w.beginRead(&w.sendsAt)
			c.prepare(&w)
			if leftOut := w.add(&w.sends, work[:c.read]); leftOut != c.leftOut || len(w.sends) != c.taken {
				t.Errorf("left out %v with %d taken, want %v with %d", leftOut, len(w.sends), c.leftOut, c.taken)
			}
		})
	}
}

package runner

import (
	"sync"

	"vehiclebatch/pipeline/ledger"
)

// room is where orders wait when the disk has no room for them besides those under way.
type room struct {
	mu   sync.Mutex
	over chan struct{} // closed when the next order is over
}

func newRoom() *room { return &room{over: make(chan struct{})} }

// nextOver returns a channel that is closed when the next order is over.
func (r *room) nextOver() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// orderOver lets the waiting orders look again.
func (r *room) orderOver() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.over)
	r.over = make(chan struct{})
}

// setFull remembers that there is no room for an order, or that there is again.
func (d *Runner) setFull(full *ledger.NoRoomError) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

// outOfRoom ends the run: nothing more is ordered or asked for until the user has made room.
func (d *Runner) outOfRoom(full *ledger.NoRoomError) {
	d.mu.Lock()
	if d.ending == nil {
		d.ending = &Result{Reason: OutOfRoom, Room: full.Want}
	}
	d.mu.Unlock()
	d.log.Warn("the disk is full", "folder", full.Dir, "wanted", full.Want)
	d.cancel()
}

// isOutOfRoom tells whether the run ends because the disk has no room.
func (d *Runner) isOutOfRoom() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ending != nil && d.ending.Reason == OutOfRoom
}

package sqlite

import (
	"errors"
	"sync"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vehiclebatch/pipeline/ledger"
)

// Space says how much room there must be on the disk for what may come back of orders.
type Space struct {
	// Free is how many bytes may still be written in a folder; false where the system does not say.
	Free func(dir string) (int64, bool)
	// Answer is the most bytes that an answer may have.
	Answer int64
}

const (
	// reserveSize is how much is kept for what comes back once a write has failed. It is for where the system says
	// that there is room and there is none: a user's quota, or another program that fills the disk meanwhile.
	reserveSize = 16 << 20
	// spareSize is for what is written beside the answers: intents, indexes, the ledger's file when its log is carried over.
	spareSize = 4 << 20
	// besideAnswer is for what is written with one answer: its head, rows and indexes in the log.
	besideAnswer = 256 << 10
)

// room says whether another order may leave: all that may come back of the orders under way must have room.
// Nothing else may take that room: an answer that can be asked for again is not kept when it would. It is safe
// for concurrent use.
type room struct {
	dir   string
	space *Space // nil: nobody asked for it

	preparing sync.Mutex // held while the reserve is made

	mu       sync.Mutex // guards what follows
	reserve  bool       // it is there
	spent    bool       // a write has failed for want of room
	underWay map[int64]bool
	begun    int // orders in the transaction that is not committed
}

func newRoom(dir string, s *Space) *room {
	return &room{dir: dir, space: s, underWay: map[int64]bool{}}
}

// prepare makes the reserve before the first order.
func (r *room) prepare() error {
	if r.space == nil {
		return nil
	}
	r.preparing.Lock()
	defer r.preparing.Unlock()
	if r.prepared() {
		return nil
	}
	err := error(syscall.ENOSPC)
	if r.has(r.wanted(1) + reserveSize) {
		err = makeReserve(r.dir)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if noSpace(err) {
		return r.none(0)
	}
	r.reserve = err == nil
	return err
}

func (r *room) prepared() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reserve || r.spent
}

// begin forgets the orders of a transaction that is over.
func (r *room) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun = 0
}

// admit lets one more order of a transaction be written down, if what may come back of all has room.
func (r *room) admit() error {
	if r.space == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if want := r.wanted(len(r.underWay) + r.begun + 1); r.spent || !r.has(want) {
		return r.none(want)
	}
	r.begun++
	return nil
}

// left counts an order whose intent is on disk, ended one that is over.
func (r *room) left(lookup int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.underWay[lookup] = true
}

func (r *room) ended(lookup int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.underWay, lookup)
}

// keeps tells whether bytes that can be had again may take room on the disk. They may take half of what is spare:
// else they would have none beside as many orders as there is room for.
func (r *room) keeps(bytes int) error {
	if r.space == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if want := r.wanted(len(r.underWay)) - spareSize/2 + int64(bytes); r.spent || !r.has(want) {
		return r.none(want)
	}
	return nil
}

// giveBack makes room for a write that has failed with err, once. From then on no order leaves.
func (r *room) giveBack(err error) bool {
	if !noSpace(err) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reserve {
		return false
	}
	r.reserve, r.spent = false, true
	return removeReserve(r.dir) == nil
}

// FreeReserve gives back the room that is kept for answers, when no more orders leave. The next order takes it again.
func (l *Ledger) FreeReserve() error { return l.room.free() }

func (r *room) free() error {
	r.preparing.Lock()
	defer r.preparing.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.reserve {
		return nil
	}
	r.reserve = false
	return removeReserve(r.dir)
}

// wanted is what must be free for what may come back of so many orders. A page of the log is a little longer than
// what it holds.
func (r *room) wanted(orders int) int64 {
	return spareSize + int64(orders)*(r.space.Answer+r.space.Answer/64+besideAnswer)
}

// has tells whether so many bytes are free, as far as the system says.
func (r *room) has(bytes int64) bool {
	free, known := r.space.Free(r.dir)
	return !known || free >= bytes
}

// none says what must be free before the next process orders anything: it makes a reserve anew. The lock is held.
func (r *room) none(want int64) error {
	return &ledger.NoRoomError{Dir: r.dir, Want: max(want, r.wanted(1)) + reserveSize, UnderWay: len(r.underWay) + r.begun, Spent: r.spent}
}

// noSpace tells whether a write failed because the disk, or what the user may have of it, is full.
func noSpace(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE:
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

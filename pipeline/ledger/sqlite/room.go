package sqlite

import (
	"errors"
	"sync"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vehiclebatch/pipeline/ledger"
)

// Space says how much room the disk must have for what may come back for orders.
type Space struct {
	// Free is how many bytes may still be written in a folder; false where the system does not say.
	Free func(dir string) (int64, bool)
	// Answer is the most bytes that an answer may have.
	Answer int64
}

const (
	// reserveSize is how much room is kept for what comes back after a write has failed. It is for disks that are full
	// although the system says that there is room: because of a user's quota, or another program that fills the disk
	// meanwhile.
	reserveSize = 16 << 20
	// spareSize is for what is written besides the answers: intents, indexes, and the ledger's file when its log is
	// carried over.
	spareSize = 4 << 20
	// besideAnswer is for what is written with one answer: its headers, rows and indexes in the log.
	besideAnswer = 256 << 10
)

// room says whether another order may leave: there must be room for everything that may come back for the orders under
// way. Nothing else may take that room: an answer that can be asked for again is not kept if it would. It is safe for
// concurrent use.
type room struct {
	dir   string
	space *Space // nil: the room is not checked

	preparing sync.Mutex // held while the reserve is made

	mu       sync.Mutex // guards what follows
	reserve  bool       // the reserve is there
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

// begin forgets the orders counted in the transaction before.
func (r *room) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun = 0
}

// admit lets one more order of a transaction be written down, if there is room for what may come back for all orders.
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

// refuse counts an order no more that was admitted and is not written down after all.
func (r *room) refuse() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun = max(0, r.begun-1)
}

// left counts an order whose intent is on disk; ended counts it no more.
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

// keeps tells whether an answer that can be asked for again may take room on the disk. Such answers may take half of
// the spare room; with none of it, they would never be kept while as many orders are under way as there is room for.
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

// giveBack frees the reserve, once, for a write that has failed with err. From then on no order leaves.
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

// FreeReserve frees the reserve when no more orders leave. The next order makes it again.
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

// wanted is how much must be free for what may come back for so many orders. A page of the log is a little longer than
// its contents.
func (r *room) wanted(orders int) int64 {
	return spareSize + int64(orders)*(r.space.Answer+r.space.Answer/64+besideAnswer)
}

// has tells whether so many bytes are free, as far as the system can say.
func (r *room) has(bytes int64) bool {
	free, known := r.space.Free(r.dir)
	return !known || free >= bytes
}

// none is the error which says what must be free before the next process orders anything: that process makes a new
// reserve. The lock is held.
func (r *room) none(want int64) *ledger.NoRoomError {
	return &ledger.NoRoomError{Dir: r.dir, Want: max(want, r.wanted(1)) + reserveSize, UnderWay: len(r.underWay) + r.begun, Spent: r.spent}
}

// full is the error for a commit that has failed with err for want of room. From then on no order leaves.
func (r *room) full(err error) *ledger.NoRoomError {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent = true
	full := &ledger.NoRoomError{Dir: r.dir, Spent: true}
	if r.space != nil {
		full = r.none(0)
	}
	full.Err = err
	return full
}

// RoomToOrder is how much must be free before anything is ordered of which an answer has so many bytes at most.
func RoomToOrder(answer int64) int64 {
	r := room{space: &Space{Answer: answer}}
	return r.wanted(1) + reserveSize
}

// NoSpace tells whether a write failed because the disk, or the user's quota on it, is full.
func NoSpace(err error) bool { return noSpace(err) }

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

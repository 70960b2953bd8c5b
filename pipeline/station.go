package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

const (
	// backlog is how many calls' worth of writing may be under way for each
	// call in flight.
	backlog = 4
	// A vendor that answers nobody is halted: after so many orders in a row of
	// one dataset of which nobody knows whether they were taken, or after so
	// many calls that came to nothing, over so long.
	haltDoubts   = 5
	haltTroubles = 12
	haltAfter    = 30 * time.Second
	// uncounted is the part of a day's calls, one in so many, that a kill may
	// leave uncounted.
	uncounted = 100
)

// station works one vendor: it decides which call goes next, makes it, and
// writes down what came of it. One goroutine looks for work; each call under
// way has one of its own.
type station struct {
	drive  *Drive
	name   string
	seller *Seller
	nudged chan struct{}

	mu       sync.Mutex
	window   window
	active   int
	sending  int  // of them, submissions
	reading  bool // the ledger is being read for what is to be sent
	wanted   int  // nudges so far
	proven   bool // it has answered sensibly; until then calls go one at a time
	halt     *ledger.Halt
	broke    map[record.Dataset]bool // too dear for what is left of the budget
	troubles int
	since    time.Time // of the first of the troubles
	pause    time.Time // no call before
	doubts   map[record.Dataset]int
	uncalled int // calls not yet counted in the ledger
}

func newStation(d *Drive, name string, seller *Seller) *station {
	return &station{drive: d, name: name, seller: seller, nudged: make(chan struct{}, 1),
		window: newWindow(), broke: map[record.Dataset]bool{}, doubts: map[record.Dataset]int{}}
}

// loop hands out calls until ctx ends or the vendor is halted, then waits for
// those under way.
func (s *station) loop(ctx context.Context) {
	var under sync.WaitGroup
	defer func() {
		under.Wait()
		if err := s.countCalls(0); err != nil {
			s.drive.fail(err)
		}
	}()
	for ctx.Err() == nil {
		ready, r, err := s.look(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.drive.fail(err)
			}
			return
		}
		if !ready {
			s.rest(ctx, r)
			continue
		}
		s.next(ctx, &under)
	}
}

// next waits until the vendor's pace admits a call and starts the most urgent.
func (s *station) next(ctx context.Context, under *sync.WaitGroup) {
	permit, err := s.seller.Pace.Admit(ctx)
	if err != nil {
		var dayCap *ratelimit.DayCapError
		if errors.As(err, &dayCap) {
			s.stop(ledger.Halt{Vendor: s.name, Class: record.Quota, Code: "per_day", Message: err.Error(), At: s.drive.clock.Now()})
		}
		return
	}
	w, call, ok := s.take()
	if !ok {
		permit.Done(ratelimit.Verdict{})
		return
	}
	under.Go(func() {
		defer s.finish(w.Lookup.ID, call)
		if err := errors.Join(s.perform(ctx, permit, w, call), s.countCalls(s.seller.PerDay/uncounted)); err != nil {
			s.drive.fail(err)
		}
	})
}

// take picks the next call: a ticket that is due first. A vendor that was
// halted while the call waited to be admitted gets none.
func (s *station) take() (ledger.Work, vendors.Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.halt != nil {
		return ledger.Work{}, "", false
	}
	w, call, ok := s.window.take(s.drive.clock.Now())
	if ok {
		s.active++
	}
	if call == vendors.Submit {
		s.sending++
	}
	return w, call, ok
}

func (s *station) finish(id int64, call vendors.Call) {
	s.mu.Lock()
	s.active--
	if call == vendors.Submit {
		s.sending--
	}
	s.window.release(id)
	s.mu.Unlock()
	s.nudge()
}

// unsent tells whether anything is left to send that could be sent.
func (s *station) unsent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.halt == nil && (s.reading || s.sending > 0 || len(s.window.sends) > 0 || s.window.sendsAt.Before(never))
}

// nudge lets the station look for work again.
func (s *station) nudge() {
	s.mu.Lock()
	s.wanted++
	s.mu.Unlock()
	select {
	case s.nudged <- struct{}{}:
	default:
	}
}

func (s *station) nudges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wanted
}

// rest waits for a nudge, or until the next thing falls due.
func (s *station) rest(ctx context.Context, r restUntil) {
	d := s.drive
	if r.idle {
		d.mu.Lock()
		d.rests[s] = r.rest
		d.mu.Unlock()
		d.wake()
		if err := s.countCalls(0); err != nil {
			d.fail(err)
		}
	}
	var timer <-chan time.Time
	if r.until.OK {
		ch, release := d.clock.Timer(max(r.until.V.Sub(d.clock.Now()), time.Millisecond))
		defer release()
		timer = ch
	}
	select {
	case <-ctx.Done():
	case <-s.nudged:
	case <-timer:
	}
	d.mu.Lock()
	delete(d.rests, s)
	d.mu.Unlock()
}

// expectPoll says that the ledger holds a ticket for this vendor that falls due at
// a moment.
func (s *station) expectPoll(at time.Time) {
	s.mu.Lock()
	s.window.pollsAt = earlier(s.window.pollsAt, at)
	s.mu.Unlock()
	s.nudge()
}

// stop halts the vendor: nothing is sent to it until the user goes on.
func (s *station) stop(h ledger.Halt) {
	h.Message = record.Shorten(h.Message) // it holds the vendor's words, and is shown and logged
	s.mu.Lock()
	first := s.halt == nil
	if first {
		s.halt = &h
	}
	s.mu.Unlock()
	if !first {
		return
	}
	s.drive.log.Error("vendor halted", "vendor", s.name, "class", h.Class, "code", h.Code, "message", h.Message)
	if err := s.drive.ledger.SetHalt(h); err != nil {
		s.drive.fail(fmt.Errorf("write down that %s is halted: %w", s.name, err))
	}
	s.nudge()
}

func (s *station) halted() *ledger.Halt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.halt
}

// unblock lets datasets be tried again that were too dear.
func (s *station) unblock() {
	s.mu.Lock()
	was := len(s.broke) > 0
	clear(s.broke)
	if was {
		s.window.sendsAt = time.Time{}
	}
	s.mu.Unlock()
	if was {
		s.nudge()
	}
}

func (s *station) block(d record.Dataset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broke[d] = true
	s.window.dropSends(d)
}

// countCalls writes down the calls made, if they are more than few, where the
// vendor counts them by day.
func (s *station) countCalls(few int) error {
	s.mu.Lock()
	n := s.uncalled
	if s.seller.PerDay == 0 || n <= few {
		s.mu.Unlock()
		return nil
	}
	s.uncalled = 0
	s.mu.Unlock()
	return s.drive.ledger.CountCalls(s.name, Today(s.drive.clock.Now()), n)
}

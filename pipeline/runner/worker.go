package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"vehiclebatch/pipeline/breaker"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

const (
	// backlog is how many calls, for each call allowed in flight, may be under way including those
	// that are still being written down.
	backlog = 4
	// uncounted bounds how many calls a kill may leave uncounted: one in this many of a day's
	// calls.
	uncounted = 100
)

// worker does the work at one vendor: it decides which call goes next, makes it, and writes down
// what came back. One goroutine looks for work; each call under way has a goroutine of its own.
type worker struct {
	runner *Runner
	name   string
	config *policy.VendorConfig
	woken  chan struct{}

	mu            sync.Mutex
	window        window
	health        *health
	active        int
	sending       int                          // those of them that are submissions
	reading       bool                         // the ledger is being read for lookups to send
	wakeCount     int                          // how often it was woken so far
	overBudget    map[record.Dataset]bool      // datasets too dear for what is left of the budget
	readAgain     bool                         // lookups to send must be read again, even if the window is not empty
	skipped       map[record.Dataset]bool      // datasets whose orders the last read left on disk, because the vendor is not well
	waits         map[record.Dataset]time.Time // of these datasets, since when orders have been waiting
	notYetCounted int                          // calls not yet counted in the ledger

	looked time.Time // when it last looked; used by its loop alone

	withdrawn map[int64]bool // lookups whose call was not sent and has not ended yet

	writing sync.Mutex // held while troubles are written down, so that the newest state is written last
}

// task is a call that is to be made.
type task struct {
	work  ledger.Work // as it was read; empty for a probe
	call  vendors.Call
	place breaker.Place
	probe bool // the call asks for no lookup and costs nothing
}

func newWorker(d *Runner, name string, config *policy.VendorConfig, before troubles) *worker {
	for _, p := range before.pauses {
		if p.Vendor == name && p.Class == record.RateLimited { // the vendor told an earlier process to wait
			config.Pace.Hold(p.NextAt)
		}
	}
	return &worker{runner: d, name: name, config: config, woken: make(chan struct{}, 1),
		health: newHealth(name, d.policy, config, before, d.clock.Now()),
		window: newWindow(), overBudget: map[record.Dataset]bool{}, skipped: map[record.Dataset]bool{}, withdrawn: map[int64]bool{}, waits: map[record.Dataset]time.Time{}}
}

// loop hands out calls until ctx ends or the vendor is halted, then waits for
// those under way.
func (s *worker) loop(ctx context.Context) {
	var under sync.WaitGroup
	defer func() {
		under.Wait()
		if err := s.countCalls(0); err != nil {
			s.runner.fail(err)
		}
	}()
	for ctx.Err() == nil {
		ready, r, err := s.look(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.runner.fail(err)
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
func (s *worker) next(ctx context.Context, under *sync.WaitGroup) {
	permit, err := s.config.Pace.Admit(ctx)
	if err != nil {
		var dayCap *ratelimit.DayCapError
		if errors.As(err, &dayCap) {
			s.stop(ledger.Halt{Stops: ledger.StopsCalls, Class: record.Quota, Code: "per_day", Message: err.Error(), At: s.runner.clock.Now()})
		}
		return // or the vendor wants no calls for long: the next look will rest
	}
	t, ok := s.take()
	if !ok {
		permit.Done(ratelimit.Verdict{})
		return
	}
	under.Go(func() {
		defer s.finish(t)
		if err := errors.Join(s.perform(ctx, permit, t), s.countCalls(s.config.PerDay/uncounted)); err != nil {
			s.runner.fail(err)
		}
	})
}

// take picks the next call that the vendor's health allows: first a probe, then a ticket that is
// due, then an order.
func (s *worker) take() (task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.runner.clock.Now()
	if s.health.closed() {
		return task{}, false
	}
	if s.health.wantsProbe(s.waits, now) {
		s.health.probing = true
		s.active++
		return task{probe: true, call: vendors.Poll}, true
	}
	if s.health.allows(vendors.Poll, "", now) {
		if w, ok := s.window.takePoll(now); ok {
			s.active++
			return task{work: w, call: vendors.Poll, place: s.health.leave(vendors.Poll, w.Lookup.Dataset)}, true
		}
	}
	w, ok := s.window.takeSend(func(d record.Dataset) bool { return s.health.allows(vendors.Submit, d, now) })
	if !ok {
		return task{}, false
	}
	s.active++
	s.sending++
	d := w.Lookup.Dataset
	t := task{work: w, call: vendors.Submit, place: s.health.leave(vendors.Submit, d)}
	if !s.health.allows(vendors.Submit, d, now) {
		s.hold(d)
	}
	return t, true
}

// hold leaves orders of a dataset on disk until the vendor's health allows them, so that orders of
// other datasets are read in their place. The lock is held.
func (s *worker) hold(d record.Dataset) {
	s.window.dropSends(d)
	s.readAgain = true
}

func (s *worker) finish(t task) {
	s.mu.Lock()
	s.active--
	if t.call == vendors.Submit {
		s.sending--
	}
	if !t.probe {
		s.window.release(t.work.Lookup.ID)
	}
	if s.withdrawn[t.work.Lookup.ID] { // it could not be read again while its call was held
		delete(s.withdrawn, t.work.Lookup.ID)
		s.window.pollsAt, s.readAgain = time.Time{}, true
	}
	s.mu.Unlock()
	s.wake()
}

// unsent tells whether anything is left that could still be sent.
func (s *worker) unsent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.health.closed() && (s.reading || s.readAgain || s.sending > 0 || len(s.window.sends) > 0 || s.window.sendsAt.Before(never) || len(s.waits) > 0)
}

// wake lets the worker look for work again.
func (s *worker) wake() {
	s.mu.Lock()
	s.wakeCount++
	s.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

func (s *worker) wakes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wakeCount
}

// rest waits for a wake, or until the next thing falls due.
func (s *worker) rest(ctx context.Context, r restUntil) {
	d := s.runner
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
	case <-s.woken:
	case <-timer:
	}
	d.mu.Lock()
	delete(d.rests, s)
	d.mu.Unlock()
}

// schedulePoll says that the ledger holds a ticket for this vendor that falls due at a moment.
func (s *worker) schedulePoll(at time.Time) {
	s.mu.Lock()
	s.window.pollsAt = earlier(s.window.pollsAt, at)
	s.mu.Unlock()
	s.wake()
}

// stop halts the vendor: nothing is sent to it until the user goes on.
func (s *worker) stop(h ledger.Halt) {
	s.mu.Lock()
	s.health.halt(h)
	s.mu.Unlock()
	if err := s.writeTroubles(); err != nil {
		s.runner.fail(err)
	}
	s.wake()
}

// recordHealth lets the vendor's health take in at once how a call ended: calls that are about to
// leave check the health once more when their turn comes. It tells whether the vendor answers
// others.
func (s *worker) recordHealth(t task, out *vendors.Outcome) (others bool) {
	now := s.runner.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	others = s.health.others(now)    // asked before this call's answer counts
	if s.runner.calls.Err() != nil { // we broke the call off ourselves, which says nothing of the vendor
		s.health.notSent(t, now)
		return others
	}
	s.health.observe(t, s.config.Prices[t.work.Lookup.Dataset], out, now)
	s.holdOrders(now)
	return others
}

// holdOrders puts back the orders that the vendor's health no longer allows, and has the orders
// read again that it now allows. The lock is held.
func (s *worker) holdOrders(now time.Time) {
	for d := range s.health.breakers {
		if d != polls && s.health.allows(vendors.Submit, d, now) == s.skipped[d] {
			s.hold(d)
		}
	}
}

// writeTroubles writes down what has changed in halts and pauses.
func (s *worker) writeTroubles() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	halts, begun, over := s.health.unwritten()
	s.mu.Unlock()
	l := s.runner.ledger
	for _, h := range halts {
		s.runner.log.Info("vendor halted", "vendor", s.name, "dataset", h.Dataset, "stops", h.Stops, "class", h.Class, "code", h.Code, "message", h.Message)
		if err := l.SetHalt(h); err != nil {
			return fmt.Errorf("write down that %s is halted: %w", s.name, err)
		}
	}
	for _, p := range begun {
		s.runner.log.Info("vendor paused", "vendor", s.name, "dataset", p.Dataset, "until", p.NextAt, "nth", p.Nth, "class", p.Class, "code", p.Code, "message", p.Message)
		if err := l.SetPause(p); err != nil {
			return fmt.Errorf("write down that %s is waited for: %w", s.name, err)
		}
	}
	for _, d := range over {
		if err := l.ClearPause(s.name, d); err != nil {
			return fmt.Errorf("write down that %s answers again: %w", s.name, err)
		}
	}
	return nil
}

func (s *worker) halts() []ledger.Halt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.health.halts)
}

// closed tells whether the vendor takes no calls at all.
func (s *worker) closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health.closed()
}

// clearOverBudget lets datasets be tried again that were too dear for the budget.
func (s *worker) clearOverBudget() {
	s.mu.Lock()
	was := len(s.overBudget) > 0
	clear(s.overBudget)
	if was {
		s.window.sendsAt = time.Time{}
	}
	s.mu.Unlock()
	if was {
		s.wake()
	}
}

func (s *worker) setOverBudget(d record.Dataset) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overBudget[d] = true
	s.window.dropSends(d)
}

// countCalls writes down the calls made, if there are more than few of them and the vendor counts
// calls by the day.
func (s *worker) countCalls(few int) error {
	s.mu.Lock()
	n := s.notYetCounted
	if s.config.PerDay == 0 || n <= few {
		s.mu.Unlock()
		return nil
	}
	s.notYetCounted = 0
	s.mu.Unlock()
	return s.runner.ledger.CountCalls(s.name, record.DateOf(s.runner.clock.Now()), n)
}

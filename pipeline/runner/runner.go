package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
)

// Clock is the time by which the stages go.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
	// Timer returns a channel that gets one value after d, and a function that stops the timer.
	Timer(d time.Duration) (<-chan time.Time, func())
}

// stopGrace is how long calls under way may take to end after a stop.
const stopGrace = 10 * time.Second

// Reason says why a runner ended.
type Reason string

// The reasons why a runner ends.
const (
	AllSettled  Reason = "settled"
	Parked      Reason = "parked"      // only slow reports are left
	OutOfBudget Reason = "max-spend"   // the budget does not allow what is planned
	Halted      Reason = "halted"      // a vendor takes no calls
	Interrupted Reason = "interrupted" // the user stopped it
	OutOfRoom   Reason = "no-room"     // the disk has no room for what may come back
)

// Result says how a runner ended.
type Result struct {
	Reason Reason
	Open   int64                 // lookups of the run that are not settled
	NextAt record.Opt[time.Time] // when the next ticket is due
	Halts  []ledger.Halt
	Room   int64 // with OutOfRoom: how many bytes must be free
}

// Runner takes the open lookups of one run to an end, and polls the tickets of
// every run of the workspace meanwhile.
type Runner struct {
	ledger   Store
	policy   *policy.Policy
	run      ledger.Run
	clock    Clock
	log      *slog.Logger
	tally    *tally
	resolver *resolve.Resolver

	calls   context.Context // of calls under way; outlives a stop by stopGrace
	workers map[string]*worker
	cancel  context.CancelFunc
	changed chan struct{} // wakes the supervisor
	room    *room

	hasBlocked bool       // some lookups of the run wait for another one's answer
	unblocking sync.Mutex // held while waiting lookups are unblocked

	mu       sync.Mutex
	open     int64
	rests    map[*worker]rest
	sentAll  time.Time // since when nothing is left to send; zero: something is
	ending   *Result
	full     *ledger.NoRoomError // why nothing more is ordered; nil while there is room
	stale    bool                // a lookup of another run has settled since counted
	counted  time.Time           // when the run's lookups were counted last
	fatalErr error
}

// New prepares to run a run. The ledger must have been recovered.
func New(ctx context.Context, l Store, p *policy.Policy, run ledger.Run, clock Clock, log *slog.Logger) (*Runner, error) {
	d := &Runner{ledger: l, policy: p, resolver: resolve.New(l, p), run: run, clock: clock, log: log, workers: map[string]*worker{},
		changed: make(chan struct{}, 1), room: newRoom(), rests: map[*worker]rest{}}
	if err := l.WatchMoney(ctx, run); err != nil {
		return nil, fmt.Errorf("add up what the run has spent: %w", err)
	}
	if err := d.resolver.UnblockAll(ctx, run); err != nil {
		return nil, err
	}
	var err error
	if d.hasBlocked, err = l.HasBlocked(ctx, run); err != nil {
		return nil, fmt.Errorf("look for what waits for another answer: %w", err)
	}
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("count the run's lookups: %w", err)
	}
	d.tally = newTally(counts)
	d.open = d.tally.open()
	before, err := takeUp(ctx, l)
	if err != nil {
		return nil, err
	}
	for name, config := range p.Vendors {
		d.workers[name] = newWorker(d, name, config, before)
	}
	return d, nil
}

// takeUp reads the vendors' troubles that an earlier process has left. The user has chosen to go
// on, so nothing is halted any more.
func takeUp(ctx context.Context, l Store) (troubles, error) {
	pauses, err := l.Pauses(ctx)
	if err != nil {
		return troubles{}, fmt.Errorf("read which vendors are waited for: %w", err)
	}
	halts, err := l.Halts(ctx)
	if err != nil {
		return troubles{}, fmt.Errorf("read which vendors were halted: %w", err)
	}
	return troubles{pauses, halts}, l.ClearHalts()
}

// Run works until every lookup is settled or nothing more can be done now.
// When ctx ends it submits nothing more, lets calls under way end, and returns
// with Reason Interrupted. An error means that the ledger failed.
func (d *Runner) Run(ctx context.Context) (Result, error) {
	work, cancel := context.WithCancel(ctx)
	d.cancel = cancel
	defer cancel()
	calls, hardStop := context.WithCancel(context.WithoutCancel(ctx))
	defer hardStop()
	d.calls = calls

	var loops sync.WaitGroup
	for _, s := range d.workers {
		loops.Go(func() { s.loop(work) })
	}
	d.supervise(work)
	cancel()
	d.awaitEnd(ctx, &loops, hardStop)
	return d.end(ctx)
}

// awaitEnd waits for the calls under way, but not longer than stopGrace. When a full disk ends the
// run, no user is waiting for the end, so each call may take until its own time-out.
func (d *Runner) awaitEnd(ctx context.Context, loops *sync.WaitGroup, hardStop func()) {
	done := make(chan struct{})
	go func() { loops.Wait(); close(done) }()
	if d.isOutOfRoom() {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	grace, release := d.clock.Timer(stopGrace)
	defer release()
	select {
	case <-done:
	case <-grace:
		hardStop()
		<-done
	}
}

func (d *Runner) end(ctx context.Context) (Result, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fatalErr != nil {
		return Result{}, d.fatalErr
	}
	e := d.ending
	if e == nil {
		e = &Result{Reason: Interrupted}
	}
	open, err := d.ledger.OpenCount(context.WithoutCancel(ctx), d.run)
	if err != nil {
		return Result{}, fmt.Errorf("count what is left: %w", err)
	}
	e.Open = open
	e.Halts = d.halts()
	if open == 0 {
		e.Reason, e.NextAt = AllSettled, record.Opt[time.Time]{}
	}
	if err := d.findNextPoll(ctx, e); err != nil {
		return Result{}, err
	}
	return *e, nil
}

// findNextPoll finds out again when a parked run has something to do, now that no call is under
// way. The workers only knew that nothing is due before a certain moment. That can be wrong: after
// the clock was set back nothing may be due at that moment, and a call that ended since may have
// halted its vendor.
func (d *Runner) findNextPoll(ctx context.Context, e *Result) error {
	if !e.NextAt.OK {
		return nil
	}
	e.NextAt = record.Opt[time.Time]{}
	for name, s := range d.workers {
		if s.closed() {
			continue
		}
		at, err := d.ledger.NextPoll(context.WithoutCancel(ctx), name, time.UnixMicro(0))
		if err != nil {
			return fmt.Errorf("ask when the next ticket is due at %s: %w", name, err)
		}
		if at.OK && (!e.NextAt.OK || at.V.Before(e.NextAt.V)) {
			e.NextAt = at
		}
	}
	if !e.NextAt.OK && len(e.Halts) > 0 {
		e.Reason = Halted
	}
	return nil
}

func (d *Runner) halts() []ledger.Halt {
	var out []ledger.Halt
	for _, name := range sortedKeys(d.workers) {
		out = append(out, d.workers[name].halts()...)
	}
	return out
}

// fail ends the runner because the ledger cannot be written or read. If the disk is full, the calls under way may still
// end: their answers are written down if there is room again.
func (d *Runner) fail(err error) {
	var full *ledger.NoRoomError
	if errors.As(err, &full) {
		d.outOfRoom(full)
		return
	}
	d.mu.Lock()
	if d.fatalErr == nil {
		d.fatalErr = err
	}
	d.mu.Unlock()
	d.cancel()
}

// wake makes the supervisor look again.
func (d *Runner) wake() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// onBudgetFreed tells every worker that some of the budget was freed.
func (d *Runner) onBudgetFreed() {
	for _, s := range d.workers {
		s.clearOverBudget()
	}
}

// settled counts a lookup that has settled. The lookups of this run that followed it have settled
// as well.
func (d *Runner) settled(run int64) {
	d.mu.Lock()
	if run == d.run.Seq {
		d.open--
	} else {
		d.stale = true
	}
	d.mu.Unlock()
	d.wake()
}

// refreshCounts counts the run's lookups again when a lookup of another run has settled, because
// lookups of this run may have followed it. It does so at most once in recountEvery, and returns
// when to look again.
func (d *Runner) refreshCounts(ctx context.Context) (record.Opt[time.Time], error) {
	now := d.clock.Now()
	d.mu.Lock()
	due := d.stale && now.Sub(d.counted) >= recountEvery
	later := record.Opt[time.Time]{V: d.counted.Add(recountEvery), OK: d.stale && !due}
	if due {
		d.stale, d.counted = false, now
	}
	d.mu.Unlock()
	if !due {
		return later, nil
	}
	return record.Opt[time.Time]{}, d.recount(ctx)
}

// recountEvery bounds how often a large run is counted again because of lookups of another run.
const recountEvery = time.Second

func (d *Runner) recount(ctx context.Context) error {
	if err := d.unblockAll(ctx); err != nil {
		return err
	}
	counts, err := d.ledger.Counts(context.WithoutCancel(ctx), d.run)
	if err != nil {
		return err
	}
	d.tally.reset(counts)
	d.mu.Lock()
	d.open = d.tally.open()
	d.mu.Unlock()
	for _, s := range d.workers {
		s.wake()
	}
	d.wake()
	return nil
}

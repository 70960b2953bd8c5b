package simtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/transport"
)

// fate is how a life ends before its work does, and what happens meanwhile. The
// zero fate lets it work.
type fate struct {
	stopAfter  time.Duration // Ctrl-C, 0 for never
	death      death
	retry      bool         // what failed, by the user's word
	retryClass record.Class // of that, what failed so
	formats    string

	happens []happening
	seen    func(p *process, at moment) // told of every event that a vendor takes part in
	look    func(p *process)            // looks at the process after a while
	after   time.Duration
}

// happening is something outside the program.
type happening struct {
	after time.Duration
	what  func()
}

// process is one life of the program.
type process struct {
	world   *world
	fate    fate
	clock   clock
	off     time.Duration // how far the wall clock was wrong when it began
	line    *line
	clients []*transport.Client
	ledger  *sqlite.Ledger
	run     ledger.Run
	ctx     context.Context
	cancel  context.CancelFunc

	mu     sync.RWMutex // held for reading while something may be sent
	events [moments]int
	dead   bool
	left   string // the workspace as the kill left it
	log    []byte // of the ledger, likewise

	counting sync.Mutex // guards events, calls and moved
	calls    []exchange
	moved    int // how many calls have left or come back
}

// life is what came of a process.
type life struct {
	ending   runner.Result
	killed   bool
	clockSet bool // the wall clock was set meanwhile: what is due when depends on who looked
	stopped  bool
	doubts   int // found by Recover
	took     time.Duration
	events   [moments]int
	calls    []exchange
	money    ledger.Totals
	out      *outputs // nil when killed
}

// live runs the program once on the workspace, as `batch run` or `batch resume`.
func (w *world) live(f fate) life {
	w.t.Helper()
	p := w.born(f)
	began := time.Now()
	var out life
	err := p.work(&out)
	p.end()
	out.killed, out.events, out.calls, out.took = p.dead, p.events, p.calls, time.Since(began)
	w.lost += out.lost()
	if p.dead {
		w.mustCall = false
		w.dir = p.left
		w.ends = append(w.ends, fmt.Sprintf("killed %s %d (power %v)", f.death.at, f.death.nth, f.death.power))
		w.checkFiles()
		return out
	}
	if most := 40*out.events[callLeaves] + 2000; out.events[clockTick] > most {
		w.t.Errorf("the clock was read %d times for %d calls in %s: a busy loop", out.events[clockTick], out.events[callLeaves], out.took)
	}
	w.ends = append(w.ends, string(out.ending.Reason))
	if err != nil {
		w.t.Fatal(err)
	}
	w.checkCalled(f, &out)
	w.disk.powerCutAtEnd()
	w.checkFiles()
	w.checkOutputs(p.run)
	return out
}

func (w *world) born(f fate) *process {
	p := &process{world: w, fate: f, line: &line{wire: w.wire, weather: &w.weather}}
	w.line, p.off = p.line, w.clockOff()
	p.clock = clock{off: w.clockOff, tick: func() { p.event(clockTick) }}
	p.ctx, p.cancel = context.WithCancel(w.t.Context())
	return p
}

func (p *process) end() {
	p.cancel()
	p.line.hangUp()
	for _, c := range p.clients {
		c.Close()
	}
}

func (p *process) work(out *life) (err error) {
	w := p.world
	if p.ledger, err = sqlite.Open(p.ctx, w.dir, sqlite.Options{Now: p.clock.Now, Simulated: true, Command: "batch run", Commits: commits{p}, Space: w.space}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.ledger.Close()) }()
	w.checkSettled(p.ledger)
	policy := p.policy()
	if out.doubts, err = runner.Recover(p.ctx, p.ledger, policy); err != nil {
		return err
	}
	if err := p.findRun(policy); err != nil {
		return err
	}
	if out.ending, err = p.drive(policy); err != nil || p.isDead() {
		return err
	}
	out.stopped = p.ctx.Err() != nil
	return p.conclude(out)
}

// findRun takes up the unfinished run of the input or plans a new one.
func (p *process) findRun(policy *policy.Policy) error {
	runs, err := p.ledger.Runs(p.ctx)
	if err != nil {
		return err
	}
	if (p.fate.retry || p.fate.retryClass != "") && len(runs) > 0 && runs[0].InputPath == p.world.file {
		return p.retry(policy, runs[0])
	}
	for _, r := range runs {
		if r.State != ledger.RunFinished && r.InputPath == p.world.file {
			p.run = r
			return planner.Refresh(p.ctx, p.ledger, policy, p.run)
		}
	}
	p.world.plans++
	run := ledger.Run{ID: fmt.Sprintf("run-%d", p.world.plans), StartedAt: p.clock.Now(), InputPath: p.world.file,
		InputSHA256: p.world.file, Datasets: p.world.terms.datasets, Formats: "csv"}
	if p.world.file == fixFile {
		return p.planCorrection(policy, run, runs)
	}
	if run, err = p.ledger.NewRun(run); err != nil {
		return err
	}
	p.run, err = planner.Plan(p.ctx, p.ledger, policy, run, &input{source: p.world.source()}, func(int64) {})
	return err
}

// retry opens the failure ledger of a run again, as `batch retry --all --yes`.
func (p *process) retry(policy *policy.Policy, run ledger.Run) (err error) {
	if err := p.world.letReopen(p.ctx, p.ledger, run); err != nil {
		return err
	}
	if p.run, err = retry.Retry(p.ctx, p.ledger, policy, run, p.fate.filter()); err != nil {
		return err
	}
	return planner.Refresh(p.ctx, p.ledger, policy, p.run)
}

func (f *fate) filter() ledger.Filter {
	if f.retryClass == "" {
		return ledger.Filter{}
	}
	return ledger.Filter{Classes: []record.Class{f.retryClass}}
}

func (p *process) drive(policy *policy.Policy) (runner.Result, error) {
	d, err := runner.New(p.ctx, p.ledger, policy, p.run, p.clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return runner.Result{}, err
	}
	if p.fate.stopAfter > 0 {
		stop := time.AfterFunc(p.fate.stopAfter, p.cancel)
		defer stop.Stop()
	}
	if p.fate.look != nil {
		var looking sync.Mutex
		look := time.AfterFunc(p.fate.after, func() {
			looking.Lock()
			defer looking.Unlock()
			p.fate.look(p)
		})
		defer func() { look.Stop(); looking.Lock(); looking.Unlock() }() //nolint:staticcheck // waits for the look to end
	}
	for _, h := range p.fate.happens {
		defer time.AfterFunc(h.after, h.what).Stop()
	}
	return d.Run(p.ctx)
}

// conclude writes the outputs and finishes a run that is settled, as cmd/batch does.
func (p *process) conclude(out *life) error {
	w, ctx := p.world, context.WithoutCancel(p.ctx)
	if p.fate.formats != "" {
		p.run.Formats = p.fate.formats
	}
	if out.ending.Open == 0 && p.run.State == ledger.RunOpen {
		p.run.State, p.run.FinishedAt = ledger.RunSettled, p.clock.Now()
	}
	if err := p.ledger.SetRun(p.run); err != nil {
		return err
	}
	out.money = p.ledger.Money()
	if w.many != nil {
		return nil
	}
	out.out = &outputs{}
	if err := p.write(ctx, out.out); err != nil || p.isDead() {
		return err
	}
	if p.run.State == ledger.RunSettled {
		p.run.State = ledger.RunFinished
		if err := p.ledger.SetRun(p.run); err != nil || p.isDead() {
			return err
		}
	}
	w.checkSettled(p.ledger)
	w.reopened = nil
	out.calls, out.clockSet = p.calls, p.off != w.clockOff()
	w.checkBooks(p.ledger, p.run, out)
	return w.verify(ctx, p.ledger, p.run)
}

func (p *process) count(at moment) int {
	p.counting.Lock()
	defer p.counting.Unlock()
	return p.events[at]
}

func (p *process) isDead() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.dead
}

var errKilled = errors.New("the process is dead")

// sender is the transport, between two moments at which a process may die.
type sender struct {
	vendor  string
	client  *transport.Client
	process *process
}

func (s *sender) Do(req *http.Request, turn vendors.Turn) vendors.Response {
	p := s.process
	p.event(callLeaves)
	if p.isDead() {
		return vendors.Response{Err: errKilled}
	}
	leaving := &leaving{Turn: turn, process: p}
	resp := s.client.Do(req, leaving)
	p.came(s.vendor, req, leaving.left, &resp)
	p.event(callReturned)
	if p.isDead() {
		return vendors.Response{Err: errKilled}
	}
	return resp
}

// leaving is a turn that sees when it comes.
type leaving struct {
	vendors.Turn
	process *process
	left    move
}

func (l *leaving) Start(ctx context.Context) error {
	if err := l.Turn.Start(ctx); err != nil {
		return err
	}
	l.left = l.process.leaves()
	return nil
}

// witness is an adapter that sees when an answer is read.
type witness struct {
	vendors.Vendor
	vendors.Prober
	process *process
}

func (v *witness) Read(d record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	v.process.event(answerRead)
	return v.Vendor.Read(d, c, car, body)
}

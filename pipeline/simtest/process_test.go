package simtest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
	"vehiclebatch/vendors/transport"
)

// fate is how a life ends before its work does. The zero fate lets it work.
type fate struct {
	stopAfter time.Duration // Ctrl-C, 0 for never
	// Killed at the nth event of a kind, 1 is the first, 0 for never.
	beforeCall, afterCall int // a call is about to leave; its answer has arrived
	beforeRead            int // an answer is on disk and about to be read
	tick                  int // a look at the clock, anywhere

	retry      bool         // what failed, by the user's word
	retryClass record.Class // of that, what failed so

	seen  func(p *process, at moment) // told of every event
	look  func(p *process)            // looks at the process after a while
	after time.Duration
}

// moment is a kind of event in a life.
type moment int

const (
	callLeaves moment = iota
	callReturned
	answerRead
	clockTick
	moments
)

func (f *fate) kills(at moment, nth int) bool {
	return nth == [moments]int{f.beforeCall, f.afterCall, f.beforeRead, f.tick}[at]
}

// process is one life of the program.
type process struct {
	world   *world
	fate    fate
	clock   clock
	line    *line
	clients []*transport.Client
	ledger  *ledger.Ledger
	run     ledger.Run
	ctx     context.Context
	cancel  context.CancelFunc

	mu     sync.RWMutex // held for reading while something may be sent
	events [moments]int
	dead   bool
	left   string // the workspace as the kill left it

	counting sync.Mutex // guards events and calls
	calls    []exchange
}

// life is what came of a process.
type life struct {
	ending  pipeline.Ending
	killed  bool
	stopped bool
	doubts  int // found by Recover
	took    time.Duration
	events  [moments]int
	calls   []exchange
	money   ledger.Totals
	out     *outputs // nil when killed
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
	if p.dead {
		w.dir = p.left
		w.ends = append(w.ends, "killed")
		return out
	}
	if most := 40*out.events[callLeaves] + 2000; out.events[clockTick] > most {
		w.t.Errorf("the clock was read %d times for %d calls: a busy loop", out.events[clockTick], out.events[callLeaves])
	}
	w.ends = append(w.ends, string(out.ending.Reason))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) born(f fate) *process {
	p := &process{world: w, fate: f, line: &line{wire: w.wire}}
	p.clock = clock{tick: func() { p.event(clockTick) }}
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
	if p.ledger, err = ledger.Open(p.ctx, w.dir, ledger.Options{Now: p.clock.Now, Simulated: true, Command: "batch run"}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.ledger.Close()) }()
	w.checkSettled(p.ledger)
	policy := p.policy()
	if out.doubts, err = pipeline.Recover(p.ctx, p.ledger, policy); err != nil {
		return err
	}
	if err := p.findRun(policy); err != nil {
		return err
	}
	if err := p.ledger.ClearHalts(); err != nil {
		return err
	}
	if out.ending, err = p.drive(policy); err != nil || p.isDead() {
		return err
	}
	out.stopped = p.ctx.Err() != nil
	return p.conclude(out)
}

// findRun takes up the unfinished run of the input or plans a new one.
func (p *process) findRun(policy *pipeline.Policy) error {
	runs, err := p.ledger.Runs(p.ctx)
	if err != nil {
		return err
	}
	if p.fate.retry || p.fate.retryClass != "" {
		return p.retry(policy, runs[0])
	}
	for _, r := range runs {
		if r.State != ledger.RunFinished && r.InputPath == p.world.file {
			p.run = r
			return pipeline.Refresh(p.ctx, p.ledger, policy, p.run)
		}
	}
	run, err := p.ledger.NewRun(ledger.Run{ID: time.Now().Format("20060102-150405.000000"), StartedAt: time.Now(), InputPath: p.world.file,
		InputSHA256: p.world.file, Datasets: p.world.terms.datasets, Formats: "parquet"})
	if err != nil {
		return err
	}
	p.run, err = pipeline.Plan(p.ctx, p.ledger, policy, run, &input{source: p.world.source()}, func(int64) {})
	return err
}

// retry opens the failure ledger of a run again, as `batch retry --all --yes`.
func (p *process) retry(policy *pipeline.Policy, run ledger.Run) (err error) {
	if p.run, err = pipeline.Retry(p.ctx, p.ledger, policy, run, p.fate.filter()); err != nil {
		return err
	}
	return pipeline.Refresh(p.ctx, p.ledger, policy, p.run)
}

func (f *fate) filter() ledger.Filter {
	if f.retryClass == "" {
		return ledger.Filter{}
	}
	return ledger.Filter{Classes: []record.Class{f.retryClass}}
}

func (p *process) drive(policy *pipeline.Policy) (pipeline.Ending, error) {
	d, err := pipeline.NewDrive(p.ctx, p.ledger, policy, p.run, p.clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return pipeline.Ending{}, err
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
	return d.Run(p.ctx)
}

// conclude writes the outputs and finishes a run that is settled, as cmd/batch does.
func (p *process) conclude(out *life) error {
	w, ctx := p.world, context.WithoutCancel(p.ctx)
	if out.ending.Open == 0 {
		p.run.State, p.run.FinishedAt = ledger.RunFinished, time.Now()
		if err := p.ledger.SetRun(p.run); err != nil {
			return err
		}
	}
	out.money = p.ledger.Money()
	if w.many != nil {
		return nil
	}
	out.out = &outputs{}
	readers := export.Readers{}
	for _, d := range all.Descriptors() {
		readers[d.Name] = d.Reader
	}
	if err := export.Write(ctx, p.ledger, p.run, readers, out.out); err != nil {
		return err
	}
	w.checkSettled(p.ledger)
	w.checkBooks(p.ledger, p.run, out)
	return nil
}

// event counts, and kills the process if its time has come.
func (p *process) event(at moment) {
	p.counting.Lock()
	p.events[at]++
	nth := p.events[at]
	p.counting.Unlock()
	if p.fate.seen != nil && at != clockTick {
		p.fate.seen(p, at)
	}
	if p.fate.kills(at, nth) {
		p.kill()
	}
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

// kill ends the process as kill -9 does: what was written stays, nothing more
// is sent, connections break. The ledger's files are set aside as they are at
// this moment; what the rest of the process still does is lost.
func (p *process) kill() {
	p.mu.Lock()
	if !p.dead {
		p.dead = true
		p.left = p.world.newDir()
		for _, name := range []string{ledger.FileName, ledger.FileName + "-wal"} {
			p.copyAside(name)
		}
	}
	p.mu.Unlock()
	p.end()
}

// copyAside copies a file of the workspace. Between checkpoints, which come
// after megabytes or at the end, the log only grows: a copy of it in the middle
// of a commit is a log that was torn there.
func (p *process) copyAside(name string) {
	data, err := os.ReadFile(filepath.Join(p.world.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(p.left, name), data, 0o600)
	}
	if err != nil {
		p.world.t.Error(err)
	}
}

var errKilled = errors.New("the process is dead")

// sender is the transport, between two moments at which a process may die.
type sender struct {
	vendor  string
	client  *transport.Client
	process *process
}

// exchange is one call as it went.
type exchange struct {
	vendor     string
	left, came time.Time
	status     int
}

func (s *sender) Do(req *http.Request) vendors.Response {
	p := s.process
	p.event(callLeaves)
	if p.isDead() {
		return vendors.Response{Err: errKilled}
	}
	left := time.Now()
	resp := s.client.Do(req)
	p.counting.Lock()
	p.calls = append(p.calls, exchange{s.vendor, left, time.Now(), resp.Status})
	p.counting.Unlock()
	p.event(callReturned)
	if p.isDead() {
		return vendors.Response{Err: errKilled}
	}
	return resp
}

// witness is an adapter that sees when an answer is read.
type witness struct {
	vendors.Vendor
	process *process
}

func (v *witness) Read(d record.Dataset, c vendors.Call, car *record.Vehicle, body []byte) vendors.Outcome {
	v.process.event(answerRead)
	return v.Vendor.Read(d, c, car, body)
}

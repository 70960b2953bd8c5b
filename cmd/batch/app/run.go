package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
)

// Buying is what a command that buys is told.
type Buying struct {
	Opening
	Outputs   OutputOptions
	Datasets  []record.Dataset // empty: all that are configured
	StrictVIN record.Flag      // unknown: as configured
	Yes       bool             // what is asked before anything is bought is answered
	Flags     string           // that a next command needs to work as this one does
	Log       *slog.Logger
}

// Input is a file of vehicles as the user names it; - is Stdin.
type Input struct {
	Path, Sheet string
	Stdin       io.Reader
	Name        string // instead of the path, "" is the path
	Limit       int    // read this many rows that can be bought for, and those before them; 0 is all
}

// buyer is a session that buys.
type buyer struct {
	*session
	o *Buying
}

// Check refuses what no vendor needs to be asked about.
func (o *Buying) Check() error {
	_, err := o.wanted()
	return err
}

func (o *Buying) buy(ctx context.Context, do func(*buyer) (*Ended, error)) (end *Ended, err error) {
	err = o.work(ctx, o.Dir, func(s *session) error {
		end, err = do(&buyer{s, o})
		return err
	})
	return end, err
}

// Run plans an input and works at it as far as it goes now, or goes on with the
// unfinished run of this input. The end may be there beside an error.
func Run(ctx context.Context, o Buying, input Input) (*Ended, error) {
	return o.buy(ctx, func(s *buyer) (*Ended, error) {
		in, err := s.openInput(ctx, input, s.Dir)
		if err != nil {
			return nil, err
		}
		defer in.close()
		p, err := s.planned(ctx, in, s.ledger)
		if err != nil {
			return nil, err
		}
		if p.goesOn {
			if err := s.watch.Speak(LangOf(p.run)); err != nil {
				return nil, err
			}
			s.watch.Tell(GoesOn{p.run.ID})
			return s.goOn(ctx, p.run)
		}
		if err := s.askFirst(ctx, p.run, in.spool); err != nil {
			return nil, err
		}
		return s.work(ctx, p.run)
	})
}

// Resume goes on with the unfinished run of a workspace. Where there is none, there is nothing to do.
func Resume(ctx context.Context, o Buying) (*Ended, error) {
	return o.buy(ctx, func(s *buyer) (*Ended, error) {
		run, err := s.newestOpen(ctx)
		if err != nil {
			return nil, err
		}
		if run.State == ledger.RunFinished {
			return s.idle(ctx, run)
		}
		return s.goOn(ctx, run)
	})
}

// idle is the end of a command that had nothing to do.
func (s *buyer) idle(ctx context.Context, run ledger.Run) (*Ended, error) {
	m, err := manifestOf(ctx, s.ledger, run)
	if err != nil {
		return nil, err
	}
	if err := s.watch.Speak(LangOf(run)); err != nil {
		return nil, err
	}
	return &Ended{Idle: true, Code: ExitSettled, Standing: Standing{Run: run, Manifest: m}}, nil
}

// plannedRun is a run of an input: a new one, or one that goes on.
type plannedRun struct {
	run    ledger.Run
	goesOn bool
}

// planned finds the unfinished run of an input, or plans a new one.
func (s *buyer) planned(ctx context.Context, in *input, into plans) (p plannedRun, err error) {
	failures, err := s.readFailures(ctx, in)
	if err != nil {
		return p, err
	}
	if failures != nil && failures.held { // as the run whose failures are given back
		if err := s.watch.Speak(LangOf(failures.run)); err != nil {
			return p, err
		}
	}
	if p.run, p.goesOn, err = s.sameRun(ctx, in, failures); err != nil {
		return p, err
	}
	if p.goesOn {
		return p, s.o.sameStrictness(p.run)
	}
	p.run, err = s.plan(ctx, in, into, failures)
	return p, err
}

// wanted are the datasets of a new run.
func (o *Buying) wanted() ([]record.Dataset, error) {
	var out []record.Dataset
	for _, d := range record.Datasets() {
		if _, ok := o.Config.Datasets[d]; ok && (len(o.Datasets) == 0 || slices.Contains(o.Datasets, d)) {
			out = append(out, d)
		}
	}
	for _, d := range o.Datasets {
		if !slices.Contains(out, d) {
			return nil, UsageError("--dataset %s: no configured vendor offers it; `batch vendors` lists them", d)
		}
	}
	return out, nil
}

// newestOpen is the newest run that is not finished, or the newest of all when all are.
func (s *buyer) newestOpen(ctx context.Context) (ledger.Run, error) {
	runs, err := s.ledger.Runs(ctx)
	if err != nil {
		return ledger.Run{}, err
	}
	for _, r := range runs {
		if r.State != ledger.RunFinished {
			return r, nil
		}
	}
	if len(runs) == 0 {
		return ledger.Run{}, UsageError("the workspace %s has no run: start one with `batch run INPUT --out %s`", s.Dir, s.Dir)
	}
	return runs[0], nil
}

// sameRun finds the unfinished run of the same input and datasets.
func (s *buyer) sameRun(ctx context.Context, in *input, failures *failureFile) (ledger.Run, bool, error) {
	runs, err := s.ledger.Runs(ctx)
	if err != nil {
		return ledger.Run{}, false, err
	}
	for _, r := range runs {
		if same, err := s.isPlanned(&r, in, failures); same || err != nil {
			return r, same, err
		}
	}
	return ledger.Run{}, false, nil
}

// goOn takes up a run that was left.
func (s *buyer) goOn(ctx context.Context, run ledger.Run) (*Ended, error) {
	if err := s.watch.Speak(LangOf(run)); err != nil {
		return nil, err
	}
	for _, d := range run.Datasets {
		if _, ok := s.o.Config.Datasets[d]; !ok {
			return nil, UsageError("run %s wants %s, and no configured vendor offers it: add one to the configuration", run.ID, d)
		}
	}
	if _, err := s.o.Outputs.changed(run); err != nil {
		return nil, err // before anything is bought
	}
	if err := s.remember(&run); err != nil {
		return nil, err
	}
	err := planner.Refresh(ctx, s.ledger, s.policy, run)
	if errors.Is(err, context.Canceled) {
		return s.interrupted(ctx, run)
	}
	if err != nil {
		return nil, err
	}
	return s.work(ctx, run)
}

// remember holds a run that is taken up to its limit. One that is given now is
// written down before anything is bought: it holds until another is given.
func (s *buyer) remember(run *ledger.Run) error {
	s.policy.MaxSpend = s.o.limit(*run)
	if !s.o.MaxSpend.OK || run.MaxSpend == s.o.MaxSpend {
		return nil
	}
	run.MaxSpend = s.o.MaxSpend
	if err := s.ledger.SetRun(*run); err != nil {
		return fmt.Errorf("write down the limit of the run: %w", err)
	}
	return nil
}

// interrupted ends a run that was stopped before its calls began.
func (s *buyer) interrupted(ctx context.Context, run ledger.Run) (*Ended, error) {
	ctx = context.WithoutCancel(ctx)
	open, err := s.ledger.OpenCount(ctx, run)
	if err != nil {
		return nil, err
	}
	return s.conclude(ctx, run, runner.Result{Reason: runner.Interrupted, Open: open})
}

// work drives a run as far as it goes now, writes the outputs and ends with
// the run's exit code.
func (s *buyer) work(ctx context.Context, run ledger.Run) (*Ended, error) {
	drive, err := runner.New(ctx, s.ledger, s.policy, run, s.o.Clock, s.o.Log)
	if errors.Is(err, context.Canceled) {
		return s.interrupted(ctx, run)
	}
	if err != nil {
		return nil, err
	}
	stop := s.watch.Follow(drive, run, s.policy.MaxSpend)
	ending, err := drive.Run(ctx)
	stop()
	if err != nil {
		return nil, err
	}
	return s.conclude(context.WithoutCancel(ctx), run, ending)
}

// strict tells whether a new run refuses VINs with a wrong check digit: as --strict-vin
// says, else as the configuration does, or the run that this one corrects.
func (o *Buying) strict(unsaid bool) bool {
	if o.StrictVIN.OK {
		return o.StrictVIN.V
	}
	return unsaid
}

// sameStrictness refuses a --strict-vin that comes too late: the run is planned.
func (o *Buying) sameStrictness(run ledger.Run) error {
	if !o.StrictVIN.OK || o.StrictVIN.V == run.StrictVIN {
		return nil
	}
	was, say := "without --strict-vin", "leave it out to go on"
	if run.StrictVIN {
		was, say = "with --strict-vin", "leave --strict-vin=false out to go on"
	}
	return UsageError("this input has the unfinished run %s, which was planned %s: %s, or name another workspace with --out", run.ID, was, say)
}

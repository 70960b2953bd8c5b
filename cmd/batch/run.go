package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
)

func runCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "run", ArgsUsage: "INPUT", Usage: "plan, submit, poll, normalise, write; run again, it goes on where it was",
		Description: "INPUT is a file of vehicles, CSV, Excel (xlsx) or Parquet, or - for stdin.\n\n" +
			"   batch run fleet.csv --simulate              try it: no keys, no money\n" +
			"   batch run fleet.csv --max-spend 500         buy for at most ¥500\n" +
			"   batch run fleet.csv --dataset violations    one dataset alone\n" +
			"   batch run fleet.csv --dry-run               what it would cost, as batch plan\n" +
			"   batch run fix.csv                           a corrected copy of failures.csv: mends the run that it is of",
		Flags: append(workFlags(), datasetFlag(), sheetFlag(), strictVINFlag(),
			&cli.BoolFlag{Name: "yes", Usage: "buy for VINs with a wrong check digit without asking", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what it would do and cost, and call nobody", DisableDefaultText: true}),
		Action: func(c *cli.Context) error {
			if c.Bool("dry-run") {
				return planAction(c, env)
			}
			return runAction(c, env)
		},
	})
}

func resumeCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "resume", Usage: "go on with the unfinished run of a workspace",
		Description: "   batch resume --out out",
		Flags:       workFlags(),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return withSession(c, env, func(ctx context.Context, s *session) error {
				run, err := s.unfinished(ctx)
				if err != nil {
					return err
				}
				return s.goOn(ctx, run)
			})
		},
	})
}

func runAction(c *cli.Context, env environment) error {
	path, err := oneArgument(c, "the INPUT file")
	if err != nil {
		return err
	}
	if err := checkInput(path, c.String("sheet"), c.String("out")); err != nil {
		return err
	}
	return withSession(c, env, func(ctx context.Context, s *session) error {
		in, err := s.openInput(ctx, path, c.String("sheet"))
		if err != nil {
			return err
		}
		defer in.close()
		failures, err := s.readFailures(ctx, in)
		if err != nil {
			return err
		}
		if err := s.speakLike(failures); err != nil {
			return err
		}
		run, found, err := s.sameRun(ctx, in, failures)
		if err != nil {
			return err
		}
		if found {
			if err := s.sameStrictness(run); err != nil {
				return err
			}
			if err := s.Speak(langOf(run)); err != nil {
				return err
			}
			s.Tell("run_goes_on", run.ID)
			return s.goOn(ctx, run)
		}
		if run, err = s.plan(ctx, in, failures); err != nil {
			return err
		}
		if err := s.askFirst(ctx, run, in.spool); err != nil {
			return err
		}
		return s.work(ctx, run)
	})
}

// session is one command at work in a workspace.
type session struct {
	*setup
	dir    string // the workspace, or the folder that a plan is made in
	ledger *ledger.Ledger
	policy *pipeline.Policy
}

// withSession opens the workspace, settles what a killed process left, and
// lets do work there.
func withSession(c *cli.Context, env environment, do func(context.Context, *session) error) error {
	set, err := newSetup(c, env)
	if err != nil {
		return err
	}
	defer set.close()
	if err := set.checkFormats(); err != nil {
		return err
	}
	if err := set.configure(c.Context, c); err != nil {
		return err
	}
	if _, err := set.wanted(); err != nil {
		return err
	}
	if err := set.chooseTarget(); err != nil {
		return err
	}
	if set.proxies, err = env.proxies(); err != nil {
		return err
	}
	err = set.open(c.Context, set.out, func(s *session) error { return do(c.Context, s) })
	set.announce(c.Context, err)
	return err
}

// open opens a workspace's ledger for writing and recovers it.
func (s *setup) open(ctx context.Context, dir string, do func(*session) error) (err error) {
	l, err := ledger.Open(ctx, dir, ledger.Options{Now: s.env.clock.Now, Simulated: s.simulated, Command: s.command})
	if err != nil {
		return asUsageError(err)
	}
	defer func() {
		if cerr := l.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close the ledger: %w", cerr)
		}
	}()
	if err := keepsOutputs(dir); err != nil {
		return asUsageError(err)
	}
	p, err := s.policy(ctx, l)
	if err != nil {
		return asUsageError(err)
	}
	if err := s.mindClock(ctx, l); err != nil {
		return asUsageError(err)
	}
	doubts, err := pipeline.Recover(ctx, l, p)
	if err != nil {
		return asUsageError(err)
	}
	if doubts > 0 {
		s.Tell("run_cut_short", doubts)
	}
	return do(&session{setup: s, dir: dir, ledger: l, policy: p})
}

// mindClock says when the clock is, or was, wrong.
func (s *setup) mindClock(ctx context.Context, l *ledger.Ledger) error {
	ahead, err := l.Ahead(ctx)
	if err == nil && ahead > 0 {
		s.Tell("run_clock", s.ChinaTime(s.env.clock.Now().Add(ahead)))
	}
	return err
}

// keepsOutputs refuses a workspace whose folders of outputs lead somewhere else,
// before anything is bought that could not be written there.
func keepsOutputs(dir string) error {
	if leads := leadsOut(dir); len(leads) > 0 {
		return usageError("%w", leads[0])
	}
	return nil
}

// leadsOut lists the folders of outputs that lead out of a workspace.
func leadsOut(dir string) (out []error) {
	for _, folder := range []string{runDir(dir, ""), byDate(dir)} {
		var outside *inside.OutsideError
		if _, err := sinks.DiskIn(dir).Stat(folder); errors.As(err, &outside) {
			out = append(out, outside)
		}
	}
	return out
}

// unfinished is the newest run that is not finished.
func (s *session) unfinished(ctx context.Context) (ledger.Run, error) {
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
		return ledger.Run{}, usageError("the workspace %s has no run: start one with `batch run INPUT --out %s`", s.out, s.out)
	}
	return ledger.Run{}, usageError("the workspace %s has no unfinished run: the last one, %s, is finished. `batch run INPUT` starts a new one, `batch retry` reopens what failed", s.out, runs[0].ID)
}

// sameRun finds the unfinished run of the same input and datasets.
func (s *session) sameRun(ctx context.Context, in *input, failures *failureFile) (ledger.Run, bool, error) {
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
func (s *session) goOn(ctx context.Context, run ledger.Run) error {
	if err := s.Speak(langOf(run)); err != nil {
		return err
	}
	for _, d := range run.Datasets {
		if _, ok := s.config.Datasets[d]; !ok {
			return usageError("run %s wants %s, and no configured vendor offers it: add one to the configuration", run.ID, d)
		}
	}
	if _, err := s.changedOutputs(run); err != nil {
		return err // before anything is bought
	}
	if err := s.remember(&run); err != nil {
		return err
	}
	err := pipeline.Refresh(ctx, s.ledger, s.policy, run)
	if errors.Is(err, context.Canceled) {
		return s.interrupted(ctx, run)
	}
	if err != nil {
		return err
	}
	return s.work(ctx, run)
}

// remember holds a run that is taken up to its limit. One that is given now is
// written down before anything is bought: it holds until another is given.
func (s *session) remember(run *ledger.Run) error {
	s.policy.MaxSpend = s.limit(*run)
	if !s.maxSpend.OK || run.MaxSpend == s.maxSpend {
		return nil
	}
	run.MaxSpend = s.maxSpend
	if err := s.ledger.SetRun(*run); err != nil {
		return fmt.Errorf("write down the limit of the run: %w", err)
	}
	return nil
}

// interrupted ends a run that was stopped before its calls began.
func (s *session) interrupted(ctx context.Context, run ledger.Run) error {
	ctx = context.WithoutCancel(ctx)
	open, err := s.ledger.OpenCount(ctx, run)
	if err != nil {
		return err
	}
	return s.conclude(ctx, run, pipeline.Ending{Reason: pipeline.Interrupted, Open: open})
}

// work drives a run as far as it goes now, writes the outputs and ends with
// the run's exit code.
func (s *session) work(ctx context.Context, run ledger.Run) error {
	drive, err := pipeline.NewDrive(ctx, s.ledger, s.policy, run, s.env.clock, s.log)
	if errors.Is(err, context.Canceled) {
		return s.interrupted(ctx, run)
	}
	if err != nil {
		return err
	}
	stop := s.Follow(drive, run, s.policy.MaxSpend)
	ending, err := drive.Run(ctx)
	stop()
	if err != nil {
		return err
	}
	return s.conclude(context.WithoutCancel(ctx), run, ending)
}

// conclude writes the outputs of what is settled and says how the run ended.
func (s *session) conclude(ctx context.Context, run ledger.Run, ending pipeline.Ending) error {
	o, err := s.changedOutputs(run)
	if err != nil {
		return err
	}
	o.into(&run)
	if ending.Open == 0 && run.State == ledger.RunOpen {
		run.State, run.FinishedAt = ledger.RunSettled, s.env.clock.Now()
	}
	if err := s.ledger.SetRun(run); err != nil {
		return fmt.Errorf("write down how far the run is: %w", err)
	}
	m, err := s.write(ctx, run)
	if ledger.Damaged(err) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w\n  The ledger is good: `batch resume --out %s` goes on, `batch export --out %s --run %s` writes the outputs again", err, s.out, s.out, run.ID)
	}
	if run.State == ledger.RunSettled {
		run.State = ledger.RunFinished
		if err := s.ledger.SetRun(run); err != nil {
			return fmt.Errorf("write down that the run is finished: %w", err)
		}
	}
	s.end = &conclusion{m, ending}
	// Where nobody reads the summary any more, the run has ended as it did.
	if err := s.report(ctx, m, run, ending); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	return withCode(m.ExitCode)
}

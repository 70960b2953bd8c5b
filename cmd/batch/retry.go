package main

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func retryCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "retry", Usage: "reopen lookups of the failure ledger, then go on as resume",
		Description: "   batch retry --class unavailable             what failed because the vendor was down\n" +
			"   batch retry --vendor wapi --dataset valuation\n" +
			"   batch retry --class in_doubt --yes          may pay twice: it says how much\n" +
			"   batch retry --all\n" +
			"   batch retry --class expired --run 20260102T030405Z-abcdef",
		Flags: append(workFlags(), datasetFlag(), runFlag(),
			&cli.StringSliceFlag{Name: "class", Usage: "failures of this `CLASS`; repeatable"},
			&cli.StringSliceFlag{Name: "vendor", Usage: "failures at this `VENDOR`; repeatable"},
			&cli.BoolFlag{Name: "all", Usage: "every failure", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "pay again for what may have been paid, without asking", DisableDefaultText: true}),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			f, err := filterOf(c)
			if err != nil {
				return err
			}
			return withSession(c, env, func(ctx context.Context, s *session) error { return s.retry(ctx, c.String("run"), f, c.Bool("yes")) })
		},
	})
}

// filterOf reads which failures are meant.
func filterOf(c *cli.Context) (ledger.Filter, error) {
	f := ledger.Filter{Vendors: splitWords(c.StringSlice("vendor"))}
	for _, word := range splitWords(c.StringSlice("class")) {
		class := record.Class(word)
		if !slices.Contains(record.Classes(), class) {
			return f, usageError("--class %q: the classes are %s", word, joinClasses())
		}
		f.Classes = append(f.Classes, class)
	}
	var err error
	if f.Datasets, err = datasetsOf(c); err != nil {
		return f, err
	}
	if len(f.Classes)+len(f.Vendors)+len(f.Datasets) == 0 && !c.Bool("all") {
		return f, usageError("say which failures: --class, --vendor, --dataset or --all; `batch failures` shows them")
	}
	return f, nil
}

func splitWords(list []string) []string {
	var out []string
	for _, item := range list {
		for w := range strings.SplitSeq(item, ",") {
			if w = strings.TrimSpace(w); w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

func joinClasses() string {
	words := make([]string, 0, len(record.Classes()))
	for _, c := range record.Classes() {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

func (s *session) retry(ctx context.Context, id string, f ledger.Filter, yes bool) error {
	run, err := s.chosenRun(ctx, id)
	if err != nil {
		return err
	}
	if err := notPurged(run, "tried again"); err != nil {
		return err
	}
	if err := s.Speak(langOf(run)); err != nil {
		return err
	}
	if _, err := s.changedOutputs(run); err != nil {
		return err
	}
	what, err := pipeline.PlanRetry(ctx, s.ledger, s.policy, run, f)
	if err != nil {
		return err
	}
	if what.Lookups == 0 {
		return s.nothingToRetry(run, what)
	}
	s.Tell("retry_open", what.Lookups, run.ID)
	if what.PollAgain > 0 {
		s.Tell("retry_free", what.PollAgain)
	}
	if what.NotTaken > 0 {
		s.Tell("retry_not_taken", what.NotTaken)
	}
	if what.Kept > 0 {
		s.Tell("retry_kept", what.Kept)
	}
	if what.Rebought > 0 && yes {
		s.Tell("retry_twice", what.Rebought, what.AtStake)
	}
	if what.Rebought > 0 && !yes && !s.Asks(s.Said().Say("retry_twice", what.Rebought, what.AtStake), s.Said().Say("retry_yes")) {
		return usageError("nothing was reopened: say --yes to pay again for %s, up to %s", record.Counted(int64(what.Rebought), "lookup"), what.AtStake.Yuan())
	}
	if run, err = pipeline.Retry(ctx, s.ledger, s.policy, run, f); err != nil {
		return err
	}
	return s.goOn(ctx, run)
}

func (s *session) nothingToRetry(run ledger.Run, what pipeline.Reopening) error {
	if what.Kept > 0 {
		return usageError("none of the failures of run %s that match (%d) can be tried again as they are: their rows must be corrected. Give a corrected copy of the failures to `batch run`; `batch fix` says what to correct", run.ID, what.Kept)
	}
	return usageError("no failure of run %s matches; `batch failures` shows them", run.ID)
}

// lastRun is the newest run of the workspace.
func (s *session) lastRun(ctx context.Context) (ledger.Run, error) {
	runs, err := s.ledger.Runs(ctx)
	if err != nil {
		return ledger.Run{}, err
	}
	runs = slices.DeleteFunc(runs, func(r ledger.Run) bool { return r.State == ledger.RunPlanning })
	if len(runs) == 0 {
		return ledger.Run{}, usageError("the workspace %s has no run: start one with `batch run INPUT --out %s`", s.out, s.out)
	}
	return runs[0], nil
}

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
)

func statusCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "status", Usage: "where a workspace stands: counts, spend, waiting lookups, halted vendors",
		Description: "   batch status --out out\n\nWorks while another process runs there.",
		Flags:       []cli.Flag{outFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, run ledger.Run) error {
				if s.json {
					return s.statusJSON(ctx, l, run)
				}
				return s.printStatus(ctx, l, run)
			})
		},
	})
}

func (s *setup) printStatus(ctx context.Context, l *ledger.Ledger, run ledger.Run) error {
	out := s.env.stdout
	m, err := manifestOf(ctx, l, run)
	if err != nil {
		return err
	}
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "run %s of %s (%s)%s, begun %s: %s\n\n", run.ID, run.InputPath, counted(run.InputRows, "row"), correcting(run), chinaTime(run.StartedAt), stateWords(run, m.Complete))
	if !run.PurgedAt.IsZero() {
		fmt.Fprintf(out, "purged %s: vehicles and answers are forgotten, counts and money are kept\n\n", chinaTime(run.PurgedAt))
	}
	printStatuses(out, pipeline.SumStatuses(counts))
	if err := printLostRows(ctx, out, l, run); err != nil {
		return err
	}
	printSpend(out, m)
	printWaiting(s, counts)
	halts, err := l.Halts(ctx)
	if err != nil {
		return err
	}
	for _, h := range halts {
		fmt.Fprintf(out, "%s is halted since %s (%s %s): %s\n", h.Vendor, chinaTime(h.At), h.Class, h.Code, h.Message)
	}
	if err := s.printOthers(ctx, l, run); err != nil {
		return err
	}
	if run.State != ledger.RunFinished {
		fmt.Fprintf(out, "\nGo on with:\n  batch resume --out %s%s\n", s.out, s.sameFlags())
	}
	return nil
}

// otherRun is a run that is not finished, with what is left of it.
type otherRun struct {
	run  ledger.Run
	left int64
}

// unfinishedOthers lists the other runs that are not finished.
func unfinishedOthers(ctx context.Context, l *ledger.Ledger, run ledger.Run) ([]otherRun, error) {
	runs, err := l.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var out []otherRun
	for _, r := range runs {
		if r.Seq == run.Seq || r.State == ledger.RunFinished || r.State == ledger.RunPlanning {
			continue
		}
		left, err := l.OpenCount(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, otherRun{r, left})
	}
	return out, nil
}

// printOthers names the other runs that are not finished: what they have
// ordered is paid and waits.
func (s *setup) printOthers(ctx context.Context, l *ledger.Ledger, run ledger.Run) error {
	others, err := unfinishedOthers(ctx, l, run)
	for _, o := range others {
		fmt.Fprintf(s.env.stdout, "run %s of %s is not finished either: %s left; `batch resume` takes up the newest unfinished run first\n", o.run.ID, o.run.InputPath, counted(o.left, "lookup"))
	}
	return err
}

func stateWords(run ledger.Run, complete bool) string {
	switch {
	case run.State == ledger.RunFinished:
		return "finished " + chinaTime(run.FinishedAt)
	case complete:
		return "settled, its outputs are not written yet"
	}
	return "not finished"
}

// printLostRows says that rows of a run are blanks in the place of what a
// rescue could not save.
func printLostRows(ctx context.Context, out io.Writer, l *ledger.Ledger, run ledger.Run) error {
	lost, err := l.LostRows(ctx, run)
	if err != nil {
		return fmt.Errorf("count the rows that were lost: %w", err)
	}
	if lost > 0 {
		fmt.Fprintf(out, "\n%d of the %s of this run were lost with a part of the ledger: give the input to `batch run` again\n", lost, counted(run.InputRows, "row"))
	}
	return nil
}

// dueWords says when something is due; what has no moment is due now.
func dueWords(at time.Time) string {
	if at.IsZero() {
		return "now"
	}
	return "at " + chinaTime(at)
}

func printWaiting(s *setup, counts []ledger.Count) {
	var planned, waiting int64
	var next ledger.Count
	for _, c := range counts {
		switch c.State {
		case ledger.Planned:
			planned += c.N
		case ledger.Waiting:
			waiting += c.N
			if next.N == 0 || c.NextAt.Before(next.NextAt) {
				next = c
			}
		}
	}
	if planned > 0 {
		fmt.Fprintf(s.env.stdout, "%s not sent yet\n", counted(planned, "lookup"))
	}
	if waiting > 0 {
		fmt.Fprintf(s.env.stdout, "%s ordered, whose reports are awaited; the next is asked for %s (%s)\n", counted(waiting, "lookup"), dueWords(next.NextAt), next.Vendor)
	}
}

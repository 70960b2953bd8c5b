package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
)

func statusCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "status", Usage: "where a workspace stands: counts, spend, waiting lookups, halted vendors",
		Description: "   batch status --out out\n\nWorks while another process runs there.",
		Flags:       []cli.Flag{outFlag(), configFlag(), langFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, run ledger.Run) error {
				if s.json {
					return s.statusJSON(ctx, l, run)
				}
				if err := s.Speak(langOf(run)); err != nil {
					return err
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
	if run.Corrects == "" {
		s.Prints("stand_run", run.InputRows, run.ID, run.InputPath, s.ChinaTime(run.StartedAt), s.stateWords(run, m.Complete))
	} else {
		s.Prints("stand_run_corrects", run.InputRows, run.ID, run.InputPath, s.ChinaTime(run.StartedAt), s.stateWords(run, m.Complete), run.Corrects)
	}
	fmt.Fprintln(out)
	if !run.PurgedAt.IsZero() {
		s.Prints("stand_purged", s.ChinaTime(run.PurgedAt))
		fmt.Fprintln(out)
	}
	s.printStatuses(pipeline.SumStatuses(counts))
	if err := s.printLostRows(ctx, l, run); err != nil {
		return err
	}
	fmt.Fprintf(s.env.stdout, "\n%s\n", s.spent(m))
	s.printWaiting(counts)
	holder := ledger.Holder(s.out)
	if err := s.printTroubles(ctx, l, run, holder); err != nil {
		return err
	}
	if err := s.printOthers(ctx, l, run); err != nil {
		return err
	}
	switch {
	case holder != "":
		fmt.Fprintln(out)
		s.Prints("stand_at_work", holder)
	case run.State != ledger.RunFinished:
		fmt.Fprintf(out, "\n%s\n  batch resume --out %s%s\n", s.Said().Say("stand_go_on"), s.out, s.sameFlags())
	}
	return nil
}

// printTroubles says what is halted, and whom a run that is not finished waits for.
// Without a process at work nothing is tried before the run goes on.
func (s *setup) printTroubles(ctx context.Context, l *ledger.Ledger, run ledger.Run, holder string) error {
	halts, err := l.Halts(ctx)
	if err != nil {
		return err
	}
	for _, h := range halts {
		key := "stand_halted"
		if h.Stops == ledger.StopsOrders {
			key = "stand_halted_orders"
		}
		s.Prints(key, ui.HaltName(s.Said(), &h), s.ChinaTime(h.At), string(h.Class), h.Code, h.Message)
	}
	if run.State == ledger.RunFinished {
		return nil
	}
	pauses, err := l.Pauses(ctx)
	pauses = slices.DeleteFunc(pauses, func(p ledger.Pause) bool {
		return slices.ContainsFunc(halts, func(h ledger.Halt) bool { return h.Covers(&p) })
	})
	key := "stand_paused"
	if holder == "" {
		key = "stand_paused_left"
	}
	for _, p := range pauses {
		s.Prints(key, ui.OfferName(s.Said(), p.Vendor, p.Dataset), s.ChinaTime(p.Since), s.ChinaTime(p.NextAt),
			ui.Nth(s.Said(), p.Nth), string(p.Class), p.Code, p.Message)
	}
	return err
}

// printOpen says, beside the failures, that lookups are not settled yet.
func (s *setup) printOpen(ctx context.Context, l *ledger.Ledger, run ledger.Run) error {
	open, err := l.OpenCount(ctx, run)
	if err != nil {
		return fmt.Errorf("count what is not settled: %w", err)
	}
	if open > 0 {
		fmt.Fprintf(s.env.stdout, "\n%s\n  batch status --out %s\n", s.Said().Say("failed_open", open), s.out)
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
		s.Prints("stand_other_run", o.left, o.run.ID, o.run.InputPath)
	}
	return err
}

func (s *setup) stateWords(run ledger.Run, complete bool) string {
	switch {
	case run.State == ledger.RunFinished:
		return s.Said().Say("stand_finished", s.ChinaTime(run.FinishedAt))
	case complete:
		return s.Said().Say("stand_settled")
	}
	return s.Said().Say("stand_unfinished")
}

// printLostRows says that rows of a run are blanks in the place of what a
// rescue could not save.
func (s *setup) printLostRows(ctx context.Context, l *ledger.Ledger, run ledger.Run) error {
	lost, err := l.LostRows(ctx, run)
	if err != nil {
		return fmt.Errorf("count the rows that were lost: %w", err)
	}
	if lost > 0 {
		fmt.Fprintln(s.env.stdout)
		s.Prints("stand_lost", run.InputRows, lost)
	}
	return nil
}

func (s *setup) printWaiting(counts []ledger.Count) {
	var planned, awaits, waiting int64
	var next ledger.Count
	for _, c := range counts {
		switch c.State {
		case ledger.Planned:
			if c.Awaits {
				awaits += c.N
				continue
			}
			planned += c.N
		case ledger.Waiting:
			waiting += c.N
			if next.N == 0 || c.NextAt.Before(next.NextAt) {
				next = c
			}
		}
	}
	if planned > 0 {
		s.Prints("stand_not_sent", planned)
	}
	if awaits > 0 {
		s.Prints("stand_awaits", awaits)
	}
	switch {
	case waiting == 0:
	case next.NextAt.IsZero():
		s.Prints("stand_waiting_now", waiting, next.Vendor)
	default:
		s.Prints("stand_waiting_at", waiting, s.ChinaTime(next.NextAt), next.Vendor)
	}
}

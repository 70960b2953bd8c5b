package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// report says how a run ended: one JSON object, or a short summary.
func (s *session) report(ctx context.Context, m sinks.Manifest, run ledger.Run, ending pipeline.Ending) error {
	if s.json && m.ExitCode == exitUnfinished {
		return s.reportJSON(ctx, m, run, ending)
	}
	if s.json {
		return printManifest(ui.AsJSON(s.env.stdout), m)
	}
	if s.Quiet {
		return s.complain(ctx, m, run, ending)
	}
	fmt.Fprintln(s.env.stdout)
	s.printStatuses(m.Lookups)
	if err := s.printLostRows(ctx, s.ledger, run); err != nil {
		return err
	}
	fmt.Fprintf(s.env.stdout, "\n%s\n", s.spent(m))
	if err := s.printReused(ctx, run); err != nil {
		return err
	}
	if err := s.printEnding(ctx, run, m, ending); err != nil {
		return err
	}
	return s.printOthers(ctx, s.ledger, run)
}

// reportJSON prints the object of a run that is not finished: the manifest's keys, what
// is under way, and why it ended.
func (s *session) reportJSON(ctx context.Context, m sinks.Manifest, run ledger.Run, ending pipeline.Ending) error {
	now, err := underWayOf(ctx, s.ledger, run, s.env.clock.Now())
	if err != nil {
		return err
	}
	now.Ending = endingWord(ending, m.ExitCode)
	return s.printObject(m, now)
}

// complain prints on stderr, even with --quiet, that a run did not end well, what it may
// have paid for, and what to do. cron mails it to the user.
func (s *session) complain(ctx context.Context, m sinks.Manifest, run ledger.Run, ending pipeline.Ending) error {
	if m.ExitCode == exitSettled {
		return nil
	}
	fmt.Fprintln(s.env.stderr, s.Said().Say("end_quiet", s.headline(m, endingWord(ending, m.ExitCode)), s.spent(m)))
	return s.printWhatNext(ctx, s.env.stderr, m, run, ending)
}

// printReused says how many lookups an earlier run's answers settled.
func (s *session) printReused(ctx context.Context, run ledger.Run) error {
	counts, err := s.ledger.Counts(ctx, run)
	if err != nil {
		return fmt.Errorf("count what was not bought again: %w", err)
	}
	var reused int64
	for _, c := range counts {
		switch c.State {
		case ledger.Found, ledger.NoRecord, ledger.Unsupported:
			if c.Reused {
				reused += c.N
			}
		}
	}
	if reused > 0 {
		s.Prints("end_reused", reused)
	}
	return nil
}

// printEnding says why the run ended where it did, and what to do next.
func (s *session) printEnding(ctx context.Context, run ledger.Run, m sinks.Manifest, e pipeline.Ending) error {
	out := s.env.stdout
	if run.PurgedAt.IsZero() {
		s.Prints("end_outputs", runDir(s.out, run.ID))
		if m.RunDate != "" {
			s.Prints("end_by_date", filepath.Join(byDate(s.out), "*", "run_date="+m.RunDate))
		}
	}
	if s.simulated {
		s.Prints("end_simulated")
	}
	if m.ExitCode != exitSettled {
		return s.printWhatNext(ctx, out, m, run, e)
	}
	where, err := s.whereabouts(ctx, run)
	if err != nil {
		return err
	}
	if run.PurgedAt.IsZero() {
		o, err := outputsOf(run)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s\n  %s\n  batch report %[3]s --to report.html\n  batch verify %[3]s\n",
			s.Said().Say("end_look"), viewing(where.dir, o.tables), where.flags)
	}
	return nil
}

// printWhatNext says what a run that did not end well needs: who takes no calls, and the commands.
func (s *session) printWhatNext(ctx context.Context, out io.Writer, m sinks.Manifest, run ledger.Run, e pipeline.Ending) error {
	for _, h := range e.Halts {
		fmt.Fprintln(out, ui.HaltWords(s.Said(), &h))
	}
	if m.ExitCode == exitUnfinished {
		if err := s.printUnfinished(ctx, out, run, e); err != nil {
			return err
		}
	}
	where, err := s.whereabouts(ctx, run)
	if err != nil || codeOf(withoutPending(m.Lookups)) != exitFailures {
		return err
	}
	key := "end_failed"
	for _, byStatus := range m.Lookups {
		if byStatus[record.InDoubt] > 0 {
			key = "end_in_doubt"
		}
	}
	_, err = fmt.Fprintf(out, "\n%s\n  batch failures %s\n  batch fix %s\n", s.Said().Say(key), where.flags, where.flags)
	return err
}

// withoutPending are the statuses of what is settled.
func withoutPending(lookups pipeline.Statuses) pipeline.Statuses {
	out := pipeline.Statuses{}
	for d, byStatus := range lookups {
		out[d] = maps.Clone(byStatus)
		delete(out[d], record.Pending)
	}
	return out
}

// whereabouts is how a run's outputs are found: their folder, and the flags that
// name the run to another command.
type whereabouts struct{ dir, flags string }

// whereabouts needs the run's own name only where a newer run is the latest.
func (s *session) whereabouts(ctx context.Context, run ledger.Run) (whereabouts, error) {
	newest, err := s.lastRun(ctx)
	if err != nil || newest.Seq == run.Seq {
		return whereabouts{filepath.Join(s.out, "latest"), "--out " + s.out}, err
	}
	return whereabouts{runDir(s.out, run.ID), "--out " + s.out + " --run " + run.ID}, nil
}

func (s *session) printUnfinished(ctx context.Context, out io.Writer, run ledger.Run, e pipeline.Ending) error {
	var text string
	flags := s.sameFlags()
	switch e.Reason {
	case pipeline.Parked:
		text = s.Said().Say("left_parked", e.Open)
	case pipeline.OutOfBudget:
		text = s.Said().Say("left_budget", e.Open, s.policy.MaxSpend.V)
		flags += " --max-spend MORE"
	case pipeline.Halted:
		text = s.Said().Say("left_halted", e.Open)
	default:
		text = s.Said().Say("left_stopped", e.Open)
	}
	if unfetched, err := s.printUnfetched(ctx, out); err != nil {
		return err
	} else if unfetched && e.Reason == pipeline.Parked && !e.NextAt.OK {
		text = s.Said().Say("left_stopped", e.Open)
	}
	if e.NextAt.OK {
		text += s.Said().Say("left_next_at", s.ChinaTime(e.NextAt.V))
	}
	text += s.Said().Say("left_go_on")
	if err := s.printToBuy(ctx, out, run); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n  batch resume --out %s%s\n", text, s.out, flags)
	return err
}

// printToBuy says what is still to be bought of whom, and for how much.
func (s *session) printToBuy(ctx context.Context, out io.Writer, run ledger.Run) error {
	counts, err := s.ledger.Counts(ctx, run)
	if err != nil {
		return fmt.Errorf("count what is left to buy: %w", err)
	}
	number, sum := map[string]int64{}, map[string]record.Fen{}
	for _, c := range counts {
		if seller := s.policy.Sellers[c.Vendor]; c.State == ledger.Planned && seller != nil {
			number[c.Vendor] += c.N
			sum[c.Vendor] += record.Fen(c.N) * seller.Prices[c.Dataset]
		}
	}
	for _, vendor := range slices.Sorted(maps.Keys(number)) {
		fmt.Fprintln(out, s.Said().Say("left_at", number[vendor], vendor, sum[vendor]))
	}
	return nil
}

package ui

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
)

// Ended says how a run ended: one JSON object, or a short summary. Flags are those that
// the next command needs.
func (s *Screen) Ended(e *app.Ended, form Form, out, flags string) error {
	switch {
	case e.Idle && form == JSON:
		return s.Manifest(e.Manifest)
	case e.Idle:
		s.tell("end_idle", e.Run.ID)
		return nil
	case form == JSON && e.Code == app.ExitUnfinished:
		now := underWayOf(&e.Standing)
		now.Ending = e.Why()
		return s.object(e.Manifest, now)
	case form == JSON:
		return s.Manifest(e.Manifest)
	case s.Quiet && e.Code == app.ExitSettled:
		return nil
	case s.Quiet: // cron mails it to the user
		fmt.Fprintln(s.Err, s.said.Say("end_quiet", s.headline(e.Manifest, e.Why()), s.spent(e.Manifest)))
		return s.whatNext(s.Err, e, out, flags)
	}
	fmt.Fprintln(s.Out)
	s.statuses(e.Manifest.Lookups)
	s.lostRows(&e.Standing)
	fmt.Fprintf(s.Out, "\n%s\n", s.spent(e.Manifest))
	if n := e.Reused(); n > 0 {
		s.prints("end_reused", n)
	}
	if err := s.ending(e, out, flags); err != nil {
		return err
	}
	s.others(e.Others)
	return nil
}

// ending says why the run ended where it did, and what to do next.
func (s *Screen) ending(e *app.Ended, out, flags string) error {
	purged := !e.Run.PurgedAt.IsZero()
	if !purged {
		s.prints("end_outputs", e.RunDir)
		if e.ByDate != "" {
			s.prints("end_by_date", e.ByDate)
		}
	}
	if e.Simulated {
		s.prints("end_simulated")
	}
	if e.Code != app.ExitSettled {
		return s.whatNext(s.Out, e, out, flags)
	}
	if purged {
		return nil
	}
	_, err := fmt.Fprintf(s.Out, "\n%s\n  %s\n  batch report %[3]s --to report.html\n  batch verify %[3]s\n", s.said.Say("end_look"), viewing(e.Folder, e.Tables), named(e, out))
	return err
}

// named are the flags that name a run to another command; its own name is needed only
// where a newer run is the latest.
func named(e *app.Ended, out string) string {
	if e.Newest {
		return "--out " + out
	}
	return "--out " + out + " --run " + e.Run.ID
}

// whatNext says what a run that did not end well needs: who takes no calls, and the commands.
func (s *Screen) whatNext(to io.Writer, e *app.Ended, out, flags string) error {
	for _, h := range e.Result.Halts {
		fmt.Fprintln(to, haltWords(s.said, &h))
	}
	if e.Code == app.ExitUnfinished {
		if err := s.unfinished(to, e, out, flags); err != nil {
			return err
		}
	}
	if e.CodeWithoutPending() != app.ExitFailures {
		return nil
	}
	key := "end_failed"
	for _, byStatus := range e.Manifest.Lookups {
		if byStatus[record.InDoubt] > 0 {
			key = "end_in_doubt"
		}
	}
	_, err := fmt.Fprintf(to, "\n%s\n  batch failures %s\n  batch fix %s\n", s.said.Say(key), named(e, out), named(e, out))
	return err
}

// unfinished says what is left, and how to go on.
func (s *Screen) unfinished(to io.Writer, e *app.Ended, out, flags string) error {
	for _, v := range e.Missing {
		text := s.said.Say("left_unnamed", v.Open, v.Name, v.Row, v.Run)
		if !v.Known {
			text = s.said.Say("left_unknown", v.Open, v.Name, v.Row, v.Run, "batch doctor --out "+out)
		}
		fmt.Fprintln(to, text)
	}
	for _, left := range e.ToBuy {
		fmt.Fprintln(to, s.said.Say("left_at", left.Lookups, left.Vendor, left.Cost))
	}
	if e.Result.Reason == runner.OutOfBudget {
		flags += " --max-spend MORE"
	}
	_, err := fmt.Fprintf(to, "\n%s\n  batch resume --out %s%s\n", s.whyUnfinished(e), out, flags)
	return err
}

func (s *Screen) whyUnfinished(e *app.Ended) string {
	end := e.Result
	text := s.said.Say("left_stopped", end.Open)
	switch {
	case end.Reason == runner.Parked && (len(e.Missing) == 0 || end.NextAt.OK):
		text = s.said.Say("left_parked", end.Open)
	case end.Reason == runner.OutOfBudget:
		text = s.said.Say("left_budget", end.Open, e.Limit.V)
	case end.Reason == runner.OutOfRoom:
		text = s.said.Say("left_room", end.Open, (end.Room+1<<20-1)>>20)
	case end.Reason == runner.Halted:
		text = s.said.Say("left_halted", end.Open)
	}
	if end.NextAt.OK {
		text += s.said.Say("left_next_at", s.chinaTime(end.NextAt.V))
	}
	return text + s.said.Say("left_go_on")
}

// viewing is a way to look at the outputs.
func viewing(dir, formats string) string {
	format, _, _ := strings.Cut(formats, ",")
	if sinks.Format(format) == sinks.XLSX {
		return filepath.Join(dir, "batch.xlsx")
	}
	return fmt.Sprintf("duckdb -c \"FROM '%s/vehicles.%s'\"", dir, format)
}

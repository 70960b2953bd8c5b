package ui

import (
	"context"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/sources"
)

var _ app.Watcher = (*Screen)(nil)

// Tell says an event, on stderr.
func (s *Screen) Tell(event any) {
	if s.Quiet {
		return
	}
	switch e := event.(type) {
	case app.ClockBehind:
		s.tell("run_clock", s.chinaTime(e.Seen))
	case app.CutShort:
		s.tell("run_cut_short", e.Doubts)
	case app.GoesOn:
		s.tell("run_goes_on", e.RunID)
	case app.RunPurged:
		s.tell("run_purged", e.RunID)
	case app.InputRead:
		s.inputRead(&e)
	case app.CorrectionRead:
		s.correctionRead(&e)
	case app.Doubtful:
		s.Linef("%s", strings.Join(doubtfulLines(e, s.said), "\n"))
	case app.Reopened:
		s.reopened(&e)
	case app.Rebuying:
		s.Linef("%s", s.rebuying(e))
	}
}

// CanAsk tells whether somebody sits at a terminal.
func (s *Screen) CanAsk() bool { return IsTerminal(s.In) && IsTerminal(s.Err) }

// Ask says what would be done and tells whether the user types yes.
func (s *Screen) Ask(ctx context.Context, event any) (bool, error) {
	var what string
	switch e := event.(type) {
	case app.Doubtful:
		what = strings.Join(doubtfulLines(e, s.said), "\n")
	case app.Rebuying:
		what = s.rebuying(e)
	}
	return s.asksUntil(ctx, what, s.said.Say("retry_yes"))
}

func (s *Screen) rebuying(e app.Rebuying) string {
	return s.said.Say("retry_twice", e.Rebought, e.AtStake)
}

// reopened says which failures are tried again.
func (s *Screen) reopened(e *app.Reopened) {
	s.tell("retry_open", e.Lookups, e.RunID)
	if e.PollAgain > 0 {
		s.tell("retry_free", e.PollAgain)
	}
	if e.NotTaken > 0 {
		s.tell("retry_not_taken", e.NotTaken)
	}
	if e.Kept > 0 {
		s.tell("retry_kept", e.Kept)
	}
}

// inputRead says what was found in the input.
func (s *Screen) inputRead(e *app.InputRead) {
	s.tell("input", e.Rows, e.Name, s.kindOf(e.Info))
	if e.More {
		s.tell("input_more")
	}
	s.columnsRead(e.Info.Ignored, &e.Info)
}

// correctionRead says what is corrected.
func (s *Screen) correctionRead(e *app.CorrectionRead) {
	rows := func(n int64) string { return s.said.Say("correct_rows", n) }
	s.tell("correct_run", e.Name, s.kindOf(e.Info), e.RunID, s.said.Say("correct_lookups", e.Lookups, rows(e.Rows)), rows(e.RunRows))
	if e.AsBefore > 0 {
		s.tell("correct_as_before", e.AsBefore, rowsNamed(s.said, e.FirstAsBefore, e.AsBefore))
	}
	if e.OtherDatasets > 0 {
		s.tell("correct_left", e.OtherDatasets)
	}
	for _, r := range app.FewOf(e.Remarks) {
		s.Linef("%s", redact(s.said.Word(r)))
	}
	s.columnsRead(e.NotColumn, &e.Info)
}

// columnsRead says what is not used, what was noticed, and, a line for each column, what
// was taken for an empty cell.
func (s *Screen) columnsRead(ignored []string, info *sources.Info) {
	if len(ignored) > 0 {
		s.tell("input_ignored", redact(strings.Join(ignored, ", ")))
	}
	for _, n := range info.Notes {
		s.Linef("%s", redact(s.said.Word(n)))
	}
	words := info.Unknown
	for len(words) > 0 {
		column, list := words[0].Column, []string(nil)
		for len(words) > 0 && words[0].Column == column {
			list = append(list, s.said.Say("input_unknown_word", words[0].Count, app.Printable(words[0].Word)))
			words = words[1:]
		}
		s.tell("input_unknown", s.said.Word(column), strings.Join(app.FewOf(list), s.said.Say("live_comma")))
	}
}

// kindOf says what the file is.
func (s *Screen) kindOf(info sources.Info) string {
	switch info.Kind {
	case sources.KindCSV:
		return s.said.Say("input_csv", info.Encoding, s.delimiterName(info.Delimiter))
	case sources.KindXLSX:
		return s.said.Say("input_xlsx", redact(info.Sheet))
	}
	return info.Kind
}

func (s *Screen) delimiterName(r rune) string {
	switch r {
	case ';':
		return s.said.Say("input_semicolon")
	case '\t':
		return s.said.Say("input_tab")
	case '|':
		return s.said.Say("input_bar")
	}
	return s.said.Say("input_comma")
}

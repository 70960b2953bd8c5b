package ui

import (
	"fmt"
	"slices"
	"strconv"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
)

// Status prints where a run stands. Flags are those that the next command needs.
func (s *Screen) Status(st *app.Standing, out, flags string) {
	run, m := st.Run, st.Manifest
	if run.Corrects == "" {
		s.prints("stand_run", run.InputRows, run.ID, run.InputPath, s.chinaTime(run.StartedAt), s.stateWords(run, m.Complete))
	} else {
		s.prints("stand_run_corrects", run.InputRows, run.ID, run.InputPath, s.chinaTime(run.StartedAt), s.stateWords(run, m.Complete), run.Corrects)
	}
	fmt.Fprintln(s.Out)
	if !run.PurgedAt.IsZero() {
		s.prints("stand_purged", s.chinaTime(run.PurgedAt))
		fmt.Fprintln(s.Out)
	}
	s.statuses(runner.SumStatuses(st.Counts))
	s.lostRows(st)
	fmt.Fprintf(s.Out, "\n%s\n", s.spent(m))
	s.waiting(st.Counts)
	s.troubles(st)
	s.others(st.Others)
	switch {
	case st.Holder != "":
		fmt.Fprintln(s.Out)
		s.prints("stand_at_work", st.Holder)
	case run.State != ledger.RunFinished:
		fmt.Fprintf(s.Out, "\n%s\n  batch resume --out %s%s\n", s.said.Say("stand_go_on"), out, flags)
		if run.MaxSpend.OK && slices.ContainsFunc(st.Counts, func(c ledger.Count) bool { return c.State == ledger.Planned }) {
			s.prints("stand_limit", run.MaxSpend.V)
		}
	}
}

// troubles says what is halted, and whom a run that is not finished waits for.
// Without a process at work nothing is tried before the run goes on.
func (s *Screen) troubles(st *app.Standing) {
	for _, h := range st.Halts {
		key := "stand_halted"
		if h.Stops == ledger.StopsOrders {
			key = "stand_halted_orders"
		}
		s.prints(key, haltName(s.said, &h), s.chinaTime(h.At), string(h.Class), h.Code, s.said.Word(h.Message))
	}
	if st.Run.State == ledger.RunFinished {
		return
	}
	key := "stand_paused"
	if st.Holder == "" {
		key = "stand_paused_left"
	}
	for _, p := range st.Pauses {
		if slices.ContainsFunc(st.Halts, func(h ledger.Halt) bool { return h.Covers(&p) }) {
			continue
		}
		s.prints(key, offerName(s.said, p.Vendor, p.Dataset), s.chinaTime(p.Since), s.chinaTime(p.NextAt),
			nth(s.said, p.Nth), string(p.Class), p.Code, s.said.Word(p.Message))
	}
}

// others names the other runs that are not finished.
func (s *Screen) others(list []app.OtherRun) {
	for _, o := range list {
		s.prints("stand_other_run", o.Left, o.Run.ID, o.Run.InputPath)
	}
}

// lostRows says that rows of a run are blanks.
func (s *Screen) lostRows(st *app.Standing) {
	if st.LostRows > 0 {
		fmt.Fprintln(s.Out)
		s.prints("stand_lost", st.Run.InputRows, st.LostRows)
	}
}

// StillOpen says, beside the failures, that lookups are not settled yet.
func (s *Screen) StillOpen(open int64, out string) {
	if open > 0 {
		fmt.Fprintf(s.Out, "\n%s\n  batch status --out %s\n", s.said.Say("failed_open", open), out)
	}
}

func (s *Screen) stateWords(run ledger.Run, complete bool) string {
	switch {
	case run.State == ledger.RunFinished:
		return s.said.Say("stand_finished", s.chinaTime(run.FinishedAt))
	case complete:
		return s.said.Say("stand_settled")
	}
	return s.said.Say("stand_unfinished")
}

func (s *Screen) waiting(counts []ledger.Count) {
	var planned, awaits, waiting int64
	var next ledger.Count
	for _, c := range counts {
		switch c.State {
		case ledger.Planned:
			if c.Blocked {
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
		s.prints("stand_not_sent", planned)
	}
	if awaits > 0 {
		s.prints("stand_awaits", awaits)
	}
	switch {
	case waiting == 0:
	case next.NextAt.IsZero():
		s.prints("stand_waiting_now", waiting, next.Vendor)
	default:
		s.prints("stand_waiting_at", waiting, s.chinaTime(next.NextAt), next.Vendor)
	}
}

// statuses prints a table of lookups by dataset and status.
func (s *Screen) statuses(lookups runner.Statuses) {
	t := columns{right: true}
	shown := shownStatuses(lookups)
	head := []string{s.said.Say("head_dataset")}
	for _, st := range shown {
		head = append(head, statusName(s.said, st))
	}
	t.add(head...)
	for _, d := range record.Datasets() {
		if lookups[d] == nil {
			continue
		}
		row := []string{datasetName(s.said, d)}
		for _, st := range shown {
			row = append(row, strconv.FormatInt(lookups[d][st], 10))
		}
		t.add(row...)
	}
	t.write(s.Out) //nolint:errcheck // a terminal
}

// shownStatuses are the statuses that a table needs columns for.
func shownStatuses(lookups runner.Statuses) []record.Status {
	return slices.DeleteFunc(record.Statuses(), func(st record.Status) bool {
		for _, byStatus := range lookups {
			if byStatus[st] > 0 {
				return false
			}
		}
		return st != record.Found
	})
}

// spent says what a run has cost.
func (s *Screen) spent(m sinks.Manifest) string {
	var charged, unknown record.Fen
	for _, v := range m.Spend {
		charged += v.Charged
		unknown += v.Unknown
	}
	if unknown > 0 {
		return s.said.Say("end_spent_doubt", charged, unknown)
	}
	return s.said.Say("end_spent", charged)
}

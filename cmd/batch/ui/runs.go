package ui

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Runs prints the runs of a workspace.
func (s *Screen) Runs(form Form, runs []app.ListedRun) error {
	switch form {
	case JSON:
		list := make([]fields, 0, len(runs))
		for i := range runs {
			list = append(list, runFields(&runs[i]))
		}
		return writeJSON(asJSON(s.Out), fields{{"runs", list}})
	case CSV:
		return s.runsCSV(runs)
	}
	t := columns{}
	t.add(s.said.Say("runs_run"), s.said.Say("runs_begun"), s.said.Say("runs_took"), s.said.Say("runs_rows"), s.said.Say("runs_spent"), s.said.Say("runs_state"), s.said.Say("runs_input"))
	for i := range runs {
		r := &runs[i]
		money := r.Charged.Yuan()
		if r.Unknown > 0 {
			money = s.said.Say("runs_doubt", r.Charged, r.Unknown)
		}
		t.add(r.Run.ID, s.chinaTime(r.Run.StartedAt), tookText(r.Run), strconv.FormatInt(r.Run.InputRows, 10), money, s.runState(r), app.Printable(r.Run.InputPath))
	}
	return t.write(s.Out)
}

// runState says how far a run is.
func (s *Screen) runState(r *app.ListedRun) string {
	switch {
	case !r.Run.PurgedAt.IsZero():
		return s.said.Say("runs_purged")
	case r.Run.State == ledger.RunFinished:
		return s.said.Say("runs_finished")
	case r.Open == 0:
		return s.said.Say("runs_settled")
	}
	return s.said.Say("runs_open", r.Open)
}

// tookText is how long a finished run took, with all waiting: hours, minutes and seconds.
func tookText(r ledger.Run) string {
	if r.FinishedAt.IsZero() {
		return ""
	}
	d := r.FinishedAt.Sub(r.StartedAt).Round(time.Second)
	return fmt.Sprintf("%d:%02d:%02d", d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second)
}

func runFields(r *app.ListedRun) fields {
	var corrects, purged, finished any
	if r.Run.Corrects != "" {
		corrects = r.Run.Corrects
	}
	if !r.Run.PurgedAt.IsZero() {
		purged = record.At(r.Run.PurgedAt)
	}
	if !r.Run.FinishedAt.IsZero() {
		finished = record.At(r.Run.FinishedAt)
	}
	return fields{{"run_id", r.Run.ID}, {"state", string(r.Run.State)}, {"input", r.Run.InputPath}, {"rows", r.Run.InputRows}, {"datasets", r.Run.Datasets},
		{"started_at", record.At(r.Run.StartedAt)}, {"finished_at", finished}, {"purged_at", purged}, {"corrects", corrects}, {"open", r.Open},
		{"charged_cny", json.Number(r.Charged.String())}, {"reserved_cny", json.Number(r.Reserved.String())}, {"unknown_cny", json.Number(r.Unknown.String())}}
}

func (s *Screen) runsCSV(runs []app.ListedRun) error {
	rows := [][]string{{"run_id", "state", "input", "rows", "started_at", "finished_at", "open", "charged_cny", "reserved_cny", "unknown_cny"}}
	for i := range runs {
		r, finished := &runs[i], ""
		if !r.Run.FinishedAt.IsZero() {
			finished = momentText(r.Run.FinishedAt)
		}
		rows = append(rows, []string{r.Run.ID, string(r.Run.State), r.Run.InputPath, strconv.FormatInt(r.Run.InputRows, 10), momentText(r.Run.StartedAt), finished,
			strconv.FormatInt(r.Open, 10), r.Charged.String(), r.Reserved.String(), r.Unknown.String()})
	}
	return csv.NewWriter(AsData(s.Out)).WriteAll(rows)
}

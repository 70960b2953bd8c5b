package ui

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
)

// Announced is what is posted about the end of a command that buys.
type Announced struct {
	End       *app.Ended // nil when it did not get so far
	Code      int
	Simulated bool
	NoRoom    bool   // it ended because a disk is full
	Problem   string // the error, "" for none
}

// Announcement is the summary in both forms, a JSON object and a text for a chat. No VIN
// and no plate is in it.
func (s *Screen) Announcement(a *Announced) (object []byte, text string, err error) {
	if object, err = json.Marshal(a.manifest()); err != nil {
		return nil, "", err
	}
	object, err = withFields(object, struct {
		Simulated bool   `json:"simulated"`
		Ending    string `json:"ending"`
		Error     string `json:"error,omitempty"`
	}{a.Simulated, a.why(), a.Problem})
	return object, s.announcement(a), err
}

// manifest is that of the run, as far as it is known.
func (a *Announced) manifest() sinks.Manifest {
	m := sinks.Manifest{SchemaVersion: sinks.SchemaVersion}
	if a.End != nil {
		m = a.End.Manifest
	}
	m.Input.Path, m.ExitCode = record.Shorten(m.Input.Path), a.Code
	return m
}

// why is the reason for the end.
func (a *Announced) why() string {
	switch {
	case a.NoRoom:
		return string(runner.OutOfRoom)
	case a.Code == app.ExitUnfinished && a.End != nil:
		return string(a.End.Result.Reason)
	case a.Code == app.ExitUnfinished:
		return string(runner.Interrupted)
	case a.End != nil:
		return "finished"
	}
	return "error"
}

// announcement is the summary in a few lines, for a chat.
func (s *Screen) announcement(a *Announced) string {
	m := a.manifest()
	lines := []string{"batch: " + s.headline(m, a.why())}
	if m.RunID != "" {
		lines = append(lines, s.said.Say("notify_input", m.Input.Rows, app.Printable(filepath.Base(m.Input.Path))))
	}
	for _, d := range record.Datasets() {
		if byStatus := m.Lookups[d]; byStatus != nil {
			settled, total := settledOf(byStatus)
			lines = append(lines, s.said.Say("notify_dataset", datasetName(s.said, d), settled, total, detail(s.said, byStatus)))
		}
	}
	if m.RunID != "" {
		lines = append(lines, s.spent(m))
	}
	if a.Simulated {
		lines = append(lines, s.said.Say("end_simulated"))
	}
	if a.End != nil {
		for _, h := range a.End.Result.Halts {
			lines = append(lines, haltWords(s.said, &h))
		}
	}
	if a.Problem != "" {
		lines = append(lines, a.Problem)
	}
	return strings.Join(lines, "\n")
}

// headline says in words how a run ended.
func (s *Screen) headline(m sinks.Manifest, reason string) string {
	key := "notify_error"
	switch m.ExitCode {
	case app.ExitSettled:
		key = "notify_finished"
	case app.ExitFailures:
		key = "notify_failures"
	case app.ExitUnfinished:
		key = "notify_" + strings.ReplaceAll(reason, "-", "_")
	}
	text := s.said.Say(key)
	if m.RunID != "" {
		text = s.said.Say("notify_run", text, m.RunID)
	}
	return text
}

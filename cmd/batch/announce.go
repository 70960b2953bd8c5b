package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/notify"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// notifyTimeout is how long the message may take of a run that was stopped.
const notifyTimeout = 5 * time.Second

// conclusion is what a run came to.
type conclusion struct {
	manifest sinks.Manifest
	ending   pipeline.Ending
}

// chooseTarget decides where the end of a run is posted: where --notify says,
// else the configuration.
func (s *setup) chooseTarget() error {
	s.target = s.config.Notify
	if !s.notifyGiven {
		return nil
	}
	s.target = notify.Target{}
	if s.notify == "" {
		return nil
	}
	var err error
	if s.target, err = notify.Parse(s.notify, ""); err != nil {
		return usageError("--notify: the address %w", err)
	}
	return nil
}

// announce posts how a command that buys has ended. A usage error is not posted:
// no vendor was called, and the user sees it on the screen. When posting fails, a
// warning is printed, even with --quiet.
func (s *setup) announce(ctx context.Context, err error) {
	code := exitCode(err)
	if s.target.IsZero() || code == exitUsage {
		return
	}
	o := notify.Options{Proxies: s.proxies}
	if ctx.Err() != nil {
		ctx, o.Within = context.WithoutCancel(ctx), notifyTimeout
	}
	m, merr := s.messageOf(err, code)
	if merr == nil {
		merr = s.target.Send(ctx, m, o)
	}
	if merr != nil {
		fmt.Fprintf(s.env.stderr, "batch: warning: %s; the run itself ended as said above, with exit code %d\n", ui.Printable(merr.Error()), code)
		return
	}
	s.log.Debug("notified", "where", s.target)
}

// messageOf is the summary in both forms. No VIN and no plate is in it.
func (s *setup) messageOf(err error, code int) (notify.Message, error) {
	problem := ""
	if err != nil {
		problem = record.Shorten(message(err, nil))
	}
	m := sinks.Manifest{SchemaVersion: sinks.SchemaVersion}
	reason := "error"
	if s.end != nil {
		m, reason = s.end.manifest, endingWord(s.end.ending, code)
	} else if code == exitUnfinished {
		reason = string(pipeline.Interrupted)
	}
	m.Input.Path = record.Shorten(m.Input.Path)
	m.ExitCode = code
	object, jerr := json.Marshal(m)
	if jerr != nil {
		return notify.Message{}, jerr
	}
	summary, jerr := ui.WithFields(object, struct {
		Simulated bool   `json:"simulated"`
		Ending    string `json:"ending"`
		Error     string `json:"error,omitempty"`
	}{s.simulated, reason, problem})
	return notify.Message{Summary: summary, Text: s.announcement(m, reason, problem)}, jerr
}

// endingWord is why a run ended, as the summary's `ending` has it.
func endingWord(e pipeline.Ending, code int) string {
	if code == exitUnfinished {
		return string(e.Reason)
	}
	return "finished"
}

// announcement is the summary in a few lines, for a chat.
func (s *setup) announcement(m sinks.Manifest, reason, problem string) string {
	lines := []string{"batch: " + s.headline(m, reason)}
	if m.RunID != "" {
		lines = append(lines, s.Said().Say("notify_input", m.Input.Rows, ui.Printable(filepath.Base(m.Input.Path))))
	}
	for _, d := range record.Datasets() {
		if byStatus := m.Lookups[d]; byStatus != nil {
			settled, total := ui.SettledOf(byStatus)
			lines = append(lines, s.Said().Say("notify_dataset", ui.DatasetName(s.Said(), d), settled, total, ui.Detail(s.Said(), byStatus)))
		}
	}
	if m.RunID != "" {
		lines = append(lines, s.spent(m))
	}
	if s.simulated {
		lines = append(lines, s.Said().Say("end_simulated"))
	}
	if s.end != nil {
		for _, h := range s.end.ending.Halts {
			lines = append(lines, ui.HaltWords(s.Said(), &h))
		}
	}
	if problem != "" {
		lines = append(lines, problem)
	}
	return strings.Join(lines, "\n")
}

// headline says in words how a run ended.
func (s *setup) headline(m sinks.Manifest, reason string) string {
	key := "notify_error"
	switch m.ExitCode {
	case exitSettled:
		key = "notify_finished"
	case exitFailures:
		key = "notify_failures"
	case exitUnfinished:
		key = "notify_" + strings.ReplaceAll(reason, "-", "_")
	}
	text := s.Said().Say(key)
	if m.RunID != "" {
		text = s.Said().Say("notify_run", text, m.RunID)
	}
	return text
}

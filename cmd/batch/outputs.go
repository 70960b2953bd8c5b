package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/all"
)

func readers() export.Readers {
	out := export.Readers{}
	for _, d := range all.Descriptors() {
		out[d.Name] = d.Reader
	}
	return out
}

// write writes a run's outputs from the ledger and points latest at them. A
// purged run has none: what was in doubt and is settled now is for later runs.
func (s *session) write(ctx context.Context, run ledger.Run) (sinks.Manifest, error) {
	m, err := manifestOf(ctx, s.ledger, run)
	if err != nil {
		return m, err
	}
	if !run.PurgedAt.IsZero() {
		s.Tell("run_purged", run.ID)
		return m, nil
	}
	dir := runDir(s.out, run.ID)
	if err := s.disk().MkdirAll(filepath.Dir(dir)); err != nil {
		return m, fmt.Errorf("make the folder of the outputs: %w", err)
	}
	said, err := messages.New(langOf(run))
	if err != nil {
		return m, err
	}
	w, rows, err := s.create(ctx, dir, run, m)
	if err != nil {
		return m, err
	}
	if err := export.Write(ctx, s.ledger, run, readers(), said, rows); err != nil {
		w.Abort()
		return m, fmt.Errorf("write the outputs: %w", err)
	}
	if m, err = w.Finish(m); err != nil {
		return m, fmt.Errorf("write the outputs: %w", err)
	}
	newest, err := s.lastRun(ctx)
	if err != nil || newest.Seq != run.Seq {
		return m, err
	}
	return m, s.disk().Latest(run.ID)
}

// create begins the outputs of a run; rows is where its rows go.
func (s *session) create(ctx context.Context, dir string, run ledger.Run, m sinks.Manifest) (w *sinks.Writer, rows sinks.Sink, err error) {
	o, err := outputsOf(run)
	if err != nil {
		return nil, nil, err
	}
	formats, err := sinks.ParseFormats(o.tables)
	if err != nil {
		return nil, nil, err
	}
	options := sinks.Options{RunID: run.ID, Formats: formats, FS: s.disk(), Mark: o.bom}
	if options.Partition, err = s.partitionFor(run, o); err != nil {
		return nil, nil, err
	}
	if !o.reported {
		w, err = sinks.Create(dir, options)
		return w, w, err
	}
	doc, err := s.newReport(ctx, run, m, o.report)
	if err != nil {
		return nil, nil, err
	}
	options.Document = doc
	w, err = sinks.Create(dir, options)
	return w, sinks.Tee(w, doc), err
}

// manifestOf is the manifest of a run as the ledger has it, without the files.
func manifestOf(ctx context.Context, l *ledger.Ledger, run ledger.Run) (sinks.Manifest, error) {
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return sinks.Manifest{}, fmt.Errorf("count the run's lookups: %w", err)
	}
	spend, err := l.Spend(ctx, run)
	if err != nil {
		return sinks.Manifest{}, fmt.Errorf("add up the run's money: %w", err)
	}
	lookups := pipeline.SumStatuses(counts)
	m := sinks.Manifest{RunID: run.ID, StartedAt: record.At(run.StartedAt), FinishedAt: record.At(run.FinishedAt),
		// A name need not be UTF-8, and JSON must: read back, it is the same.
		Input:    sinks.Input{Path: strings.ToValidUTF8(run.InputPath, string(unicode.ReplacementChar)), SHA256: run.InputSHA256, Rows: run.InputRows},
		Corrects: record.NonZero(run.Corrects), Lookups: lookups, Spend: map[string]sinks.Spend{}, SchemaVersion: sinks.SchemaVersion, ExitCode: exitSettled, Lang: string(langOf(run))}
	for _, p := range spend {
		total := m.Spend[p.Vendor]
		total.Charged += p.Charged
		total.Unknown += p.Unknown
		total.Lookups += p.Lookups
		m.Spend[p.Vendor] = total
	}
	m.ExitCode = codeOf(lookups)
	m.Complete = m.ExitCode != exitUnfinished
	return m, nil
}

// codeOf is the exit code that a run's statuses come to.
func codeOf(lookups pipeline.Statuses) int {
	code := exitSettled
	for _, byStatus := range lookups {
		if byStatus[record.Pending] > 0 {
			return exitUnfinished
		}
		if byStatus[record.Failed]+byStatus[record.InDoubt] > 0 {
			code = exitFailures
		}
	}
	return code
}

func printManifest(w io.Writer, m sinks.Manifest) error {
	text, err := m.Text()
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// printStatuses prints a table of lookups by dataset and status.
func (s *setup) printStatuses(lookups pipeline.Statuses) {
	t := ui.Columns{Right: true}
	shown := shownStatuses(lookups)
	head := []string{s.Said().Say("head_dataset")}
	for _, st := range shown {
		head = append(head, ui.StatusName(s.Said(), st))
	}
	t.Add(head...)
	for _, d := range record.Datasets() {
		if lookups[d] == nil {
			continue
		}
		row := []string{ui.DatasetName(s.Said(), d)}
		for _, st := range shown {
			row = append(row, strconv.FormatInt(lookups[d][st], 10))
		}
		t.Add(row...)
	}
	t.Write(s.env.stdout) //nolint:errcheck // a terminal
}

// shownStatuses are the statuses that a table needs columns for.
func shownStatuses(lookups pipeline.Statuses) []record.Status {
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
func (s *setup) spent(m sinks.Manifest) string {
	var charged, unknown record.Fen
	for _, v := range m.Spend {
		charged += v.Charged
		unknown += v.Unknown
	}
	if unknown > 0 {
		return s.Said().Say("end_spent_doubt", charged, unknown)
	}
	return s.Said().Say("end_spent", charged)
}

// viewing is a way to look at the outputs.
func viewing(dir, formats string) string {
	format, _, _ := strings.Cut(formats, ",")
	if sinks.Format(format) == sinks.XLSX {
		return filepath.Join(dir, "batch.xlsx")
	}
	return fmt.Sprintf("duckdb -c \"FROM '%s/vehicles.%s'\"", dir, format)
}

// sameFlags are the flags that a next command needs to work as this one does.
func (s *setup) sameFlags() string {
	flags := ""
	if s.configFlag != "" {
		flags += " --config " + s.configFlag
	}
	if s.simulated {
		flags += " --simulate"
	}
	if s.day.text != "" {
		flags += " --day " + s.day.text
	}
	return flags
}

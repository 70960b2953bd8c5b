package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
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
func (w *Workspace) write(ctx context.Context, run ledger.Run, partition record.Flag) (sinks.Manifest, error) {
	m, err := manifestOf(ctx, w.ledger, run)
	if err != nil || !run.PurgedAt.IsZero() {
		return m, err
	}
	dir := runDir(w.Dir, run.ID)
	if err := w.disk().MkdirAll(filepath.Dir(dir)); err != nil {
		return m, fmt.Errorf("make the folder of the outputs: %w", err)
	}
	said, err := messages.New(LangOf(run))
	if err != nil {
		return m, err
	}
	files, rows, err := w.create(ctx, dir, run, m, partition)
	if err != nil {
		return m, err
	}
	if err := export.Write(ctx, w.ledger, run, readers(), said, rows); err != nil {
		files.Abort()
		return m, fmt.Errorf("write the outputs: %w", err)
	}
	if m, err = files.Finish(m); err != nil {
		return m, fmt.Errorf("write the outputs: %w", err)
	}
	return m, w.pointLatest(ctx, run)
}

// pointLatest points latest at the outputs of a run, if it is the newest one.
func (w *Workspace) pointLatest(ctx context.Context, run ledger.Run) error {
	newest, err := w.Run(ctx, "")
	if err != nil || newest.Seq != run.Seq {
		return err
	}
	return w.disk().Latest(run.ID)
}

// create begins the outputs of a run; rows is where its rows go.
func (w *Workspace) create(ctx context.Context, dir string, run ledger.Run, m sinks.Manifest, partition record.Flag) (files *sinks.Writer, rows sinks.Sink, err error) {
	o, err := outputsOf(run)
	if err != nil {
		return nil, nil, err
	}
	formats, err := sinks.ParseFormats(o.tables)
	if err != nil {
		return nil, nil, err
	}
	options := sinks.Options{RunID: run.ID, Formats: formats, FS: w.disk(), Mark: o.bom}
	if options.Partition, err = w.partitionFor(run, o, partition); err != nil {
		return nil, nil, err
	}
	if !o.reported {
		files, err = sinks.Create(dir, options)
		return files, files, err
	}
	doc, err := w.newReport(ctx, run, m, o.report)
	if err != nil {
		return nil, nil, err
	}
	options.Document = doc
	files, err = sinks.Create(dir, options)
	return files, sinks.Tee(files, doc), err
}

// manifestOf is the manifest of a run as the ledger has it, without the files.
func manifestOf(ctx context.Context, l Store, run ledger.Run) (sinks.Manifest, error) {
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return sinks.Manifest{}, fmt.Errorf("count the run's lookups: %w", err)
	}
	spend, err := l.Spend(ctx, run)
	if err != nil {
		return sinks.Manifest{}, fmt.Errorf("add up the run's money: %w", err)
	}
	lookups := runner.SumStatuses(counts)
	m := sinks.Manifest{RunID: run.ID, StartedAt: record.At(run.StartedAt), FinishedAt: record.At(run.FinishedAt),
		// A name need not be UTF-8, and JSON must: read back, it is the same.
		Input:    sinks.Input{Path: strings.ToValidUTF8(run.InputPath, string(unicode.ReplacementChar)), SHA256: run.InputSHA256, Rows: run.InputRows},
		Corrects: record.NonZero(run.Corrects), Lookups: lookups, Spend: map[string]sinks.Spend{}, SchemaVersion: sinks.SchemaVersion, ExitCode: ExitSettled, Lang: string(LangOf(run))}
	for _, p := range spend {
		total := m.Spend[p.Vendor]
		total.Charged += p.Charged
		total.Unknown += p.Unknown
		total.Lookups += p.Lookups
		m.Spend[p.Vendor] = total
	}
	m.ExitCode = codeOf(lookups)
	m.Complete = m.ExitCode != ExitUnfinished
	return m, nil
}

// codeOf is the exit code that a run's statuses come to.
func codeOf(lookups runner.Statuses) int {
	code := ExitSettled
	for _, byStatus := range lookups {
		if byStatus[record.Pending] > 0 {
			return ExitUnfinished
		}
		if byStatus[record.Failed]+byStatus[record.InDoubt] > 0 {
			code = ExitFailures
		}
	}
	return code
}

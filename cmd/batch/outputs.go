package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/normalise"
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
		s.tell("run_purged", run.ID)
		return m, nil
	}
	dir := runDir(s.out, run.ID)
	if err := (sinks.Disk{}).MkdirAll(filepath.Dir(dir)); err != nil {
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
	return m, sinks.Latest(s.out, run.ID)
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
	options := sinks.Options{RunID: run.ID, Formats: formats, Mark: o.bom}
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
	m := sinks.Manifest{RunID: run.ID, StartedAt: run.StartedAt, FinishedAt: run.FinishedAt,
		Input:    sinks.Input{Path: run.InputPath, SHA256: run.InputSHA256, Rows: run.InputRows},
		Corrects: run.Corrects, Lookups: lookups, Spend: map[string]sinks.Spend{}, SchemaVersion: sinks.SchemaVersion, ExitCode: exitSettled, Lang: string(langOf(run))}
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

// report says how a run ended: one JSON object, or a short summary.
func (s *session) report(ctx context.Context, m sinks.Manifest, run ledger.Run, ending pipeline.Ending) error {
	if s.json {
		return printManifest(s.env.stdout, m)
	}
	if s.quiet {
		return nil
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
		s.prints("end_reused", reused)
	}
	return nil
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
	t := columns{right: true}
	shown := shownStatuses(lookups)
	head := []string{s.screen.Say("head_dataset")}
	for _, st := range shown {
		head = append(head, statusName(s.screen, st))
	}
	t.add(head...)
	for _, d := range record.Datasets() {
		if lookups[d] == nil {
			continue
		}
		row := []string{datasetName(s.screen, d)}
		for _, st := range shown {
			row = append(row, strconv.FormatInt(lookups[d][st], 10))
		}
		t.add(row...)
	}
	t.write(s.env.stdout) //nolint:errcheck // a terminal
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
		return s.screen.Say("end_spent_doubt", charged, unknown)
	}
	return s.screen.Say("end_spent", charged)
}

// viewing is a way to look at the outputs.
func viewing(dir, formats string) string {
	format, _, _ := strings.Cut(formats, ",")
	if sinks.Format(format) == sinks.XLSX {
		return filepath.Join(dir, "batch.xlsx")
	}
	return fmt.Sprintf("duckdb -c \"FROM '%s/vehicles.%s'\"", dir, format)
}

// printEnding says why the run ended where it did, and what to do next.
func (s *session) printEnding(ctx context.Context, run ledger.Run, m sinks.Manifest, e pipeline.Ending) error {
	out := s.env.stdout
	if run.PurgedAt.IsZero() {
		s.prints("end_outputs", runDir(s.out, run.ID))
		if m.RunDate != "" {
			s.prints("end_by_date", filepath.Join(byDate(s.out), "*", "run_date="+m.RunDate))
		}
	}
	if s.simulated {
		s.prints("end_simulated")
	}
	for _, h := range e.Halts {
		fmt.Fprintln(out, haltWords(s.screen, &h))
	}
	where, err := s.whereabouts(ctx, run)
	if err != nil {
		return err
	}
	switch {
	case m.ExitCode == exitUnfinished:
		s.printUnfinished(e)
	case m.ExitCode == exitFailures:
		fmt.Fprintf(out, "\n%s\n  batch failures %s\n  batch fix %s\n", s.screen.Say("end_failed"), where.flags, where.flags)
	case run.PurgedAt.IsZero():
		o, err := outputsOf(run)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n%s\n  %s\n  batch report %[3]s --to report.html\n  batch verify %[3]s\n",
			s.screen.Say("end_look"), viewing(where.dir, o.tables), where.flags)
	}
	return nil
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

func (s *session) printUnfinished(e pipeline.Ending) {
	var text string
	flags := s.sameFlags()
	switch e.Reason {
	case pipeline.Parked:
		text = s.screen.Say("left_parked", e.Open)
	case pipeline.OutOfBudget:
		text = s.screen.Say("left_budget", e.Open, s.policy.MaxSpend.V)
		flags += " --max-spend MORE"
	case pipeline.Halted:
		text = s.screen.Say("left_halted", e.Open)
	default:
		text = s.screen.Say("left_stopped", e.Open)
	}
	if e.NextAt.OK {
		text += s.screen.Say("left_next_at", s.chinaTime(e.NextAt.V))
	}
	text += s.screen.Say("left_go_on")
	fmt.Fprintf(s.env.stdout, "\n%s\n  batch resume --out %s%s\n", text, s.out, flags)
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

// counted is a number with its noun: 1 lookup, 24 lookups.
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// chinaTime prints a moment for people: vendors and users live in China.
func chinaTime(t time.Time) string {
	return chinaClock(t) + " (China)"
}

// chinaClock is chinaTime where the zone is said elsewhere.
func chinaClock(t time.Time) string { return t.In(normalise.China()).Format(time.DateTime) }

package simtest

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/all"
)

// The outputs are written and verified as cmd/batch does it, on a disk of ours.

func runDir(id string) string { return filepath.Join("/out/runs", id) }

func readers() export.Readers {
	out := export.Readers{}
	for _, d := range all.Descriptors() {
		out[d.Name] = d.Reader
	}
	return out
}

// english says next steps. One printer serves all lives: it takes as long to make as
// the outputs of a few vehicles.
var english = sync.OnceValue(func() *messages.Printer {
	p, err := messages.New(messages.English)
	if err != nil {
		panic(err)
	}
	return p
})

// write writes a run's outputs, to files and into memory.
func (p *process) write(ctx context.Context, rows *outputs) error {
	m, err := manifestOf(ctx, p.ledger, p.run)
	if err != nil {
		return err
	}
	formats, err := sinks.ParseFormats(p.run.Formats)
	if err != nil {
		return err
	}
	to, err := sinks.Create(runDir(p.run.ID), sinks.Options{RunID: p.run.ID, Formats: formats, FS: files{p}})
	if err != nil {
		return err
	}
	if err := export.Write(ctx, p.ledger, p.run, readers(), english(), both{rows, to}); err != nil {
		to.Abort()
		return err
	}
	_, err = to.Finish(m)
	return err
}

// both hands every row to two sinks.
type both [2]sinks.Sink

var _ sinks.Sink = both{}

// Vehicle is part of sinks.Sink.
func (b both) Vehicle(r sinks.VehicleRow) error {
	return errors.Join(b[0].Vehicle(r), b[1].Vehicle(r))
}

// Report is part of sinks.Sink.
func (b both) Report(r sinks.ReportRow) error { return errors.Join(b[0].Report(r), b[1].Report(r)) }

// Valuation is part of sinks.Sink.
func (b both) Valuation(r sinks.ValuationRow) error {
	return errors.Join(b[0].Valuation(r), b[1].Valuation(r))
}

// Violation is part of sinks.Sink.
func (b both) Violation(r sinks.ViolationRow) error {
	return errors.Join(b[0].Violation(r), b[1].Violation(r))
}

// Failure is part of sinks.Sink.
func (b both) Failure(r sinks.FailureRow) error {
	return errors.Join(b[0].Failure(r), b[1].Failure(r))
}

// Change is part of sinks.Sink.
func (b both) Change(r sinks.ChangeRow) error {
	return errors.Join(b[0].Change(r), b[1].Change(r))
}

func manifestOf(ctx context.Context, l *sqlite.Ledger, run ledger.Run) (sinks.Manifest, error) {
	counts, err := l.Counts(ctx, run)
	if err != nil {
		return sinks.Manifest{}, err
	}
	spend, err := l.Spend(ctx, run)
	m := sinks.Manifest{RunID: run.ID, StartedAt: record.At(run.StartedAt), FinishedAt: record.At(run.FinishedAt), Complete: true,
		Input:   sinks.Input{Path: run.InputPath, SHA256: run.InputSHA256, Rows: run.InputRows},
		Lookups: runner.SumStatuses(counts), Spend: map[string]sinks.Spend{}, SchemaVersion: sinks.SchemaVersion}
	for _, p := range spend {
		total := m.Spend[p.Vendor]
		m.Spend[p.Vendor] = sinks.Spend{Charged: total.Charged + p.Charged, Unknown: total.Unknown + p.Unknown, Lookups: total.Lookups + p.Lookups}
	}
	for _, byStatus := range m.Lookups {
		m.Complete = m.Complete && byStatus[record.Pending] == 0
	}
	return m, err
}

// verify holds the files against the manifest, and every cell against the
// ledger, as `batch verify` does.
func (w *world) verify(ctx context.Context, l *sqlite.Ledger, run ledger.Run) error {
	dir, m, err := w.readBack(run.ID)
	if err != nil {
		return err
	}
	found := sinks.CheckFiles(dir, m)
	c, err := sinks.NewComparer(dir, m)
	if err != nil {
		return err
	}
	if err := export.Write(ctx, l, run, readers(), english(), c); err != nil {
		return err
	}
	differing, err := c.Close()
	if err != nil {
		return err
	}
	now, err := manifestOf(ctx, l, run)
	if err != nil {
		return err
	}
	now.Outputs = m.Outputs
	want, err := now.Text()
	if err != nil {
		return err
	}
	if got, err := m.Text(); err != nil || string(got) != string(want) {
		found = append(found, sinks.Discrepancy{File: "manifest.json", Want: string(want), Got: string(got)})
	}
	for _, d := range append(found, differing...) {
		w.t.Errorf("verify: %s", d)
	}
	w.disk.look()
	return nil
}

// readBack puts a run's folder where a reader of files can read it.
func (w *world) readBack(id string) (string, sinks.Manifest, error) {
	dir := filepath.Join(w.dir, "readback")
	if err := w.disk.materialise(runDir(id), dir); err != nil {
		return dir, sinks.Manifest{}, err
	}
	m, err := sinks.ReadManifest(dir)
	return dir, m, err
}

// checkFiles wants every file with a final name to be whole, and every manifest
// to list what is there: after a death at any moment, and after a power cut at
// the end.
func (w *world) checkFiles() {
	w.t.Helper()
	if !w.disk.look() {
		return
	}
	for _, name := range w.disk.unfinished() {
		w.t.Errorf("%s has its final name and is not whole", name)
	}
	for _, id := range w.disk.manifests() {
		dir, m, err := w.readBack(id)
		must(w.t, err)
		for _, d := range sinks.CheckFiles(dir, m) {
			w.t.Errorf("%s has a manifest, and yet %s", id, d)
		}
	}
}

// manifests lists the runs whose outputs claim to be whole.
func (d *disk) manifests() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for name := range d.names {
		if dir, ok := strings.CutSuffix(name, "/manifest.json"); ok {
			out = append(out, filepath.Base(dir))
		}
	}
	return out
}

// checkOutputs wants a run that came to an end by itself to have outputs that
// outlast a power cut right after it.
func (w *world) checkOutputs(run ledger.Run) {
	w.t.Helper()
	if w.many == nil && !slices.Contains(w.disk.manifests(), run.ID) {
		w.t.Errorf("the process ended well, then the power failed, and the outputs of %s are gone", run.ID)
	}
}

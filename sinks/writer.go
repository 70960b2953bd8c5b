package sinks

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"

	"vehiclebatch/pipeline/record"
)

// Options say what Create writes.
type Options struct {
	RunID   string
	Formats []Format // at least one; failures.csv is written whatever they are
	FS      FS       // nil is the disk in the folder above
	Mark    bool     // CSV files begin with a byte order mark, as Excel wants it

	Document  Document  // written as report.html; nil is none
	Partition Partition // where the Parquet files stand once more
}

// Writer writes the outputs of one run into its folder. Until Finish they
// have hidden names ending in .partial, and what an earlier Finish left in the
// folder stands untouched. Not safe for concurrent use.
type Writer struct {
	dir string
	fs  FS
	run string

	mark      bool
	pages     *zstd.Encoder // of all Parquet files
	partition Partition

	vehicles   *batcher[vehicleRow]
	reports    *batcher[reportRow]
	visits     *batcher[visitRow]
	valuations *batcher[valuationRow]
	violations *batcher[violationRow]
	failures   *batcher[failureRow]
	changes    *batcher[changeRow]

	outputs []*output
	books   []*book
	err     error // the first; nothing is taken after it
}

var _ Sink = (*Writer)(nil)

// output is one file being written. It is the table's fileWriter with the
// file's name in every error.
type output struct {
	file  *partial
	table fileWriter
	rows  func() int64
	flush func() error
}

var _ fileWriter = (*output)(nil)

// Create begins the outputs of a run in dir, which is made if it is not there.
// What a killed process left half-written there is removed.
func Create(dir string, o Options) (*Writer, error) {
	if len(o.Formats) == 0 || o.RunID == "" {
		return nil, errors.New("outputs need a run id and at least one format")
	}
	for _, f := range o.Formats {
		if !slices.Contains(Formats(), f) {
			return nil, unknownFormat(string(f))
		}
	}
	w := &Writer{dir: dir, fs: o.FS, run: o.RunID, partition: o.Partition, mark: o.Mark}
	if w.fs == nil {
		w.fs = DiskIn(filepath.Dir(filepath.Clean(dir)))
	}
	pages, err := newPages()
	if err != nil {
		return nil, fmt.Errorf("begin the outputs: %w", err)
	}
	w.pages = pages
	err = w.begin(o.Formats)
	if err == nil && slices.Contains(o.Formats, CSV) {
		err = w.beginCSVDocuments()
	}
	if err == nil && o.Document != nil {
		err = w.beginDocument(documentName, o.Document)
	}
	if err != nil {
		w.Abort()
		return nil, fmt.Errorf("begin the outputs: %w", err)
	}
	return w, nil
}

func (w *Writer) begin(formats []Format) error {
	if err := w.fs.MkdirAll(w.dir); err != nil {
		return err
	}
	if err := w.fs.SyncDir(filepath.Dir(w.dir)); err != nil { // files do not outlast their folder
		return fmt.Errorf("sync the folder of the runs: %w", err)
	}
	for _, name := range append(outputNames(), manifestName) {
		if err := w.fs.Remove(filepath.Join(w.dir, partialName(name))); err != nil {
			return fmt.Errorf("remove what an earlier process left: %w", err)
		}
	}
	if err := w.releaseBooks(); err != nil {
		return fmt.Errorf("remove what an earlier process left: %w", err)
	}
	var errs [7]error
	w.vehicles, errs[0] = beginTable(w, vehiclesTable(), formats)
	w.reports, errs[1] = beginTable(w, reportsTable(), formats)
	w.visits, errs[2] = beginTable(w, visitsTable(), formats)
	w.valuations, errs[3] = beginTable(w, valuationsTable(), formats)
	w.violations, errs[4] = beginTable(w, violationsTable(), formats)
	withCSV := append(slices.Clone(formats), CSV)
	w.failures, errs[5] = beginTable(w, failuresTable(), withCSV)
	w.changes, errs[6] = beginTable(w, changesTable(), formats)
	if err := cmp.Or(errs[:]...); err != nil || !slices.Contains(formats, XLSX) {
		return err
	}
	return w.beginBooks()
}

// beginBooks begins the workbooks, with a sheet for each of their tables.
func (w *Writer) beginBooks() error {
	for _, name := range bookNames() {
		b, out, err := w.beginBook(name)
		if err != nil {
			return err
		}
		w.books = append(w.books, b)
		var rows []func() int64
		var flush []func() error
		for _, t := range []feeding{w.vehicles, w.reports, w.visits, w.valuations, w.violations, w.failures, w.changes} {
			if !bookHolds(name, t.spec().name) {
				continue
			}
			s, err := b.table(t.spec())
			if err != nil {
				return out.explain("begin", err)
			}
			t.feed(&named{fileWriter: s, output: out})
			rows, flush = append(rows, t.count), append(flush, t.flush)
		}
		out.rows = func() int64 { return sum(rows) }
		out.flush = func() error { return each(flush) }
	}
	return nil
}

// beginTable begins the files of a table, one a format.
func beginTable[R any](w *Writer, t table[R], formats []Format) (*batcher[R], error) {
	b := newBatcher(t)
	for _, f := range fileFormats() {
		if !slices.Contains(formats, f) {
			continue
		}
		file, err := createPartial(w.fs, w.dir, fileName(t.name, f))
		if err != nil {
			return nil, err
		}
		out := &output{file: file, rows: b.count, flush: b.flush}
		w.outputs = append(w.outputs, out)
		if out.table, err = newFileWriter(f, &t.tableSpec, file, w.mark, w.pages); err != nil {
			return nil, out.explain("begin", err)
		}
		b.files = append(b.files, out)
	}
	return b, nil
}

// outputNames are the names of all files that this package may leave in a
// run's folder beside the manifest.
func outputNames() []string {
	names := documentNames()
	for _, t := range tableSpecs() {
		for _, f := range fileFormats() {
			names = append(names, fileName(t.name, f))
		}
	}
	return append(names, bookNames()...)
}

// Vehicle takes a row of vehicles.
func (w *Writer) Vehicle(r VehicleRow) error { return take(w, w.vehicles, vehicleRow{w.run, r}) }

// Valuation takes a row of valuations.
func (w *Writer) Valuation(r ValuationRow) error {
	return take(w, w.valuations, valuationRow{w.run, r})
}

// Violation takes a row of violations.
func (w *Writer) Violation(r ViolationRow) error {
	return take(w, w.violations, violationRow{w.run, r})
}

// Failure takes a row of the failure ledger.
func (w *Writer) Failure(r FailureRow) error { return take(w, w.failures, failureRow{w.run, r}) }

// Change takes a row of changes.
func (w *Writer) Change(r ChangeRow) error { return take(w, w.changes, changeRow{w.run, r}) }

// Report takes a report with its visits.
func (w *Writer) Report(r ReportRow) error {
	row, err := newReportRow(w.run, r)
	if err != nil {
		return w.stop(err)
	}
	if err := take(w, w.reports, row); err != nil {
		return err
	}
	return r.records(func(vendor string, v *record.Visit) error { return take(w, w.visits, visitRow{w.run, vendor, &r, v}) })
}

func newReportRow(run string, r ReportRow) (reportRow, error) {
	row := reportRow{run: run, ReportRow: r}
	if r.Report.ServicesPerYear == "" {
		return row, nil
	}
	v, err := record.ParseYuan(r.Report.ServicesPerYear)
	if err != nil {
		return row, fmt.Errorf("table maintenance_reports, column services_per_year, vehicle %s: %q is not a number with at most two places",
			r.VehicleID, r.Report.ServicesPerYear)
	}
	row.services = record.Some(v)
	return row, nil
}

func take[R any](w *Writer, b *batcher[R], r R) error {
	if w.err != nil {
		return w.err
	}
	if err := b.add(r); err != nil {
		return w.stop(err)
	}
	return nil
}

func (w *Writer) stop(err error) error {
	if w.err == nil {
		w.err = err
	}
	return w.err
}

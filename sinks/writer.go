package sinks

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/zstd"
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
	cellSink
	dir string
	fs  FS

	mark      bool
	pages     *zstd.Encoder // of all Parquet files
	partition Partition

	tables  []*batcher
	outputs []*output
	books   []*book
}

var _ Sink = (*Writer)(nil)

// output is one file being written. It is the table's fileWriter with the
// file's name in every error.
type output struct {
	file  *partial
	table fileWriter
	from  []*batcher // the tables in it; a document has none
}

func (o *output) rows() int64 {
	n := int64(0)
	for _, b := range o.from {
		n += b.rows
	}
	return n
}

func (o *output) flush() error {
	for _, b := range o.from {
		if err := b.flush(); err != nil {
			return err
		}
	}
	return nil
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
	w := &Writer{dir: dir, fs: o.FS, partition: o.Partition, mark: o.Mark}
	w.cellSink = newCellSink(o.RunID, func(n tableNo, cells []cell) error { return w.tables[n].add(cells) })
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
	specs := tableSpecs()
	for i := range specs {
		if err := w.beginTable(&specs[i], formats); err != nil {
			return err
		}
	}
	if !slices.Contains(formats, XLSX) {
		return nil
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
		for _, t := range w.tables {
			if !bookHolds(name, t.table.name) {
				continue
			}
			s, err := b.table(t.table)
			if err != nil {
				return out.explain("begin", err)
			}
			t.files = append(t.files, &named{fileWriter: s, output: out})
			out.from = append(out.from, t)
		}
	}
	return nil
}

// beginTable begins the files of a table, one a format.
func (w *Writer) beginTable(t *tableSpec, formats []Format) error {
	b := newBatcher(t)
	w.tables = append(w.tables, b)
	for _, f := range fileFormats() {
		if !slices.Contains(formats, f) && (f != CSV || t.name != failuresName) {
			continue
		}
		file, err := createPartial(w.fs, w.dir, fileName(t.name, f))
		if err != nil {
			return err
		}
		out := &output{file: file, from: []*batcher{b}}
		w.outputs = append(w.outputs, out)
		if out.table, err = newFileWriter(f, t, file, w.mark, w.pages); err != nil {
			return out.explain("begin", err)
		}
		b.files = append(b.files, out)
	}
	return nil
}

// named is a sheet with the name of its workbook's file in every error.
type named struct {
	fileWriter
	output *output
}

// WriteBatch writes a batch of the table.
func (n *named) WriteBatch(batch arrow.Record) error {
	return n.output.explain("write", n.fileWriter.WriteBatch(batch))
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

package sinks

import (
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// Document is an output for people, made of the same rows as the tables and
// written once all of them are in. The same rows give the same bytes.
type Document interface {
	// Render writes the document. An error of the writer comes back.
	Render(to io.Writer) error
}

// documentName is the file of the user's document in the run's folder.
const documentName = "report.html"

// documentWriter makes a document an output beside the tables' files: no
// batch comes to it, and it is written as it is closed.
type documentWriter struct {
	document Document
	to       io.Writer
}

var _ fileWriter = documentWriter{}

// WriteBatch takes nothing: a document has no rows of its own.
func (documentWriter) WriteBatch(arrow.Record) error { return nil }

// Close renders the document.
func (d documentWriter) Close() error { return d.document.Render(d.to) }

// documentNames are the files of all documents: their checksums say all.
func documentNames() []string { return []string{documentName, packageName, schemaName} }

// beginCSVDocuments begins what explains the CSV files, whose outputs come before
// theirs.
func (w *Writer) beginCSVDocuments() error {
	if err := w.beginDocument(packageName, dataPackage{run: w.run, files: slices.Clone(w.outputs)}); err != nil {
		return err
	}
	return w.beginDocument(schemaName, schemaSQL{tableSpecs()})
}

// beginDocument begins a document's file.
func (w *Writer) beginDocument(name string, d Document) error {
	file, err := createPartial(w.fs, w.dir, name)
	if err != nil {
		return err
	}
	w.outputs = append(w.outputs, &output{file: file, table: documentWriter{d, file}})
	return nil
}

// tee hands every row to several sinks.
type tee []Sink

var _ Sink = (tee)(nil)

// Tee returns a Sink that hands every row to each of the sinks, in their order.
// It ends at the first error.
func Tee(sinks ...Sink) Sink { return tee(sinks) }

func (t tee) each(do func(Sink) error) error {
	for _, s := range t {
		if err := do(s); err != nil {
			return err
		}
	}
	return nil
}

func (t tee) Vehicle(r VehicleRow) error { return t.each(func(s Sink) error { return s.Vehicle(r) }) }

func (t tee) Report(r ReportRow) error { return t.each(func(s Sink) error { return s.Report(r) }) }

func (t tee) Valuation(r ValuationRow) error {
	return t.each(func(s Sink) error { return s.Valuation(r) })
}

func (t tee) Violation(r ViolationRow) error {
	return t.each(func(s Sink) error { return s.Violation(r) })
}

func (t tee) Failure(r FailureRow) error { return t.each(func(s Sink) error { return s.Failure(r) }) }

func (t tee) Change(r ChangeRow) error { return t.each(func(s Sink) error { return s.Change(r) }) }

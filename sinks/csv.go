package sinks

import (
	"encoding/csv"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
)

// ByteOrderMark tells spreadsheets that a file is UTF-8. Without it Excel takes
// CSV for text of the machine's code page.
const ByteOrderMark = "\uFEFF"

// csvWriter writes RFC 4180 with LF, UTF-8 and a header. No text in it
// is a formula to a spreadsheet.
type csvWriter struct {
	table *tableSpec
	to    *csv.Writer
	line  []string
}

var _ fileWriter = (*csvWriter)(nil)

func newCSVWriter(t *tableSpec, to io.Writer, mark bool) (*csvWriter, error) {
	if mark {
		if _, err := io.WriteString(to, ByteOrderMark); err != nil {
			return nil, err
		}
	}
	w := &csvWriter{table: t, to: csv.NewWriter(to), line: make([]string, len(t.columns))}
	return w, w.to.Write(t.names())
}

// WriteBatch writes one line a row.
func (w *csvWriter) WriteBatch(batch arrow.Record) error {
	for row := range int(batch.NumRows()) {
		for i := range w.line {
			k := w.table.columns[i].kind
			w.line[i] = cellAt(batch.Column(i), k, row).csvText(k)
		}
		if err := w.to.Write(w.line); err != nil {
			return err
		}
	}
	return nil
}

// Close hands on what is buffered.
func (w *csvWriter) Close() error {
	w.to.Flush()
	return w.to.Error()
}

func (t *tableSpec) names() []string {
	names := make([]string, len(t.columns))
	for i := range t.columns {
		names[i] = t.columns[i].name
	}
	return names
}

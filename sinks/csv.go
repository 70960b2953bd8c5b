package sinks

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
)

// ByteOrderMark tells spreadsheets that a file is UTF-8. Without it Excel takes
// CSV for text of the machine's code page.
const ByteOrderMark = "\uFEFF"

// csvWriter writes RFC 4180 with LF, UTF-8 and a header, as encoding/csv does. No text in it
// is a formula to a spreadsheet.
type csvWriter struct {
	table *tableSpec
	to    io.Writer
	text  []byte // what is not handed on yet
}

var _ fileWriter = (*csvWriter)(nil)

// csvBuffer is how much text is handed on at once.
const csvBuffer = 32 << 10

func newCSVWriter(t *tableSpec, to io.Writer, mark bool) *csvWriter {
	w := &csvWriter{table: t, to: to}
	if mark {
		w.text = append(w.text, ByteOrderMark...)
	}
	w.text = append(append(w.text, strings.Join(t.names(), ",")...), '\n')
	return w
}

// WriteBatch writes one line a row.
func (w *csvWriter) WriteBatch(batch arrow.Record) error {
	columns := batch.Columns()
	for row := range int(batch.NumRows()) {
		for i, from := range columns {
			if i > 0 {
				w.text = append(w.text, ',')
			}
			k := w.table.columns[i].kind
			w.text = appendField(w.text, cellAt(from, k, row).csvText(k))
		}
		if w.text = append(w.text, '\n'); len(w.text) < csvBuffer {
			continue
		}
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (w *csvWriter) flush() error {
	_, err := w.to.Write(w.text)
	w.text = w.text[:0]
	return err
}

// Close hands on what is buffered.
func (w *csvWriter) Close() error { return w.flush() }

// appendField adds a field of a line, in quotes where it needs them.
func appendField(line []byte, field string) []byte {
	if !needsQuotes(field) {
		return append(line, field...)
	}
	line = append(line, '"')
	for {
		before, after, found := strings.Cut(field, `"`)
		line = append(line, before...)
		if !found {
			return append(line, '"')
		}
		line, field = append(line, `""`...), after
	}
}

// needsQuotes tells whether a field would be read as something else: some readers drop blanks in
// front, and `\.` ends the data of some databases.
func needsQuotes(field string) bool {
	for _, mark := range []byte(",\"\n\r") {
		if strings.IndexByte(field, mark) >= 0 {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(field)
	return unicode.IsSpace(first) || field == `\.`
}

func (t *tableSpec) names() []string {
	names := make([]string, len(t.columns))
	for i := range t.columns {
		names[i] = t.columns[i].name
	}
	return names
}

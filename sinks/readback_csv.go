package sinks

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// csvReader reads a table's CSV.
type csvReader struct {
	table *tableSpec
	file  *os.File
	from  *csv.Reader
	line  []string
}

var _ tableReader = (*csvReader)(nil)

func openCSV(file *os.File, t *tableSpec) (*csvReader, error) {
	r := &csvReader{table: t, file: file, from: csv.NewReader(file)}
	r.from.ReuseRecord = true
	header, err := r.from.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	header[0] = strings.TrimPrefix(header[0], ByteOrderMark)
	for i, name := range t.names() {
		if i >= len(header) || header[i] != name {
			return nil, fmt.Errorf("column %d should be %s, the header is %s", i+1, name, strings.Join(header, ","))
		}
	}
	if len(header) > len(t.columns) {
		return nil, fmt.Errorf("column %s is not one of the table's", header[len(t.columns)])
	}
	return r, nil
}

func (r *csvReader) next() (bool, error) {
	line, err := r.from.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	r.line = line
	return err == nil, err
}

func (r *csvReader) differs(column int, want cell) (string, bool) {
	got := r.line[column]
	text := want.csvText(r.table.columns[column].kind)
	if got == text {
		return "", false
	}
	// The reader of the library turns CR LF inside a field into LF.
	return got, got != strings.ReplaceAll(text, "\r\n", "\n")
}

func (r *csvReader) rest() (int64, error) {
	for n := int64(0); ; n++ {
		if more, err := r.next(); !more {
			return n, err
		}
	}
}

func (r *csvReader) close() error { return r.file.Close() }

package sinks

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/klauspost/compress/zstd"
)

// Format is a file format of the tables; its text is also the files' ending.
type Format string

// The formats that can be written.
const (
	Parquet Format = "parquet"
	CSV     Format = "csv"
	XLSX    Format = "xlsx" // one workbook, a sheet a table
)

// Formats returns every format.
func Formats() []Format { return append(fileFormats(), XLSX) }

// fileFormats are those that have a file for each table, in the order in which
// they are written.
func fileFormats() []Format { return []Format{Parquet, CSV} }

// ParseFormats reads a comma-separated list of formats. Doubled ones count
// once; an unknown one or an empty list is an error that names those that fit.
func ParseFormats(s string) ([]Format, error) {
	var out []Format
	for name := range strings.SplitSeq(s, ",") {
		f := Format(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(Formats(), f) {
			return nil, unknownFormat(name)
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

func unknownFormat(name string) error {
	return fmt.Errorf("format %q cannot be written: use one or several of parquet,csv,xlsx, and html for a report beside them", name)
}

// fileWriter writes one table in one format. WriteBatch is called with
// batches of the table's schema and keeps nothing of them; Close writes what
// is pending and the footer, but leaves the file below open: it is synced by
// its owner. Not safe for concurrent use. After an error only Close is called.
type fileWriter interface {
	WriteBatch(arrow.Record) error
	Close() error
}

// newFileWriter begins a file of a table; mark is whether CSV begins with a byte
// order mark, pages compress those of Parquet. A new format of one file a table is a case here.
func newFileWriter(f Format, t *tableSpec, to io.Writer, mark bool, pages *zstd.Encoder) (fileWriter, error) {
	switch f {
	case Parquet:
		return newParquetWriter(t, to, pages)
	case CSV:
		return newCSVWriter(t, to, mark), nil
	}
	return nil, unknownFormat(string(f))
}

// fileName is the name of a table's file in the run's folder.
func fileName(table string, f Format) string { return table + "." + string(f) }

package sinks

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// A row group is closed at this many rows or at this many bytes of finished
// pages: the writer holds one row group in memory, and a reader skips by it.
const (
	rowGroupRows  = 64 << 10
	rowGroupBytes = 32 << 20
)

// dictionaryLimit is far above what a row group can hold, so that no
// dictionary ever overflows: the fallback is not reproducible to the byte.
const dictionaryLimit = 1 << 30

// parquetWriter writes one table as Parquet with zstd.
type parquetWriter struct {
	to   *pqarrow.FileWriter
	rows int64 // in the open row group
}

var _ fileWriter = (*parquetWriter)(nil)

func newParquetWriter(t *tableSpec, to io.Writer) (_ *parquetWriter, err error) {
	defer asError(&err)
	// The wrapper hides Close: the library would close the file before it is synced.
	w, err := pqarrow.NewFileWriter(t.arrowSchema(), struct{ io.Writer }{to}, t.parquetProperties(),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, fmt.Errorf("begin parquet: %w", err)
	}
	return &parquetWriter{to: w}, nil
}

// WriteBatch adds the batch to the open row group, or to a new one.
func (w *parquetWriter) WriteBatch(batch arrow.Record) (err error) {
	defer asError(&err)
	if w.rows+batch.NumRows() > rowGroupRows || w.to.RowGroupTotalBytesWritten() > rowGroupBytes {
		w.to.NewBufferedRowGroup()
		w.rows = 0
	}
	w.rows += batch.NumRows()
	return w.to.WriteBuffered(batch)
}

// Close writes the last row group and the footer.
func (w *parquetWriter) Close() (err error) {
	defer asError(&err)
	return w.to.Close()
}

// asError turns a panic of the library, which is how it reports some failed
// writes, into an error.
func asError(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("parquet: %v", p)
	}
}

func (t *tableSpec) parquetProperties() *parquet.WriterProperties {
	options := []parquet.WriterProperty{
		// Level 1 is as small as the library's default here, in half the time.
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1),
		// Not for its format: the library's buffer for the levels of a version 1
		// page is copied at every few bytes.
		parquet.WithDataPageVersion(parquet.DataPageV2),
		parquet.WithDictionaryPageSizeLimit(dictionaryLimit),
		parquet.WithStoreDecimalAsInteger(true),
		parquet.WithRootRepetition(parquet.Repetitions.Required),
	}
	for i := range t.columns {
		options = append(options, t.columns[i].parquetEncoding()...)
	}
	return parquet.NewWriterProperties(options...)
}

// parquetEncoding: a dictionary, unless nearly every value differs; deltas for
// whole numbers that are always there. (The library's delta encoder breaks down
// on a stretch of nulls alone.)
func (s *columnSpec) parquetEncoding() []parquet.WriterProperty {
	switch s.kind {
	case kindList, kindNumbers:
		return nil
	case kindInt, kindDecimal, kindDay, kindMoment:
		if !s.nullable {
			return []parquet.WriterProperty{parquet.WithDictionaryFor(s.name, false),
				parquet.WithEncodingFor(s.name, parquet.Encodings.DeltaBinaryPacked)}
		}
	}
	return []parquet.WriterProperty{parquet.WithDictionaryFor(s.name, s.kind != kindBool && !s.unique)}
}

package sinks

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// A row group is closed at this many rows or at this many bytes of finished
// pages: the writer holds one row group in memory, and a reader skips by it.
const (
	rowGroupRows  = 64 << 10
	rowGroupBytes = 32 << 20
)

// wholeBatch is far above the levels of any piece that a leaf hands on, so that the
// library cuts none of them up: in pages of version 2 it would look for ever for
// the end of a row with more values than its batch.
const wholeBatch = 1 << 30

// dictionaryLimit is far above what a row group can hold, so that no
// dictionary ever overflows: the fallback is not reproducible to the byte.
const dictionaryLimit = 1 << 30

// parquetWriter writes one table as Parquet with zstd. It writes columns with
// the library's parquet/file alone: its pqarrow, which would take whole batches,
// links gRPC and arrow's compute kernels into the program.
type parquetWriter struct {
	to     *parquetFile
	group  *rowGroup // the open row group; nil before the first
	rows   int64     // in the open row group
	leaves []leaf    // one a column
}

var _ fileWriter = (*parquetWriter)(nil)

func newParquetWriter(t *tableSpec, to io.Writer, pages *zstd.Encoder) (*parquetWriter, error) {
	return beginParquet(t, to, t.parquetOptions(), pages)
}

func beginParquet(t *tableSpec, to io.Writer, options []parquet.WriterProperty, pages *zstd.Encoder) (_ *parquetWriter, err error) {
	defer asError(&err)
	root, err := t.parquetSchema()
	if err != nil {
		return nil, fmt.Errorf("begin parquet: %w", err)
	}
	about, err := t.parquetMetadata()
	if err != nil {
		return nil, fmt.Errorf("begin parquet: %w", err)
	}
	w := &parquetWriter{leaves: make([]leaf, len(t.columns))}
	for i := range t.columns {
		w.leaves[i] = leaf{nullable: t.columns[i].nullable}
	}
	w.to, err = beginFile(to, root, parquet.NewWriterProperties(options...), about, pages)
	return w, err
}

// WriteBatch adds the batch to the open row group, or to a new one.
func (w *parquetWriter) WriteBatch(batch arrow.Record) (err error) {
	defer asError(&err)
	if w.full(batch.NumRows()) {
		if err := w.closeGroup(); err != nil {
			return err
		}
		if w.group, err = w.to.begin(); err != nil {
			return err
		}
		w.rows = 0
	}
	w.rows += batch.NumRows()
	for i := range w.leaves {
		if err := w.leaves[i].write(w.group.columns[i], batch.Column(i)); err != nil {
			return fmt.Errorf("column %s of parquet: %w", batch.ColumnName(i), err)
		}
	}
	return nil
}

// full says that there is no row group that takes so many rows more.
func (w *parquetWriter) full(rows int64) bool {
	return w.group == nil || w.rows+rows > rowGroupRows || w.group.bytes() > rowGroupBytes
}

// closeGroup writes the open row group, if there is one.
func (w *parquetWriter) closeGroup() error {
	if w.group == nil {
		return nil
	}
	return w.group.close(int(w.rows))
}

// Close writes the last row group and the footer.
func (w *parquetWriter) Close() (err error) {
	defer asError(&err)
	if err := w.closeGroup(); err != nil {
		return err
	}
	return w.to.close()
}

// asError turns a panic of the library, which is how it reports some failed
// writes, into an error.
func asError(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("parquet: %v", p)
	}
}

func (t *tableSpec) parquetOptions() []parquet.WriterProperty {
	options := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1), // see newPages
		// Not for its format: the library's buffer for the levels of a version 1
		// page is copied at every few bytes.
		parquet.WithDataPageVersion(parquet.DataPageV2),
		parquet.WithDictionaryPageSizeLimit(dictionaryLimit),
		parquet.WithBatchSize(wholeBatch),
		parquet.WithRootRepetition(parquet.Repetitions.Required),
	}
	for i := range t.columns {
		options = append(options, t.columns[i].parquetEncoding()...)
	}
	return options
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

package sinks

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/schema"
	"github.com/klauspost/compress/zstd"
)

// parquetMagic is what a file begins and ends with.
const parquetMagic = "PAR1"

// pageWindow is how far back the compression of a page looks: over all of it, since a
// page is full at 1 MiB.
const pageWindow = 2 << 20

// newPages returns what the pages of all files of a run are compressed with, one after
// the other. The library would build a compressor of some megabytes for each page.
func newPages() (*zstd.Encoder, error) {
	// Level 1 is as small as the library's default here, in half the time.
	return zstd.NewWriter(nil, zstd.WithZeroFrames(true), zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(1)),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(pageWindow))
}

// parquetFile puts a file together of the library's columns, as the library's own writer
// does, but with a compressor that lasts.
type parquetFile struct {
	to     *counted
	props  *parquet.WriterProperties
	about  *metadata.FileMetaDataBuilder
	pages  *zstd.Encoder
	groups int16
}

func beginFile(to io.Writer, root *schema.GroupNode, props *parquet.WriterProperties, words metadata.KeyValueMetadata, pages *zstd.Encoder) (*parquetFile, error) {
	f := &parquetFile{to: &counted{to: to}, props: props, about: metadata.NewFileMetadataBuilder(schema.NewSchema(root), props, words), pages: pages}
	_, err := io.WriteString(f.to, parquetMagic)
	return f, err
}

// rowGroup holds the finished pages of its columns until it is closed.
type rowGroup struct {
	about   *metadata.RowGroupMetaDataBuilder
	nth     int16
	columns []file.ColumnChunkWriter
}

// begin begins the next row group; the one before it must be closed.
func (f *parquetFile) begin() (*rowGroup, error) {
	g := &rowGroup{about: f.about.AppendRowGroup(), nth: f.groups}
	f.groups++
	for i := range g.about.NumColumns() {
		column := g.about.NextColumnChunk()
		path := column.Descr().Path()
		pager, err := file.NewPageWriter(f.to, f.props.CompressionFor(path), f.props.CompressionLevelFor(path), column, g.nth, int16(i), f.props.Allocator(), true, nil, nil)
		if err != nil {
			return nil, fmt.Errorf("begin column %s of parquet: %w", path, err)
		}
		if f.props.CompressionFor(path) == compress.Codecs.Zstd {
			pager = &pageWriter{PageWriter: pager, pages: f.pages}
		}
		g.columns = append(g.columns, file.NewColumnChunkWriter(column, pager, f.props))
	}
	return g, nil
}

// bytes is what the group holds of finished pages.
func (g *rowGroup) bytes() int64 {
	n := int64(0)
	for _, c := range g.columns {
		n += c.TotalBytesWritten()
	}
	return n
}

// close writes the group, which has so many rows.
func (g *rowGroup) close(rows int) error {
	for i, c := range g.columns {
		if n := c.RowsWritten(); n != rows {
			return fmt.Errorf("column %d of parquet has %d rows of %d", i, n, rows)
		}
		if err := c.Close(); err != nil {
			return err
		}
	}
	g.about.SetNumRows(rows)
	return g.about.Finish(g.bytes(), g.nth)
}

// close writes the footer.
func (f *parquetFile) close() error {
	about, err := f.about.Finish()
	if err != nil {
		return err
	}
	n, err := about.WriteTo(f.to, nil)
	if err != nil {
		return err
	}
	_, err = f.to.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), parquetMagic...))
	return err
}

// pageWriter is the library's, but for what compresses data pages. Dictionaries are left
// to the library: they are few and mostly small.
type pageWriter struct {
	file.PageWriter
	pages *zstd.Encoder
}

// Compress compresses a page into the room.
func (w *pageWriter) Compress(room *bytes.Buffer, page []byte) []byte {
	room.Grow(len(page) + len(page)>>8 + 64)
	return w.pages.EncodeAll(page, room.Bytes()[:0])
}

// counted knows where in the file it is.
type counted struct {
	to io.Writer
	at int64
}

// Tell is how much was written.
func (c *counted) Tell() int64 { return c.at }

// Write hands on and counts.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.at += int64(n)
	return n, err
}

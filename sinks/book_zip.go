package sinks

import (
	"archive/zip"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// orderedZip is the zip of a workbook. The library hands over its sheets in no
// certain order and would gather the whole file in memory; here each part is
// compressed into a temporary file as it comes, and Close writes all of them in
// the order of their names, without a time. The same parts give the same bytes.
type orderedZip struct {
	to      io.Writer
	spill   *os.File // compressed parts, one after the other
	at      int64    // where the open part begins
	parts   []*zip.FileHeader
	begins  []int64
	deflate *flate.Writer
	sum     hash.Hash32
	size    int64 // of the open part
}

var _ excelize.ZipWriter = (*orderedZip)(nil)

func newOrderedZip(to io.Writer, spill *os.File) *orderedZip {
	return &orderedZip{to: to, spill: spill, sum: crc32.NewIEEE()}
}

// Create ends the open part and begins the next.
func (z *orderedZip) Create(name string) (io.Writer, error) {
	if err := z.endPart(); err != nil {
		return nil, err
	}
	if z.deflate == nil {
		var err error
		if z.deflate, err = flate.NewWriter(z.spill, flate.DefaultCompression); err != nil {
			return nil, err
		}
	}
	z.deflate.Reset(z.spill)
	z.sum.Reset()
	z.size = 0
	z.parts = append(z.parts, &zip.FileHeader{Name: name, Method: zip.Deflate})
	z.begins = append(z.begins, z.at)
	return z, nil
}

// Write adds to the open part.
func (z *orderedZip) Write(p []byte) (int, error) {
	z.sum.Write(p)
	z.size += int64(len(p))
	return z.deflate.Write(p)
}

func (z *orderedZip) endPart() error {
	if len(z.parts) == 0 {
		return nil
	}
	if err := z.deflate.Close(); err != nil {
		return err
	}
	end, err := z.spill.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	h := z.parts[len(z.parts)-1]
	h.CRC32, h.UncompressedSize64, h.CompressedSize64 = z.sum.Sum32(), uint64(z.size), uint64(end-z.at) //nolint:gosec // lengths
	z.at = end
	return nil
}

// AddFS is not used by what is written here.
func (z *orderedZip) AddFS(fs.FS) error { return errors.New("a workbook has no folder to add") }

// Close writes the zip.
func (z *orderedZip) Close() error {
	if err := z.endPart(); err != nil {
		return err
	}
	order := make([]int, len(z.parts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(z.parts[a].Name, z.parts[b].Name) })
	to := zip.NewWriter(z.to)
	for _, i := range order {
		part, err := to.CreateRaw(z.parts[i])
		if err != nil {
			return err
		}
		length := int64(z.parts[i].CompressedSize64) //nolint:gosec // a length
		if _, err := io.Copy(part, io.NewSectionReader(z.spill, z.begins[i], length)); err != nil {
			return err
		}
	}
	return to.Close()
}

package columnar

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Codecs, as the format numbers them.
const (
	codecNone   = 0
	codecSnappy = 1
	codecGzip   = 2
	codecLZO    = 3
	codecBrotli = 4
	codecOldLZ4 = 5
	codecZstd   = 6
	codecLZ4    = 7
)

// maxPage bounds a page that is expanded. The largest that a common program writes
// unasked have 100 MB.
const maxPage = 256 << 20

// refuseCodec says why pages cannot be expanded, nil when they can.
func refuseCodec(codec int64) error {
	var name string
	switch codec {
	case codecNone, codecSnappy, codecGzip, codecBrotli, codecZstd, codecLZ4:
		return nil
	case codecOldLZ4:
		name = "is LZ4 in its old form, which programs read differently"
	case codecLZO:
		name = "is LZO"
	default:
		name = fmt.Sprintf("has the number %d", codec)
	}
	return &Error{Problem: "its compression " + name + " and cannot be read here", Hint: "write the file with the compression ZSTD or SNAPPY"}
}

// densest is how many bytes a codec can make of one.
var densest = map[int64]int64{codecSnappy: 64, codecLZ4: 256, codecGzip: 1100}

// expand returns what was compressed; it must have size bytes. What it returns
// holds until it is called again.
func (c *column) expand(src []byte, size int64) ([]byte, error) {
	codec := c.chunk.codec
	if codec == codecNone {
		if int64(len(src)) != size {
			return nil, corrupt("a page is not as large as it says")
		}
		return src, nil
	}
	if size == 0 {
		return nil, nil
	}
	if most, bounded := densest[codec]; size > maxPage || bounded && size > most*int64(len(src))+64 {
		return nil, corrupt(fmt.Sprintf("a page would have %d bytes", size))
	}
	var err error
	switch codec {
	case codecSnappy:
		err = c.expandSnappy(src, size)
	case codecLZ4:
		err = c.expandLZ4(src, size)
	case codecZstd:
		err = c.expandZstd(src, size)
	case codecGzip:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(src)); err == nil {
			err = c.expandStream(z, size)
		}
	case codecBrotli:
		err = c.expandStream(brotli.NewReader(bytes.NewReader(src)), size)
	}
	if err == nil && int64(len(c.plain)) != size {
		err = errors.New("it has another size than it says")
	}
	if err != nil {
		return nil, fmt.Errorf("a page cannot be expanded: %w", err)
	}
	return c.plain, nil
}

// fit makes plain have size bytes.
func (c *column) fit(size int64) {
	if int64(cap(c.plain)) < size {
		c.plain = make([]byte, size)
	}
	c.plain = c.plain[:size]
}

func (c *column) expandSnappy(src []byte, size int64) error {
	n, err := snappy.DecodedLen(src)
	if err != nil || int64(n) != size {
		return errors.Join(err, errors.New("it has another size than it says"))
	}
	c.fit(size)
	c.plain, err = snappy.Decode(c.plain, src)
	return err
}

func (c *column) expandLZ4(src []byte, size int64) error {
	c.fit(size)
	n, err := lz4.UncompressBlock(src, c.plain)
	if err == nil {
		c.plain = c.plain[:n]
	}
	return err
}

// expandZstd believes in a size when it is likely; else memory is taken as bytes
// come.
func (c *column) expandZstd(src []byte, size int64) (err error) {
	if c.zstd == nil {
		c.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecoderMaxWindow(maxPage/2))
		if err != nil {
			return err
		}
	}
	if size <= 64*int64(len(src))+1<<20 {
		c.fit(size)
		c.plain, err = c.zstd.DecodeAll(src, c.plain[:0])
		return err
	}
	if err = c.zstd.Reset(bytes.NewReader(src)); err != nil {
		return err
	}
	return c.expandStream(c.zstd, size)
}

// expandStream reads no more than size and one byte.
func (c *column) expandStream(z io.Reader, size int64) error {
	out := bytes.NewBuffer(c.plain[:0])
	_, err := out.ReadFrom(io.LimitReader(z, size+1))
	c.plain = out.Bytes()
	return err
}

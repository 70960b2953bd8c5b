package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// keptHead is how much is kept of a body that is too long: enough to see
// what it was.
const keptHead = 4 << 10

// maxScratch is the largest buffer that is kept for the next body, and the
// longest body for which room is made on the server's word.
const maxScratch = 256 << 10

var errTooLong = errors.New("the answer is longer than allowed")

// bodies reads bodies of at most limit bytes. Scratch buffers and inflaters
// are reused; what it returns belongs to the caller.
type bodies struct {
	limit     int64
	scratch   sync.Pool // *bytes.Buffer
	inflaters sync.Pool // *gzip.Reader
}

func newBodies(limit int64) *bodies {
	return &bodies{
		limit:     limit,
		scratch:   sync.Pool{New: func() any { return new(bytes.Buffer) }},
		inflaters: sync.Pool{New: func() any { return new(gzip.Reader) }},
	}
}

// read reads the body to its end, so that the connection can be used again,
// and closes it. See Client.Do for what comes back with an error.
func (b *bodies) read(resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	if resp.Body == http.NoBody {
		return nil, nil
	}
	if resp.ContentLength > b.limit {
		return nil, b.tooLong()
	}
	body, err := b.decoded(resp)
	if errors.Is(err, errTooLong) {
		body = bytes.Clone(body[:min(len(body), keptHead)])
	}
	if err != nil {
		return body, &unreadError{err}
	}
	return body, nil
}

func (b *bodies) decoded(resp *http.Response) ([]byte, error) {
	sent := b.capped(resp.Body)
	switch {
	case strings.EqualFold(strings.TrimSpace(resp.Header.Get("Content-Encoding")), "gzip"):
		return b.inflate(sent)
	case resp.ContentLength >= 0 && resp.ContentLength <= maxScratch:
		return readSized(sent, resp.ContentLength)
	}
	return b.gather(sent)
}

// inflate decompresses, with a cap of its own on what comes out.
func (b *bodies) inflate(sent io.Reader) ([]byte, error) {
	z := b.inflaters.Get().(*gzip.Reader)
	defer b.inflaters.Put(z)
	switch err := z.Reset(sent); {
	case errors.Is(err, io.EOF): // not one byte: an empty body
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	body, err := b.gather(b.capped(z))
	if err != nil && !errors.Is(err, errTooLong) {
		err = fmt.Errorf("decompressing: %w", err)
	}
	return body, err
}

// gather reads a body whose length nobody knows, or that is long: what the
// server announces is not reserved before it comes.
func (b *bodies) gather(r io.Reader) ([]byte, error) {
	buf := b.scratch.Get().(*bytes.Buffer)
	_, err := buf.ReadFrom(r)
	body := bytes.Clone(buf.Bytes())
	if buf.Cap() <= maxScratch {
		buf.Reset()
		b.scratch.Put(buf)
	}
	return body, err
}

// readSized reads a body whose length was announced. net/http itself ends it
// there and reports one that is shorter.
func readSized(r io.Reader, length int64) ([]byte, error) {
	body := make([]byte, length)
	n, err := io.ReadFull(r, body)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return body[:n], err
}

func (b *bodies) tooLong() error { return fmt.Errorf("%w: more than %d bytes", errTooLong, b.limit) }

func (b *bodies) capped(r io.Reader) *capped { return &capped{r: r, left: b.limit, tooLong: b.tooLong} }

// capped passes on at most left bytes and fails on the first one beyond.
type capped struct {
	r       io.Reader
	left    int64
	tooLong func() error
}

func (c *capped) Read(p []byte) (int, error) {
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if int64(n) > c.left {
		n, c.left = int(c.left), 0
		return n, c.tooLong()
	}
	c.left -= int64(n)
	return n, err
}

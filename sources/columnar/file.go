package columnar

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

const (
	magic     = "PAR1"
	encrypted = "PARE"
	tailSize  = 8 // length of the footer, magic
	// maxFooter bounds the footer. Those of files with thousands of columns or
	// row groups have a few MiB.
	maxFooter = 128 << 20
)

const hintDecrypt = "write a copy without encryption and give that one"

// File is a Parquet file whose footer has been read.
type File struct {
	Columns []Column
	Rows    int64

	r      io.ReaderAt
	size   int64
	footer []byte
	groups int // where the row groups lie in the footer, -1: nowhere
	leaves int
}

// Open reads the footer. Errors are *Error.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, groups: -1}
	if err := f.readFooter(); err != nil {
		return nil, err
	}
	if err := f.readMetadata(); err != nil {
		return nil, damaged("the footer of the Parquet file cannot be read", err)
	}
	return f, nil
}

func (f *File) readFooter() error {
	tail := make([]byte, tailSize)
	if f.size < int64(len(magic)+tailSize) {
		return damaged("the Parquet file ends before its footer", nil)
	}
	if err := f.readAt(tail, f.size-tailSize); err != nil {
		return damaged("the Parquet file cannot be read", err)
	}
	switch string(tail[4:]) {
	case magic:
	case encrypted:
		return &Error{Problem: "the Parquet file is encrypted", Hint: hintDecrypt}
	default:
		return damaged("the Parquet file does not end with its footer: it was cut short, or something was added", nil)
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	if n > f.size-int64(len(magic)+tailSize) || n > maxFooter {
		return damaged(fmt.Sprintf("the footer of the Parquet file should have %d bytes", n), nil)
	}
	f.footer = make([]byte, n)
	if err := f.readAt(f.footer, f.size-tailSize-n); err != nil {
		return damaged("the Parquet file cannot be read", err)
	}
	return nil
}

// readAt fills b.
func (f *File) readAt(b []byte, at int64) error {
	n, err := f.r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (f *File) readMetadata() error {
	in := bytes.NewReader(f.footer)
	t := &thrift{r: bufio.NewReader(in)}
	var s schema
	f.Rows = -1
	var writer string
	t.structure(func(id int16, kind byte) {
		switch {
		case id == 2 && kind == thriftList:
			t.each(func() { s.add(t) })
		case id == 3:
			f.Rows = t.integer()
		case id == 4 && kind == thriftList:
			f.groups = len(f.footer) - in.Len() - t.r.Buffered()
			t.skip(kind)
		case id == 6 && kind == thriftBinary:
			writer = t.text()
		default:
			t.skip(kind)
		}
	})
	switch {
	case t.err != nil:
		return t.err
	case !s.whole() || f.Rows < 0:
		return corrupt("it names no columns, or no number of rows")
	}
	f.Columns, f.leaves = s.columns, s.leaves
	if mistakesZones(writer) {
		for i := range f.Columns {
			f.Columns[i].Unsure = f.Columns[i].Meaning == Timestamp
		}
	}
	return nil
}

// earlyArrow is how Arrow for Go names itself, and its version.
var earlyArrow = regexp.MustCompile(`^parquet-go version (\d{1,4})\.`)

// mistakesZones tells whether a program says of its timestamps the wrong thing: Arrow for Go before version 16 wrote
// that those without a zone are moments, and that those with any zone but UTC are not.
func mistakesZones(writer string) bool {
	m := earlyArrow.FindStringSubmatch(writer)
	if m == nil {
		return false
	}
	version, err := strconv.Atoi(m[1])
	return err == nil && version < 16
}

// chunk is where a column of a row group lies.
type chunk struct {
	start     int64 // of its first page
	values    int64
	physical  Physical
	codec     int64
	encrypted bool
	elsewhere bool // in another file
	known     bool // there is a description of it
}

// group is a row group with the chunks of the columns that are wanted.
type group struct {
	rows   int64
	chunks []chunk
}

// groupReader reads the row groups of a footer one at a time.
type groupReader struct {
	t    *thrift
	left int
	// place says where a leaf is wanted, -1: not.
	place  []int
	wanted int
	leaves int
}

func (f *File) readGroups(columns []int) *groupReader {
	g := &groupReader{place: make([]int, f.leaves), wanted: len(columns), leaves: f.leaves}
	for i := range g.place {
		g.place[i] = -1
	}
	for i, c := range columns {
		g.place[f.Columns[c].leaf] = i
	}
	if f.groups < 0 {
		g.t = &thrift{r: bufio.NewReader(bytes.NewReader(nil))}
		return g
	}
	g.t = &thrift{r: bufio.NewReader(bytes.NewReader(f.footer[f.groups:]))}
	kind, n := g.t.list()
	if g.left = n; n > 0 && kind != thriftStruct {
		g.t.fail(corrupt("a list holds something else than row groups"))
	}
	return g
}

// next returns the next row group, io.EOF behind the last.
func (g *groupReader) next() (*group, error) {
	if g.left == 0 {
		return nil, io.EOF
	}
	g.left--
	out := &group{chunks: make([]chunk, g.wanted)}
	seen := 0
	g.t.structure(func(id int16, kind byte) {
		switch {
		case id == 1 && kind == thriftList:
			g.t.each(func() {
				c := readChunk(g.t)
				if seen < g.leaves && g.place[seen] >= 0 {
					out.chunks[g.place[seen]] = c
				}
				seen++
			})
		case id == 3:
			out.rows = g.t.integer()
		default:
			g.t.skip(kind)
		}
	})
	switch {
	case g.t.err != nil:
		return nil, g.t.err
	case seen != g.leaves && out.rows > 0:
		return nil, corrupt(fmt.Sprintf("a row group has %d columns, the schema %d", seen, g.leaves))
	case out.rows < 0:
		return nil, corrupt("a row group has less than no rows")
	}
	return out, nil
}

func readChunk(t *thrift) chunk {
	var c chunk
	t.structure(func(id int16, kind byte) {
		switch {
		case id == 1 && kind == thriftBinary:
			c.elsewhere = t.text() != ""
		case id == 3 && kind == thriftStruct:
			c.known = true
			c.readMetadata(t)
		case id == 8:
			c.encrypted = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	return c
}

func (c *chunk) readMetadata(t *thrift) {
	var dictionary int64
	t.structure(func(id int16, kind byte) {
		switch id {
		case 1:
			c.physical = physical(t.integer())
		case 4:
			c.codec = t.integer()
		case 5:
			c.values = t.integer()
		case 9:
			c.start = t.integer()
		case 11:
			dictionary = t.integer()
		default:
			t.skip(kind)
		}
	})
	if dictionary > 0 && dictionary < c.start {
		c.start = dictionary
	}
}

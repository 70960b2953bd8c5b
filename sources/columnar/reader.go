package columnar

import (
	"errors"
	"fmt"
	"io"
)

const (
	batchRows = 1024
	// maxRoom bounds the pages that are in memory, of all columns together.
	maxRoom = 1 << 30
)

// Reader reads rows in their order.
type Reader struct {
	file    *File
	columns []*column
	groups  *groupReader
	longest int
	left    int // rows of the row group
}

// Batch holds rows that were read together, one vector a column, in the order in which columns were asked
// for. An empty one is ready to be read into, again and again.
type Batch struct {
	Rows    int
	Columns []Vector
}

// Read begins to read some columns, by their place in f.Columns; each must hold values
// and stands there once. Texts longer than longest bytes are cut, and said by
// Vector.Long. What cannot be read at all is refused here. Errors are *Error.
func (f *File) Read(columns []int, longest int) (*Reader, error) {
	r := &Reader{file: f, longest: longest}
	room := int64(maxRoom)
	for _, at := range columns {
		c, err := f.column(at, &room)
		if err != nil {
			return nil, err
		}
		r.columns = append(r.columns, c)
	}
	if err := f.check(columns); err != nil {
		return nil, err
	}
	r.groups = f.readGroups(columns)
	return r, nil
}

// column is one that is not opened yet.
func (f *File) column(at int, room *int64) (*column, error) {
	c := &column{Column: f.Columns[at], file: f, room: room}
	if c.Physical == Nested || c.Physical > Fixed || c.Physical == Fixed && (c.Length <= 0 || c.Length > maxPage) || c.Scale < 0 || c.Scale > maxScale {
		return nil, f.wrong(at, corrupt("its type is not one that can be read"))
	}
	return c, nil
}

// wrong puts the column's name to what is wrong with it.
func (f *File) wrong(column int, err error) error {
	return wrongColumn(f.Columns[column].Name, err)
}

func wrongColumn(name string, err error) error {
	what := fmt.Sprintf("the column %q of the Parquet file cannot be read", name)
	var known *Error
	if errors.As(err, &known) {
		return &Error{Problem: what + ": " + known.Problem, Hint: known.Hint}
	}
	return damaged(what, err)
}

// check goes through all row groups before the first row is read.
func (f *File) check(columns []int) error {
	groups := f.readGroups(columns)
	rows := int64(0)
	for {
		g, err := groups.next()
		if errors.Is(err, io.EOF) && groups.t.err == nil {
			break
		}
		if err != nil {
			return damaged("the footer of the Parquet file cannot be read", err)
		}
		if rows += g.rows; rows < 0 || rows > f.Rows {
			break
		}
		for i, ch := range g.chunks {
			if err := f.checkChunk(&ch, columns[i], g.rows); err != nil && g.rows > 0 {
				return f.wrong(columns[i], err)
			}
		}
	}
	if rows != f.Rows {
		return damaged(fmt.Sprintf("the Parquet file says that it has %d rows, its row groups have %d", f.Rows, rows), nil)
	}
	return nil
}

func (f *File) checkChunk(ch *chunk, column int, rows int64) error {
	switch {
	case ch.encrypted:
		return &Error{Problem: "it is encrypted", Hint: hintDecrypt}
	case ch.elsewhere:
		return &Error{Problem: "its values lie in another file", Hint: "write one file that holds them"}
	case !ch.known:
		return corrupt("its description is missing")
	case ch.physical != f.Columns[column].Physical:
		return corrupt("a row group gives it another type than the schema")
	case ch.values != rows:
		return corrupt(fmt.Sprintf("it has %d values where the row group has %d rows", ch.values, rows))
	}
	return refuseCodec(ch.codec)
}

// Next reads the next rows into a batch, in place of those that it holds; io.EOF is behind the last row.
func (r *Reader) Next(to *Batch) error {
	to.Rows = 0
	if err := r.nextGroup(); err != nil {
		return err
	}
	if to.Columns == nil {
		to.Columns = make([]Vector, len(r.columns))
		for i, c := range r.columns {
			to.Columns[i] = Vector{longest: r.longest, is: c.isText()}
		}
	}
	n := min(r.left, batchRows)
	for i, c := range r.columns {
		v := &to.Columns[i]
		v.begin(n)
		if err := c.read(v, 0, n); err != nil {
			return wrongColumn(c.Name, err)
		}
		v.end()
	}
	r.left -= n
	to.Rows = n
	return nil
}

// nextGroup goes to the next row group when the rows of one have been read.
func (r *Reader) nextGroup() error {
	for r.left == 0 {
		g, err := r.groups.next()
		if err != nil {
			return err // the groups were read before: only the end is left
		}
		for i, c := range r.columns {
			if g.rows == 0 {
				break
			}
			if err := c.open(g.chunks[i]); err != nil {
				return wrongColumn(c.Name, err)
			}
		}
		r.left = int(g.rows)
	}
	return nil
}

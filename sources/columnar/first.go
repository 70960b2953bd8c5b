package columnar

import "fmt"

// First reads the first n rows of some columns, by their place in f.Columns, one column after the
// other; n is at most 1024, and longest is that of Read. It gives those that can be read to use, which may keep none of the
// Vector. What cannot be read is left out: it is for a look at columns before some are read.
func (f *File) First(columns []int, n, longest int, use func(column int, v *Vector)) {
	n = int(min(f.Rows, int64(n), batchRows))
	groups := f.firstGroups(columns, n)
	for i, at := range columns {
		v := Vector{longest: longest}
		if f.readFirst(groups, i, at, n, &v) == nil {
			use(at, &v)
		}
	}
}

// firstGroups are the row groups that hold the first n rows, as far as they can be read.
func (f *File) firstGroups(columns []int, n int) []*group {
	from := f.readGroups(columns)
	var out []*group
	for rows := int64(0); rows < int64(n); {
		g, err := from.next()
		if err != nil {
			break
		}
		if g.rows > 0 {
			rows += g.rows
			out = append(out, g)
		}
	}
	return out
}

// readFirst reads rows of the column at a place; it is the i-th of those that are wanted. A
// decoder that gives up in a panic has found damage.
func (f *File) readFirst(groups []*group, i, at, n int, v *Vector) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	room := int64(maxRoom)
	c, err := f.column(at, &room)
	if err != nil {
		return err
	}
	v.is = c.isText()
	v.begin(n)
	have := 0
	for _, g := range groups {
		rows := int(min(g.rows, int64(n-have)))
		if err := f.checkChunk(&g.chunks[i], at, g.rows); err != nil {
			return err
		}
		if err := c.open(g.chunks[i]); err != nil {
			return err
		}
		if err := c.read(v, have, rows); err != nil {
			return err
		}
		have += rows
	}
	v.end()
	if have < n {
		return corrupt("it ends before its rows")
	}
	return nil
}

package sinks

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"
)

// Comparer is a Sink that writes nothing: it is fed with the rows that the
// ledger gives and holds every table's files against them, cell by cell, as
// they come. Parquet is read by another implementation than the one that wrote
// it. What differs is a discrepancy, never an error.
//
// It also checks the keys: the rows of vehicles rise, and the vehicle_id of
// every other table stands in vehicles, in whatever order the tables come. For
// that it keeps eight bytes a vehicle; the rest of its memory is one window of
// rows a file. Not safe for concurrent use.
type Comparer struct {
	cellSink
	found  findings
	tables []*comparison
	books  []*openedBook
	keys   keyCheck
}

var _ Sink = (*Comparer)(nil)

// NewComparer opens the files that the manifest lists. One that is missing,
// damaged or of another shape is a discrepancy at once, and its cells are not
// compared.
func NewComparer(dir string, m Manifest) (*Comparer, error) {
	if m.RunID == "" {
		return nil, errors.New("the manifest names no run")
	}
	c := &Comparer{keys: newKeyCheck()}
	specs := tableSpecs()
	for i := range specs {
		c.tables = append(c.tables, openComparison(&c.found, dir, m, &specs[i]))
	}
	c.openBooks(dir, m)
	c.cellSink = newCellSink(m.RunID, c.hold)
	return c, nil
}

// hold compares a row, and checks its key.
func (c *Comparer) hold(n tableNo, cells []cell) error {
	t := c.tables[n]
	id := cells[t.vehicleID].s
	if n != vehiclesNo {
		c.keys.refers(id)
	} else if d, ok := c.keys.vehicle(c.vehicles.row.Vehicle.Row, id); !ok {
		c.found.add(d)
	}
	t.hold(cells)
	return nil
}

// Forget passes over the changes in the files that were found against a run
// whose answers are forgotten: nobody can say any more whether they are right.
// It must be called before the first row.
func (c *Comparer) Forget(forgotten func(runID string) bool) {
	changes := c.tables[changesNo]
	at := slices.Index(changes.table.names(), "compared_with")
	changes.skip = func(f *comparedFile) bool {
		shown, _ := f.from.differs(at, cell{})
		run, _, _ := strings.Cut(shown, " ") // a workbook's names the cell as well
		return forgotten(run)
	}
}

// Close ends the comparison: counts of rows and references are settled only
// now. It returns the first discrepancies; Total says how many there were.
func (c *Comparer) Close() ([]Discrepancy, error) {
	var err error
	for _, t := range c.tables {
		err = errors.Join(err, t.end())
	}
	for _, b := range c.books {
		err = errors.Join(err, b.close())
	}
	if n := len(c.keys.missing); n > 0 {
		c.found.add(Discrepancy{File: "all tables", Column: "vehicle_id", Want: "ids that stand in vehicles", Got: fmt.Sprintf("%d that do not", n)})
	}
	return c.found.kept, err
}

// Total is the count of all discrepancies, also of those not kept.
func (c *Comparer) Total() int64 { return c.found.total }

// comparison holds the files of one table against its rows.
type comparison struct {
	table     *tableSpec
	vehicleID int // the column
	found     *findings
	files     []*comparedFile
	rows      int64 // that should be there
	// skip tells of the file's row whether it is left out; nil leaves out none.
	skip func(*comparedFile) bool
}

// comparedFile is a file at work; from is nil once it is at its end or broken.
type comparedFile struct {
	name   string
	from   tableReader
	rows   int64 // read
	broken bool
}

func openComparison(found *findings, dir string, m Manifest, t *tableSpec) *comparison {
	c := &comparison{table: t, vehicleID: slices.Index(t.names(), "vehicle_id"), found: found}
	for _, f := range fileFormats() {
		name := fileName(t.name, f)
		i := slices.IndexFunc(m.Outputs, func(o Output) bool { return o.Path == name })
		if i < 0 {
			continue
		}
		if d, ok := checkFile(dir, m.Outputs[i]); !ok {
			found.add(d)
			continue
		}
		from, err := openTable(dir, t, f)
		if err != nil {
			found.add(Discrepancy{File: name, Want: "the table " + t.name, Got: err.Error()})
			continue
		}
		c.files = append(c.files, &comparedFile{name: name, from: from})
	}
	return c
}

// hold compares one row with the next row of every file.
func (c *comparison) hold(cells []cell) {
	c.rows++
	for _, f := range c.files {
		if !c.advance(f) {
			continue
		}
		for i, want := range cells {
			if got, differs := f.from.differs(i, want); differs {
				s := &c.table.columns[i]
				c.found.add(Discrepancy{File: f.name, Row: c.rows, Column: s.name, Want: want.text(s.kind), Got: got})
			}
		}
	}
}

// advance goes to the file's next row; false when there is none to compare.
func (c *comparison) advance(f *comparedFile) bool {
	if f.broken || f.rows < c.rows-1 {
		return false
	}
	more, err := c.next(f)
	if err != nil {
		f.broken = true
		c.found.add(Discrepancy{File: f.name, Row: c.rows, Want: "a row that can be read", Got: err.Error()})
	}
	if more {
		f.rows++
	}
	return more
}

// next goes to the file's next row that is not left out.
func (c *comparison) next(f *comparedFile) (bool, error) {
	for {
		more, err := f.from.next()
		if err != nil || !more || c.skip == nil || !c.skip(f) {
			return more, err
		}
	}
}

// rest counts the rows that come after the current one.
func (c *comparison) rest(f *comparedFile) (n int64, err error) {
	if c.skip == nil {
		return f.from.rest()
	}
	for ; ; n++ {
		if more, err := c.next(f); err != nil || !more {
			return n, err
		}
	}
}

func (c *comparison) end() error {
	var errs []error
	for _, f := range c.files {
		if !f.broken {
			c.countRows(f)
		}
		errs = append(errs, f.from.close())
	}
	return errors.Join(errs...)
}

func (c *comparison) countRows(f *comparedFile) {
	rest, err := c.rest(f)
	if err != nil {
		c.found.add(Discrepancy{File: f.name, Row: f.rows + 1, Want: "no more rows", Got: err.Error()})
		return
	}
	if f.rows += rest; f.rows != c.rows {
		c.found.add(Discrepancy{File: f.name, Want: fmt.Sprintf("%d rows", c.rows), Got: fmt.Sprintf("%d rows", f.rows)})
	}
}

// keyCheck knows the vehicles by a hash of their ids.
type keyCheck struct {
	last    int64
	known   map[uint64]struct{}
	missing map[uint64]struct{} // referred to, not seen yet
}

func newKeyCheck() keyCheck {
	return keyCheck{known: map[uint64]struct{}{}, missing: map[uint64]struct{}{}}
}

func (k *keyCheck) vehicle(row int64, id string) (Discrepancy, bool) {
	h := hashID(id)
	k.known[h] = struct{}{}
	delete(k.missing, h)
	before := k.last
	k.last = row
	return Discrepancy{File: "vehicles", Row: row, Column: "row", Want: fmt.Sprintf("more than %d", before), Got: fmt.Sprint(row)}, row > before
}

func (k *keyCheck) refers(id string) {
	h := hashID(id)
	if _, ok := k.known[h]; !ok {
		k.missing[h] = struct{}{}
	}
}

func hashID(id string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, id) // a hash takes everything
	return h.Sum64()
}

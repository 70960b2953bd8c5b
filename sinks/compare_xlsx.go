package sinks

import "slices"

// openBooks opens the workbooks that the manifest lists, each once for all its tables.
func (c *Comparer) openBooks(dir string, m Manifest) {
	for _, name := range bookNames() {
		i := slices.IndexFunc(m.Outputs, func(o Output) bool { return o.Path == name })
		if i < 0 {
			continue
		}
		if d, ok := checkFile(dir, m.Outputs[i]); !ok {
			c.found.add(d)
			continue
		}
		b, err := openBook(dir, name)
		if err != nil {
			c.found.add(Discrepancy{File: name, Want: "a workbook", Got: err.Error()})
			continue
		}
		c.books = append(c.books, b)
		for _, t := range []heldTable{c.vehicles, c.reports, c.visits, c.valuations, c.violations, c.failures, c.changes} {
			if bookHolds(name, t.spec().name) {
				c.openSheet(b, name, t)
			}
		}
	}
}

func (c *Comparer) openSheet(b *openedBook, name string, t heldTable) {
	from, err := b.table(t.spec())
	if err != nil {
		c.found.add(Discrepancy{File: name, Want: "the table " + t.spec().name, Got: err.Error()})
		return
	}
	t.with(&comparedFile{name: name + ", " + t.spec().name, from: from})
}

// heldTable is a comparison, whatever its rows are.
type heldTable interface {
	spec() *tableSpec
	with(*comparedFile)
}

func (c *comparison[R]) spec() *tableSpec { return &c.table.tableSpec }

func (c *comparison[R]) with(f *comparedFile) { c.files = append(c.files, f) }

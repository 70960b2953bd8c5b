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
		for _, t := range c.tables {
			if bookHolds(name, t.table.name) {
				c.openSheet(b, name, t)
			}
		}
	}
}

func (c *Comparer) openSheet(b *openedBook, name string, t *comparison) {
	from, err := b.table(t.table)
	if err != nil {
		c.found.add(Discrepancy{File: name, Want: "the table " + t.table.name, Got: err.Error()})
		return
	}
	t.files = append(t.files, &comparedFile{name: name + ", " + t.table.name, from: from})
}

package postgres

import (
	"fmt"
	"strings"
)

// table is a table with its columns, in the order in which this package writes and reads them.
type table struct {
	name    string
	columns []column
}

// column is a column with its type: a statement says of each parameter what it is.
type column struct{ name, kind string }

// names are the columns, each with a word before it.
func (t *table) names(before string) string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = before + c.name
	}
	return strings.Join(list, ", ")
}

// list are the names of the columns.
func (t *table) list() []string { return strings.Split(t.names(""), ", ") }

// kind is the type of a column.
func (t *table) kind(name string) string {
	for _, c := range t.columns {
		if c.name == name {
			return c.kind
		}
	}
	panic("the table " + t.name + " has no column " + name)
}

func columns(kind string, names ...string) (out []column) {
	for _, n := range names {
		out = append(out, column{n, kind})
	}
	return out
}

func join(parts ...[]column) (out []column) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// statement is the text of one, with its parameters numbered as they come.
type statement struct {
	text strings.Builder
	n    int
}

func (s *statement) add(text string) { s.text.WriteString(text) }

// param is the next parameter.
func (s *statement) param(kind string) string {
	s.n++
	return fmt.Sprintf("$%d::%s", s.n, kind)
}

// params are the next ones for all columns of a table.
func (s *statement) params(t *table) string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = s.param(c.kind)
	}
	return strings.Join(list, ", ")
}

// sets are assignments of the next parameters to columns of a table.
func (s *statement) sets(t *table, between string, names ...string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n + "=" + s.param(t.kind(n))
	}
	return strings.Join(list, between)
}

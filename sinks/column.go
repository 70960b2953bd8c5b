package sinks

import (
	"fmt"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"vehiclebatch/pipeline/record"
)

// columnSpec says all that is to be known of a column, whatever its rows are.
type columnSpec struct {
	name        string
	kind        kind
	nullable    bool
	unit        string // "" where there is none
	description string
	source      string // where the value comes from
	// unique says that nearly every value differs, so that a dictionary in
	// Parquet would only cost.
	unique bool
	// flags are the columns of which one is true where a list of numbers is known.
	// CSV has an empty field for an unknown list and for an empty one.
	flags []string
}

// tableSpec is a table without its rows' type.
type tableSpec struct {
	name    string // also the files' name without ending
	row     string // what one row is
	key     string
	order   string
	columns []columnSpec
}

// column is a spec and the way to its value in a row of type R.
type column[R any] struct {
	columnSpec
	get func(*R) cell
}

// table is a definition: everything else is made from it.
type table[R any] struct {
	tableSpec
	get []func(*R) cell
	row R // the row at work, kept here so that a call allocates nothing
}

// cells appends the cells of a row.
func (t *table[R]) cells(row R, to []cell) []cell {
	t.row = row
	for _, get := range t.get {
		to = append(to, get(&t.row))
	}
	return to
}

func newTable[R any](name, row, key, order string, columns ...column[R]) table[R] {
	t := table[R]{tableSpec: tableSpec{name: name, row: row, key: key, order: order}}
	for _, c := range columns {
		t.columns = append(t.columns, c.columnSpec)
		t.get = append(t.get, c.get)
	}
	return t
}

// The constructors take source and description, in this order, and make a
// column that may be null; required and the other methods refine it.

func text[R any](name, source, description string, get func(*R) string) column[R] {
	return column[R]{spec(name, kindText, source, description), func(r *R) cell { return textCell(get(r)) }}
}

func integer[R any](name, source, description string, get func(*R) record.Opt[int64]) column[R] {
	return column[R]{spec(name, kindInt, source, description), func(r *R) cell { return intCell(get(r)) }}
}

func boolean[R any](name, source, description string, get func(*R) record.Flag) column[R] {
	return column[R]{spec(name, kindBool, source, description), func(r *R) cell { return boolCell(get(r)) }}
}

// hundredths is a number with two places, held as its hundredths.
func hundredths[R any](name, source, description string, get func(*R) record.Opt[record.Fen]) column[R] {
	return column[R]{spec(name, kindDecimal, source, description), func(r *R) cell { return moneyCell(get(r)) }}
}

func money[R any](name, source, description string, get func(*R) record.Opt[record.Fen]) column[R] {
	return hundredths(name, source, description, get).in("CNY").distinct()
}

func day[R any](name, source, description string, get func(*R) record.Opt[record.Date]) column[R] {
	return column[R]{spec(name, kindDay, source, description), func(r *R) cell { return dayCell(get(r)) }}
}

func moment[R any](name, source, description string, get func(*R) record.Opt[time.Time]) column[R] {
	return column[R]{spec(name, kindMoment, source, description), func(r *R) cell { return momentCell(get(r)) }}
}

// list makes a column that is never null: no parts is an empty list.
func list[R any](name, source, description string, get func(*R) []string) column[R] {
	c := column[R]{spec(name, kindList, source, description), func(r *R) cell { return listCell(get(r)) }}
	return c.required()
}

// numbers makes a column of lists of whole numbers: unknown is null, and no
// numbers are an empty list. It is known where one of the flags is true.
func numbers[R any](name, source, description string, get func(*R) record.Opt[[]int64], flags ...string) column[R] {
	c := column[R]{spec(name, kindNumbers, source, description), func(r *R) cell { return numbersCell(get(r)) }}
	c.flags = flags
	return c
}

func spec(name string, k kind, source, description string) columnSpec {
	return columnSpec{name: name, kind: k, nullable: true, source: source, description: description}
}

func (c column[R]) required() column[R]      { c.nullable = false; return c }
func (c column[R]) in(unit string) column[R] { c.unit = unit; return c }
func (c column[R]) distinct() column[R]      { c.unique = true; return c }

// admit refuses a value that the column cannot hold: Arrow would write an
// unknown value into a required column as an empty one without a word.
func (s *columnSpec) admit(v *cell) error {
	if !v.ok && !s.nullable {
		return fmt.Errorf("the value is unknown, and the column must have one")
	}
	if s.kind == kindDecimal && (v.n <= -decimalLimit || v.n >= decimalLimit) {
		return fmt.Errorf("%s does not fit decimal(%d,%d)", v.text(s.kind), decimalPrecision, decimalScale)
	}
	return nil
}

// arrowSchema makes the one schema of a table, with the dictionary's words in
// every field.
func (t *tableSpec) arrowSchema() *arrow.Schema {
	fields := make([]arrow.Field, len(t.columns))
	for i := range t.columns {
		c := &t.columns[i]
		fields[i] = arrow.Field{Name: c.name, Type: kinds[c.kind].arrow, Nullable: c.nullable,
			Metadata: arrow.NewMetadata([]string{"description", "unit", "source"}, []string{c.description, c.unit, c.source})}
	}
	about := arrow.NewMetadata([]string{"table", "row", "key", "order"}, []string{t.name, t.row, t.key, t.order})
	return arrow.NewSchema(fields, &about)
}

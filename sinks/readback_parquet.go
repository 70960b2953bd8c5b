package sinks

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	pq "github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"
)

// parquetReader reads a table's Parquet with another implementation than the
// one that wrote it, column by column in windows of rows.
type parquetReader struct {
	table  *tableSpec
	file   *os.File
	from   *reader.ParquetReader
	rows   int64 // of the file
	row    int64 // rows begun; 0 is before the first
	window int64 // rows loaded
	at     int64 // row within the window
	// values holds the window, by column, then row.
	values [][]cell
}

const readWindow = 4096

var _ tableReader = (*parquetReader)(nil)

func openParquet(file *os.File, t *tableSpec) (_ *parquetReader, err error) {
	defer asError(&err) // the library panics on much of what is damaged
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	from, err := reader.NewParquetColumnReader(section{io.NewSectionReader(file, 0, info.Size())}, 1)
	if err != nil {
		return nil, fmt.Errorf("read the footer: %w", err)
	}
	r := &parquetReader{table: t, file: file, from: from, rows: from.GetNumRows(), values: make([][]cell, len(t.columns))}
	if err := r.checkSchema(); err != nil {
		return nil, err
	}
	return r, r.checkRowGroups()
}

// checkSchema holds every element of the file's schema against the table's.
func (r *parquetReader) checkSchema() error {
	want := r.table.parquetElements()
	got := r.from.SchemaHandler.SchemaElements
	for i, w := range want {
		if i+1 >= len(got) {
			return fmt.Errorf("column %s is missing", w.name)
		}
		g := elementOf(got[i+1], r.from.SchemaHandler.Infos[i+1].ExName)
		if g != w {
			return fmt.Errorf("column %d should be %+v, it is %+v", i+1, w, g)
		}
	}
	if extra := len(got) - 1 - len(want); extra > 0 {
		return fmt.Errorf("%d more columns than the table has", extra)
	}
	return nil
}

func (r *parquetReader) checkRowGroups() error {
	sum := int64(0)
	for _, g := range r.from.Footer.GetRowGroups() {
		sum += g.GetNumRows()
	}
	if sum != r.rows {
		return fmt.Errorf("the footer says %d rows, its row groups have %d", r.rows, sum)
	}
	return nil
}

// element is what makes the type of one element of a Parquet schema.
type element struct {
	name       string
	repetition pq.FieldRepetitionType
	physical   string
	converted  string
	precision  int32
	scale      int32
}

func elementOf(e *pq.SchemaElement, name string) element {
	out := element{name: name, repetition: e.GetRepetitionType(), precision: e.GetPrecision(), scale: e.GetScale()}
	if e.IsSetType() {
		out.physical = e.GetType().String()
	}
	if e.IsSetConvertedType() {
		out.converted = e.GetConvertedType().String()
	}
	return out
}

// parquetElements says what the Parquet schema must be: written down here a
// second time, so that a slip of the writing library or of its settings shows.
func (t *tableSpec) parquetElements() []element {
	var out []element
	for i := range t.columns {
		c := &t.columns[i]
		e := element{name: c.name, repetition: pq.FieldRepetitionType_REQUIRED}
		if c.nullable {
			e.repetition = pq.FieldRepetitionType_OPTIONAL
		}
		switch c.kind {
		case kindInt:
			e.physical, e.converted = "INT64", "INT_64"
		case kindBool:
			e.physical = "BOOLEAN"
		case kindDecimal:
			e.physical, e.converted, e.precision, e.scale = "INT64", "DECIMAL", decimalPrecision, decimalScale
		case kindDay:
			e.physical, e.converted = "INT32", "DATE"
		case kindMoment:
			e.physical, e.converted = "INT64", "TIMESTAMP_MICROS"
		case kindText:
			e.physical, e.converted = "BYTE_ARRAY", "UTF8"
		case kindList:
			e.converted = "LIST"
			out = append(out, e, element{name: "list", repetition: pq.FieldRepetitionType_REPEATED})
			e = element{name: "element", repetition: pq.FieldRepetitionType_OPTIONAL, physical: "BYTE_ARRAY", converted: "UTF8"}
		case kindNumbers:
			e.converted = "LIST"
			out = append(out, e, element{name: "list", repetition: pq.FieldRepetitionType_REPEATED})
			e = element{name: "element", repetition: pq.FieldRepetitionType_OPTIONAL, physical: "INT64", converted: "INT_64"}
		}
		out = append(out, e)
	}
	return out
}

func (r *parquetReader) next() (bool, error) {
	if r.row == r.rows {
		return false, nil
	}
	if r.at++; r.at >= r.window {
		if err := r.load(); err != nil {
			return false, err
		}
	}
	r.row++
	return true, nil
}

// load reads the next window. It never asks for more rows than there are:
// the library miscounts then.
func (r *parquetReader) load() (err error) {
	defer asError(&err)
	r.at, r.window = 0, min(readWindow, r.rows-r.row)
	for i := range r.table.columns {
		values, repetitions, definitions, err := r.from.ReadColumnByIndex(int64(i), r.window)
		if err != nil {
			return fmt.Errorf("read column %s: %w", r.table.columns[i].name, err)
		}
		cells, err := r.table.columns[i].cells(r.values[i][:0], values, repetitions, definitions)
		if err == nil && int64(len(cells)) != r.window {
			err = fmt.Errorf("%d values where %d rows are", len(cells), r.window)
		}
		if err != nil {
			return fmt.Errorf("read column %s after row %d: %w", r.table.columns[i].name, r.row, err)
		}
		r.values[i] = cells
	}
	return nil
}

// cells turns what the library read into cells, one a row.
func (s *columnSpec) cells(into []cell, values []any, repetitions, definitions []int32) ([]cell, error) {
	if s.kind == kindList || s.kind == kindNumbers {
		return s.lists(into, values, repetitions, definitions)
	}
	for _, v := range values {
		c, err := s.cell(v)
		if err != nil {
			return into, err
		}
		into = append(into, c)
	}
	return into, nil
}

// lists turns what the library read of a column of lists into cells. A repetition
// level of 0 begins the next list; a definition level of empty or less says that the
// list has no parts, or is null.
func (s *columnSpec) lists(into []cell, values []any, repetitions, definitions []int32) ([]cell, error) {
	empty := int32(0)
	if s.nullable {
		empty = 1
	}
	for i, v := range values {
		if repetitions[i] == 0 {
			into = append(into, cell{ok: definitions[i] >= empty})
		}
		if definitions[i] <= empty {
			continue
		}
		if v == nil {
			return into, errors.New("a list has a null in it")
		}
		c, err := s.cell(v)
		if err != nil {
			return into, err
		}
		if s.kind == kindNumbers {
			c.s = strconv.FormatInt(c.n, 10)
		}
		last := &into[len(into)-1]
		last.list = append(last.list, c.s)
	}
	return into, nil
}

func (s *columnSpec) cell(v any) (cell, error) {
	switch v := v.(type) {
	case nil:
		return cell{}, nil
	case string:
		return cell{ok: true, s: v}, nil
	case int64:
		return cell{ok: true, n: v}, nil
	case int32:
		return cell{ok: true, n: int64(v)}, nil
	case bool:
		if v {
			return cell{ok: true, n: 1}, nil
		}
		return cell{ok: true}, nil
	}
	return cell{}, fmt.Errorf("a value of type %T", v)
}

func (r *parquetReader) differs(column int, want cell) (string, bool) {
	got := r.values[column][r.at]
	if got.same(want) {
		return "", false
	}
	return got.text(r.table.columns[column].kind), true
}

func (r *parquetReader) rest() (int64, error) { return r.rows - r.row, nil }

func (r *parquetReader) close() error { return r.file.Close() }

// section gives the library one open file as the many that it wants, one a column.
type section struct{ *io.SectionReader }

var _ source.ParquetFile = section{}

var errReadOnly = errors.New("opened for reading only")

// Open gives the same file again with a position of its own.
func (s section) Open(string) (source.ParquetFile, error) {
	return section{io.NewSectionReader(s.SectionReader, 0, s.Size())}, nil
}

// Create is refused.
func (section) Create(string) (source.ParquetFile, error) { return nil, errReadOnly }

// Write is refused.
func (section) Write([]byte) (int, error) { return 0, errReadOnly }

// Close does nothing: the file below has an owner.
func (section) Close() error { return nil }

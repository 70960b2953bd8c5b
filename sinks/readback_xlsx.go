package sinks

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

// openedBook is a workbook that was opened to be read back, once for all its tables.
type openedBook struct {
	file *os.File
	book *workbook.Book
}

func openBook(dir, name string) (*openedBook, error) {
	file, err := DiskIn(dir).Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		var b *workbook.Book
		if b, err = workbook.Open(file, info.Size()); err == nil {
			return &openedBook{file, b}, nil
		}
	}
	return nil, errors.Join(err, file.Close())
}

func (b *openedBook) close() error { return errors.Join(b.book.Close(), b.file.Close()) }

func (b *openedBook) sheet(name string) (workbook.Sheet, bool) {
	for _, s := range b.book.Sheets() {
		if s.Name == name {
			return s, true
		}
	}
	return workbook.Sheet{}, false
}

// table begins to read a table.
func (b *openedBook) table(t *tableSpec) (*sheetReader, error) {
	r := &sheetReader{table: t, book: b, cells: make([]*workbook.Cell, len(t.columns))}
	ok, err := r.open()
	if err == nil && !ok {
		err = errors.New("the workbook has no sheet " + t.name)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// rows counts the rows of every table that the workbook should have.
func (b *openedBook) rows(name string) (int64, error) {
	var sum int64
	for _, t := range tableSpecs() {
		if !bookHolds(name, t.name) {
			continue
		}
		r, err := b.table(&t)
		if err != nil {
			return 0, err
		}
		n, err := r.rest()
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// sheetReader reads a table from its sheets. It reads them with other code than
// the library that wrote them.
type sheetReader struct {
	table *tableSpec
	book  *openedBook
	part  int
	rows  *workbook.Rows
	row   int64
	cells []*workbook.Cell // by column, of the row at hand; nil is empty
}

var _ tableReader = (*sheetReader)(nil)

// open opens the table's next sheet; false when there is none.
func (r *sheetReader) open() (bool, error) {
	s, ok := r.book.sheet(sheetName(r.table.name, r.part+1))
	if !ok {
		return false, nil
	}
	rows, err := r.book.book.Rows(s)
	if err != nil {
		return false, err
	}
	r.part, r.row, r.rows = r.part+1, 0, rows
	if more, err := r.read(); err != nil || !more {
		return false, errors.Join(err, fmt.Errorf("the sheet %s has no header", s.Name))
	}
	for i, name := range r.table.names() {
		if c := r.cells[i]; c == nil || c.Kind != workbook.Text || c.Text != name {
			return false, fmt.Errorf("sheet %s: the cell %s should be %s", s.Name, workbook.Name(i, 1), name)
		}
	}
	return true, nil
}

// read reads the sheet's next row; false is its end.
func (r *sheetReader) read() (bool, error) {
	row, err := r.rows.Next()
	if errors.Is(err, io.EOF) {
		return false, r.rows.Close()
	}
	if err != nil {
		return false, err
	}
	if r.row++; row.Number != r.row {
		return false, fmt.Errorf("row %d of the sheet is missing", r.row)
	}
	clear(r.cells)
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Column >= len(r.cells) {
			return false, fmt.Errorf("the cell %s is beyond the columns of the table", workbook.Name(c.Column, row.Number))
		}
		r.cells[c.Column] = c
	}
	return true, nil
}

func (r *sheetReader) next() (bool, error) {
	for {
		more, err := r.read()
		if more || err != nil {
			return more, err
		}
		if another, err := r.open(); err != nil || !another {
			return false, err
		}
	}
}

func (r *sheetReader) differs(column int, want cell) (string, bool) {
	got, k := r.cells[column], r.table.columns[column].kind
	if got == nil {
		return "", want.ok && (k != kindText && k != kindList && k != kindNumbers || sheetText(want.text(k)) != "")
	}
	return fmt.Sprintf("%s (%s)", got.Text, workbook.Name(column, r.row)), !want.ok || got.Formula || !holds(got, k, want)
}

// holds tells whether a cell of a sheet is a value, in the type that it should have.
func holds(got *workbook.Cell, k kind, want cell) bool {
	switch k {
	case kindInt:
		return got.Kind == workbook.Number && got.Text == strconv.FormatInt(want.n, 10)
	case kindBool:
		return got.Kind == workbook.Bool && (got.Text == "TRUE") == (want.n == 1)
	case kindDecimal:
		fen, err := record.ParseYuan(got.Text)
		return got.Kind == workbook.Number && err == nil && int64(fen) == want.n
	case kindDay:
		return holdsMoment(got, want.n*millisPerDay-chinaMillis, time.DateOnly)
	case kindMoment:
		return holdsMoment(got, millis(want.n), earlyMoment)
	}
	return got.Kind == workbook.Text && got.Text == sheetText(want.text(k))
}

// holdsMoment compares a date with milliseconds since 1970 UTC; layout is that
// of dates which sheets cannot count.
func holdsMoment(got *workbook.Cell, want int64, layout string) bool {
	if got.Kind == workbook.Text {
		return got.Text == time.UnixMilli(want).In(record.China()).Format(layout)
	}
	serial, err := strconv.ParseFloat(got.Text, 64)
	days := serial - serialOfEpoch
	return err == nil && got.Kind == workbook.Number && got.Format.Date && int64(math.Round(days*millisPerDay))-chinaMillis == want
}

func (r *sheetReader) rest() (int64, error) {
	for n := int64(0); ; n++ {
		if more, err := r.next(); !more {
			return n, err
		}
	}
}

// close leaves the workbook open: it has an owner.
func (r *sheetReader) close() error { return nil }

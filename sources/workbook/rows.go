package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Rows reads one sheet, row by row.
type Rows struct {
	book *Book
	from *guard
	s    *tokens
	open nesting
	row  Row
	err  error

	numbered bool // the row says its number

	kind  valueKind
	cell  Cell
	value []byte
	given bool    // the cell has a value, be it empty
	in    element // whose text is gathered
	text  runs
}

// valueKind says how the value of a cell is to be read: its attribute t.
type valueKind uint8

const (
	isNumber valueKind = iota
	isShared
	isText
	isBool
	isFault
	isDay
)

func valueKindOf(t []byte) valueKind {
	switch string(t) {
	case "s":
		return isShared
	case "inlineStr", "str":
		return isText
	case "b":
		return isBool
	case "e":
		return isFault
	case "d":
		return isDay
	}
	return isNumber
}

// element is one whose text is gathered.
type element uint8

const (
	nowhere element = iota
	inValue         // <v>
	inline          // <is>
)

// Rows begins to read a sheet. Errors are *Error.
func (b *Book) Rows(s Sheet) (*Rows, error) {
	if err := b.readTexts(); err != nil {
		return nil, err
	}
	g, err := b.open(s.part, maxPart)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, damaged(fmt.Sprintf("the sheet %q is not in the workbook", s.Name), nil)
	}
	return &Rows{book: b, from: g, s: newTokens(g), cell: Cell{Column: -1}}, nil
}

// Next returns the next row of the file; its cells are good until the call
// after. Rows without cells that the file does not have are left out. It returns
// io.EOF at the end, else an *Error; after either, the same again.
func (r *Rows) Next() (*Row, error) {
	for r.err == nil {
		token, err := r.s.next()
		if err == nil {
			err = r.open.take(token)
		}
		if err != nil {
			r.err = r.stop(r.open.whole(err))
			break
		}
		if r.take(token) {
			return &r.row, nil
		}
	}
	return nil, r.err
}

func (r *Rows) stop(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return r.from.wrong(err)
}

// Close ends the reading.
func (r *Rows) Close() error { return r.from.Close() }

// take takes a token and tells whether it ended a row.
func (r *Rows) take(t *token) bool {
	switch t.kind {
	case started:
		r.begin(t)
	case ended:
		switch string(t.name) {
		case "row":
			return true
		case "sheetData":
			r.err = io.EOF // what follows are filters, widths, links
		case "c":
			r.endCell()
		case "v":
			r.in = nowhere
		}
	case chars:
		if r.in == inValue {
			r.value = append(r.value, t.text...)
		}
	}
	if r.in == inline && r.text.take(t, "is") {
		r.value, r.in = append(r.value[:0], r.text.buf...), nowhere
		r.cell.Struck = r.text.struck()
	}
	return false
}

func (r *Rows) begin(t *token) {
	switch string(t.name) {
	case "row":
		r.from.begin()
		r.beginRow(t)
	case "c":
		r.place(t.attribute("r"))
		r.value, r.in = r.value[:0], nowhere
		r.given = false
		r.kind, r.cell.Format = valueKindOf(t.attribute("t")), r.book.style(t.attribute("s"))
	case "v":
		r.in, r.given = inValue, true
	case "is":
		r.in, r.given = inline, true
	case "f":
		r.cell.Formula = true
	}
}

func (r *Rows) beginRow(t *token) {
	number, err := strconv.ParseInt(string(t.attribute("r")), 10, 64)
	r.numbered = err == nil && number > 0
	if !r.numbered {
		number = r.row.Number + 1
	}
	if number <= r.row.Number {
		r.err = damaged(fmt.Sprintf("row %d of the sheet stands behind row %d", number, r.row.Number), nil)
	}
	r.cell.Column = -1
	r.row = Row{Number: number, Hidden: isTrue(string(t.attribute("hidden"))), Cells: r.row.Cells[:0]}
}

// place begins a cell by its name. One that names another row, or a column before the
// last, is of another row: what stood between them is lost.
func (r *Rows) place(name []byte) {
	column, row := splitName(name)
	if column < 0 { // without a name it is behind the last, which may have been empty
		column = r.cell.Column + 1
	}
	if row > 0 && (column <= r.cell.Column || r.numbered && row != r.row.Number) {
		r.err = damaged(fmt.Sprintf("the cell %s stands in row %d behind %s", name, r.row.Number, Name(max(r.cell.Column, 0), r.row.Number)), nil)
	}
	r.cell = Cell{Column: column}
}

// splitName takes the name of a cell apart: -1 and 0 are for what it does not say.
func splitName(name []byte) (column int, row int64) {
	n, i := 0, 0
	for ; i < len(name); i++ {
		c := name[i] &^ ('a' - 'A')
		if c < 'A' || c > 'Z' || n > 1<<16 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	for _, c := range name[i:] {
		if c < '0' || c > '9' || row > 1<<32 {
			return n - 1, 0
		}
		row = row*10 + int64(c-'0')
	}
	return n - 1, row
}

// endCell keeps the cell that has ended, unless it is empty. Without a number
// for its row a sheet is read as well: some programs leave them out.
func (r *Rows) endCell() {
	c := &r.cell
	if c.Column < 0 {
		return // the end of a cell that did not begin: the sheet is damaged
	}
	switch r.kind {
	case isShared:
		if len(r.value) == 0 {
			return // a blank cell, as some programs write it
		}
		i, err := strconv.Atoi(string(bytes.TrimSpace(r.value)))
		text, missing := r.book.shared.get(i)
		if missing != nil && !errors.Is(missing, errNoText) {
			r.err = missing
			return
		}
		if err != nil || missing != nil {
			r.err = damaged(fmt.Sprintf("the cell %s has a text that the workbook does not hold", Name(c.Column, r.row.Number)), nil)
			return
		}
		c.Kind, c.Text, c.Struck = Text, text, r.book.shared.struck[i]
	case isText:
		c.Kind, c.Text = Text, string(unescape(r.value))
		c.Formula = c.Formula && !r.given // an empty text that it gave is blank
	case isBool:
		c.Kind, c.Text = Bool, "FALSE"
		if isTrue(string(r.value)) {
			c.Text = "TRUE"
		}
	case isFault:
		c.Kind, c.Text = Fault, string(r.value)
	case isDay:
		c.Kind, c.Text = Day, string(r.value)
	default:
		c.Kind, c.Text = Number, string(r.value)
	}
	if c.Format.struck && c.Struck == NotStruck {
		c.Struck = StruckWhole
	}
	if len(r.value) == 0 && c.Kind != Text || c.Text == "" {
		c.Kind = Empty
	}
	if c.Kind != Empty || c.Formula {
		r.row.Cells = append(r.row.Cells, *c)
	}
}

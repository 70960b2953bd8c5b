package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Rows reads one sheet, row by row.
type Rows struct {
	book *Book
	from *guard
	d    *xml.Decoder
	row  Row
	err  error

	style string
	kind  string // attribute t of the cell
	cell  Cell
	value []byte
	given bool   // the cell has a value, be it empty
	in    string // the element whose text is gathered: v, or is
	text  runs
}

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
	return &Rows{book: b, from: g, d: xml.NewDecoder(g)}, nil
}

// Next returns the next row of the file; its cells are good until the call
// after. Rows without cells that the file does not have are left out. It returns
// io.EOF at the end, else an *Error; after either, the same again.
func (r *Rows) Next() (*Row, error) {
	for r.err == nil {
		token, err := r.d.RawToken()
		if err != nil {
			r.err = r.stop(err)
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
func (r *Rows) take(token xml.Token) bool {
	switch t := token.(type) {
	case xml.StartElement:
		r.begin(t)
	case xml.EndElement:
		switch t.Name.Local {
		case "row":
			return true
		case "sheetData":
			r.err = io.EOF // what follows are filters, widths, links
		case "c":
			r.endCell()
		case "v":
			r.in = ""
		}
	case xml.CharData:
		if r.in == "v" {
			r.value = append(r.value, t...)
		}
	}
	if r.in == "is" && r.text.take(token, "is") {
		r.value, r.in = append(r.value[:0], r.text.buf...), ""
	}
	return false
}

func (r *Rows) begin(e xml.StartElement) {
	switch e.Name.Local {
	case "row":
		r.from.begin()
		number, err := strconv.ParseInt(attribute(e, "r"), 10, 64)
		if err != nil || number < 1 {
			number = r.row.Number + 1
		}
		r.row = Row{Number: number, Hidden: isTrue(attribute(e, "hidden")), Cells: r.row.Cells[:0]}
	case "c":
		r.cell, r.value, r.in = Cell{Column: r.column(attribute(e, "r"))}, r.value[:0], ""
		r.given = false
		r.kind, r.style = attribute(e, "t"), attribute(e, "s")
	case "v", "is":
		r.in, r.given = e.Name.Local, true
	case "f":
		r.cell.Formula = true
	}
}

// column reads the column of a cell's name; without one it is the next.
func (r *Rows) column(name string) int {
	n := 0
	for _, c := range strings.ToUpper(name) {
		if c < 'A' || c > 'Z' || n > 1<<16 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	if n > 0 {
		return n - 1
	}
	if len(r.row.Cells) == 0 {
		return 0
	}
	return r.row.Cells[len(r.row.Cells)-1].Column + 1
}

// endCell keeps the cell that has ended, unless it is empty. Without a number
// for its row a sheet is read as well: some programs leave them out.
func (r *Rows) endCell() {
	c, value := &r.cell, string(r.value)
	c.Text, c.Format = value, r.book.style(r.style)
	switch r.kind {
	case "s":
		if value == "" {
			return // a blank cell, as some programs write it
		}
		i, err := strconv.Atoi(strings.TrimSpace(value))
		text, ok := r.book.shared.get(i)
		if err != nil || !ok {
			r.err = damaged(fmt.Sprintf("the cell %s has a text that the workbook does not hold", Name(c.Column, r.row.Number)), nil)
			return
		}
		c.Kind, c.Text = Text, text
	case "inlineStr", "str":
		c.Kind, c.Text = Text, unescape(value)
		c.Formula = c.Formula && !r.given // an empty text that it gave is blank
	case "b":
		c.Kind, c.Text = Bool, "FALSE"
		if isTrue(value) {
			c.Text = "TRUE"
		}
	case "e":
		c.Kind = Fault
	case "d":
		c.Kind = Day
	default:
		c.Kind = Number
	}
	if value == "" && c.Kind != Text || c.Text == "" {
		c.Kind = Empty
	}
	if c.Kind != Empty || c.Formula {
		r.row.Cells = append(r.row.Cells, *c)
	}
}

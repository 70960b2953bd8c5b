package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// oracle reads a sheet with encoding/xml alone, as Rows did before it had tokens of its own:
// slowly, and in another way.
type oracle struct {
	book     *Book
	d        *xml.Decoder
	row      Row
	err      error
	numbered bool     // the row says its number
	open     []string // elements that have begun and not ended

	style string
	kind  string // attribute t of the cell
	cell  Cell
	value []byte
	given bool   // the cell has a value, be it empty
	in    string // the element whose text is gathered: v, or is
	text  oracleRuns
}

func (r *oracle) Next() (*Row, error) {
	for r.err == nil {
		token, err := r.d.RawToken()
		if err == nil {
			err = r.nest(token)
		}
		if errors.Is(err, io.EOF) && len(r.open) > 0 {
			err = fmt.Errorf("it ends within <%s>", r.open[len(r.open)-1])
		}
		if err != nil {
			r.err = err
			break
		}
		if r.take(token) {
			return &r.row, nil
		}
	}
	return nil, r.err
}

// nest holds the ends of elements against their beginnings.
func (r *oracle) nest(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		r.open = append(r.open, t.Name.Local)
	case xml.EndElement:
		last := len(r.open) - 1
		if last < 0 {
			return fmt.Errorf("</%s> closes nothing", t.Name.Local)
		}
		if r.open[last] != t.Name.Local {
			return fmt.Errorf("is closed by </%s>", t.Name.Local)
		}
		r.open = r.open[:last]
	}
	return nil
}

// oracleTexts are the shared texts by encoding/xml alone.
func oracleTexts(part io.Reader) (all []string, err error) {
	d := xml.NewDecoder(part)
	var r oracleRuns
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if r.take(token, "si") {
			all = append(all, string(unescape(r.buf)))
		}
	}
}

// take takes a token and tells whether it ended a row.
func (r *oracle) take(token xml.Token) bool {
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

func (r *oracle) begin(e xml.StartElement) {
	switch e.Name.Local {
	case "row":
		number, err := strconv.ParseInt(attribute(e, "r"), 10, 64)
		r.numbered = err == nil && number > 0
		if !r.numbered {
			number = r.row.Number + 1
		}
		if number <= r.row.Number {
			r.err = fmt.Errorf("row %d of the sheet stands behind row %d", number, r.row.Number)
		}
		r.cell.Column = -1
		r.row = Row{Number: number, Hidden: isTrue(attribute(e, "hidden")), Cells: r.row.Cells[:0]}
	case "c":
		name, last := attribute(e, "r"), r.cell.Column
		r.cell, r.value, r.in = Cell{Column: r.column(name)}, r.value[:0], ""
		if row, err := strconv.ParseInt(strings.TrimLeft(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 10, 64); err == nil && row > 0 && (r.cell.Column <= last || r.numbered && row != r.row.Number) {
			r.err = fmt.Errorf("the cell %s stands in row %d", name, r.row.Number)
		}
		r.given = false
		r.kind, r.style = attribute(e, "t"), attribute(e, "s")
	case "v", "is":
		r.in, r.given = e.Name.Local, true
	case "f":
		r.cell.Formula = true
	}
}

// column reads the column of a cell's name; without one it is the next.
func (r *oracle) column(name string) int {
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
	return r.cell.Column + 1
}

// endCell keeps the cell that has ended, unless it is empty. Without a number
// for its row a sheet is read as well: some programs leave them out.
func (r *oracle) endCell() {
	c, value := &r.cell, string(r.value)
	c.Text, c.Format = value, r.book.style([]byte(r.style))
	switch r.kind {
	case "s":
		if value == "" {
			return // a blank cell, as some programs write it
		}
		i, err := strconv.Atoi(strings.TrimSpace(value))
		text, missing := r.book.shared.get(i)
		if err != nil || missing != nil {
			r.err = damaged(fmt.Sprintf("the cell %s has a text that the workbook does not hold", Name(c.Column, r.row.Number)), nil)
			return
		}
		c.Kind, c.Text = Text, text
	case "inlineStr", "str":
		c.Kind, c.Text = Text, string(unescape([]byte(value)))
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

// oracleRuns gathers a text of one or several pieces: <t> in <si> or <is>, without
// what says how it is read aloud (<rPh>).
type oracleRuns struct {
	buf    []byte
	inText bool
	aside  bool
}

// take takes a token and tells whether it ended the element.
func (r *oracleRuns) take(token xml.Token, ends string) bool {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case ends:
			r.buf = r.buf[:0]
		case "t":
			r.inText = !r.aside
		case "rPh":
			r.aside = true
		}
	case xml.EndElement:
		switch t.Name.Local {
		case ends:
			return true
		case "t":
			r.inText = false
		case "rPh":
			r.aside = false
		}
	case xml.CharData:
		if r.inText {
			r.buf = append(r.buf, t...)
		}
	}
	return false
}

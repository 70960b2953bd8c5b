package ui

import (
	"encoding/csv"
	"fmt"
	"io"
)

// JsonRows prints rows of a table as JSON objects, one a line, in a list.
type JsonRows struct {
	Out     io.Writer
	Columns []string
	Lead    string // what stands before the list
	n       int
}

func (p *JsonRows) Add(values []any) error {
	object := make(Fields, len(values))
	for i, name := range p.Columns {
		object[i] = Field{name, values[i]}
	}
	text, err := object.MarshalJSON()
	if err != nil {
		return err
	}
	if err := p.begin(); err != nil {
		return err
	}
	comma := ","
	if p.n == 1 {
		comma = ""
	}
	_, err = fmt.Fprintf(p.Out, "%s\n %s", comma, text)
	return err
}

func (p *JsonRows) begin() error {
	if p.n++; p.n > 1 {
		return nil
	}
	_, err := fmt.Fprint(p.Out, p.Lead, "[")
	return err
}

// End prints what stands behind the list.
func (p *JsonRows) End(tail string) error {
	if err := p.begin(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.Out, "\n]%s\n", tail)
	return err
}

// CsvRows prints rows of a table as its CSV file has them.
type CsvRows struct {
	W       *csv.Writer
	Columns []string
	begun   bool
}

func (p *CsvRows) Add(cells []string) error {
	if err := p.header(); err != nil {
		return err
	}
	return p.W.Write(cells)
}

func (p *CsvRows) header() error {
	if p.begun {
		return nil
	}
	p.begun = true
	return p.W.Write(p.Columns)
}

func (p *CsvRows) End() error {
	if err := p.header(); err != nil {
		return err
	}
	p.W.Flush()
	return p.W.Error()
}

package ui

import (
	"encoding/csv"
	"fmt"
	"io"

	"vehiclebatch/sinks"
)

// rowPrinter prints rows of a table. What stands behind the last is for JSON alone.
type rowPrinter interface {
	add(sinks.Cells) error
	end(tail string) error
}

// jsonRows prints rows of a table as JSON objects, one a line, in a list.
type jsonRows struct {
	out     io.Writer
	columns []string
	lead    string // what stands before the list
	n       int
}

func (p *jsonRows) add(row sinks.Cells) error {
	values := row.JSON()
	object := make(fields, len(values))
	for i, name := range p.columns {
		object[i] = field{name, values[i]}
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
	_, err = fmt.Fprintf(p.out, "%s\n %s", comma, text)
	return err
}

func (p *jsonRows) begin() error {
	if p.n++; p.n > 1 {
		return nil
	}
	_, err := fmt.Fprint(p.out, p.lead, "[")
	return err
}

// end prints what stands behind the list.
func (p *jsonRows) end(tail string) error {
	if err := p.begin(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "\n]%s\n", tail)
	return err
}

// csvRows prints rows of a table as its CSV file has them.
type csvRows struct {
	w       *csv.Writer
	columns []string
	begun   bool
}

func (p *csvRows) add(row sinks.Cells) error {
	if err := p.header(); err != nil {
		return err
	}
	return p.w.Write(row.CSV())
}

func (p *csvRows) header() error {
	if p.begun {
		return nil
	}
	p.begun = true
	return p.w.Write(p.columns)
}

func (p *csvRows) end(string) error {
	if err := p.header(); err != nil {
		return err
	}
	p.w.Flush()
	return p.w.Error()
}

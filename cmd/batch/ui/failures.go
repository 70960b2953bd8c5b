package ui

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/sinks"
)

// RowPrinter prints failures as they come.
type RowPrinter interface {
	Add(sinks.FailureRow) error
	End() error
}

// Failures is a printer of a run's failures, in the words of said; marked CSV begins
// with a byte order mark.
func (s *Screen) Failures(form Form, said *messages.Printer, run ledger.Run, marked bool) RowPrinter {
	switch form {
	case JSON:
		return &failureRows{&jsonRows{out: asJSON(s.Out), columns: sinks.FailureColumns()}, run.ID}
	case CSV:
		columns := sinks.FailureColumns()
		if marked {
			columns[0] = sinks.ByteOrderMark + columns[0]
		}
		return &failureRows{&csvRows{w: csv.NewWriter(AsData(s.Out)), columns: columns}, run.ID}
	}
	return &textFailures{out: s.Out, said: said, sheet: app.IsWorkbook(run)}
}

// Purged says of a run that there are no more than its counts.
func (s *Screen) Purged(run ledger.Run) {
	if !run.PurgedAt.IsZero() {
		fmt.Fprintln(s.Err, s.said.Say("stand_purged_short", run.ID, s.chinaTime(run.PurgedAt)))
	}
}

// failureRows prints failures.csv, or a JSON array.
type failureRows struct {
	rows rowPrinter
	run  string
}

func (p *failureRows) Add(r sinks.FailureRow) error {
	return p.rows.add(sinks.FailureCells(p.run, r))
}

func (p *failureRows) End() error { return p.rows.end("") }

// textFailures prints a table for people.
type textFailures struct {
	out   io.Writer
	said  *messages.Printer
	sheet bool // the run's list is a workbook
	table columns
}

// where says where a row stands in the list, as whoever opens it counts; "" when
// nobody knows.
func (p *textFailures) where(r *sinks.FailureRow) string {
	if r.FileRow == 0 {
		return ""
	}
	return placeIn(p.said, p.sheet)(r.FileRow)
}

// placeIn says where rows stand in a list, as whoever opens it counts.
func placeIn(said *messages.Printer, sheet bool) func(row int64) string {
	name := "failed_line"
	if sheet {
		name = "failed_row"
	}
	return func(row int64) string { return said.Say(name, row) }
}

func (p *textFailures) Add(r sinks.FailureRow) error {
	if len(p.table.rows) == 0 {
		p.table.add(p.said.Say("head_row"), p.said.Say("head_vehicle"), p.said.Say("head_dataset"), p.said.Say("head_vendor"), p.said.Say("head_class"), p.said.Say("head_why"))
	}
	vehicle := cmp.Or(r.VIN, r.Plate, p.said.Say("failed_unknown"))
	p.table.add(strconv.FormatInt(r.Row, 10), app.Printable(vehicle), datasetName(p.said, r.Dataset), r.Vendor, string(r.Class), app.Printable(p.said.Word(r.Message)))
	p.table.add(p.where(&r), "", "", "", "", "→ "+app.Printable(r.NextStep))
	return nil
}

func (p *textFailures) End() error {
	if len(p.table.rows) == 0 {
		_, err := fmt.Fprintln(p.out, p.said.Say("failed_none"))
		return err
	}
	return p.table.write(p.out)
}

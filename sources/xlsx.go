package sources

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

// headerRows is how many rows with text are looked at for the header: titles and
// notes may stand above it.
const headerRows = 20

// peekedRows is how many rows of a sheet that is not read are looked at for a vehicle.
const peekedRows = 100

// XLSX reads vehicles from one sheet of a workbook. Hidden rows are read as the
// others are, and counted in Info; hidden sheets are read when they are named.
type XLSX struct {
	grid
	name  string
	sheet string
	rows  *workbook.Rows
	days  dayCount

	first  *record.Vehicle // the first row, read ahead
	hidden int64
	err    error
}

// OpenXLSX opens a workbook, finds its sheet and header, and reads the first row.
// Errors are *InputError; name stands in messages.
func OpenXLSX(r io.ReaderAt, size int64, name string, o Options) (*XLSX, error) {
	book, err := workbook.Open(r, size)
	if err != nil {
		return nil, bookError(name, err)
	}
	x := &XLSX{name: name, days: dayCount{from1904: book.Date1904}}
	if err := x.choose(book, o.Sheet); err != nil {
		return nil, err
	}
	x.info.Kind = KindXLSX
	v, err := x.read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, &InputError{Name: name, Problem: fmt.Sprintf("the sheet %s has a header but no data rows", quote(x.sheet)), Hint: "add a row for each vehicle"}
	case err != nil:
		return nil, err
	}
	x.first = &v
	return x, nil
}

func bookError(name string, err error) error {
	var e *workbook.Error
	if errors.As(err, &e) {
		return &InputError{Name: name, Problem: e.Problem, Hint: e.Hint, Err: e.Err}
	}
	return readError(name, 0, err)
}

// choose takes the sheet that was named, else the first that is not hidden and
// has a header; it notes what else has one.
func (x *XLSX) choose(book *workbook.Book, wanted string) error {
	var seen []string
	var why error
	for _, s := range book.Sheets() {
		seen = append(seen, quote(s.Name))
		if wanted != "" && !strings.EqualFold(strings.TrimSpace(s.Name), strings.TrimSpace(wanted)) {
			continue
		}
		rows, header, err := x.header(book, s)
		var nothing *InputError
		if errors.As(err, &nothing) && nothing.Err == nil && wanted == "" {
			if why == nil && !s.Hidden {
				why = err
			}
			continue
		}
		if err != nil {
			return err
		}
		if wanted == "" && (s.Hidden || x.rows != nil) {
			if holdsVehicles(rows, header) {
				x.noteUnread(s)
			}
			err = rows.Close()
		} else {
			x.rows, x.sheet, x.info.Sheet = rows, s.Name, s.Name
			x.setHeader(header)
		}
		if err != nil {
			return readError(x.name, 0, err)
		}
	}
	switch {
	case x.rows != nil:
		return nil
	case wanted != "":
		return &InputError{Name: x.name, Problem: fmt.Sprintf("the workbook has no sheet %s", quote(wanted)), Hint: "it has " + strings.Join(seen[:min(len(seen), shownHeaders)], ", ")}
	case len(x.info.Notes) > 0:
		return &InputError{Name: x.name, Problem: "no sheet that is not hidden has a column for the VIN or the plate", Hint: strings.Join(x.info.Notes, "; ")}
	}
	if why == nil {
		why = &InputError{Name: x.name, Problem: "the workbook is empty", Hint: "give one with a header and a row for each vehicle"}
	}
	return why
}

// holdsVehicles tells whether a row under a header names a vehicle. A sheet that
// explains columns has their names in its cells as well, and no vehicle.
func holdsVehicles(rows *workbook.Rows, h *header) bool {
	for seen := 0; seen < peekedRows; {
		row, err := rows.Next()
		if err != nil {
			return !errors.Is(err, io.EOF)
		}
		texts := headerTexts(row)
		if len(texts) == 0 {
			continue
		}
		seen++
		at := func(column string) string {
			if i, ok := h.index[column]; ok && i < len(texts) {
				return texts[i]
			}
			return ""
		}
		if CheckVIN(CleanIdentifier(at(record.ColVIN))) == nil {
			return true
		}
		if _, err := PlateType(CleanPlate(at(record.ColPlate))); err == nil {
			return true
		}
	}
	return false
}

func (x *XLSX) noteUnread(s workbook.Sheet) {
	kind := "the sheet"
	if s.Hidden {
		kind = "the hidden sheet"
	}
	x.info.Notes = append(x.info.Notes, fmt.Sprintf("%s %s has vehicles too and is not read: --sheet %s reads it instead", kind, quote(s.Name), quote(s.Name)))
}

// header looks for the header among the first rows of a sheet. An *InputError
// without a cause says that there is none.
func (x *XLSX) header(book *workbook.Book, s workbook.Sheet) (*workbook.Rows, *header, error) {
	rows, err := book.Rows(s)
	if err != nil {
		return nil, nil, bookError(x.name, err)
	}
	none := &InputError{Name: x.name, Problem: fmt.Sprintf("the sheet %s is empty", quote(s.Name)), Hint: "give one with a header and a row for each vehicle"}
	best := -1
	for seen := 0; seen < headerRows; {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, errors.Join(bookError(x.name, err), rows.Close())
		}
		headers := headerTexts(row)
		if len(headers) == 0 {
			continue
		}
		seen++
		h, bad := readHeader(headers)
		if bad == nil {
			return rows, h, nil
		}
		if known := countKnown(headers); known > best { // the row that looks most like a header says what is wrong
			best = known
			none.Problem, none.Hint, none.Line = fmt.Sprintf("sheet %s: %s", quote(s.Name), bad.Problem), bad.Hint, row.Number
		}
	}
	if err := rows.Close(); err != nil {
		return nil, nil, readError(x.name, 0, err)
	}
	return nil, nil, none
}

func countKnown(headers []string) int {
	n := 0
	for _, h := range headers {
		if canonical(h) != "" {
			n++
		}
	}
	return n
}

// headerTexts are a row's texts by column, nil when it has none.
func headerTexts(row *workbook.Row) []string {
	var out []string
	for _, c := range row.Cells {
		if c.Kind == workbook.Empty || strings.TrimSpace(c.Text) == "" || c.Column >= maxFields {
			continue
		}
		for len(out) <= c.Column {
			out = append(out, "")
		}
		out[c.Column] = c.Text
	}
	return out
}

// Info returns what was detected.
func (x *XLSX) Info() Info {
	info := x.grid.Info()
	if x.hidden > 0 {
		info.Notes = append(info.Notes[:len(info.Notes):len(info.Notes)],
			fmt.Sprintf("rows hidden in the sheet, by hand or by a filter, are read as well: %d", x.hidden))
	}
	return info
}

// Next returns the next vehicle. Rows without any value are passed over.
func (x *XLSX) Next() (record.Vehicle, error) {
	if x.first != nil {
		v := *x.first
		x.first = nil
		return v, nil
	}
	if x.err != nil {
		return record.Vehicle{}, x.err
	}
	v, err := x.read()
	x.err = err
	return v, err
}

func (x *XLSX) read() (record.Vehicle, error) {
	for {
		row, err := x.rows.Next()
		if errors.Is(err, io.EOF) {
			_ = x.rows.Close() // nothing was written
			return record.Vehicle{}, io.EOF
		}
		if err != nil {
			return record.Vehicle{}, bookError(x.name, err)
		}
		if len(headerTexts(row)) == 0 {
			continue
		}
		if row.Hidden {
			x.hidden++
		}
		return x.vehicle(row.Number, func(c usedColumn) value {
			for i := range row.Cells {
				if row.Cells[i].Column == c.index {
					return x.days.value(&row.Cells[i], c.column, workbook.Name(c.index, row.Number))
				}
			}
			return value{}
		}), nil
	}
}

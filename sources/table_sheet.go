package sources

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/sources/workbook"
)

// openSheet finds the sheet and the header of a workbook.
func (t *Table) openSheet(data []byte, wanted string, score Score) error {
	book, err := workbook.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return bookError(t.name, err)
	}
	defer func() {
		if t.records == nil { // nobody reads on
			_ = book.Close() // what was written is not needed any more
		}
	}()
	var names []string
	best, chosen := candidate{at: -1}, workbook.Sheet{}
	for _, s := range book.Sheets() {
		names = append(names, quote(s.Name))
		if !isWanted(s, wanted) {
			continue
		}
		c, err := t.headerOf(book, s, score)
		switch {
		case err != nil:
			return err
		case wanted == "" && (s.Hidden || best.whole):
			if c.whole {
				t.Notes = append(t.Notes, unreadSheet(s, "such lines"))
			}
		case c.at >= 0 && (best.at < 0 || c.better(best)):
			best, chosen = c, s
		}
	}
	switch {
	case best.at >= 0:
		return t.readSheet(book, chosen, best.at)
	case wanted != "":
		return t.Wrong(0, fmt.Sprintf("the workbook has no sheet %s with a text in it", quote(wanted)), "it has "+strings.Join(names[:min(len(names), shownHeaders)], ", "))
	}
	return t.Wrong(0, strings.Join(append([]string{"no sheet that is not hidden holds any text"}, t.Notes...), "; "), "give one with a header and a row for each charge")
}

// headerOf looks for the header of one sheet.
func (t *Table) headerOf(book *workbook.Book, s workbook.Sheet, score Score) (candidate, error) {
	rows, err := book.Rows(s)
	if err != nil {
		return candidate{}, bookError(t.name, err)
	}
	c := bestHeader(&sheetRows{name: t.name, rows: rows, days: dayCount{from1904: book.Date1904}}, score)
	if err := rows.Close(); err != nil {
		return c, readError(t.name, 0, err)
	}
	return c, nil
}

func (t *Table) readSheet(book *workbook.Book, s workbook.Sheet, header int) error {
	rows, err := book.Rows(s)
	if err != nil {
		return bookError(t.name, err)
	}
	t.Notes = append([]string{fmt.Sprintf("the sheet %s is read", quote(s.Name))}, t.Notes...)
	return t.begin(&sheetRows{name: t.name, rows: rows, days: dayCount{from1904: book.Date1904}, book: book}, header)
}

// sheetRows reads the rows of a sheet as texts.
type sheetRows struct {
	name string
	rows *workbook.Rows
	days dayCount
	book io.Closer // goes with the last row; nil: it is read on
}

func (s *sheetRows) next() (Record, error) {
	for {
		row, err := s.rows.Next()
		if errors.Is(err, io.EOF) {
			_ = s.rows.Close() // nothing was written
			if s.book != nil {
				_ = s.book.Close() // what was written is not needed any more
			}
			return Record{}, io.EOF
		}
		if err != nil {
			return Record{}, bookError(s.name, err)
		}
		r := Record{Line: row.Number}
		for i := range row.Cells {
			c := &row.Cells[i]
			if c.Column >= maxFields {
				continue
			}
			for len(r.Cells) <= c.Column {
				r.Cells = append(r.Cells, "")
			}
			r.Cells[c.Column] = cleanCell(s.days.asText(c))
		}
		if filled(r.Cells) > 0 {
			return r, nil
		}
	}
}

// asText writes a cell as a CSV would have it. A number of which the spreadsheet
// has lost digits comes as 1.2E+16, by which CheckExcel knows it.
func (d dayCount) asText(c *workbook.Cell) string {
	switch {
	case c.Kind == workbook.Empty && c.Formula:
		return "#VALUE!"
	case c.Kind == workbook.Day:
		return strings.Replace(c.Text, "T", " ", 1)
	case c.Kind != workbook.Number:
		return c.Text
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(c.Text), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return c.Text
	}
	if c.Format.Date {
		return d.moment(n, c.Text)
	}
	if math.Abs(n) >= 1e15 {
		return strconv.FormatFloat(n, 'E', -1, 64)
	}
	text := inDigits(n) // without what a sum leaves behind: 16.999999999999996
	whole, err := strconv.ParseInt(text, 10, 64)
	if err != nil || whole < 0 || c.Format.Plain() {
		return text
	}
	if asShown, ok := c.Format.Show(whole); ok {
		return asShown
	}
	return text
}

// moment writes a day number as a day and a time of day, a fraction of a day alone
// as a time of day.
func (d dayCount) moment(n float64, text string) string {
	seconds := time.Duration(math.Round((n - math.Floor(n)) * 86400))
	clock := time.Time{}.Add(seconds * time.Second)
	if n >= 0 && n < 1 {
		return clock.Format(time.TimeOnly)
	}
	day, ok := d.day(n)
	switch {
	case !ok:
		return text
	case n == math.Trunc(n):
		return day.Format(time.DateOnly)
	}
	return day.Add(seconds * time.Second).Format(time.DateTime)
}

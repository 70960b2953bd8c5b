package sinks

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/xuri/excelize/v2"

	"vehiclebatch/pipeline/record"
)

// sheet writes one table into a workbook, and into a second sheet and more when
// it has more rows than one can hold.
type sheet struct {
	book   *book
	table  *tableSpec
	to     *excelize.StreamWriter
	part   int // 1 is the table's first sheet
	row    int // written in this sheet, header included
	values []any
}

var _ fileWriter = (*sheet)(nil)

func (s *sheet) begin() error {
	s.part++
	name := sheetName(s.table.name, s.part)
	if err := s.book.addSheet(name); err != nil {
		return err
	}
	var err error
	if s.to, err = s.book.stream(name); err != nil {
		return err
	}
	for i := len(s.table.columns); i > 0; i-- { // the library puts each before those that are there
		c := &s.table.columns[i-1]
		if err := s.to.SetColWidth(i, i, c.width()); err != nil {
			return err
		}
		if err := s.to.SetColStyle(i, i, s.book.styles[c.kind]); err != nil {
			return err
		}
	}
	if err := frozenHeader(s.to); err != nil {
		return err
	}
	s.row = 1
	return s.to.SetRow("A1", s.book.headings(s.table.names()))
}

func frozenHeader(to *excelize.StreamWriter) error {
	return to.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// WriteBatch writes one row a row.
func (s *sheet) WriteBatch(batch arrow.Record) error {
	for row := range int(batch.NumRows()) {
		if s.row == s.book.maxRows {
			if err := s.end(); err != nil {
				return err
			}
			if err := s.begin(); err != nil {
				return err
			}
		}
		for i := range s.values {
			k := s.table.columns[i].kind
			s.values[i] = cellAt(batch.Column(i), k, row).sheetValue(k)
		}
		s.row++
		if err := s.to.SetRow(fmt.Sprintf("A%d", s.row), s.values); err != nil {
			return fmt.Errorf("sheet %s, row %d: %w", s.to.Sheet, s.row, err)
		}
	}
	return nil
}

// Close does nothing: the book ends its sheets.
func (s *sheet) Close() error { return nil }

// end writes the filter, whose range is known only now, and what is pending.
func (s *sheet) end() error {
	corner, err := excelize.CoordinatesToCellName(len(s.table.columns), s.row)
	if err != nil {
		return err
	}
	if err := s.book.file.AutoFilter(s.to.Sheet, "A1:"+corner, nil); err != nil {
		return err
	}
	return s.to.Flush()
}

// Spreadsheets count days from 1899-12-30. Before March 1900 they count one too
// many, for a leap day that never was: such a day is written as a text.
const (
	serialOfEpoch = 25_569  // 1970-01-01
	firstSerial   = -25_508 // 1900-03-01, in days since 1970-01-01
	millisPerDay  = 24 * 60 * 60 * 1_000
	chinaMillis   = record.ChinaOffset * 1_000
	earlyMoment   = "2006-01-02 15:04:05.999"
)

// millis is a moment as exact as a sheet's number can hold it.
func millis(micros int64) int64 { return time.UnixMicro(micros).UnixMilli() }

// sheetValue is the cell as a sheet holds it; unknown is nil. A text is never a
// formula there, whatever it begins with.
func (c cell) sheetValue(k kind) any {
	if !c.ok {
		return nil
	}
	switch k {
	case kindInt:
		return c.n
	case kindBool:
		return c.n == 1
	case kindDecimal:
		return float64(c.n) / 100 // a cell is a float; 14 digits come through as they are
	case kindDay:
		if c.n >= firstSerial {
			return c.n + serialOfEpoch
		}
		return c.text(k)
	case kindMoment:
		if ms := millis(c.n); ms >= firstSerial*millisPerDay {
			return float64(ms+chinaMillis)/millisPerDay + serialOfEpoch
		}
		return time.UnixMicro(c.n).In(record.China()).Format(earlyMoment)
	}
	if text := sheetText(c.text(k)); text != "" {
		return text
	}
	return nil
}

// sheetTextUnits is how long a cell's text can be, in UTF-16 units.
const sheetTextUnits = 32_767

// sheetText is a text as a sheet can hold it: characters that XML has no place
// for become U+FFFD, and what is too long is cut.
func sheetText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF' {
			return utf8.RuneError
		}
		return r
	}, s)
	if len(s) <= sheetTextUnits {
		return s
	}
	units := 0
	for i, r := range s {
		if units++; r > 0xFFFF {
			units++
		}
		if units > sheetTextUnits {
			return s[:i]
		}
	}
	return s
}

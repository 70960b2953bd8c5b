package sources

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

const asText = "format the column as text and enter it again"

// exactDigits is how many digits of a number a spreadsheet keeps.
const exactDigits = 15

// dayCount turns the day numbers of a workbook into days.
type dayCount struct{ from1904 bool }

// value reads a cell of a used column; where is the cell's name.
func (d dayCount) value(c *workbook.Cell, column, where string) value {
	v := value{text: c.Text, where: where}
	switch c.Kind {
	case workbook.Empty:
		if c.Formula {
			v.lost = errors.New("the formula here has no value: open the file in the spreadsheet, let it calculate, and save it")
		}
	case workbook.Fault:
		v.lost = fmt.Errorf("%s stands here in place of a value: correct the formula", c.Text)
	case workbook.Number:
		d.number(&v, c, column)
	case workbook.Day:
		v.text, _, _ = strings.Cut(c.Text, "T")
		if column != record.ColFirstRegistered {
			v.lost = fmt.Errorf("this is the date %s: %s", v.text, asText)
		}
	case workbook.Bool:
		v.lost = fmt.Errorf("this is %s, not a text: %s", c.Text, asText)
	}
	return v
}

// number reads a number: a date, a count, or an identifier that the spreadsheet
// took for a quantity.
func (d dayCount) number(v *value, c *workbook.Cell, column string) {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.Text), 64)
	switch {
	case err != nil || math.IsInf(n, 0) || math.IsNaN(n):
		v.lost = fmt.Errorf("%s is not a number, although the sheet says so: %s", quote(c.Text), asText)
	case c.Format.Date:
		d.date(v, n, column)
	case math.Abs(n) >= 1e15 && isCode(column):
		v.text = strconv.FormatFloat(n, 'f', -1, 64)
		v.lost = fmt.Errorf("this is a number of more than %d digits, and a spreadsheet keeps only so many of a number: %s", exactDigits, asText)
	case column == record.ColFirstRegistered && n != math.Trunc(n):
		v.lost = brokenMonth(n)
	default:
		v.text = strconv.FormatFloat(n, 'f', -1, 64)
		d.code(v, c, n, column)
	}
}

// brokenMonth refuses 2022.1, which may have been 2022.10.
func brokenMonth(n float64) error {
	return fmt.Errorf("this is the number %s, and no month: enter a date, or 2022-01 as text", strconv.FormatFloat(n, 'f', -1, 64))
}

// code looks at a number that stands where digits mean no quantity.
func (d dayCount) code(v *value, c *workbook.Cell, n float64, column string) {
	if !isCode(column) {
		return
	}
	if n != math.Trunc(n) || n < 0 {
		v.lost = fmt.Errorf("this is the number %s: %s", v.text, asText)
		return
	}
	if missing := c.Format.Zeros - len(v.text); missing > 0 { // as the sheet shows it
		v.text = strings.Repeat("0", missing) + v.text
		return
	}
	if isIdentifier(column) {
		v.remark = v.where + numberRemark(column)
	}
}

// numberRemark is said of an identifier's cell, behind its name.
func numberRemark(column string) string {
	return fmt.Sprintf(": the %s is a number in the sheet, so zeros in front of it would be lost", column)
}

func isNumberRemark(text, column string) bool { return strings.HasSuffix(text, numberRemark(column)) }

// date takes a date where one is wanted. Elsewhere the spreadsheet has made it of
// something else, which cannot be had back.
func (d dayCount) date(v *value, n float64, column string) {
	day, ok := d.day(n)
	if !ok {
		v.lost = fmt.Errorf("%s is shown as a date and is none: %s", v.text, asText)
		return
	}
	v.text = day.Format(time.DateOnly)
	if column != record.ColFirstRegistered {
		v.lost = fmt.Errorf("this is the date %s, which the spreadsheet has made of what was entered: %s", v.text, asText)
	}
}

// day is the day of a day number. Number 60 of 1900 is a day that never was;
// before it days are counted from the day after.
func (d dayCount) day(n float64) (time.Time, bool) {
	serial := math.Floor(n)
	if serial < 1 || serial > 2_958_465 { // 9999-12-31
		return time.Time{}, false
	}
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case d.from1904:
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial == 60:
		return time.Time{}, false
	case serial < 60:
		from = from.AddDate(0, 0, 1)
	}
	return from.AddDate(0, 0, int(serial)), true
}

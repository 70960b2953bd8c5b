package sources

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

const asText = "format the column as text and enter it again"

// ExactDigits is how many digits of a number a spreadsheet keeps.
const ExactDigits = 15

// dayCount turns the day numbers of a workbook into days.
type dayCount struct{ from1904 bool }

// value reads a cell of a used column; where is the cell's name.
func (d dayCount) value(c *workbook.Cell, column, where string) value {
	v := value{text: c.Text, where: where}
	if c.Struck == workbook.StruckPart {
		v.lost = fmt.Errorf("a part of %s is struck through: leave in the cell what counts", quote(c.Text))
		return v
	}
	switch c.Kind {
	case workbook.Text:
		if text, ok := c.Format.ShowText(c.Text); ok {
			v.text = text
		} else {
			v.lost = fmt.Errorf("the sheet shows the text %s in a way that cannot be told here: %s", quote(c.Text), asText)
		}
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
// took for a quantity. What the sheet shows counts, not what it stores.
func (d dayCount) number(v *value, c *workbook.Cell, column string) {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.Text), 64)
	switch {
	case err != nil || math.IsInf(n, 0) || math.IsNaN(n):
		v.lost = fmt.Errorf("%s is not a number, although the sheet says so: %s", quote(c.Text), asText)
		return
	case c.Format.Date:
		d.date(v, n, column)
		return
	}
	v.text = inDigits(n)
	switch {
	case column == record.ColMileageKM:
		inKM(v, c, n)
	case math.Abs(n) >= 1e15 && isCode(column):
		v.lost = fmt.Errorf("this is a number of more than %d digits, and a spreadsheet keeps only so many of a number: %s", ExactDigits, asText)
	case n != math.Trunc(n) && column == record.ColFirstRegistered:
		v.lost = brokenMonth(n)
	case n != math.Trunc(n) || n < 0 || n >= 1e15:
		v.lost = fmt.Errorf("this is the number %s: %s", v.text, asText)
	default:
		shown(v, c, int64(n), column)
	}
}

// inDigits writes a number with the digits that a spreadsheet keeps: 11299.999999999998
// is 11300 there, since its sixteenth digit is the noise of binary numbers.
func inDigits(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if n == math.Trunc(n) {
		return text
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', ExactDigits, 64), 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// inKM reads a number of the column of distances in the unit that its format shows.
func inKM(v *value, c *workbook.Cell, n float64) {
	if c.Format.Plain() { // as nearly all are
		return
	}
	shift, words, ok := c.Format.Quantity(n)
	words = strings.Trim(plain(words), "-+()¥ .,")
	m, known := measureNamed(words)
	switch {
	case n < 0 || ok && shift == 0 && words == "":
	case !ok || shift != 0 && words == "":
		v.lost = fmt.Errorf("the number %s is shown in a way that does not say how many km it is: format the cell as a plain number of km", v.text)
	case words == "千公里":
		v.text = shifted(v.text, shift+3) + "公里"
	case !known || m.refused != "":
		v.lost = fmt.Errorf("the number %s is shown with %s, which is no unit of km: format the cell as a plain number of km", v.text, quote(words))
	case m.unit == unitWanKM:
		v.text = shifted(v.text, shift) + "万公里"
	default:
		v.text = shifted(v.text, shift) + "公里"
	}
}

// shifted is a number times ten to a power.
func shifted(digits string, power int) string {
	d, err := decimal.NewFromString(digits)
	if err != nil {
		return digits
	}
	return d.Shift(int32(power)).String() //nolint:gosec // a few commas in a format
}

// brokenMonth refuses 2022.1, which may have been 2022.10.
func brokenMonth(n float64) error {
	return fmt.Errorf("this is the number %s, and no month: enter a date, or 2022-01 as text", strconv.FormatFloat(n, 'f', -1, 64))
}

// shown takes a whole number as the sheet shows it: with the zeros and the texts of its format.
func shown(v *value, c *workbook.Cell, n int64, column string) {
	text, ok := c.Format.Show(n)
	plainly := strings.ReplaceAll(text, ",", "")
	if whole, fraction, found := strings.Cut(plainly, "."); found && strings.Trim(fraction, "0") == "" {
		plainly = whole
	}
	switch {
	case !ok:
		v.lost = fmt.Errorf("the sheet shows the number %s in a way that cannot be told here: %s", v.text, asText)
	case plainly == v.text:
		if isIdentifier(column) {
			asIdentifier(v, n, c.Format.Plain(), column)
		}
	case strings.ContainsFunc(text, isHan) && (column == record.ColVIN || column == record.ColEngineNo):
		v.lost = fmt.Errorf("the sheet shows %s for the number %s: enter what is meant as text", quote(text), v.text)
	case !isIdentifier(column) && strings.TrimFunc(text, isHan) == v.text: // 2次 is 2
	case !isIdentifier(column) && column != record.ColFirstRegistered && !allDigits([]rune(text)):
		v.lost = fmt.Errorf("the sheet shows %s for the number %s: enter the number alone", quote(text), v.text)
	default:
		v.text = text
	}
}

// asIdentifier takes a whole number that is shown as it is for an identifier. In the general format a sheet shows a number of more than
// generalDigits as a power of ten, and in a narrow column a shorter one.
func asIdentifier(v *value, n int64, general bool, column string) {
	power, exact := powerOfTen(n)
	switch {
	case general && exact && n >= shortestPower:
		v.lost = mayBePower(v.text, power, asText)
	case general && len(v.text) > generalDigits:
		v.remark = fmt.Sprintf("%s, where the sheet shows %s%s", v.where, power, numberRemark(column))
	default:
		v.remark = v.where + numberRemark(column)
	}
}

const (
	// generalDigits is how many digits the general format shows at most.
	generalDigits = 11
	// shortestPower is the least number that the general format may show as a power of ten, unless its column is very narrow.
	shortestPower = 1e10
)

// powerOfTen is how a sheet shows a large number in the general format, and whether that is all of it.
func powerOfTen(n int64) (text string, exact bool) {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(float64(n), 'E', 5, 64), "E")
	text = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".") + "E" + exponent
	back, err := strconv.ParseFloat(text, 64)
	return text, err == nil && back == float64(n)
}

// mayBePower is of a number that may have been an identifier of digits and an E: 1E10 is taken for a power of ten.
func mayBePower(number, power, hint string) error {
	return fmt.Errorf("this is the number %s, which programs show as %s, and which they make of an identifier such as %s: %s",
		number, power, strings.Replace(power, "E+", "E", 1), hint)
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

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

package sources

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/columnar"
)

// parquetValue is a value as text. Whole numbers are exact; broken ones are no
// identifiers.
func parquetValue(v *columnar.Vector, row int, c *columnar.Column, column string) value {
	if c.Meaning == columnar.Null || v.Null(row) {
		return value{}
	}
	switch c.Physical {
	case columnar.Boolean:
		text := strconv.FormatBool(v.Number(row) != 0)
		return value{text: text, lost: fmt.Errorf("this is %s, not a text", text)}
	case columnar.Int32, columnar.Int64:
		return wholeValue(v.Number(row), c, column)
	case columnar.Float:
		return floatValue(float64(math.Float32frombits(uint32(v.Number(row)))), exactFloat, column)
	case columnar.Double:
		return floatValue(math.Float64frombits(uint64(v.Number(row))), exactDouble, column)
	case columnar.Int96:
		return dateValue(oldMoment(v.Text(row)), column)
	}
	if size := v.Long(row); size > 0 {
		return value{lost: fmt.Errorf("the value holds %d bytes, more than the %d that a value may have", size, maxValue)}
	}
	return bytesValue(v.Text(row), c, column)
}

// latestDay is the last day that can be written as a number, 20220131.
const latestDay = 99_999_999

// wholeValue is of what is stored as a whole number.
func wholeValue(n int64, c *columnar.Column, column string) value {
	switch c.Meaning {
	case columnar.Decimal:
		return decimalValue(big.NewInt(n), c.Scale, column)
	case columnar.Date:
		return dateValue(time.Unix(0, 0).UTC().AddDate(0, 0, int(n)), column)
	case columnar.Timestamp:
		seconds := floorDiv(n, c.Unit)
		t := time.Unix(seconds, (n-seconds*c.Unit)*(columnar.Nanos/c.Unit)).UTC()
		if c.Unsure && t.Month() != t.Add(aheadOfUTC).Month() {
			return value{text: t.Format(time.DateOnly), lost: fmt.Errorf("this is %s or, if that is UTC, %s in China, and the program that wrote the file, Arrow for Go before version 16, does not say which: write the column as dates",
				t.Format(shownMoment), t.Add(aheadOfUTC).Format(shownMoment))}
		}
		if c.UTC { // a moment: the day that it was in China
			t = t.Add(aheadOfUTC)
		}
		return dateValue(t, column)
	}
	if c.Unsigned && c.Physical == columnar.Int32 {
		n = int64(uint32(n))
	}
	if c.Unsigned && n < 0 {
		return value{text: strconv.FormatUint(uint64(n), 10)}
	}
	v := value{text: strconv.FormatInt(n, 10)}
	switch {
	case n < 0 && isCode(column):
		v.lost = fmt.Errorf("this is the number %s, not a text", v.text)
	case column == record.ColFirstRegistered && (n > latestDay || n < 0):
		v.lost = fmt.Errorf("this is the number %s, as programs count seconds or milliseconds since 1970: write a date, or 2022-01 as text", v.text)
	}
	return v
}

// shownMoment is how a moment is shown to people.
const shownMoment = "2006-01-02 15:04"

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// bytesValue is of what is stored as bytes. Fixed sizes are filled up with zeros.
func bytesValue(s string, c *columnar.Column, column string) value {
	switch {
	case c.Meaning == columnar.Decimal:
		return decimalValue(signed(s), c.Scale, column)
	case c.Meaning == columnar.UUID && len(s) == 16:
		x := hex.EncodeToString([]byte(s))
		return value{text: x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]}
	case c.Meaning == columnar.Float16 && len(s) == 2:
		return floatValue(halfFloat(binary.LittleEndian.Uint16([]byte(s))), exactHalf, column)
	case c.Meaning == columnar.Plain:
		s = strings.TrimRight(s, "\x00")
	}
	if !utf8.ValidString(s) {
		return value{lost: fmt.Errorf("the value holds bytes that are not UTF-8: write the column as text in UTF-8")}
	}
	return value{text: s}
}

// signed is a number of any size, the highest byte first.
func signed(s string) *big.Int {
	n := new(big.Int).SetBytes([]byte(s))
	if s != "" && s[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s))))
	}
	return n
}

// decimalValue writes a decimal without the zeros behind its point.
func decimalValue(n *big.Int, scale int, column string) value {
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	whole, fraction := digits[:len(digits)-scale], strings.TrimRight(digits[len(digits)-scale:], "0")
	v := value{text: whole}
	if fraction != "" {
		v.text += "." + fraction
	}
	if n.Sign() < 0 {
		v.text = "-" + v.text
	}
	if fraction == "" && n.Sign() >= 0 {
		return v
	}
	switch {
	case isCode(column):
		v.lost = fmt.Errorf("this is the number %s, not a text: write the column as text", v.text)
	case column == record.ColFirstRegistered:
		v.lost = fmt.Errorf("this is the number %s, and no month: write a date, or 2022-01 as text", v.text)
	}
	return v
}

// julianEpoch is the day of 1970-01-01 in the count of Julian days.
const julianEpoch = 2_440_588

// oldMoment is an INT96: nanoseconds of a day, and the day. Spark writes moments
// in UTC with it.
func oldMoment(s string) time.Time {
	b := []byte(s)
	nanos, day := int64(binary.LittleEndian.Uint64(b)), int(int32(binary.LittleEndian.Uint32(b[8:])))
	return time.Unix(0, 0).UTC().AddDate(0, 0, day-julianEpoch).Add(time.Duration(nanos)).Add(aheadOfUTC)
}

// halfFloat is a number of 16 bits (IEEE 754).
func halfFloat(h uint16) float64 {
	sign := 1.0
	if h>>15 != 0 {
		sign = -1
	}
	exponent, fraction := int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	}
	return sign * math.Ldexp(1+fraction/1024, exponent-15)
}

// Up to here floats of 16, 32 and 64 bits hold every whole number.
const (
	exactHalf   = 1 << 11
	exactFloat  = 1 << 24
	exactDouble = 1 << 53
)

// floatValue: beyond exact a float has lost digits. A distance that was worked out,
// as 1.13*10000, is off by what floats cannot hold, and so is one in 万 km.
func floatValue(n, exact float64, column string) value {
	noise := 4 * math.Abs(n) / exact
	if near := math.Round(n); column == record.ColMileageKM && math.Abs(n-near) <= noise {
		n = near
	} else if near := math.Round(n*1e4) / 1e4; column == record.ColMileageKM && exact > exactHalf && math.Abs(n-near) <= noise {
		n = near // a whole km in 万 km; in 16 bits it may be another
	}
	v := value{text: strconv.FormatFloat(n, 'f', -1, 64)}
	if exact == exactFloat && float64(float32(n)) == n {
		v.text = strconv.FormatFloat(n, 'f', -1, 32)
	}
	if column == record.ColMileageKM && math.Abs(n) > exact {
		v.lost = fmt.Errorf("this is the number %s, whose last digits its type cannot hold: write the column as a whole number", v.text)
	}
	if isCode(column) && (n != math.Trunc(n) || n < 0 || n > exact) || math.IsNaN(n) {
		v.lost = fmt.Errorf("this is the number %s, whose digits are not all there: write the column as text", v.text)
	}
	if isIdentifier(column) && v.lost == nil && n >= shortestPower {
		if power, whole := powerOfTen(int64(n)); whole {
			v.lost = mayBePower(v.text, power, "write the column as text")
		}
	}
	if column == record.ColFirstRegistered && n != math.Trunc(n) {
		v.lost = brokenMonth(n)
	}
	return v
}

func dateValue(t time.Time, column string) value {
	if column == record.ColFirstRegistered {
		if year, month, day := t.Date(); year >= 1000 && year <= 9999 {
			return value{text: isoDay(year, int(month), day)}
		}
	}
	v := value{text: t.Format(time.DateOnly)}
	if column != record.ColFirstRegistered {
		v.lost = fmt.Errorf("this is the date %s: write the column as text", v.text)
	}
	return v
}

// isoDay is time.DateOnly for years of four digits; formatting takes longer than
// all else about a day.
func isoDay(year, month, day int) string {
	var b [10]byte
	for i, n := range [...]int{year / 1000, year / 100 % 10, year / 10 % 10, year % 10, -3, month / 10, month % 10, -3, day / 10, day % 10} {
		b[i] = byte('0' + n)
	}
	return string(b[:])
}

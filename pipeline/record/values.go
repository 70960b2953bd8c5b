package record

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// LongestInterval is the longest time between two questions about one order that may be
// set: a wait in a ledger that is much longer was set by nobody.
const LongestInterval = 7 * 24 * time.Hour

// Fen is an amount of money in hundredths of a yuan.
type Fen int64

// MostFen is more than any lookup costs, and less than makes a sum overflow.
const MostFen = 1_000_000_000

// String formats the amount in yuan with two places: "17.00".
func (f Fen) String() string {
	var room [24]byte // the longest amount has 22
	text, whole := room[:0], uint64(f)
	if f < 0 {
		text, whole = append(text, '-'), -whole
	}
	text = strconv.AppendUint(text, whole/100, 10)
	rest := byte(whole % 100)
	return string(append(text, '.', '0'+rest/10, '0'+rest%10))
}

// Yuan is the amount for people, the same in every language: ¥1,234.50.
func (f Fen) Yuan() string { return "¥" + grouped(f.String()) }

// grouped puts commas between thousands: 1234567.80 is 1,234,567.80.
func grouped(number string) string {
	whole, rest, _ := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + "." + rest
}

// MarshalJSON makes the amount a number of yuan with two places: 17.00.
func (f Fen) MarshalJSON() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalJSON reads a number of yuan exactly, as ParseYuan does. It refuses
// null: an amount that may be unknown is an Opt.
func (f *Fen) UnmarshalJSON(text []byte) error {
	v, err := ParseYuan(string(text))
	*f = v
	return err
}

// amount is a decimal number without an exponent, of a length that costs
// nothing to read: 1e999999999 would need gigabytes.
var amount = regexp.MustCompile(`^[+-]?\d{1,20}(\.\d{0,20})?$`)

// ParseYuan reads an amount in yuan with at most two places. It refuses what
// a fen cannot hold rather than rounding it.
func ParseYuan(s string) (Fen, error) {
	if !amount.MatchString(s) {
		return 0, fmt.Errorf("%.40q is not an amount in yuan: write it as 17.00", s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not an amount in yuan: %w", s, err)
	}
	fen := d.Shift(2)
	if !fen.IsInteger() || !fen.BigInt().IsInt64() {
		return 0, fmt.Errorf("%q is not an amount in yuan with at most two places", s)
	}
	return Fen(fen.IntPart()), nil
}

// Date is a calendar day, in days since 1970-01-01. It has no zone: it is the
// day that a person in China would name.
type Date int32

const secondsPerDay = 24 * 60 * 60

// NewDate returns the day of the calendar. It refuses days that do not exist.
func NewDate(year int, month time.Month, day int) (Date, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != day {
		return 0, fmt.Errorf("%04d-%02d-%02d is not a day of the calendar", year, month, day)
	}
	return Date(t.Unix() / secondsPerDay), nil
}

// DateOf returns the day in China that holds the moment.
func DateOf(t time.Time) Date {
	local := t.Unix() + ChinaOffset
	d := Date(local / secondsPerDay)
	if local%secondsPerDay < 0 {
		d--
	}
	return d
}

// Begin returns midnight in China, when the day begins.
func (d Date) Begin() time.Time {
	return time.Unix(int64(d)*secondsPerDay-ChinaOffset, 0).In(China())
}

// Time returns midnight of the day in UTC, for formatting and arithmetic.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String formats the day as 2006-01-02.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

func formatKM(km Opt[int64]) string {
	if !km.OK {
		return ""
	}
	return strconv.FormatInt(km.V, 10)
}

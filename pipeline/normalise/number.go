package normalise

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"vehiclebatch/pipeline/record"
)

// numeral is a decimal number as vendors write it: thousands may be grouped,
// and an exponent of two digits may follow, as some systems print big numbers
// (1.3811616E12). A longer exponent is refused: reading it exactly would need
// gigabytes.
var numeral = regexp.MustCompile(`^[+-]?(\d{1,30}|\d{1,3}(,\d{3}){1,9})(\.\d{1,30})?([eE][+-]?\d{1,2})?$`)

func readDecimal(s string) (decimal.Decimal, bool) {
	if !numeral.MatchString(s) {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(strings.ReplaceAll(s, ",", ""))
	return d, err == nil
}

// Whole reads a whole number: 85142, 85142.0, "8,514", 1.3811616E12. An empty
// text is unknown, a fraction is an error.
func Whole(s string) (record.Opt[int64], error) {
	if len(s) > 0 && len(s) <= 15 && strings.Trim(s, "0123456789") == "" { // the usual form
		n, err := strconv.ParseInt(s, 10, 64)
		return record.Opt[int64]{V: n, OK: err == nil}, err
	}
	return scaled(s, 0, "a whole number")
}

// KMOfWan reads a distance in 万 km (ten thousands), as valuations give it, and
// returns km: "3.62" is 36200. What is not whole km is an error.
func KMOfWan(s string) (record.Opt[int64], error) {
	s = strings.TrimSpace(s)
	for _, unit := range []string{"公里", "km", "KM", "万"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	return scaled(s, 4, "a distance in 万 km")
}

// WanOfKM writes km as 万 km without trailing zeros: 36200 is "3.62".
func WanOfKM(km int64) string { return decimal.New(km, -4).String() }

// FenOfYuan reads an amount in yuan, with or without ¥ or 元. It is exact: a
// third decimal that is not 0 is an error.
func FenOfYuan(s string) (record.Opt[record.Fen], error) {
	return fen(bareAmount(s), 2, "an amount in yuan")
}

// FenOfWan reads an amount in 万 yuan, with or without 万 or 万元: "28.16" is
// ¥281,600.00. It is exact, as FenOfYuan.
func FenOfWan(s string) (record.Opt[record.Fen], error) {
	return fen(strings.TrimSpace(strings.TrimSuffix(bareAmount(s), "万")), 6, "an amount in 万 yuan")
}

func bareAmount(s string) string {
	s = strings.TrimSpace(s)
	// Both yen signs: the half-width and the full-width one.
	for _, sign := range []string{"\u00a5", "\uffe5", "RMB", "CNY"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, sign))
	}
	return strings.TrimSpace(strings.TrimSuffix(s, "元"))
}

// mostFen is more than any vehicle, fine or bill comes to, ¥10 billion: sums of nine million such amounts are still
// right, and what says more would make a sum turn negative.
const mostFen = 1_000_000_000_000

func fen(s string, shift int32, what string) (record.Opt[record.Fen], error) {
	n, err := scaled(s, shift, what)
	if n.V > mostFen || n.V < -mostFen {
		return record.Opt[record.Fen]{}, fmt.Errorf("%q is more than %s can be", Excerpt(s), what)
	}
	return record.Opt[record.Fen]{V: record.Fen(n.V), OK: n.OK}, err
}

// Fen reads a whole number of fen, within the same bounds.
func Fen(s string) (record.Opt[record.Fen], error) { return fen(s, 0, "an amount in fen") }

// scaled reads a number and moves its decimal point to the right; what is left
// must be whole.
func scaled(s string, shift int32, what string) (record.Opt[int64], error) {
	s = strings.TrimSpace(s)
	if unsaid(s) {
		return record.Opt[int64]{}, nil
	}
	d, ok := readDecimal(s)
	if !ok {
		return record.Opt[int64]{}, fmt.Errorf("%q is not %s", Excerpt(s), what)
	}
	d = d.Shift(shift)
	if !d.IsInteger() || !d.BigInt().IsInt64() {
		return record.Opt[int64]{}, fmt.Errorf("%q is not exactly %s", Excerpt(s), what)
	}
	return record.Some(d.IntPart()), nil
}

// Flag reads a vendor's code for yes and no. Anything else is unknown.
func Flag(code, yes, no string) record.Flag {
	switch strings.TrimSpace(code) {
	case yes:
		return record.Some(true)
	case no:
		return record.Some(false)
	}
	return record.Flag{}
}

package sources

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// distanceUnit is what a column of distances is in, as its header or its number format
// says. A value that names its own unit has that one.
type distanceUnit int

// The units of a distance.
const (
	unitNone  distanceUnit = iota // nothing is said: km
	unitKM                        // km, 公里, 千米
	unitWanKM                     // 万公里, 10,000 km
)

// Distances that are no reading of an odometer, in km.
const (
	// maxMileageKM is more than any car or lorry has been driven.
	maxMileageKM = 2_000_000
	// fillerMileage is what lists and programs write where nothing is known.
	fillerMileage = 999_999
)

// mileageNoise is how far from whole km a number may be, in km, that is taken for
// whole: a millimetre. Binary numbers are off by far less (11299.999999999998),
// and nobody writes a real distance so close to whole km and not whole.
var mileageNoise = decimal.New(1, -6)

var (
	// mileageForm is a number, its thousands set apart by one kind of mark, and its
	// unit. A dot sets thousands apart only where it stands twice.
	mileageForm = regexp.MustCompile(`^(\d{1,12}|\d{1,3}(?:,\d{3}){1,3}|\d{1,3}(?: \d{3}){1,3}|\d{1,3}(?:['’]\d{3}){1,3}|\d{1,3}(?:\.\d{3}){2,3})` +
		`(\.\d{1,20})? ?(万|W)? ?(公里|千米|KM)?$`)
	// dottedThousand is 36.200, which is 36,200 where a comma is written for the point.
	dottedThousand = regexp.MustCompile(`^[1-9]\d{0,2}\.\d{3}$`)
	exponentForm   = regexp.MustCompile(`^-?\d(\.\d+)?E[+-]?\d+$`)
	aboutForm      = regexp.MustCompile(`^[约近~≈<>]|大约|大概|左右|以上|以下|以内|不到|不足|超过|将近|[多余来几+](万|W|公里|千米|KM|$)|\d ?[-~至到] ?\d|ABOUT|APPROX`)
	foreignUnit    = regexp.MustCompile(`英里|华里|里$|海里|MILES?$|\d ?(MI|M|米|H|小时)$`)
)

// parseMileage reads a distance in whole km: 36200, 36,200, 36 200, 36'200,
// 36200.0, 3.62万, 3.6万公里, 3.6w and 36200公里 are all read, and in a column of
// unitWanKM 3.62 is 36200 km. A value that is off whole km by no more than a
// millimetre, which is the noise of binary numbers, is those whole km.
//
// It refuses by name what is not sure (36.200, 约3万公里, 1E+05), what is in
// another unit, and what no odometer shows: less than 0, more than maxMileageKM,
// and the 999999 that stands for "not known".
func parseMileage(s string, unit distanceUnit) (int64, error) {
	if km, err := strconv.ParseUint(s, 10, 64); err == nil && km <= maxMileageKM && km != fillerMileage && unit != unitWanKM {
		return int64(km), nil // as nearly all are written
	}
	clean := CleanIdentifier(s)
	m := mileageForm.FindStringSubmatch(clean)
	if m == nil {
		if err := formulaError(clean, nil); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("the mileage is %s, %s", quote(s), noMileage(clean))
	}
	wan := m[3] != "" || unit == unitWanKM && m[4] == ""
	if dottedThousand.MatchString(m[1]+m[2]) && !wan {
		short := strings.TrimRight(strings.TrimRight(m[1]+m[2], "0"), ".")
		return 0, fmt.Errorf("the mileage is %s, which may mean %s,%s or %s: write %s%s, or %s万 if it is in 万 km",
			quote(s), m[1], m[2][1:], short, m[1], m[2][1:], short)
	}
	d, err := decimal.NewFromString(strings.NewReplacer(",", "", " ", "", "'", "", "’", "").Replace(undotted(m[1])) + m[2])
	if err != nil {
		return 0, fmt.Errorf("the mileage is %s, not a number: %w", quote(s), err)
	}
	if wan {
		d = d.Shift(4)
	}
	return wholeKM(s, d, unit == unitWanKM && m[3] == "" && wan)
}

// undotted is a number without the dots that set its thousands apart.
func undotted(digits string) string {
	if strings.Count(digits, ".") < 2 {
		return digits
	}
	return strings.ReplaceAll(digits, ".", "")
}

// wholeKM takes d as whole km; s is how it was written. byColumn says that the
// column alone made it 万 km.
func wholeKM(s string, d decimal.Decimal, byColumn bool) (int64, error) {
	inWan := ""
	if byColumn {
		inWan = fmt.Sprintf(" in a column of 万 km, so %s km", d)
	}
	whole := d.Round(0)
	switch {
	case d.Sub(whole).Abs().GreaterThan(mileageNoise):
		hint := " (given in 万 km? then write 3.62万)"
		if byColumn {
			hint = ""
		}
		return 0, fmt.Errorf("the mileage is %s%s, which is not whole km%s", quote(s), inWan, hint)
	case whole.GreaterThan(decimal.New(maxMileageKM, 0)):
		return 0, impossible("the mileage is %s%s, more than the %d km that any vehicle has been driven: %s",
			quote(s), inWan, maxMileageKM, correctOrEmpty)
	case whole.Equal(decimal.New(fillerMileage, 0)):
		return 0, fmt.Errorf("the mileage is %s%s, which lists write where it is not known: %s", quote(s), inWan, correctOrEmpty)
	}
	return whole.IntPart(), nil
}

// noMileage says what is wrong with a text that is no distance.
func noMileage(clean string) string {
	const must = "it must be whole km such as 36200 or 3.62万"
	switch {
	case strings.HasPrefix(clean, "-") || strings.HasPrefix(clean, "−"):
		if len(clean) > 1 {
			return "which is below 0: " + must
		}
	case exponentForm.MatchString(clean):
		return "a number with an exponent, whose last digits may be lost: " + must
	case aboutForm.MatchString(clean):
		return "which says only about how far: " + must
	case foreignUnit.MatchString(clean):
		return "which is in another unit than km: " + must
	}
	return must
}

package sources

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/columnar"
)

func TestWholeValue(t *testing.T) {
	t.Parallel()
	moment := func(s string) int64 {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixNano()
	}
	wall := columnar.Column{Meaning: columnar.Timestamp, Unit: columnar.Millis}
	utc := columnar.Column{Meaning: columnar.Timestamp, Unit: columnar.Micros, UTC: true}
	unsure := columnar.Column{Meaning: columnar.Timestamp, Unit: columnar.Micros, Unsure: true}
	nanos := columnar.Column{Meaning: columnar.Timestamp, Unit: columnar.Nanos, UTC: true}
	for _, x := range []struct {
		n      int64
		c      columnar.Column
		column string
		want   string
		lost   string
	}{
		{36200, columnar.Column{}, record.ColMileageKM, "36200", ""},
		{-1, columnar.Column{Physical: columnar.Int32, Unsigned: true}, record.ColEngineNo, "4294967295", ""},
		{-1, columnar.Column{Physical: columnar.Int64, Unsigned: true}, record.ColEngineNo, "18446744073709551615", ""},
		{-1, columnar.Column{}, record.ColEngineNo, "-1", "not a text"},
		{-1, columnar.Column{}, record.ColMileageKM, "-1", ""}, // parseMileage refuses it
		{202201, columnar.Column{}, record.ColFirstRegistered, "202201", ""},
		{1_643_587_200, columnar.Column{}, record.ColFirstRegistered, "1643587200", "since 1970"},
		{3620000, columnar.Column{Meaning: columnar.Decimal, Scale: 2}, record.ColMileageKM, "36200", ""},
		{18993, columnar.Column{Meaning: columnar.Date}, record.ColFirstRegistered, "2022-01-01", ""},
		{-1, columnar.Column{Meaning: columnar.Date}, record.ColFirstRegistered, "1969-12-31", ""},
		{18993, columnar.Column{Meaning: columnar.Date}, record.ColEngineNo, "2022-01-01", "this is the date 2022-01-01"},
		{moment("2022-01-31T23:59:59Z") / 1e6, wall, record.ColFirstRegistered, "2022-01-31", ""},
		{moment("1969-12-31T23:59:59Z") / 1e6, wall, record.ColFirstRegistered, "1969-12-31", ""},
		{moment("2022-01-31T15:59:59Z") / 1e3, utc, record.ColFirstRegistered, "2022-01-31", ""},
		{moment("2022-01-31T16:00:00Z") / 1e3, utc, record.ColFirstRegistered, "2022-02-01", ""},
		{moment("2022-01-31T16:00:00Z") / 1e3, unsure, record.ColFirstRegistered, "2022-01-31", "this is 2022-01-31 16:00 or, if that is UTC, 2022-02-01 00:00 in China"},
		{moment("2022-01-30T16:00:00Z") / 1e3, unsure, record.ColFirstRegistered, "2022-01-30", ""}, // of the month alone is anything made
		{moment("2022-01-31T16:00:00Z"), nanos, record.ColFirstRegistered, "2022-02-01", ""},
	} {
		got := wholeValue(x.n, &x.c, x.column)
		checkValue(t, got, x.want, x.lost)
	}
}

func checkValue(t *testing.T, got value, want, lost string) {
	t.Helper()
	if got.text != want || (got.lost == nil) != (lost == "") || lost != "" && !strings.Contains(got.lost.Error(), lost) {
		t.Errorf("%q, %v, want %q, %q", got.text, got.lost, want, lost)
	}
}

func TestBytesValue(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		s      string
		c      columnar.Column
		column string
		want   string
		lost   string
	}{
		{"00123\x00\x00", columnar.Column{}, record.ColEngineNo, "00123", ""},
		{"00123\x00", columnar.Column{Meaning: columnar.Text}, record.ColEngineNo, "00123\x00", ""}, // a fault of the identifier
		{"\xD4\xC1B12345", columnar.Column{}, record.ColPlate, "", "not UTF-8"},
		{"\xD4\xC1B12345", columnar.Column{Meaning: columnar.Text}, record.ColPlate, "", "not UTF-8"},
		{"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", columnar.Column{Meaning: columnar.UUID}, record.ColModelID, "01234567-89ab-cdef-0123-456789abcdef", ""},
		{"\x00\x37\x3C\xA0", columnar.Column{Meaning: columnar.Decimal, Scale: 2}, record.ColMileageKM, "36200", ""},
		{"\xFF\xFF", columnar.Column{Meaning: columnar.Decimal, Scale: 1}, record.ColEngineNo, "-0.1", "not a text"},
		{"", columnar.Column{Meaning: columnar.Decimal}, record.ColTransfers, "0", ""},
		{"\x00\x49", columnar.Column{Meaning: columnar.Float16}, record.ColTransfers, "10", ""},
		{"\x01\x3C", columnar.Column{Meaning: columnar.Float16}, record.ColTransfers, "1.0009765625", "digits are not all there"},
	} {
		checkValue(t, bytesValue(x.s, &x.c, x.column), x.want, x.lost)
	}
}

func TestDecimalValue(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		n      int64
		scale  int
		column string
		want   string
		lost   string
	}{
		{123, 0, record.ColEngineNo, "123", ""},
		{12300, 2, record.ColEngineNo, "123", ""},
		{12345, 2, record.ColEngineNo, "123.45", "this is the number 123.45"},
		{5, 3, record.ColMileageKM, "0.005", ""}, // parseMileage refuses it
		{-362, 1, record.ColMileageKM, "-36.2", ""},
		{2022015, 1, record.ColFirstRegistered, "202201.5", "no month"},
		{0, 18, record.ColMileageKM, "0", ""},
	} {
		checkValue(t, decimalValue(big.NewInt(x.n), x.scale, x.column), x.want, x.lost)
	}
}

func TestFloatValue(t *testing.T) {
	t.Parallel()
	const single = 1 << 24
	for _, x := range []struct {
		n, exact float64
		column   string
		want     string
		lost     string
	}{
		{1.13 * 10000, 1 << 53, record.ColMileageKM, "11300", ""},
		{11299.999999999998, 1 << 53, record.ColMileageKM, "11300", ""},
		{36200.5, 1 << 53, record.ColMileageKM, "36200.5", ""}, // parseMileage refuses it
		{3.62, 1 << 53, record.ColMileageKM, "3.62", ""},
		{float64(float32(1.13) * float32(10000)), single, record.ColMileageKM, "11300", ""},
		{float64(float32(3.62)), single, record.ColMileageKM, "3.62", ""},
		{float64(float32(30.1234)), single, record.ColMileageKM, "30.1234", ""},
		{float64(float32(36200) / 10000), single, record.ColMileageKM, "3.62", ""},
		{float64(math.Nextafter32(3.62, 4)), single, record.ColMileageKM, "3.62", ""},
		{float64(float32(0.1) * 3), single, record.ColMileageKM, "0.3", ""},
		{float64(float32(36200.5)), single, record.ColMileageKM, "36200.5", ""},
		{float64(float32(3.62)), single, record.ColTransfers, "3.62", "digits are not all there"},
		{float64(float32(2022.1)), single, record.ColFirstRegistered, "2022.1", "no month"},
		{3.619140625, 1 << 11, record.ColMileageKM, "3.619140625", ""}, // refused: it is 3.62 or 3.6191
		{36192, 1 << 11, record.ColMileageKM, "36192", "whose last digits its type cannot hold"},
		{123, 1 << 53, record.ColEngineNo, "123", ""},
		{1e10, 1 << 53, record.ColEngineNo, "10000000000", "which programs show as 1E+10"},
		{12345678901, 1 << 53, record.ColEngineNo, "12345678901", ""},
		{1e10, 1 << 53, record.ColModelID, "10000000000", ""},
		{0.5, 1 << 53, record.ColEngineNo, "0.5", "digits are not all there"},
		{1 << 25, single, record.ColEngineNo, "33554432", "digits are not all there"},
		{math.NaN(), 1 << 53, record.ColMileageKM, "NaN", "digits are not all there"},
		{202201.5, 1 << 53, record.ColFirstRegistered, "202201.5", "no month"},
	} {
		checkValue(t, floatValue(x.n, x.exact, x.column), x.want, x.lost)
	}
}

func TestIsoDay(t *testing.T) {
	t.Parallel()
	for at := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.AddDate(0, 0, 1) {
		if got, want := isoDay(at.Year(), int(at.Month()), at.Day()), at.Format(time.DateOnly); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}

// A month is read from memory only where reading it had nothing to say.
func TestRemembered(t *testing.T) {
	t.Parallel()
	calls := 0
	read := remembered(func(v *record.Vehicle, s string) { calls++; (&months{}).read(v, s) })
	for i, s := range []string{"2022-01-31", "2022-01-31", "2022-13-01", "2022-13-01"} {
		var v record.Vehicle
		read(&v, s)
		if bad := i > 1; (len(v.Faults) > 0) != bad || !bad && v.FirstRegistered != "2022-01" {
			t.Errorf("%s: %+v", s, v)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls", calls)
	}
}

// Every whole km that is written in 万 km as a float of 32 bits is read as itself.
func TestFloatOfWanKM(t *testing.T) {
	t.Parallel()
	for km := int64(0); km < 1_000_000; km += 37 {
		wan := float32(float64(km) / 1e4)
		got, err := parseMileage(floatValue(float64(wan), exactFloat, record.ColMileageKM).text, unitWanKM)
		if err != nil && km != 0 && km != fillerMileage || err == nil && got != km {
			t.Fatalf("%d km, as %v: %d, %v", km, wan, got, err)
		}
	}
}

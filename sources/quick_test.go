package sources

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// plainOrNot are texts that have the plain form of a column, and their neighbours.
var plainOrNot = []string{
	goodVIN, strings.ToLower(goodVIN), goodVIN[:16], goodVIN + "1", goodVIN[:8] + "9" + goodVIN[9:], strings.Repeat("1", 17), strings.Repeat("0", 17), "LSVAM4187C2184O47", "LSVAM4187C218484Ｑ",
	"粤B12345", "粤b12345", "粤B1234I", "粤I12345", "粤O12345", "粤112345", "粤BD12345", "粤B12345D", "粤B1234挂", "粤B·12345", "粤B 2345", "粤B+2345", "B粤12345", "军B12345", "\xe7\xb2B12345", "临B12345", "京A12345", "新Z99999",
	"2022-01", "2022-13", "2022-00", "2022-1", "2022/01", "1970-01", "1970-02", "1971-01", "2099-12", "2100-01", "9999-01", "２０２２-01", "2022-01-15", "2022-02-30", "2022-02-28", "2022-02-29", "2022-01-00", "2022-01-1", "2022-01-1:", "2022-01 15", "2022-0:", "20:2-01", "-022-01",
	"36200", "1000", "0999", "99", "999999", "999998", "1000000", "3.62", "36,200", "1.2E+16", "1E-5", "4E10", "E+5", "-1E+5", "'1", "=\"1\"", " 1", "1 ", "　1", "NULL1", "#1", "无1", "#N/A", "", "A", "京", "粤",
}

// aNeighbour is one of the texts, with a few characters changed, lost or added.
func aNeighbour(t *rapid.T) string {
	text := []rune(rapid.SampledFrom(plainOrNot).Draw(t, "text"))
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		with := []rune(rapid.SampledFrom([]string{"", "", "0", "1", "9", "A", "I", "O", "Z", "-", ":", "/", "E", "+", "粤", "挂", "·", " ", "a", "Ａ"}).Draw(t, "with"))
		text = append(append(append([]rune{}, text[:at]...), with...), text[min(at+rapid.IntRange(0, 1).Draw(t, "lost"), len(text)):]...)
	}
	return string(text)
}

// What is known at a glance is what the long way comes to.
func TestPlainValuesAreReadAsTheOthers(t *testing.T) {
	t.Parallel()
	check := func(t interface {
		Helper()
		Errorf(string, ...any)
	}, s string) {
		t.Helper()
		var v, plate record.Vehicle
		if readVIN(&v, s); plainVIN(s) && !reflect.DeepEqual(v, record.Vehicle{VIN: s}) {
			t.Errorf("the VIN %q is plain, and the long way reads %+v", s, v)
		}
		if readPlate(&plate, s); plainPlate(s) && !reflect.DeepEqual(plate, record.Vehicle{Plate: s, PlateType: typeSmall}) {
			t.Errorf("the plate %q is plain, and the long way reads %+v", s, plate)
		}
		var engine record.Vehicle
		if readEngineNo(&engine, s); plainEngineNo(s) && !reflect.DeepEqual(engine, record.Vehicle{EngineNo: s}) {
			t.Errorf("the engine number %q is plain, and the long way reads %+v", s, engine)
		}
		if cleanPlate(s) && fold(s) != s {
			t.Errorf("%q is a clean plate, and is folded to %q", s, fold(s))
		}
		if month, ok := plainMonth(s); ok {
			// A time of day is dropped, and keeps the text from being plain.
			if long, err := ParseMonth(s + " 00:00"[:6*(len(s)/10)]); len(s) == 10 && (err != nil || month != long) {
				t.Errorf("the month %q is plain, and the long way reads %s, %v", s, long, err)
			}
			if long, err := ParseMonth(strings.Replace(s, "-", "/", 2)); err != nil || month != long {
				t.Errorf("the month %q is plain, and the long way reads %s, %v", s, long, err)
			}
		}
		if km, ok := plainKM(s); ok {
			long, err := parseMileage(s, unitKM)
			if small, broken := (&distances{}).bareSmall(s); err != nil || km != long || small || broken {
				t.Errorf("the mileage %q is plain, and the long way reads %d, %v; small: %t", s, long, err, small)
			}
		}
		if plainValue(s) && (bareValue(s) != s || isUnknown(record.ColPlate, s)) {
			t.Errorf("%q is a plain value, and the long way takes it otherwise", s)
		}
		if (CheckExcel(s) != nil) != (excelNumber.MatchString(s) || strings.HasPrefix(s, "#")) && len(s) > 0 && s[0] != '#' {
			t.Errorf("%q: %v", s, CheckExcel(s))
		}
	}
	for _, s := range plainOrNot {
		check(t, s)
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(t *rapid.T) { check(t, aNeighbour(t)) })
}

// What has the plain form of a column is read from a list as if nobody had glanced at it.
func TestPlainValuesOfAListAreReadAsTheOthers(t *testing.T) {
	t.Parallel()
	km := &distances{}
	check := func(t interface {
		Helper()
		Errorf(string, ...any)
	}, s string) {
		t.Helper()
		for _, c := range readers(km, &months{}) {
			var glance, long record.Vehicle
			if !c.takesPlain(&glance, s) {
				continue
			}
			if text := (&unknownCount{}).take(c.column, s); text != s || !readable(s) || len(s) > maxValue {
				t.Errorf("%s: %q is plain, and the long way takes it for %q", c.column, s, text)
			}
			if c.read(&long, s); !reflect.DeepEqual(glance, long) {
				t.Errorf("%s: %q is plain and read as %+v, and the long way reads %+v", c.column, s, glance, long)
			}
		}
	}
	words := slices.Concat(append(slices.Collect(maps.Values(unknownOf)), unknownWords, plainOrNot)...)
	for _, s := range words {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, aNeighbour(t)) })
}

// A number is a plain distance where its text is one.
func TestPlainNumbersAreThoseOfTheirTexts(t *testing.T) {
	t.Parallel()
	for _, unit := range []distanceUnit{unitNone, unitKM, unitWanKM} {
		d := &distances{unit: measure{unit: unit}}
		for _, n := range []int64{-36200, 0, 1, 99, 999, 1000, 36200, 999_998, 999_999, 1_000_000, 1 << 40} {
			var number, text record.Vehicle
			if d.takePlainNumber(&number, n) != d.takePlain(&text, strconv.FormatInt(n, 10)) || !reflect.DeepEqual(number, text) {
				t.Errorf("%d in unit %d: as a number %+v, as a text %+v", n, unit, number.MileageKM, text.MileageKM)
			}
		}
	}
}

// The plain forms are plain: otherwise the glance is for nothing.
func TestPlainForms(t *testing.T) {
	t.Parallel()
	if _, ok := plainMonth("2022-01"); !ok || !plainVIN(goodVIN) || !plainEngineNo("EA211012345") || !plainPlate("粤B12345") || !plainValue("粤B12345") || !cleanPlate("粤BD12345") {
		t.Error("a plain value is not known as one")
	}
}

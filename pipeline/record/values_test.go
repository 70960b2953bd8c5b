package record

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseYuan(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Fen{
		"0": 0, "0.00": 0, "1": 100, "17.00": 1700, "0.14": 14, "5000.5": 500050, "5.": 500, "+3": 300, "-2.50": -250, "-0.01": -1,
		"007": 700, "1.230": 123, "1.00000000000000000000": 100, "92233720368547758.07": math.MaxInt64, "-92233720368547758.08": math.MinInt64,
	} {
		got, err := ParseYuan(in)
		if err != nil || got != want {
			t.Errorf("ParseYuan(%q) = %d, %v, want %d", in, got, err, want)
		}
	}
}

// Some of these would take minutes and gigabytes if they were worked out.
func TestParseYuanRefuses(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("9", 1<<20)
	for _, in := range []string{
		"", " ", "1 ", " 1", "1,000", "¥1", "1元", "abc", "NaN", "Inf", "-", ".", ".5", "0x10", "1_000", "１", "--1", "1.2.3", "1\n",
		"0.001", "1.999", "92233720368547758.08", "-92233720368547758.09", "99999999999999999999",
		"1e2", "1E2", "1e-2", "1e999999999", "-1e999999999", "0e999999999", "1e-999999999", "0e-999999999", "1e99999999999999999999",
		digits, "0." + digits, digits + "e" + digits,
	} {
		got, err := ParseYuan(in)
		if err == nil {
			t.Errorf("ParseYuan(%.30q) = %v", in, got)
			continue
		}
		if len(err.Error()) > 200 {
			t.Errorf("ParseYuan(%.30q): the error is %d letters long", in, len(err.Error()))
		}
	}
}

func TestFenText(t *testing.T) {
	t.Parallel()
	for fen, want := range map[Fen]string{0: "0.00", 1: "0.01", 10: "0.10", 1700: "17.00", -5: "-0.05", -1234: "-12.34",
		math.MaxInt64: "92233720368547758.07", math.MinInt64: "-92233720368547758.08"} {
		if got := fen.String(); got != want {
			t.Errorf("Fen(%d) is %q, want %q", int64(fen), got, want)
		}
	}
}

func TestFenRoundTripProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fen := Fen(rapid.Int64().Draw(t, "fen"))
		text, err := json.Marshal(map[string]Fen{"price": fen})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]Fen
		if err := json.Unmarshal(text, &back); err != nil || back["price"] != fen {
			t.Fatalf("%d became %s and %d, %v", fen, text, back["price"], err)
		}
	})
}

func TestParseYuanNeverPanicsOrRoundsProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringMatching(`[+-]?[0-9]{0,22}\.?[0-9]{0,22}([eE][+-]?[0-9]{0,12})?`).Draw(t, "text")
		fen, err := ParseYuan(in)
		if err != nil {
			return
		}
		plain := strings.TrimPrefix(in, "+")
		whole, frac, _ := strings.Cut(plain, ".")
		sign := ""
		if after, ok := strings.CutPrefix(whole, "-"); ok && fen != 0 {
			sign, whole = "-", after
		}
		whole = strings.TrimLeft(strings.TrimPrefix(whole, "-"), "0")
		if whole == "" {
			whole = "0"
		}
		if want := sign + whole + "." + (frac + "00")[:2]; fen.String() != want {
			t.Fatalf("%q became %s, want %s", in, fen, want)
		}
		if strings.Trim(frac[min(2, len(frac)):], "0") != "" {
			t.Fatalf("%q was rounded to %s", in, fen)
		}
	})
}

func TestDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		year  int
		month time.Month
		day   int
		want  Date
		text  string
	}{
		{1970, 1, 1, 0, "1970-01-01"}, {1970, 1, 2, 1, "1970-01-02"}, {1969, 12, 31, -1, "1969-12-31"}, {2000, 2, 29, 11016, "2000-02-29"},
		{2026, 11, 22, 20779, "2026-11-22"}, {1900, 3, 1, -25508, "1900-03-01"}, {2038, 1, 20, 24856, "2038-01-20"},
	} {
		got, err := NewDate(c.year, c.month, c.day)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("NewDate(%d, %d, %d) = %d (%s), %v, want %d (%s)", c.year, c.month, c.day, got, got, err, c.want, c.text)
		}
		if at := got.Time(); at.Location() != time.UTC || at.Hour() != 0 || at.Day() != c.day {
			t.Errorf("%s is at %v", c.text, at)
		}
	}
}

func TestDaysThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{2023, 2, 29}, {1900, 2, 29}, {2024, 4, 31}, {2024, 13, 1}, {2024, 0, 1}, {2024, 1, 0}, {2024, 1, 32}, {2024, -1, 5}} {
		if got, err := NewDate(c[0], time.Month(c[1]), c[2]); err == nil {
			t.Errorf("NewDate(%v) = %s", c, got)
		}
	}
}

func TestVehicleValueKnowsEveryColumn(t *testing.T) {
	t.Parallel()
	v := Vehicle{VIN: "a", Plate: "b", EngineNo: "c", PlateType: "d", LicenseImageURL: "e", ModelID: "f", CityID: "g", FirstRegistered: "h",
		MileageKM: Some[int64](0), Condition: Condition{Transfers: "i", Color: "j", Accident: "k", Appearance: "l", Interior: "m", Electrical: "n", Engine: "o"}}
	want := map[string]string{ColVIN: "a", ColPlate: "b", ColEngineNo: "c", ColPlateType: "d", ColLicenseImageURL: "e", ColModelID: "f", ColCityID: "g",
		ColFirstRegistered: "h", ColMileageKM: "0", ColTransfers: "i", ColColor: "j", ColAccident: "k", ColAppearance: "l", ColInterior: "m",
		ColElectrical: "n", ColEngine: "o", "unknown": "", "": ""}
	for column, value := range want {
		if got := v.Value(column); got != value {
			t.Errorf("%s is %q, want %q", column, got, value)
		}
		if got := (&Vehicle{}).Value(column); got != "" {
			t.Errorf("%s of an empty vehicle is %q", column, got)
		}
	}
}

func TestDatasetsAreValid(t *testing.T) {
	t.Parallel()
	for _, d := range Datasets() {
		if !d.Valid() {
			t.Error(errors.New(string(d) + " is not valid"))
		}
	}
	if Dataset("").Valid() || Dataset("Maintenance").Valid() {
		t.Error("another word is valid")
	}
}

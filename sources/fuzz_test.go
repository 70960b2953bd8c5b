package sources_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"vehiclebatch/sources"
)

// FuzzRows: rows that another program writes as CSV come back, cleaned, in
// number and order.
func FuzzRows(f *testing.F) {
	f.Add(goodVIN, "粤B12345", "A1\n2", "x", false)
	f.Add("=cmd|'/C calc'!A0", "\"", ";,\t", "'", true)
	f.Add("lsv", "粤b·1234 5", "000123", "1.2E+16", false)
	f.Fuzz(func(t *testing.T, vin, plate, engine, other string, crlf bool) {
		for _, s := range []string{vin, plate, engine, other} {
			// What is no text of a file in UTF-8, or more than a value may be.
			if !utf8.ValidString(s) || len(s) > 1000 || strings.ContainsAny(s, "\x00\r\ufeff") {
				return
			}
		}
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = crlf
		rows := [][]string{{"vin", "plate", "engine_no", "remark"}, {vin, plate, engine, other}, {goodVIN, "粤B12345", "A1", "end"}}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		c, err := sources.OpenCSV(bytes.NewReader(file.Bytes()), "fuzz.csv")
		if err != nil {
			return // a head that is taken for no text: nothing is read then
		}
		v, err := c.Next()
		if err != nil {
			t.Fatalf("%q: %v", file.Bytes(), err)
		}
		if last, err := c.Next(); err == nil { // else the first row had no text and was skipped
			if isPlain(vin) && v.VIN != vin && v.VIN != "" { // "" when it is a word for unknown
				t.Fatalf("%q came back as %q", vin, v.VIN)
			}
			v = last
		}
		if v.VIN != goodVIN || v.Plate != "粤B12345" || v.EngineNo != "A1" {
			t.Fatalf("the last of %q is %+v", file.Bytes(), v)
		}
		if _, err := c.Next(); !errors.Is(err, io.EOF) {
			t.Fatalf("%q goes on: %v", file.Bytes(), err)
		}
	})
}

// isPlain tells an identifier that reading leaves as it is.
func isPlain(s string) bool {
	return sources.CleanIdentifier(s) == s && !strings.HasPrefix(s, "'") && !strings.HasPrefix(s, `="`)
}

// FuzzValues: whatever stands in a column, reading it ends with a value in our
// form or an error.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{"36200", "3.62万", "36,200公里", "1e9", "2022-01", "2022年1月", "44562", "白色", "02", "https://a/b", "粤BD12345", "使224578", "京A1234应急"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if km, err := sources.ParseMileage(s, sources.UnitNone); err == nil && (km < 0 || km > 9_999_999) {
			t.Fatalf("the mileage %q is %d", s, km)
		}
		if month, err := sources.ParseMonth(s); err == nil {
			if again, err := sources.ParseMonth(month); err != nil || again != month || len(month) != 7 {
				t.Fatalf("the month %q is %q, then %q, %v", s, month, again, err)
			}
		}
		for _, column := range []string{"color", "transfers", "accident", "engine"} {
			if code, err := sources.ParseCode(column, s); err == nil {
				if again, err := sources.ParseCode(column, code); err != nil || again != code || len(code) > 2 {
					t.Fatalf("%s %q is %q, then %q, %v", column, s, code, again, err)
				}
			}
		}
		if code, err := sources.PlateType(sources.CleanPlate(s)); err == nil && code != "" && len(code) != 2 {
			t.Fatalf("the plate %q has the type %q", s, code)
		}
		_, _, _ = sources.CheckVIN(s), sources.CheckDigit(s), sources.CheckURL(s)
	})
}

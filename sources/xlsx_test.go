package sources

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"vehiclebatch/pipeline/record"
)

// built is a workbook made by the library that writes them.
func built(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// setRows fills a sheet from its first row.
func setRows(t *testing.T, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	if i, _ := f.GetSheetIndex(sheet); i < 0 {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
}

func open(b []byte, o Options) (Source, error) {
	return Open(bytes.NewReader(b), int64(len(b)), "fleet.xlsx", o)
}

func readAll(t *testing.T, b []byte, o Options) ([]record.Vehicle, Info) {
	t.Helper()
	s, err := open(b, o)
	if err != nil {
		t.Fatal(err)
	}
	var out []record.Vehicle
	for {
		v, err := s.Next()
		if errors.Is(err, io.EOF) {
			return out, s.Info()
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
}

const goodVIN = "LSVAA49J132047371"

func TestXLSX(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1",
			[]any{"二手车清单"},
			[]any{},
			[]any{"序号", "车架号", "车牌号", "发动机号", "上牌日期", "表显里程(公里)", "过户次数"},
			[]any{1, goodVIN, "粤A·J44E6", "000123", time.Date(2021, 10, 5, 0, 0, 0, 0, time.UTC), 36200, 2},
			[]any{},
			[]any{2, "", "粤B12345", 45, "2022年3月", "3.62万", "1"})
	})
	got, info := readAll(t, b, Options{})
	if len(got) != 2 {
		t.Fatalf("%d rows", len(got))
	}
	v := got[0]
	if v.Row != 1 || v.Line != 4 || v.VIN != goodVIN || v.Plate != "粤AJ44E6" || v.EngineNo != "000123" || v.FirstRegistered != "2021-10" ||
		v.MileageKM != record.Some[int64](36200) || v.Condition.Transfers != "2" || len(v.Faults) > 0 {
		t.Errorf("%+v", v)
	}
	v = got[1]
	if v.Row != 2 || v.Line != 6 || v.EngineNo != "45" || v.FirstRegistered != "2022-03" || v.MileageKM.V != 36200 || len(v.Faults) > 0 ||
		len(v.Problems) != 1 || !strings.HasPrefix(v.Problems[0], "D6: the engine_no is a number") {
		t.Errorf("%+v", v)
	}
	if info.Kind != KindXLSX || info.Sheet != "Sheet1" || len(info.Ignored) != 1 || info.Ignored[0] != "序号" {
		t.Errorf("%+v", info)
	}
}

// What a spreadsheet has made of an identifier is refused, and the cell is named.
func TestRuinedCells(t *testing.T) {
	t.Parallel()
	date := func(f *excelize.File, code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	cases := map[string]struct {
		header, style string
		value         any
		want          string // of the fault; "" is none
		text          string // of the vehicle then
	}{
		"exponent":                {"vin", "", 1.2e16, "B2: this is a number of more than 15 digits", ""},
		"17 digits":               {"vin", "", 12345678901234567, "B2: this is a number of more than 15 digits", ""},
		"exponent as text":        {"engine_no", "", "1.2E+16", "B2: 1.2E+16 was written by a spreadsheet", ""},
		"15 digits":               {"engine_no", "", 123456789012345, "", "123456789012345"},
		"fraction":                {"engine_no", "", 12.5, "B2: this is the number 12.5", ""},
		"negative":                {"engine_no", "", -3, "B2: this is the number -3", ""},
		"power of ten":            {"engine_no", "", 1e10, "B2: this is the number 10000000000, which programs show as 1E+10, and which they make of an identifier such as 1E10: format the column as text", ""},
		"power, more digits":      {"engine_no", "", 12345e7, "B2: this is the number 123450000000, which programs show as 1.2345E+11", ""},
		"power, all digits shown": {"engine_no", "0", 1e10, "", "10000000000"},
		"as long, another number": {"engine_no", "", 12345678901, "", "12345678901"},
		"short, many zeros":       {"engine_no", "", 1e9, "", "1000000000"},
		"zeros by format":         {"engine_no", "000000", 123, "", "000123"},
		"plate became a date":     {"plate", "yyyy-mm-dd", 44562, "B2: this is the date 2022-01-01, which the spreadsheet has made", ""},
		"Chinese date":            {"plate", `yyyy"年"m"月"d"日"`, 44562, "B2: this is the date 2022-01-01", ""},
		"month":                   {"first_registered", "yyyy-mm", 44562, "", "2022-01"},
		"month with locale":       {"first_registered", `[$-804]yyyy"年"m"月";@`, 44562.75, "", "2022-01"},
		"month as number":         {"first_registered", "", 202203, "", "2022-03"},
		"month with lost zero":    {"first_registered", "", 2022.1, "B2: this is the number 2022.1, and no month", ""},
		"day number without date": {"first_registered", "", 44562, "B2: the month is \"44562\", the day number", ""},
		"day that never was":      {"first_registered", "yyyy-mm-dd", 60, "B2: 60 is shown as a date and is none", ""},
		"money format is no date": {"engine_no", `[Red]#,##0;-0`, 77, "", "77"},
		"words around":            {"engine_no", `[Red]"年" #,##0;-0`, 77, "B2: the sheet shows the number 77 in a way", ""},
		"truth":                   {"engine_no", "", true, "B2: this is TRUE, not a text", ""},
		"short VIN":               {"vin", "", "LSVAA", "B2: the VIN has 5 characters", ""},
		"mileage of a fraction":   {"mileage_km", "", 36.5, "B2: the mileage is", ""},
		"mileage":                 {"mileage_km", "#,##0", 36200, "", "36200"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := built(t, func(f *excelize.File) {
				other, id := "plate", any("粤B12345")
				if c.header == "plate" {
					other, id = "vin", goodVIN
				}
				setRows(t, f, "Sheet1", []any{other, c.header}, []any{id, c.value})
				if c.style != "" {
					if err := f.SetCellStyle("Sheet1", "B2", "B2", date(f, c.style)); err != nil {
						t.Fatal(err)
					}
				}
			})
			got, _ := readAll(t, b, Options{})
			checkRuined(t, got[0], c.header, c.want, c.text)
		})
	}
}

// What a sheet shows as a power of ten is said beside the number that it holds.
func TestLongNumbersAreShownShort(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"vin", "engine_no"}, []any{goodVIN, 123456789012}, []any{goodVIN, 12345678901})
	})
	got, _ := readAll(t, b, Options{})
	for i, want := range []string{"B2, where the sheet shows 1.23457E+11: the engine_no is a number in the sheet", "B3: the engine_no is a number in the sheet"} {
		if p := got[i].Problems; len(p) != 1 || !strings.HasPrefix(p[0], want) || !isNumberRemark(p[0], "engine_no") {
			t.Errorf("%q, want %s", p, want)
		}
	}
}

func checkRuined(t *testing.T, v record.Vehicle, column, want, text string) {
	t.Helper()
	switch {
	case want == "" && (len(v.Faults) > 0 || v.Value(column) != text):
		t.Errorf("%q, faults %v; want %q", v.Value(column), v.Faults, text)
	case want != "" && (len(v.Faults) != 1 || v.Faults[0].Column != column || !strings.HasPrefix(v.Faults[0].Reason, want)):
		t.Errorf("faults %v, want %s", v.Faults, want)
	}
}

func TestDaysFrom1904(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from1904 bool
		n        float64
		want     string
	}{{false, 1, "1900-01-01"}, {false, 59, "1900-02-28"}, {false, 61, "1900-03-01"}, {false, 44562, "2022-01-01"}, {true, 43100, "2022-01-01"}, {false, 0, ""}, {false, 3e6, ""}} {
		day, ok := dayCount{c.from1904}.day(c.n)
		if got := day.Format(time.DateOnly); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%+v: %s, %v", c, got, ok)
		}
	}
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"vin", "plate"}, []any{goodVIN, "粤B12345"}, []any{goodVIN})
		if err := f.SetCellFormula("Sheet1", "B3", `"粤B"&12345`); err != nil {
			t.Fatal(err)
		}
	})
	// The library does not calculate, as other programs that write workbooks.
	got, _ := readAll(t, b, Options{})
	if got[0].Plate != "粤B12345" || len(got[1].Faults) != 1 || !strings.HasPrefix(got[1].Faults[0].Reason, "B3: the formula here has no value") {
		t.Errorf("%+v", got)
	}
}

func TestChoiceOfSheet(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"说明"}, []any{"请勿修改"})
		setRows(t, f, "旧", []any{"vin"}, []any{"LSVAA49J132047372"})
		setRows(t, f, "车辆", []any{"vin"}, []any{goodVIN}, []any{"LSVAA49J132047373"})
		setRows(t, f, "二手", []any{"vin"}, []any{"LSVAA49J132047374"})
		if err := errors.Join(f.SetSheetVisible("旧", false), f.SetRowVisible("车辆", 3, false)); err != nil {
			t.Fatal(err)
		}
	})
	got, info := readAll(t, b, Options{})
	if len(got) != 2 || got[0].VIN != goodVIN || info.Sheet != "车辆" {
		t.Errorf("%+v of %s", got, info.Sheet)
	}
	notes := strings.Join(info.Notes, "\n")
	for _, want := range []string{`the hidden sheet "旧" has vehicles too`, `the sheet "二手" has vehicles too`, "1 row is set apart by the list, and read all the same: row 3 (it is hidden, by hand or by a filter)"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in %s", want, notes)
		}
	}
	if got, _ := readAll(t, b, Options{Sheet: "旧"}); got[0].VIN != "LSVAA49J132047372" {
		t.Errorf("the named sheet: %+v", got)
	}
	if _, err := open(b, Options{Sheet: "新"}); err == nil || !strings.Contains(err.Error(), `has no sheet "新": it has "Sheet1", "旧", "车辆", "二手"`) {
		t.Errorf("%v", err)
	}
}

// A sheet that says what the columns are has no vehicles.
func TestSheetOfExplanationsIsNotMentioned(t *testing.T) {
	t.Parallel()
	b := built(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"vin"}, []any{goodVIN})
		setRows(t, f, "columns", []any{"table", "column", "type"}, []any{"vehicles", "vin", "string"}, []any{"vehicles", "plate", "string"}, []any{"vehicles", "row", "int64"})
		setRows(t, f, "plates", []any{"plate"}, []any{"?"}, []any{"沪A12345"})
	})
	_, info := readAll(t, b, Options{})
	if len(info.Notes) != 1 || !strings.Contains(info.Notes[0], `the sheet "plates" has vehicles too`) {
		t.Errorf("%q", info.Notes)
	}
}

// bomb is a workbook whose sheet expands without end.
func bomb(t *testing.T, b []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range from.File {
		if part.Name != "xl/worksheets/sheet1.xml" {
			if err := to.Copy(part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		row := strings.Repeat("<row></row>", 1<<16)
		_, _ = io.WriteString(w, `<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>vin</t></is></c></row>`)
		for range 200 {
			_, _ = io.WriteString(w, row)
		}
		_, _ = io.WriteString(w, `</sheetData></worksheet>`)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	t.Parallel()
	good := built(t, func(f *excelize.File) { setRows(t, f, "Sheet1", []any{"vin"}, []any{goodVIN}) })
	var locked, other bytes.Buffer
	f, err := excelize.OpenReader(bytes.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(&locked, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&other)
	if _, err := z.Create("fleet.csv"); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		file []byte
		want string
	}{
		"cut":         {good[:len(good)/2], "the workbook cannot be opened"},
		"password":    {locked.Bytes(), "protected by a password"},
		"xls":         {append([]byte(magicOLE), make([]byte, 600)...), "an old Excel workbook (xls)"},
		"zip":         {other.Bytes(), `this is a zip file with "fleet.csv" in it: unpack it`},
		"bomb":        {bomb(t, good), "it expands far beyond what a real workbook holds"},
		"no vehicles": {built(t, func(f *excelize.File) { setRows(t, f, "Sheet1", []any{"name"}, []any{"a"}) }), `fleet.xlsx:1: sheet "Sheet1": the header has no column for the VIN or the plate`},
		"twice": {built(t, func(f *excelize.File) {
			setRows(t, f, "Sheet1", []any{"清单"}, []any{"vin", "车架号"}, []any{goodVIN})
		}), "both mean vin"},
		"no rows": {built(t, func(f *excelize.File) { setRows(t, f, "Sheet1", []any{"vin"}) }), "a header but no data rows"},
		"empty":   {built(t, func(*excelize.File) {}), `the sheet "Sheet1" is empty`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := open(c.file, Options{})
			var in *InputError
			if !errors.As(err, &in) || !strings.Contains(err.Error(), c.want) || in.Hint == "" {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestSheetIsOfWorkbooksAlone(t *testing.T) {
	t.Parallel()
	if _, err := open([]byte("vin\n"+goodVIN+"\n"), Options{Sheet: "a"}); err == nil || !strings.Contains(err.Error(), "leave --sheet out") {
		t.Error(err)
	}
	if got, info := readAll(t, []byte("vin\n"+goodVIN+"\n"), Options{}); got[0].VIN != goodVIN || info.Kind != KindCSV {
		t.Errorf("%+v, %+v", got, info)
	}
}

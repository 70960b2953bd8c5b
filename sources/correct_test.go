package sources

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// correctable are columns with texts that are right, and that are not.
var correctable = []struct {
	column string
	texts  []string
}{
	{record.ColVIN, []string{"", "LSVAM4187C2184847", "LSVAM4187C218484", "LFV2A21K6A3000002", "LSVAA49J132047371", " lsvaa49j132047371", "1.2E+16", "###", "VIN:LSVAM4187C2184847", "LSVAA 49J1 3204 7371", "LSVAA49J132047371(过户)", "LSVAA49J132047371(已报废)", "备注:LSVAA49J132047371", "LSVAM4187C2184847/LSVAA49J132047371", "LSVАA49J132047371", "NA"}},
	{record.ColPlate, []string{"", "沪A12345", "沪A·12345", "沪AD12345", "沪A1234", "京A1234警", "WJ12345", "1.2E+10", "滬A12345", "沪A12345(蓝)", "沪A12345(黄)", "沪A12345已售", "沪A12345/沪A54321", "临牌", "未上牌"}},
	{record.ColEngineNo, []string{"", "0071234", "71234", "AB12", "ab12", "1.2E+16", "EА1", "N/A", "纯电动"}},
	{record.ColPlateType, []string{"", "02", "52", "2", "小型汽车", "大车", "23"}},
	{record.ColModelID, []string{"", "2049", "x", "0012", "2049.0", "7.0"}},
	{record.ColFirstRegistered, []string{"", "2014-09", "2014年9月", "2014-13", "last year", "1900-01", "无"}},
	{record.ColMileageKM, []string{"", "85000", "8.5万", "85000.5", "999999", "约8万", "-"}},
	{record.ColColor, []string{"", "白", "1", "99"}},
	{record.ColLicenseImageURL, []string{"", "https://a.example/b.JPG", "nowhere"}},
}

// A corrected row is what reading it with the corrected texts would have given.
func TestCorrectIsReadingAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row, line := map[string]string{}, map[string]string{}
		for _, c := range correctable {
			row[c.column] = rapid.SampledFrom(c.texts).Draw(t, "row "+c.column)
			line[c.column] = rapid.SampledFrom(c.texts).Draw(t, "line "+c.column)
		}
		base, _ := readOne(t, row)
		if worked, _ := PlateType(base.Plate); base.PlateType == worked {
			delete(row, record.ColPlateType) // that it was given cannot be seen any more
		}
		said, of := readOne(t, line)
		columns, remarks := Corrected(&base, &said, of.Columns)
		got := Correct(base, &said, columns)
		for _, c := range columns {
			row[c] = line[c]
		}
		want, _ := readOne(t, row)
		if !strings.Contains(text(&base), nothingElse) {
			// A row that was no sentence before does not become one.
			want.Problems = slices.DeleteFunc(want.Problems, func(p string) bool { return strings.HasPrefix(p, record.SetApart+nothingElse) })
		}
		if text(&got) != text(&want) {
			t.Fatalf("corrected in %v (not taken: %q) the row is\n%s\nread so it would be\n%s", columns, remarks, text(&got), text(&want))
		}
		if again, _ := Corrected(&got, &said, columns); len(again) > 0 && len(said.Faults) == 0 {
			t.Fatalf("corrected once, %v is still to be corrected", again)
		}
	})
}

// text is a vehicle with its faults and remarks sorted: their order says nothing.
func text(v *record.Vehicle) string {
	c := *v
	c.Problems = slices.Sorted(slices.Values(v.Problems))
	c.Faults = slices.SortedFunc(slices.Values(v.Faults), func(a, b record.Fault) int { return strings.Compare(a.Column+a.Reason, b.Column+b.Reason) })
	return fmt.Sprintf("%+v", c)
}

// readOne reads a row of texts as a line of a failure ledger.
func readOne(t *rapid.T, texts map[string]string) (record.Vehicle, Line) {
	header, cells := []string{"run_id", "row", "dataset"}, []string{"r1", "1", "valuation"}
	for _, c := range correctable {
		header, cells = append(header, c.column), append(cells, texts[c.column])
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll([][]string{header, cells}); err != nil {
		t.Fatal(err)
	}
	src, err := OpenCSV(&b, "fix.csv")
	if err != nil {
		t.Fatal(err)
	}
	v, err := src.Next()
	if err != nil || !src.Info().Failures {
		t.Fatal(err, src.Info())
	}
	return v, src.Line()
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	whole := record.Vehicle{VIN: "LSVAA49J132047371", Plate: "沪A12345", PlateType: "02", EngineNo: "0071234", MileageKM: record.Some[int64](85000)}
	fault := func(column, reason string) []record.Fault { return []record.Fault{{Column: column, Reason: reason}} }
	for _, c := range []struct {
		name      string
		row, line record.Vehicle
		columns   []string
		want      string // columns corrected, remarks, faults and problems
	}{
		{"as it was", whole, whole, []string{record.ColVIN, record.ColPlate, record.ColEngineNo}, "[] [] [] []"},
		{"a spreadsheet has dropped zeros", whole, record.Vehicle{EngineNo: "71234"}, []string{record.ColEngineNo},
			`[] [engine_no: "71234" differs from "0071234" by zeros in front alone, which spreadsheets drop] [] []`},
		{"a right value made wrong", whole, record.Vehicle{VIN: "LFV2", Faults: fault(record.ColVIN, "too short")}, []string{record.ColVIN}, "[] [vin: too short] [] []"},
		{"a right mileage made wrong", whole, record.Vehicle{Faults: fault(record.ColMileageKM, "no number")}, []string{record.ColMileageKM}, "[] [mileage_km: no number] [] []"},
		{"a wrong value made wrong otherwise", record.Vehicle{VIN: "LFV", Faults: fault(record.ColVIN, "too short")},
			record.Vehicle{VIN: "LFV2", Faults: fault(record.ColVIN, "still too short")}, []string{record.ColVIN}, "[vin] [] [{vin still too short}] []"},
		{"a wrong value left", record.Vehicle{VIN: "LFV", Faults: fault(record.ColVIN, "too short")},
			record.Vehicle{VIN: "LFV", Faults: fault(record.ColVIN, "D2: too short")}, []string{record.ColVIN}, "[] [] [{vin too short}] []"},
		{"one of two wrong values", record.Vehicle{VIN: "LFV", Faults: append(fault(record.ColVIN, "too short"), fault(record.ColMileageKM, "no number")...)},
			record.Vehicle{VIN: "LSVAA49J132047371"}, []string{record.ColVIN}, "[vin] [] [{mileage_km no number}] []"},
		{"a row of the wrong width, looked through", record.Vehicle{VIN: "LFV", Faults: fault("", "the row has 3 fields, the header has 5")},
			record.Vehicle{VIN: "LSVAA49J132047371"}, []string{record.ColVIN}, "[vin] [] [] []"},
		{"a row of the wrong width, and another column", record.Vehicle{VIN: "LSVAA49J132047371", Faults: fault("", "the row has 3 fields, the header has 5")},
			record.Vehicle{ModelID: "12"}, []string{record.ColModelID}, "[model_id] [] [{ the row has 3 fields, the header has 5}] []"},
		{"a row that named nothing", record.Vehicle{EngineNo: "X1", Faults: fault("", errNoIdentity.Error())},
			record.Vehicle{Plate: "沪A12345"}, []string{record.ColPlate}, "[plate] [] [] []"},
		{"a row that still names nothing", record.Vehicle{EngineNo: "X1", Faults: fault("", errNoIdentity.Error())},
			record.Vehicle{EngineNo: "X2"}, []string{record.ColEngineNo}, "[engine_no] [] [{ the row has neither a VIN nor a plate}] []"},
		{"remarks on cells", record.Vehicle{VIN: "LFV", Problems: []string{"A2" + numberRemark(record.ColVIN), "C2" + numberRemark(record.ColEngineNo), "seen twice"}},
			record.Vehicle{VIN: "LSVAA49J132047371", Problems: []string{"D9" + numberRemark(record.ColVIN)}}, []string{record.ColVIN},
			"[vin] [] [] [C2" + numberRemark(record.ColEngineNo) + " seen twice D9" + numberRemark(record.ColVIN) + "]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			columns, remarks := Corrected(&c.row, &c.line, c.columns)
			got := Correct(c.row, &c.line, columns)
			if text := fmt.Sprint(columns, remarks, faultTexts(got.Faults), got.Problems); text != c.want {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
		})
	}
}

func TestCorrectedPlateHasItsOwnType(t *testing.T) {
	t.Parallel()
	line := record.Vehicle{Plate: "沪AD12345", PlateType: "52"}
	for _, c := range []struct{ name, before, given, want string }{
		{"worked out", "02", "", "52"},
		{"given as a large car", "01", "", "01"},
		{"given now", "02", "51", "51"},
	} {
		row, says, columns := record.Vehicle{Plate: "沪A12345", PlateType: c.before}, line, []string{record.ColPlate}
		if c.given != "" {
			says.PlateType, columns = c.given, append(columns, record.ColPlateType)
		}
		if got := Correct(row, &says, columns); got.PlateType != c.want {
			t.Errorf("%s: the type is %s, want %s", c.name, got.PlateType, c.want)
		}
	}
}

// faultTexts are faults without what does not matter here.
func faultTexts(faults []record.Fault) []string {
	out := make([]string, len(faults))
	for i, f := range faults {
		out[i] = "{" + f.Column + " " + f.Reason + "}"
	}
	return out
}

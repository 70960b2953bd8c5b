package sources_test

import (
	"fmt"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

// findings lists the faults and problems of a vehicle, one a line.
func findings(v record.Vehicle) string {
	var lines []string
	for _, f := range v.Faults {
		column := f.Column
		if column == "" {
			column = "(row)"
		}
		lines = append(lines, fmt.Sprintf("fault %s: %s", column, f.Reason))
	}
	for _, p := range v.Problems {
		lines = append(lines, "problem: "+p)
	}
	return strings.Join(lines, "\n")
}

func TestOneValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ column, value, want, finding string }{
		{"vin", " lsval41z882104202 ", goodVIN, ""},
		{"vin", "LSVAL41Z8821O4202", "LSVAL41Z8821O4202", "fault vin: the VIN holds the letter O"},
		{"vin", "LSVAL41Z0821042", "LSVAL41Z0821042", "fault vin: the VIN has 15 characters"},
		{"vin", "LSVAL41Z982104202", "LSVAL41Z982104202", "problem: the VIN's check digit (9th character) is 9, it should be 8"},
		{"vin", "1.2E+16", "1.2E+16", "fault vin: 1.2E+16 was written by a spreadsheet"},
		{"vin", "######", "######", "fault vin: ###### was written by a spreadsheet"},
		{"vin", "'LSVAL41Z882104202", goodVIN, ""},
		{"vin", `="LSVAL41Z882104202"`, goodVIN, ""},
		{"plate", "粤b · 12345", "粤B12345", ""},
		{"plate", "X", "X", "fault plate: the plate has 1 characters"},
		{"plate", "1.2E+10", "1.2E+10", "fault plate: 1.2E+10 was written by a spreadsheet"},
		{"engine_no", " ab 0012 ", "AB 0012", ""},
		{"engine_no", "000123", "000123", ""},
		{"engine_no", "無", "", ""},
		{"engine_no", "无", "", ""},
		{"engine_no", "N/A", "", ""},
		{"engine_no", "6.5E+09", "6.5E+09", "fault engine_no: 6.5E+09 was written by a spreadsheet"},
		{"engine_no", "\"A\nB\"", "A\nB", "fault engine_no: the value holds control characters"},
		{"plate_type", "2", "02", ""},
		{"plate_type", "x", "X", "fault plate_type: the plate type is \"X\""},
		{"plate_type", "1.2E+10", "1.2E+10", "fault plate_type: 1.2E+10 was written by a spreadsheet"},
		{"license_image_url", "https://Example.com/a.jpg", "https://Example.com/a.jpg", ""},
		{"license_image_url", "a.jpg", "a.jpg", "fault license_image_url: the address is"},
		{"model_id", "0052", "0052", ""},
		{"model_id", "A52", "A52", "fault model_id: the id is"},
		{"model_id", "5.2E+01", "5.2E+01", "fault model_id: 5.2E+01 was written by a spreadsheet"},
		{"model_id", "10412.0", "10412", "problem: the model_id was taken from \"10412.0\""},
		{"model_id", "10412.5", "10412.5", "fault model_id: the id is"},
		{"engine_no", "410001.0", "410001.0", "fault engine_no: the engine number is \"410001.0\", which a program has written that took 410001 for a quantity"},
		{"plate_type", "2.0", "02", ""},
		{"city_id", "１０１１００", "101100", ""},
		{"city_id", "宣城", "宣城", "fault city_id: the id is"},
		{"first_registered", "2022年1月", "2022-01", ""},
		{"first_registered", "soon", "", "fault first_registered: the month is"},
		{"mileage_km", "\"36,200\"", "36200", ""},
		{"mileage_km", "3.62", "", "fault mileage_km: the mileage is"},
		{"transfers", "0", "0", ""},
		{"transfers", "100", "", "fault transfers: transfers is"},
		{"color", "银色", "10", ""},
		{"color", "13", "", "fault color: color is"},
		{"accident", "4", "", "fault accident: accident is"},
		{"appearance", "5", "", "fault appearance: appearance is"},
		{"interior", "4", "", "fault interior: interior is"},
		{"electrical", "3", "", "fault electrical: electrical is"},
		{"engine", "5", "", "fault engine: engine is"},
	} {
		text := tc.column + ",plate\n" + tc.value + ",粤B12345\n"
		if tc.column == "plate" {
			text = "plate,vin\n" + tc.value + "," + goodVIN + "\n"
		}
		if tc.column == "plate_type" {
			text = "plate_type,vin\n" + tc.value + "," + goodVIN + "\n"
		}
		got, _ := mustRead(t, text)
		v := got[0]
		if value := v.Value(tc.column); value != tc.want {
			t.Errorf("%s %q: value %q, want %q", tc.column, tc.value, value, tc.want)
		}
		if f := findings(v); !strings.HasPrefix(f, tc.finding) || tc.finding == "" && f != "" {
			t.Errorf("%s %q: findings %q, want %q", tc.column, tc.value, f, tc.finding)
		}
	}
}

func TestGivenPlateTypeWins(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ plate, given, want, finding string }{
		{"粤B12345", "", "02", ""},
		{"粤B12345", "01", "01", ""}, // a large car looks the same
		{"粤B12345", "07", "07", ""},
		{"粤B12345", "52", "52", "problem: the plate type is given as 52, but 粤B12345 looks like 02; the given one is used"},
		{"粤BD12345", "02", "02", "problem: the plate type is given as 02, but 粤BD12345 looks like 52"},
		{"粤BD12345", "51", "51", "problem: "},
		{"粤B1234学", "17", "17", ""},
		{"粤B1234警", "24", "24", ""},
		{"粤B1234警", "02", "02", "problem: "},
		{"使224578", "09", "09", ""},
		{"沪A1234领", "10", "10", ""},
		{"粤Z1234港", "99", "99", ""},
		{"粤B1234试", "22", "22", ""},
		{"粤B1234试", "", "", ""},
		{"粤B1", "02", "02", "fault plate: "},
		{"", "02", "02", ""},
	} {
		got, _ := mustRead(t, "plate_type,vin,plate\n"+tc.given+","+goodVIN+","+tc.plate+"\n") // the type stands first
		v := got[0]
		if f := findings(v); v.PlateType != tc.want || !strings.HasPrefix(f, tc.finding) || tc.finding == "" && f != "" {
			t.Errorf("%s given %q: type %q, findings %q", tc.plate, tc.given, v.PlateType, f)
		}
	}
}

func TestRowFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ text, vin, finding string }{
		"short":           {"vin,plate,note\n" + goodVIN + ",粤B12345\n", goodVIN, "fault (row): the row has 2 fields, the header has 3"},
		"long":            {"vin,plate\n" + goodVIN + ",粤B12345,x\n", goodVIN, "fault (row): the row has 3 fields, the header has 2"},
		"long, but empty": {"vin,plate\n" + goodVIN + ",粤B12345,, \n", goodVIN, ""},
		"lost quote":      {"vin,plate\n" + goodVIN + ",\"粤B12345\nx,y\"\n", goodVIN, "fault plate: "},
		"lost quote, width": {"vin,plate,note\n" + goodVIN + ",\"粤B12345,a\nx,y\",b,c\n", goodVIN,
			"fault (row): the row has 4 fields, the header has 3; it runs from line 2 to line 3: is a quote not closed?"},
		"nothing":                           {"vin,plate,note\n,,x\n", "", "fault (row): the row has neither a VIN nor a plate"},
		"nothing, but more":                 {"vin,plate,color\n,,99\n", "", "fault color: color is \"99\", it must be a whole number from 0 to 12 or one of 米, 白, 灰, 红, 棕, 蓝, 黄, 紫, 黑, 橙, 银, 金, 绿色\nfault (row): the row has neither"},
		"other encoding":                    {"vin,plate\n" + goodVIN + ",粤B12345\n" + goodVIN + ",\xD4\xC1B12345\n", goodVIN, "fault (row): column plate holds bytes that are not UTF-8"},
		"other encoding where nobody looks": {"vin,plate,note\n" + goodVIN + ",粤B12345,x\n" + goodVIN + ",,\xD4\xC1\n", goodVIN, ""},
		"other encoding, GB18030": {gb18030(t, "车架号,车牌号\n"+goodVIN+",粤B12345\n") + goodVIN + ",\xFF\xFFB12345\n", goodVIN,
			"fault (row): column plate holds bytes that are not GB18030"},
		"short, and slipped": {"vin,plate,color,mileage_km,note\n" + goodVIN + ",粤B12345,36200,x\n", goodVIN, "fault (row): the row has 4 fields, the header has 5"},
	} {
		got, _ := mustRead(t, tc.text)
		v := got[len(got)-1]
		if strings.Contains(tc.finding, "fields") && (v.MileageKM.OK || v.Condition.Color != "" || len(v.Faults) != 1) {
			t.Errorf("%s: values of a row of the wrong width: %+v", name, v)
		}
		if f := findings(v); v.VIN != tc.vin || !strings.HasPrefix(f, tc.finding) || tc.finding == "" && f != "" {
			t.Errorf("%s: VIN %q, findings %q", name, v.VIN, f)
		}
	}
}

package sources_test

import (
	"testing"

	"vehiclebatch/sources"
)

func TestCleanPlate(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"粤B12345", "粤B·12345", "粤B•12345", "粤B・12345", "粤B．12345", "粤B.12345", "粤b-12345",
		" 粤 B 12345 ", "粤Ｂ１２３４５", "粤B　12345", "粤B･12345", "粤B\u200b12345", "粤B—12345"} {
		if got := sources.CleanPlate(in); got != "粤B12345" {
			t.Errorf("CleanPlate(%q) = %q", in, got)
		}
	}
}

func TestPlateType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ plate, code, fault string }{
		{"粤B12345", "02", ""},
		{"粤AJ44E6", "02", ""}, // wapi 65/173
		{"闽DX009U", "02", ""},
		{"京AABC12", "02", ""},
		{"苏O12345", "02", ""}, // O as office letter is old, but on the road
		{"粤BD12345", "52", ""},
		{"粤BDA1234", "52", ""},
		{"沪AK01234", "52", ""},
		{"粤B12345D", "51", ""},
		{"沪A00001K", "51", ""},
		{"鲁B1234挂", "15", ""},
		{"京A1234学", "16", ""},
		{"京O1234警", "23", ""},
		{"粤Z1234港", "26", ""},
		{"粤ZF1A2港", "26", ""},
		{"粤Z12345港", "26", ""},
		{"粤Z1234澳", "27", ""},
		{"使224578", "03", ""},
		{"224578使", "03", ""},
		{"沪A1234领", "04", ""},
		{"沪22478领", "04", ""},
		{"沪2247A领", "04", ""},
		{"粤224578领", "04", ""},
		{"粤B1234试", "", ""},
		{"粤B12345超", "", ""},
		{"京X1234应急", "", ""},

		{"", "", "has 0 characters"},
		{"粤", "", "has 1 characters"},
		{"粤B1234", "", "has 6 characters"},
		{"粤B1234567", "", "has 9 characters"},
		{"粤BX12345", "", "new-energy"},
		{"粤BI12345", "", "letter I"},
		{"粤B1234O", "", "letter O"},
		{"粤B12345I", "", "letter I"},
		{"粤112345", "", "must be a letter"},
		{"粤I12345", "", "must be a letter"},
		{"粤BD1234A", "", "new-energy"},
		{"港B12345", "", "no province"},
		{"国B12345", "", "no province"},
		{"B123456", "", "military"},
		{"WJ粤1234X", "", "military"},
		{"粤B1234港", "", "does not start with 粤Z"},
		{"粤Z123港", "", "has 6 characters"},
		{"鲁B123挂", "", "has 6 characters"},
		{"鲁B12345挂", "", "has 8 characters"},
		{"鲁11234挂", "", "must be a letter"},
		{"鲁B12O4挂", "", "letter O"},
		{"粤B1234军", "", "ends in '军'"},
		{"粤B1234急", "", "ends in '急'"},
		{"使22457", "", "embassy"},
		{"使A24578", "", "embassy"},
		{"使224578使", "", "embassy"},
		{"沪22A78领", "", "consulate"},
		{"沪A123领", "", "consulate"},
		{"粤B12?45", "", "'?'"},
		{"粤B12中45", "", "'中'"},
	} {
		code, err := sources.PlateType(tc.plate)
		checkError(t, "PlateType("+tc.plate+")", err, tc.fault)
		if err == nil && code != tc.code {
			t.Errorf("PlateType(%s) = %q, want %q", tc.plate, code, tc.code)
		}
	}
}

func TestPlateTypeTakesEveryProvince(t *testing.T) {
	t.Parallel()
	provinces := []rune("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
	if len(provinces) != 31 {
		t.Fatalf("%d provinces", len(provinces))
	}
	for _, p := range provinces {
		if code, err := sources.PlateType(string(p) + "A12345"); err != nil || code != "02" {
			t.Errorf("%c: %q, %v", p, code, err)
		}
	}
}

func TestCleanPlateType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want, fault string }{
		{"02", "02", ""}, {"2", "02", ""}, {" ５２ ", "52", ""}, {"小型汽车", "02", ""}, {"小型新能源汽车号牌", "52", ""},
		{"99", "99", ""}, {"002", "", "two-digit"}, {"0", "", "two-digit"}, {"00", "", "two-digit"}, {"2.0", "02", ""}, {"2.5", "", "two-digit"},
		{"蓝牌", "", "two-digit"}, {"", "", "two-digit"},
	} {
		got, err := sources.CleanPlateType(tc.in)
		checkError(t, "CleanPlateType("+tc.in+")", err, tc.fault)
		if err == nil && got != tc.want {
			t.Errorf("CleanPlateType(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

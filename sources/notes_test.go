package sources_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

// tab is a file of one row in which a value may hold commas and quotes.
func tab(t *testing.T, headers, values string) record.Vehicle {
	t.Helper()
	got, _ := mustRead(t, headers+"\n"+values+"\n")
	if len(got) != 1 {
		t.Fatalf("%q: %d rows", values, len(got))
	}
	return got[0]
}

const otherVIN = "LSVFF66R2J2205718" // its check digit is wrong

// wrongDigit is said of a VIN with a wrong check digit.
const wrongDigit = "\nproblem: the VIN's check digit"

func TestVINWithSomethingAroundIt(t *testing.T) {
	t.Parallel()
	taken := "problem: the VIN was taken from "
	for _, tc := range []struct{ in, vin, finding string }{
		{"VIN:" + goodVIN, goodVIN, taken + `"VIN:` + goodVIN + `"`},
		{"vin：" + goodVIN, goodVIN, taken},
		{"VIN" + goodVIN, goodVIN, taken},
		{"VIN码 " + goodVIN, goodVIN, taken},
		{"车架号：" + goodVIN, goodVIN, taken},
		{"车架号" + goodVIN, goodVIN, taken},
		{"車架號:" + goodVIN, goodVIN, taken},
		{"Chassis No. " + otherVIN, otherVIN, taken},
		{goodVIN + "(过户)", goodVIN, taken},
		{otherVIN + "（过户）", otherVIN, taken},
		{goodVIN + " 已售", goodVIN, taken},
		{otherVIN + "已售", otherVIN, taken},
		{goodVIN + " 2024年过户", goodVIN, taken},
		{otherVIN + "(2024-05 sold)", otherVIN, taken},
		{goodVIN + " sold", goodVIN, taken},
		{"#" + goodVIN + "#", goodVIN, taken},
		{"*" + goodVIN + "*", goodVIN, taken},
		{goodVIN + "。", goodVIN, taken},
		{"#" + goodVIN, "", "fault vin: the cell begins with a mark that may mean that the row does not count"},
		{"// " + goodVIN, "", "fault vin: the cell begins with a mark"},
		{`"` + goodVIN + `"`, goodVIN, taken},
		{goodVIN + "/" + goodVIN, goodVIN, taken},
		{goodVIN + "/", goodVIN, taken},
		{"LSVAL 41Z8 8210 4202", goodVIN, taken + `"LSVAL 41Z8 8210 4202"`},
		{"LSVAL41Z8-82104202", goodVIN, taken},
		{"lsvaL41Z8 82104202", goodVIN, taken},
		{"LSVAL41Z8\n82104202", goodVIN, taken},
		{"LSVFF 66R2 J220 5718", otherVIN, taken},
		{"L SVAL41Z882104202", goodVIN, taken}, // the check digit says that it is one
		{"VIN: LSVAL 41Z8 8210 4202 (过户)", goodVIN, taken},
		{"L SVFF66R2J2205718", "", "fault vin: the VIN is written in parts, and its check digit does not say"},
		{"LSVFF66R2J220571-8", "", "fault vin: the VIN is written in parts"},
		{goodVIN + "?", "", "fault vin: the VIN stands beside \"?\", which may say that it is not right"},
		{goodVIN + "(作废)", "", "fault vin: the VIN stands beside \"作废\""},
		{goodVIN + " 原车架号", "", "fault vin: the VIN stands beside \"原\""},
		{"粤B12345", "", "fault vin: this is a plate, and no VIN: have the values slipped into another column?"},
		{"00000000000000000", "", "fault vin: the VIN is 17 times 0, which lists write where it is not known"},
		{goodVIN + "/" + otherVIN, "", "fault vin: the cell holds 2 VINs, " + goodVIN + ", " + otherVIN + ": give each vehicle a row of its own; in a copy of the failures leave one here, and give the others to `batch run` in a new list"},
		{goodVIN + "," + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + "、" + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + "\n" + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + " " + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + `\` + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + otherVIN, "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + "(原" + otherVIN + ")", "", "fault vin: the cell holds 2 VINs"},
		{goodVIN + "; " + otherVIN + "; LSVAL41Z882104203", "", "fault vin: the cell holds 3 VINs"},
		{goodVIN + "/LSVFF66R2J220571", "", "fault vin: the cell holds a VIN and \"LSVFF66R2J220571\", which may be another"},
		{"LSVAL41Z88210420/LSVFF66R2J220571", "", "fault vin: the cell holds more than one number and none"},
		{otherVIN + " 8", "", "fault vin: the VIN stands beside \"8\", which may be a part of it"},
		{otherVIN + "А", "", "fault vin: the VIN stands beside 'А' (U+0410"},
		{"VIN:LSVAL41Z8821O4202", "", "fault vin: the VIN holds the letter O"},
		{"VIN:LSVAL41Z88210420", "", "fault vin: the VIN has 16 characters"},
		{"LSVAL41Z88210420(过户)", "", "fault vin: the VIN has 16 characters"},
		{"LSVAL41Z8821042023", "", "fault vin: the VIN has 18 characters"},
		{"已过户", "", "fault vin: the VIN has 3 characters"},
	} {
		v := tab(t, "vin\tengine_no", `"`+strings.ReplaceAll(tc.in, `"`, `""`)+"\"\tE1")
		want := tc.finding
		if tc.vin == otherVIN {
			want = "" // the check digit is said too
			if f := findings(v); !strings.Contains(f, wrongDigit) || !strings.HasPrefix(f, tc.finding) {
				t.Errorf("%q: findings %q", tc.in, f)
			}
		}
		f := findings(v)
		if tc.vin != "" && (v.VIN != tc.vin || len(v.Faults) > 0) || tc.vin == "" && len(v.Faults) != 1 || !strings.HasPrefix(f, want) {
			t.Errorf("%q: VIN %q, findings %q, want %q and %q", tc.in, v.VIN, f, tc.vin, tc.finding)
		}
	}
}

// Whatever stands around it, no VIN is ever taken that is not in the text, its
// separators left out.
func TestNoVINIsMadeUp(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(rapid.Just(goodVIN), rapid.Just(otherVIN), rapid.StringMatching(`[A-HJ-NPR-Z0-9]{1,18}`),
		rapid.SampledFrom([]string{" ", "/", "-", "(", ")", "过户", "VIN:", ",", "А", "\n", "原"}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 1, 5).Draw(t, "pieces"), "")
		c, err := sources.OpenCSV(strings.NewReader("vin\tplate\n\""+text+"\"\t粤B12345\n"), "f")
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Faults) > 0 || v.VIN == "" {
			return
		}
		bare := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -\n", r) {
				return -1
			}
			return r
		}, text)
		if !strings.Contains(bare, v.VIN) || sources.CheckVIN(v.VIN) != nil {
			t.Fatalf("%q became %q", text, v.VIN)
		}
		if v.VIN != strings.TrimSpace(text) && !strings.Contains(findings(v), "was taken from") {
			t.Fatalf("%q became %q without a word", text, v.VIN)
		}
	})
}

func TestPlateWithSomethingAroundIt(t *testing.T) {
	t.Parallel()
	taken := "problem: the plate was taken from "
	for _, tc := range []struct{ in, plate, code, finding string }{
		{"粤B12345(蓝)", "粤B12345", "02", taken + `"粤B12345(蓝)"`},
		{"粤B12345蓝牌", "粤B12345", "02", taken},
		{"(苏)E7K902", "苏E7K902", "02", taken + `"(苏)E7K902"`},
		{"【苏】E·7K902", "苏E7K902", "02", taken},
		{"例：苏E7K902", "", "", "fault plate: the plate stands beside \"例\""},
		{"粤BD12345（绿）", "粤BD12345", "52", taken},
		{"粤B12345D 黄绿牌", "粤B12345D", "51", taken},
		{"粤B1234挂(黄)", "粤B1234挂", "15", taken},
		{"粤B1234警(白牌)", "粤B1234警", "23", taken},
		{"车牌：粤B12345", "粤B12345", "02", taken},
		{"新车牌粤B12345", "粤B12345", "02", taken},
		{"粤B·12345 已年检", "粤B12345", "02", taken},
		{"粤B12345(公司车)", "粤B12345", "02", taken},
		{"粤B12345(2024)", "粤B12345", "02", taken},
		{"粤B12345/粤B12345", "粤B12345", "02", taken},
		{"粤 B · 12345", "粤B12345", "02", ""},
		{"粤B12345(白色)", "粤B12345", "02", taken}, // the car's colour
		{"粤B12345(黄)", "", "", "fault plate: the note beside the plate says 黄, and 粤B12345 by itself is of another colour (type 02)"},
		{"粤B12345(绿)", "", "", "fault plate: the note beside the plate says 绿"},
		{"粵B12345", "粤B12345", "02", "problem: the plate is written with 粵; 粤B12345 is used"},
		{"滬A1234學", "沪A1234学", "16", "problem: the plate is written with 滬學"},
		{"粤B12345/粤B54321", "", "", "fault plate: the cell holds 2 plates, 粤B12345, 粤B54321"},
		{"粤B12345,粤B54321", "", "", "fault plate: the cell holds 2 plates"},
		{"粤B12345、沪A12345", "", "", "fault plate: the cell holds 2 plates"},
		{"粤B12345\n粤B54321", "", "", "fault plate: the cell holds 2 plates"},
		{"粤B12345粤B54321", "", "", "fault plate: the cell holds a plate and something that may be another"},
		{"粤B12345(原粤B54321)", "", "", "fault plate: the cell holds 2 plates"},
		{"粤B12345/粤Z1234港", "", "", "fault plate: the cell holds 2 plates"},
		{"粤B12345/粤B543", "", "", "fault plate: the cell holds a plate and something that may be another"},
		{"粤B12345(原)", "", "", "fault plate: the plate stands beside \"原\""},
		{"粤B12345已注销", "", "", "fault plate: the plate stands beside \"注销\""},
		{goodVIN, "", "", "fault plate: this is a VIN, and no plate: have the values slipped"},
		{"粤B12345?", "", "", "fault plate: the plate stands beside \"?\""},
		{"粤B12345 8", "", "", "fault plate: the plate stands beside \"8\""},
		{"粤B12345А", "", "", "fault plate: "},
		{"粤B123456", "", "", "fault plate: the plate has 8 characters"},
		{"粤А12345", "", "", "fault plate: the plate's second character is 'А' (U+0410, a Cyrillic letter that looks like the Latin A: type it again)"},
		{"粤BА2345", "", "", "fault plate: the plate holds 'А' (U+0410"},
		{"临牌", "", "", "fault plate: this is a temporary plate"},
		{"粤B-临1234", "", "", "fault plate: this is a temporary plate"},
		{"临粤B12345", "", "", "fault plate: "},
	} {
		v := tab(t, "plate\tvin", `"`+tc.in+"\"\t"+goodVIN)
		f := findings(v)
		if tc.plate != "" && v.Plate != tc.plate || v.PlateType != tc.code || !strings.Contains(f, tc.finding) || tc.finding == "" && f != "" {
			t.Errorf("%q: plate %q, type %q, findings %q, want %q, %q and %q", tc.in, v.Plate, v.PlateType, f, tc.plate, tc.code, tc.finding)
		}
		if blocked := strings.Contains(f, "fault plate:"); blocked != (tc.plate == "") {
			t.Errorf("%q: findings %q", tc.in, f)
		}
	}
}

func TestLookAlikeLettersAreNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ column, in, want string }{
		{"vin", "LSVАL41Z882104202", "the VIN holds 'А' (U+0410, a Cyrillic letter that looks like the Latin A: type it again)"},
		{"vin", "lsvаl41z882104202", "'А' (U+0410"},
		{"vin", "LSVAL41Ζ882104202", "'Ζ' (U+0396, a Greek letter that looks like the Latin Z: type it again)"},
		{"vin", "LSVAL41З882104202", "that looks like the digit 3: type it again"},
		{"vin", "LSVAL41Ø882104202", "'Ø' (U+00D8, a Latin letter that looks like the Latin O: type it again)"},
		{"vin", "LSVAL41٣882104202", "'٣' (U+0663"},
		{"vin", "LSVAL41龙882104202", "the VIN holds '龙'; it must be"},
		{"vin", "LSVAL41—882104202", "'—' (U+2014, a character)"},
		{"engine_no", "ЕА888001", "the engine number holds 'Е' (U+0415, a Cyrillic letter that looks like the Latin E: type it again)"},
		{"engine_no", "EA888三代", "the engine number holds '三'"},
		{"engine_no", "纯电动", "the engine number holds '纯'"},
		{"engine_no", "〃", "without a letter or a digit"},
		{"engine_no", "''\"", "without a letter or a digit"},
	} {
		v := tab(t, tc.column+"\tplate", `"`+strings.ReplaceAll(tc.in, `"`, `""`)+"\"\t粤B12345")
		if f := findings(v); !strings.Contains(f, "fault "+tc.column+": ") || !strings.Contains(f, tc.want) {
			t.Errorf("%s %q: findings %q, want %q", tc.column, tc.in, f, tc.want)
		}
	}
	// What is the same letter in another form is folded, as ever.
	for _, in := range []string{"ＬＳＶＡＬ４１Ｚ８８２１０４２０２", "𝐋𝐒𝐕𝐀𝐋𝟒𝟏𝐙𝟖𝟖𝟐𝟏𝟎𝟒𝟐𝟎𝟐", "LSVAL④1Z882104202"} {
		if v := tab(t, "vin\tplate", in+"\t粤B12345"); v.VIN != goodVIN || findings(v) != "" {
			t.Errorf("%q became %q, %q", in, v.VIN, findings(v))
		}
	}
}

// Labels and bullets before an engine number are taken off, with a remark; a mark that may belong to it is a fault.
func TestLabelsOfEngineNumbers(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"No.274920300123": "274920300123", "NO: 00123": "00123", "no 123": "123", "号007": "007", "发动机号：EA888001": "EA888001", "Engine No. E1": "E1", "·1E10": "1E10", "•DBF208817": "DBF208817", "^00123": "00123",
		"*0000789": "0000789", "*G4FA-1*": "G4FA-1", "★E1": "E1", "• No.E1": "E1",
		"NO123": "=", "NOE1": "=", "E*1": "=", "ENGINE1": "=", "G4FA-012345": "=", "4G15.1": "=",
		"123456(EA888)": "!", "123456（EA888）": "!", "(CUF)123456": "!", "[L]123456": "!", "E(1)2": "=", "123456()": "=",
		"#0123": "!", "~0": "!", "_E1": "!", "-A001234B": "!", ".1234": "!", "N/R20A10012345": "!", "/E1": "!",
	} {
		v := tab(t, "vin\tengine_no", goodVIN+"\t"+in)
		faulty := len(v.Faults) > 0
		remarked := slices.Contains(v.Problems, `the engine_no was taken from "`+sources.CleanIdentifier(in)+`"`)
		switch {
		case want == "!" && (!faulty || remarked), want == "=" && (v.EngineNo != in || faulty || remarked), len(want) > 1 && (v.EngineNo != want || faulty || !remarked):
			t.Errorf("%s is %q, want %s: %q %v", in, v.EngineNo, want, v.Problems, v.Faults)
		}
	}
}

package sources_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

func TestUnknownWordsAreEmptyCells(t *testing.T) {
	t.Parallel()
	everywhere := []string{"NA", "na", "N/A", "n/a", "n.a.", "N.A", "<NA>", `\N`, "NULL", "(null)", "[NULL]", "NaN", "nan", "NaT", "nil", "None", "UNKNOWN", "Ｎ／Ａ",
		"-", "--", "---", "—", "——", "–", "/", "//", `\`, "_", ".", "...", "…", "?", "？", "???", "***", "无", "無", "暂无", "(无)", "（无）", "【空】", "未知", "不详", "待补", "空", "待 定"}
	for _, column := range []string{"engine_no", "plate", "first_registered", "mileage_km", "model_id", "color", "license_image_url", "plate_type"} {
		for _, word := range everywhere {
			v := tab(t, "vin\t"+column, goodVIN+"\t"+word)
			if v.Value(column) != "" || findings(v) != "" {
				t.Errorf("%s %q is %q, %s", column, word, v.Value(column), findings(v))
			}
		}
	}
	for _, word := range []string{"未上牌", "无牌", "未挂牌", "新车未上牌", "新车", "待上牌", "暂无牌照", "(未上牌)", "no plate", "New"} {
		if v := tab(t, "vin\tplate", goodVIN+"\t"+word); v.Plate != "" || findings(v) != "" {
			t.Errorf("plate %q is %q, %s", word, v.Plate, findings(v))
		}
		if v := tab(t, "plate\tvin", word+"\t"); !strings.Contains(findings(v), "neither a VIN nor a plate") {
			t.Errorf("a row of %q alone: %s", word, findings(v))
		}
	}
}

// What may be a real value is one, and what was lost or stands for another cell is
// not unknown.
func TestWhatIsNotUnknown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ column, in, value, finding string }{
		{"engine_no", "NA20", "NA20", ""}, {"engine_no", "NIL5", "NIL5", ""}, {"engine_no", "NAA", "NAA", ""}, {"engine_no", "0", "0", ""},
		{"engine_no", "NEW", "NEW", ""}, {"engine_no", "N-A-1", "N-A-1", ""}, {"engine_no", "同上", "同上", "fault engine_no"}, {"engine_no", "#N/A", "#N/A", "fault engine_no"},
		{"engine_no", "####", "####", "fault engine_no"}, {"plate", "未上牌粤B12345", "粤B12345", "problem: the plate was taken from"},
		{"plate", "临牌", "临牌", "fault plate"}, {"first_registered", "待上牌2022", "", "fault first_registered"}, {"color", "无色", "", "fault color"},
		{"mileage_km", "新车", "", "fault mileage_km"}, {"mileage_km", "-1", "", "fault mileage_km"},
		{"mileage_km", "#N/A", "", "fault mileage_km: #N/A is what a formula"}, {"first_registered", "#REF!", "", "fault first_registered: #REF! is what a formula"},
		{"color", "####", "", "fault color: #### was written by a spreadsheet"},
	} {
		v := tab(t, "vin\t"+tc.column, goodVIN+"\t"+tc.in)
		if f := findings(v); v.Value(tc.column) != tc.value || !strings.HasPrefix(f, tc.finding) || tc.finding == "" && f != "" {
			t.Errorf("%s %q is %q, %q", tc.column, tc.in, v.Value(tc.column), f)
		}
	}
}

// A value with a digit is never taken for unknown, whatever it is.
func TestDigitsAreNeverUnknown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Z/.\\-]{0,6}[0-9][A-Z/.\\-]{0,6}`).Draw(t, "text")
		c, err := sources.OpenCSV(strings.NewReader("vin\tengine_no\n"+goodVIN+"\t"+text+"\n"), "f")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := c.Next(); err != nil || v.EngineNo == "" || !strings.HasSuffix(text, v.EngineNo) { // a label goes
			t.Fatalf("%q is %q, %v", text, v.EngineNo, err)
		}
	})
}

// Each word is said once, with the number of its cells; of very many ways to write
// it, the last ones are counted together.
func TestUnknownWordsAreCounted(t *testing.T) {
	t.Parallel()
	rows := "\"vin\",\"plate\",\"engine_no\",\"note\"\n" + goodVIN + ",NA,NA,NA\n" + otherVIN + ",未上牌,NA,-\n" + goodVIN + ",,na,\n"
	all, info := mustRead(t, rows)
	want := []sources.UnknownWord{{Column: record.ColPlate, Word: "NA", Count: 1}, {Column: record.ColPlate, Word: "未上牌", Count: 1},
		{Column: record.ColEngineNo, Word: "NA", Count: 2}, {Column: record.ColEngineNo, Word: "na", Count: 1}}
	if len(all) != 3 || fmt.Sprint(info.Unknown) != fmt.Sprint(want) {
		t.Errorf("%d rows, %v, want %v", len(all), info.Unknown, want)
	}
	var long bytes.Buffer
	long.WriteString("vin,engine_no\n")
	for n := range 500 { // ways to write a dash
		long.WriteString(goodVIN + "," + strings.Repeat("-", n%40+1) + strings.Repeat("/", n/40) + "\n")
	}
	_, info = mustRead(t, long.String())
	var sum int64
	for _, w := range info.Unknown {
		sum += w.Count
	}
	if sum < 450 || len(info.Unknown) > 70 {
		t.Errorf("%d words, %d cells", len(info.Unknown), sum)
	}
}

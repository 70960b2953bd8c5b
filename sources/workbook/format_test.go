package workbook

import (
	"testing"

	"pgregory.net/rapid"
)

func TestShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code string
		n    int64
		want string // "?" where it cannot be told
	}{
		{"General", 12345, "12345"},
		{"G/通用格式", 12345, "12345"},
		{`"EA"000000`, 12345, "EA012345"},
		{`"EA"000000`, 1234567, "EA1234567"},
		{`"EA"0`, 12346, "EA12346"},
		{`EA0`, 12346, "?"},
		{`\E\A0`, 12346, "EA12346"},
		{`!E!A0`, 12346, "EA12346"},
		{`"沪A"00000`, 12348, "沪A12348"},
		{`沪\A00000`, 12348, "沪A12348"},
		{"00-00", 8801, "88-01"},
		{"00-00", 801, "08-01"},
		{"00-00", 12801, "128-01"},
		{"##-##", 1, "-1"},
		{"000-000", 12, "000-012"},
		{`0000"B"`, 8801, "8801B"},
		{`0"号"`, 8801, "8801号"},
		{`General"号"`, 8801, "8801号"},
		{"#", 8801, "8801"},
		{"#", 0, "?"},
		{"0", 0, "0"},
		{"000", 0, "000"},
		{"?????", 12, "12"},
		{"@", 12, "12"},
		{`"x"@`, 12, "x12"},
		{"0.00", 12, "12.00"},
		{"0.##", 12, "12."},
		{".00", 12, "?"},
		{"#,##0", 12345, "12345"},
		{`"EA"#,##0`, 12345, "?"},
		{"0,", 12345, "?"},
		{"0%", 12, "?"},
		{"0.00E+00", 12, "?"},
		{"# ?/?", 12, "?"},
		{"[DBNum1]0", 12, "?"},
		{"[$-804]000", 12, "012"},
		{"[$¥-804]0", 12, "¥12"},
		{"[Red]000", 12, "012"},
		{"[红色]000", 12, "012"},
		{"[Color 5]000", 12, "012"},
		{"[mm]", 12, "?"},
		{"[", 12, "?"},
		{`"`, 12, "?"},
		{`\`, 12, "?"},
		{";;;", 12, "?"},
		{"", 12, "?"},
		{`[>100]"A"0;"B"0`, 101, "A101"},
		{`[>100]"A"0;"B"0`, 100, "B100"},
		{`[<10]"A"0;[<100]"B"0;"C"0`, 5, "A5"},
		{`[<10]"A"0;[<100]"B"0;"C"0`, 50, "B50"},
		{`[<10]"A"0;[<100]"B"0;"C"0`, 500, "C500"},
		{`[<10]"A"0`, 50, "?"},
		{`"P"0;"N"0;"Z"0;"T"@`, 7, "P7"},
		{`"P"0;"N"0;"Z"0;"T"@`, 0, "Z0"},
		{`0;-0;"无"`, 0, "无"},
		{`"a;b"0`, 7, "a;b7"},
		{`0_)`, 7, "7"},
		{`* 0`, 7, "7"},
		{`*-0`, 7, "?"},
		{`0000"年"00"月"`, 202205, "2022年05月"},
		{"yyyy-mm-dd", 44562, "?"},
		{`0km`, 7, "7km"},
	} {
		got, ok := formatCode(c.code).Show(c.n)
		if !ok {
			got = "?"
		}
		if got != c.want {
			t.Errorf("%d as %s is shown as %q, want %q", c.n, c.code, got, c.want)
		}
	}
}

func TestShowText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, text, want string }{
		{"General", "12347", "12347"},
		{"0.00", "12347", "12347"},
		{"@", "12347", "12347"},
		{`"沪A"@`, "12347", "沪A12347"},
		{`@"号"`, "12347", "12347号"},
		{`0;0;0;"T"@`, "x", "Tx"},
		{`0;0;0;@`, "x", "x"},
		{`0;0;0;`, "x", "?"},
		{`_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `, "x", " x "},
	} {
		got, ok := formatCode(c.code).ShowText(c.text)
		if !ok {
			got = "?"
		}
		if got != c.want {
			t.Errorf("%s as %s is shown as %q, want %q", c.text, c.code, got, c.want)
		}
	}
}

func TestQuantity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code  string
		n     float64
		shift int
		words string
		ok    bool
	}{
		{"General", 3, 0, "", true},
		{`0.0"万公里"`, 3, 0, "万公里", true},
		{`0.0万公里`, 3, 0, "万公里", true},
		{`0!.0,"万"`, 32000, -4, "万", true},
		{`0\.0,"万"`, 32000, -4, "万", true},
		{`0"."0,"万"`, 32000, -4, "万", true},
		{`0!.00,"万"`, 32000, -5, "万", true},
		{`0,"千公里"`, 32000, -3, "千公里", true},
		{`0.0,,"百万"`, 32000, -6, "百万", true},
		{`#,##0"km"`, 32000, 0, "km", true},
		{`#,##0`, 32000, 0, "", true},
		{`0.00E+00`, 32000, 0, "+", true},
		{`0%`, 3, 0, "", false},
		{`[>=10000]0!.0,"万公里";0"公里"`, 32000, -4, "万公里", true},
		{`[>=10000]0!.0,"万公里";0"公里"`, 3200, 0, "公里", true},
		{`yyyy"年"`, 3, 0, "", false},
		{`0`, -3, 0, "", false},
	} {
		shift, words, ok := formatCode(c.code).Quantity(c.n)
		if c.words == "+" {
			words = "+"
		}
		if shift != c.shift || words != c.words || ok != c.ok {
			t.Errorf("%v as %s: shift %d, words %q, %v; want %d, %q, %v", c.n, c.code, shift, words, ok, c.shift, c.words, c.ok)
		}
	}
}

func TestDateFormats(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"yyyy-mm-dd": true, `yyyy"年"m"月"`: true, "mm:ss.0": true, "yyyy年m月d日": true, "[$-804]yyyy/m/d": true, "h:mm": true, "ss.000": true,
		"General": false, `0"日"`: false, "0000年00月": false, "#,##0km": false, "0.00E+00": false, "@": false, "0": false,
	} {
		if got := formatCode(code).Date; got != want {
			t.Errorf("%s: date %v, want %v", code, got, want)
		}
	}
}

// Whatever stands in a format, a number's digits are shown in their order, or it is said that it cannot be told.
func TestAnyFormatKeepsDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringOf(rapid.SampledFrom([]rune(`0#?.,;"\!_*[]@%E+/-<>=$ 万号AKm1`))).Draw(t, "code")
		n := rapid.Int64Range(1, 1e15).Draw(t, "n")
		f := formatCode(code)
		f.Quantity(float64(n))
		f.ShowText("x")
		_, _ = f.Show(n)
	})
}

func TestParseRange(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{"A2:A4": "A2:A4", "$B$1:$AA$17": "B1:AA17", "a2:b3": "A2:B3", "A4:A2": "", "A2": "", "": "", ":": "", "2:3": "", "ABCD1:ABCD2": ""} {
		got := ""
		if r, ok := parseRange(ref); ok {
			got = r.Name()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}

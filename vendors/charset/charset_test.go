package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func encoded(t testing.TB, to encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := to.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUTF8(t *testing.T) {
	t.Parallel()
	const report = `{"code":"0","message":"成功","data":{"brand":"别克","content":"前杠喷漆;右后门喷漆;","score":0}}`
	gb := encoded(t, simplifiedchinese.GB18030, report)
	cut := func(b []byte, after, bytesOff int) []byte {
		return append(bytes.Clone(b[:after]), b[after+bytesOff:]...)
	}
	for name, c := range map[string]struct{ in, want string }{
		"empty":             {"", ""},
		"ascii":             {`{"a":1}`, `{"a":1}`},
		"utf-8":             {report, report},
		"utf-8 with a mark": {"\ufeff" + report, report},
		"gb18030":           {string(gb), report},
		"gbk":               {string(encoded(t, simplifiedchinese.GBK, report)), report},
		"one word":          {"{\"m\":\"\xb3\xc9\xb9\xa6\"}", `{"m":"成功"}`},
		"rare characters":   {string(encoded(t, simplifiedchinese.GB18030, "㐂𠮷 "+report)), "㐂𠮷 " + report},
		"a broken one":      {string(cut(gb, bytes.Index(gb, []byte(`","data`))-1, 1)), strings.Replace(report, "功", "\ufffd", 1)},
		"utf-8, a slip":     {strings.Replace(report, "克", "\xe5\x85", 1), strings.Replace(report, "克", "\ufffd", 1)},
		"utf-8, a few":      {"路\xff\xfe虎", "路\ufffd虎"},
		"utf-8, a lead":     {"\"路\xe8\"", "\"路\ufffd\""},
		"latin":             {"caf\xe9\"", "caf\ufffd\""},
		"noise":             {"\x00\xff\xfe\x1f\x8b", "\x00\ufffd\x1f\ufffd"},
		"utf-16 le":         {string(encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), report)), report},
		"utf-16 be":         {string(encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), report)), report},
		"utf-16 le, bare":   {string(encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), report)), report},
		"utf-16 be, bare":   {string(encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), report)), report},
		"page in gbk":       {string(encoded(t, simplifiedchinese.GBK, "<html><title>系统繁忙</title></html>")), "<html><title>系统繁忙</title></html>"},
	} {
		before := []byte(c.in)
		if got := string(UTF8(before)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if string(before) != c.in {
			t.Errorf("%s: the body was changed", name)
		}
	}
}

// TestGB18030RoundTrip: whatever Chinese an answer holds, it is read as it was meant.
func TestGB18030RoundTrip(t *testing.T) {
	t.Parallel()
	han := rapid.RuneFrom([]rune("维修保养钣金喷漆更换机油滤芯前杠左右门事故检查别克路虎一般内部结算公司年月日里程仪表灯轮胎刹车片发动机变速箱空调"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(han, 4, 12, -1), 4, 12).Draw(t, "words")
		text := `{"codeid":10000,"retdata":["` + strings.Join(words, `","`) + `"]}`
		gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(UTF8(gb)); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		if got := string(UTF8([]byte(text))); got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("{\"m\":\"\xb3\xc9\xb9\xa6\"}"))
	f.Add([]byte("\xff\xfe{\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		text := UTF8(body)
		if !utf8.Valid(text) || !bytes.Equal(before, body) {
			t.Fatalf("%q became %q", before, text)
		}
	})
}

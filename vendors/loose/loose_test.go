package loose

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

type inner struct {
	A Text       `json:"a"`
	L List[Text] `json:"l"`
}

type outer struct {
	T    Text          `json:"t"`
	N    Text          `json:"n"`
	O    Object[inner] `json:"o"`
	L    List[inner]   `json:"list"`
	Deep Object[struct {
		Mid Object[inner] `json:"mid"`
	}] `json:"deep"`
	Some Presence `json:"some"`
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Text{
		`"abc"`: "abc", `""`: "", `null`: "", `true`: "true", `false`: "false",
		`0`: "0", `-1`: "-1", `1381161600000`: "1381161600000", `85142.0`: "85142.0", `1.3811616E12`: "1.3811616E12",
		`"0012"`: "0012", `"中\u6587"`: "中文", `"a\nb"`: "a\nb", `"\ud83d\ude00"`: "😀", `"\ud800"`: "\ufffd",
		`[]`: "", `{}`: "", `[ ]`: "", `{ }`: "", `[1, 2]`: "[1,2]", `{"a":1}`: `{"a":1}`, `"[]"`: "[]", `" "`: " ",
		`{"b": "\u4e2d\"", "a": [1.50]}`: `{"b":"\u4e2d\"","a":[1.50]}`, `"\uD83D\uDE00 \ud83d x"`: "😀 \ufffd x",
		`123456789012345678901234567890`: "123456789012345678901234567890",
	} {
		var got struct {
			T Text `json:"t"`
		}
		if err := Unmarshal([]byte(`{"t": `+in+` }`), &got); err != nil || got.T != want {
			t.Errorf("%s: got %q, %v; want %q", in, got.T, err, want)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	cases := []struct {
		in   string
		want List[inner]
	}{
		{`null`, nil}, {`""`, nil}, {`{}`, nil}, {`[]`, List[inner]{}},
		{`[null,"",{},[]]`, List[inner]{}},
		{`{"a":1}`, List[inner]{{A: "1"}}},
		{`[{"a":"x","l":["p","","q"]},{"a":null,"l":"r"}]`, List[inner]{{A: "x", L: List[Text]{"p", "q"}}, {L: List[Text]{"r"}}}},
	}
	for _, c := range cases {
		var got outer
		if err := Unmarshal([]byte(`{"list":`+c.in+`}`), &got); err != nil || !reflect.DeepEqual(got.L, c.want) {
			t.Errorf("%s: got %#v, %v; want %#v", c.in, got.L, err, c.want)
		}
	}
	var got outer
	if err := Unmarshal([]byte(`{"list":"no such"}`), &got); err == nil {
		t.Error("a text in place of a list of objects was taken")
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	cases := []struct {
		in   string
		want Object[inner]
	}{
		{`null`, Object[inner]{}}, {`""`, Object[inner]{}}, {`[]`, Object[inner]{}}, {`{}`, Object[inner]{}},
		{`"wait"`, Object[inner]{Other: "wait"}}, {`7`, Object[inner]{Other: "7"}}, {`[{"a":1}]`, Object[inner]{Other: `[{"a":1}]`}},
		{`{"a":1}`, Object[inner]{V: inner{A: "1"}, OK: true}},
	}
	for _, c := range cases {
		var got outer
		if err := Unmarshal([]byte(`{"o":`+c.in+`}`), &got); err != nil || !reflect.DeepEqual(got.O, c.want) {
			t.Errorf("%s: got %#v, %v; want %#v", c.in, got.O, err, c.want)
		}
	}
}

func TestUnmarshalRepairs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Text{
		"\ufeff{\"t\":\"a\"}":           "a",
		" \r\n\ufeff {\"t\":\"a\"}\n\n": "a",
		"{\"t\":\"a\xff\xfe\xffb\"}":    "a\ufffdb",
		"{\"t\":\"a\tb\nc\x01\"}":       "a b c ",
		`{"t":"1","t":"2"}`:             "2",
		"{\"\xff\":1,\"t\":\"k\"}":      "k",
		`{"t":"x","n":{"a":[{"b":1}]}}`: "x",
	} {
		var got outer
		if err := Unmarshal([]byte(in), &got); err != nil || got.T != want {
			t.Errorf("%q: got %q, %v; want %q", in, got.T, err, want)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "  ", "<html>", `{"t":1`, `{"t":01}`, `{"t":1}x`, `{"t":.5}`, `{'t':1}`, `{"t":1,}`,
		`{"t":"\x"}`, "\ufeff", "nul", `{"t":}`, strings.Repeat("[", 20000), strings.Repeat(`{"o":`, 20000)} {
		var got outer
		if err := Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("%.20q was taken as %+v", in, got)
		}
	}
	if err := Unmarshal([]byte(`{}`), nil); err == nil {
		t.Error("a nil target was taken")
	}
}

func TestBodyIsNotChanged(t *testing.T) {
	t.Parallel()
	body := []byte("\ufeff{\"t\":\"a\tb\xff\"}")
	before := string(body)
	var got outer
	if err := Unmarshal(body, &got); err != nil || string(body) != before {
		t.Errorf("%v, body is %q now", err, body)
	}
	for i := range body {
		body[i] = 'x'
	}
	if got.T != "a b\ufffd" {
		t.Errorf("the value lives in the body: %q", got.T)
	}
}

func TestOddCharactersStayJSON(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"{\"a\":\"\u007f \U000e0001 \\\" \\u2028\"}", `["\ud83d\ude00\"", {"\"":"\t\u0000"}]`} {
		var got struct {
			T Text `json:"t"`
		}
		if err := Unmarshal([]byte(`{"t":`+in+`}`), &got); err != nil {
			t.Fatal(err)
		}
		var want, have any
		if err := json.Unmarshal([]byte(in), &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got.T), &have); err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%s became %s: %v", in, got.T, err)
		}
	}
}

func TestKeysWhateverTheirCase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Text{`{"T":"1"}`: "1", `{"T":"1","t":"2"}`: "2", `{"t":"2","T":"1"}`: "1", `{"tt":"1"}`: ""} {
		var got outer
		if err := Unmarshal([]byte(in), &got); err != nil || got.T != want {
			t.Errorf("%s: %q, %v; want %q", in, got.T, err, want)
		}
	}
}

func TestAny(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Any{
		`[]`: {EmptyList: true}, `[null]`: {Text: "[null]"}, `[1,[2]]`: {Text: "[1,[2]]"},
		`{}`: {}, `null`: {}, `""`: {}, `"x"`: {Text: "x"}, `{"a":1}`: {Text: `{"a":1}`},
	} {
		var got struct {
			A Any `json:"a"`
		}
		if err := Unmarshal([]byte(`{"a":`+in+`}`), &got); err != nil || got.A != want {
			t.Errorf("%s: %+v, %v; want %+v", in, got.A, err, want)
		}
	}
}

type embedding struct {
	A Text `json:"a"`
	inner
}

func TestEmbeddedFields(t *testing.T) {
	t.Parallel()
	var got embedding
	if err := Unmarshal([]byte(`{"a":"outer","l":["x"]}`), &got); err != nil || got.A != "outer" || got.inner.A != "" || len(got.L) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	element := `{"a":"85142","l":["一般维修","更换机油机滤常规保养检查(附表)"],"other":"x"},`
	body := []byte(`{"list":[` + strings.TrimSuffix(strings.Repeat(element, 100), ",") + `]}`)
	b.Run("loose", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var v outer
			if err := Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var v stdOuter
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Words{
		`"机油:4"`: "机油:4", `null`: "", `[]`: "", `["机油:4","滤芯:1"]`: "机油:4; 滤芯:1", `[null,"a",""]`: "a", `[1,2.50]`: "1; 2.50",
		`[{"name":"机油"}]`: `[{"name":"机油"}]`, `[["a"],"b"]`: `[["a"],"b"]`, `{"a":1}`: `{"a":1}`, `7`: "7",
	} {
		var got struct {
			W Words `json:"w"`
		}
		if err := Unmarshal([]byte(`{"w":`+in+`}`), &got); err != nil || got.W != want {
			t.Errorf("%s: got %q, %v; want %q", in, got.W, err, want)
		}
	}
}

func TestUnmarshalReadsGB18030(t *testing.T) {
	t.Parallel()
	var got outer
	if err := Unmarshal([]byte("{\"t\":\"\xb1\xa3\xd1\xf8\"}"), &got); err != nil || got.T != "保养" {
		t.Errorf("got %q, %v", got.T, err)
	}
}

// Wherever a control character stands, it becomes a space, and nothing else does.
func TestControlCharactersInEveryPlace(t *testing.T) {
	t.Parallel()
	for size := range 26 {
		for place := range size {
			for _, control := range []byte{0, '\t', '\n', 0x1f} {
				body := bytes.Repeat([]byte("\x7f \xe6\xff"), 7)[:size]
				want := bytes.Clone(body)
				body[place], want[place] = control, ' '
				given := bytes.Clone(body)
				if got := blankControls(body); !bytes.Equal(got, want) || !bytes.Equal(body, given) {
					t.Fatalf("%q becomes %q, want %q", given, got, want)
				}
			}
		}
	}
}

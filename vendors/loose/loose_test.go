package loose

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
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
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Text{
		`"abc"`: "abc", `""`: "", `null`: "", `true`: "true", `false`: "false",
		`0`: "0", `-1`: "-1", `1381161600000`: "1381161600000", `85142.0`: "85142.0", `1.3811616E12`: "1.3811616E12",
		`"0012"`: "0012", `"中\u6587"`: "中文", `"a\nb"`: "a\nb", `"\ud83d\ude00"`: "😀", `"\ud800"`: "\ufffd",
		`[]`: "", `{}`: "", `[ ]`: "", `{ }`: "", `[1, 2]`: "[1, 2]", `{"a":1}`: `{"a":1}`, `"[]"`: "[]", `" "`: " ",
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

// anyJSON draws JSON values of every shape, with the keys that outer knows.
func anyJSON(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return rapid.String().Draw(t, "string")
		case 1:
			return rapid.Int64().Draw(t, "number")
		case 2:
			return rapid.Bool().Draw(t, "bool")
		case 3:
			return nil
		case 4:
			return rapid.SliceOfN(anyJSON(depth-1), 0, 3).Draw(t, "array")
		}
		keys := rapid.SampledFrom([]string{"t", "n", "o", "list", "deep", "mid", "a", "l", "other"})
		return rapid.MapOfN(keys, anyJSON(depth-1), 0, 4).Draw(t, "object")
	})
}

// TestLikeTheStandardLibrary holds the fast decoder against encoding/json.
func TestLikeTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(anyJSON(4).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		var fast, std outer
		errFast, errStd := Unmarshal(body, &fast), json.Unmarshal(body, &std)
		if (errFast == nil) != (errStd == nil) || (errStd == nil && !reflect.DeepEqual(fast, std)) {
			t.Fatalf("%s:\nfast %+v, %v\nstd  %+v, %v", body, fast, errFast, std, errStd)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{"t":"\ud800","n":1e5}`, "\ufeff[]", `{"o":[],"list":{"a":1},"deep":{"mid":""}}`, "{\"t\":\"\xff\"}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var fast, std outer
		errFast, errStd := Unmarshal(body, &fast), json.Unmarshal(harmless(body), &std)
		if (errFast == nil) != (errStd == nil) {
			t.Fatalf("fast: %v, std: %v", errFast, errStd)
		}
		if errStd == nil && !reflect.DeepEqual(fast, std) {
			t.Fatalf("fast %+v\nstd  %+v", fast, std)
		}
		if !utf8.ValidString(string(fast.T)) {
			t.Fatalf("%q is not UTF-8", fast.T)
		}
	})
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
			var v outer
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestListAndPresenceAgreeWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[]`, `[ ]`, `[""]`, `[null, {}, []]`, `[1, "a,b]", {"x": [1, {"y": "\"]"}]}, [2]]`, `[{"a":"\\"},{"b":1}]`,
		`""`, `null`, `{}`, `"word"`, `{"a":1}`, `[[],[],"x"]`} {
		var list List[json.RawMessage]
		var there Presence
		if err := Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if err := Unmarshal([]byte(body), &there); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if bool(there) != (len(list) > 0) {
			t.Errorf("%s: presence %v, list of %d", body, there, len(list))
		}
		if body[0] != '[' {
			continue
		}
		var std []json.RawMessage
		if err := json.Unmarshal([]byte(body), &std); err != nil {
			t.Fatal(err)
		}
		full := 0
		for _, e := range std {
			switch string(e) {
			case `""`, "null", "{}", "[]":
				continue
			}
			if full >= len(list) || string(list[full]) != string(e) {
				t.Fatalf("%s: element %d is %s, want %s", body, full, list, e)
			}
			full++
		}
		if full != len(list) {
			t.Errorf("%s: %d elements, want %d", body, len(list), full)
		}
	}
}

package loose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The types below do with encoding/json what the package's do with a faster
// parser. They are its reference.

type stdText string

func (t *stdText) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case stdEmpty(b):
		*t = ""
	case b[0] == '"':
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = stdText(s)
	default:
		var compact bytes.Buffer
		if err := json.Compact(&compact, b); err != nil {
			return err
		}
		*t = stdText(compact.String())
	}
	return nil
}

type stdList[T any] []T

func (l *stdList[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	var elements []json.RawMessage
	if b[0] != '[' {
		elements = []json.RawMessage{b}
	} else {
		*l = stdList[T]{}
		if err := json.Unmarshal(b, &elements); err != nil {
			return err
		}
	}
	for _, e := range elements {
		if stdEmpty(e) {
			continue
		}
		var v T
		if err := json.Unmarshal(e, &v); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}

type stdPresence struct{ Seen, Some, Told, Odd bool }

func (p *stdPresence) UnmarshalJSON(b []byte) error {
	var l stdList[json.RawMessage]
	err := json.Unmarshal(b, &l)
	*p = stdPresence{Seen: true, Some: len(l) > 0, Odd: json.Unmarshal(b, new(stdList[struct{}])) != nil}
	for _, element := range l {
		var row map[string]stdText
		if json.Unmarshal(element, &row) != nil {
			p.Told = true
		}
		for _, text := range row {
			p.Told = p.Told || strings.Trim(string(text), "0.") != ""
		}
	}
	return err
}

type stdObject[T any] struct {
	V     T
	OK    bool
	Other stdText
}

func (o *stdObject[T]) UnmarshalJSON(b []byte) error {
	*o = stdObject[T]{}
	switch {
	case stdEmpty(b):
		return nil
	case b[0] != '{':
		return o.Other.UnmarshalJSON(b)
	}
	if err := json.Unmarshal(b, &o.V); err != nil {
		return err
	}
	o.OK = true
	return nil
}

func stdEmpty(b []byte) bool {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return false
	}
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

type stdInner struct {
	A stdText          `json:"a"`
	L stdList[stdText] `json:"l"`
}

type stdOuter struct {
	T    stdText             `json:"t"`
	N    stdText             `json:"n"`
	O    stdObject[stdInner] `json:"o"`
	L    stdList[stdInner]   `json:"list"`
	Deep stdObject[struct {
		Mid stdObject[stdInner] `json:"mid"`
	}] `json:"deep"`
	Some stdPresence `json:"some"`
}

// same compares what was read, but for the difference of an empty list from none.
func same(fast outer, std stdOuter) bool { return fmt.Sprintf("%+v", fast) == fmt.Sprintf("%+v", std) }

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
		keys := rapid.SampledFrom([]string{"t", "n", "o", "list", "deep", "mid", "a", "l", "other", "some"})
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
		var fast outer
		var std stdOuter
		errFast, errStd := Unmarshal(body, &fast), json.Unmarshal(body, &std)
		if (errFast == nil) != (errStd == nil) || (errStd == nil && !same(fast, std)) {
			t.Fatalf("%s:\nfast %+v, %v\nstd  %+v, %v", body, fast, errFast, std, errStd)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{"t":"\ud800","n":1e5}`, "\ufeff[]", `{"o":[],"list":{"a":1},"deep":{"mid":""}}`, "{\"t\":\"\xff\"}",
		"{\"t\":\"\t\",\"some\":[0]}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		clean := blankControls(repaired(body))
		if bytes.Count(clean, []byte("["))+bytes.Count(clean, []byte("{")) > 300 {
			return
		}
		var fast outer
		errFast := Unmarshal(body, &fast)
		if json.Valid(clean) && mayHoldHalves(clean) {
			var err error
			if clean, err = paired(clean); err != nil {
				t.Fatal(err)
			}
		}
		var std stdOuter
		errStd := json.Unmarshal(clean, &std)
		if (errFast == nil) != (errStd == nil) {
			t.Fatalf("fast: %v, std: %v", errFast, errStd)
		}
		if errStd == nil && !same(fast, std) {
			t.Fatalf("fast %+v\nstd  %+v", fast, std)
		}
		if !utf8.ValidString(string(fast.T)) {
			t.Fatalf("%q is not UTF-8", fast.T)
		}
	})
}

package loose

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/goccy/go-json"
)

// Text is a scalar of any JSON type as text: a string's text, a number's digits
// exactly as sent, "true", "false", and "" for null. An empty list or object is
// "" too; a full one is kept as its JSON, so that nothing is lost and what
// reads the text can say that it is odd.
type Text string

// UnmarshalJSON takes any JSON value.
func (t *Text) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) >= 2 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0:
		*t = Text(b[1 : len(b)-1]) // nothing to unescape: most texts
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(strings.ToValidUTF8(s, "\ufffd"))
	case empty(b):
		*t = ""
	default:
		*t = Text(b)
	}
	return nil
}

// String returns the text.
func (t Text) String() string { return string(t) }

// List is a list that may come as null, "", {} or a single element. Empty
// elements (null, "", {}, []) are left out: they say nothing.
type List[T any] []T

// UnmarshalJSON takes an array, a single element or something empty. It is nil
// for null, "" and {}, and not nil for an array.
func (l *List[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '[' {
		return l.readArray(b)
	}
	if empty(b) {
		return nil
	}
	return l.readElement(b)
}

// mostElements is more than any list of visits or violations has. A body of a few
// MiB could hold a million, each of them many times as large in memory.
const mostElements = 20_000

func (l *List[T]) readArray(b []byte) error {
	*l = List[T]{}
	for e := range elements(b) {
		if empty(e) {
			continue
		}
		if len(*l) == mostElements {
			return fmt.Errorf("a list has more than %d elements", mostElements)
		}
		if err := l.readElement(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *List[T]) readElement(b []byte) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*l = append(*l, v)
	return nil
}

// Presence tells whether a List of any kind would have an element, without
// reading the elements.
type Presence bool

// UnmarshalJSON takes any JSON value.
func (p *Presence) UnmarshalJSON(b []byte) error {
	*p = false
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '[' {
		*p = Presence(!empty(b))
		return nil
	}
	for e := range elements(b) {
		if !empty(e) {
			*p = true
			return nil
		}
	}
	return nil
}

// elements yields the values of a JSON array whose grammar has been checked.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, depth, quoted := 1, 0, false
		for i := 1; i < len(array); i++ {
			switch c := array[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[' || c == '{':
				depth++
			case depth > 0 && (c == ']' || c == '}'):
				depth--
			case depth == 0 && (c == ',' || c == ']'):
				if e := bytes.TrimSpace(array[start:i]); len(e) > 0 && !yield(e) {
					return
				}
				start = i + 1
			}
		}
	}
}

// Object is an object that may come as null, "", [] or a scalar.
type Object[T any] struct {
	V  T    // the object; the zero T when there was none
	OK bool // a JSON object that is not empty was there
	// Other is what stood there instead of an object, as text: a message, say.
	Other Text
}

// UnmarshalJSON takes any JSON value. It fails only when an object is there and
// T refuses it.
func (o *Object[T]) UnmarshalJSON(b []byte) error {
	*o = Object[T]{}
	b = bytes.TrimSpace(b)
	if empty(b) {
		return nil
	}
	if b[0] != '{' {
		return o.Other.UnmarshalJSON(b)
	}
	if err := json.Unmarshal(b, &o.V); err != nil {
		return err
	}
	o.OK = true
	return nil
}

// empty tells whether a JSON value says nothing: null, "", [] or {}, or no
// value at all.
func empty(b []byte) bool {
	switch {
	case len(b) == 0, string(b) == "null":
		return true
	case len(b) < 2:
		return false
	}
	switch string(b[:1]) + string(b[len(b)-1:]) {
	case `""`, "[]", "{}":
		return len(bytes.TrimSpace(b[1:len(b)-1])) == 0 && (b[0] != '"' || len(b) == 2)
	}
	return false
}

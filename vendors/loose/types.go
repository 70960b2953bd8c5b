package loose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// Text is a scalar of any JSON type as text: a string's text, a number's digits
// exactly as sent, "true", "false", and "" for null. An empty list or object is
// "" too; a full one is kept as its JSON, so that nothing is lost and what
// reads the text can say that it is odd.
type Text string

func (t *Text) read(v *fastjson.Value) error {
	*t = textOf(v)
	return nil
}

func textOf(v *fastjson.Value) Text {
	switch {
	case v.Type() == fastjson.TypeString:
		return Text(v.GetStringBytes())
	case empty(v):
		return ""
	}
	return Text(v.MarshalTo(nil))
}

// String returns the text.
func (t Text) String() string { return string(t) }

// Words is a Text that may come as a list of scalars, which are joined by "; ".
// What is not that plain is kept as its JSON, as a Text is.
type Words string

func (w *Words) read(v *fastjson.Value) error {
	*w = Words(textOf(v))
	if v.Type() != fastjson.TypeArray {
		return nil
	}
	var all []string
	for _, e := range v.GetArray() {
		if t := e.Type(); t == fastjson.TypeArray || t == fastjson.TypeObject {
			return nil
		}
		if text := textOf(e); text != "" {
			all = append(all, string(text))
		}
	}
	*w = Words(strings.Join(all, "; "))
	return nil
}

// Any is a value of any JSON type: its text, and whether it is a list with
// nothing in it, not even empty elements.
type Any struct {
	Text
	EmptyList bool
}

func (a *Any) read(v *fastjson.Value) error {
	*a = Any{Text: textOf(v), EmptyList: v.Type() == fastjson.TypeArray && empty(v)}
	return nil
}

// List is a list that may come as null, "", {} or a single element. Empty
// elements (null, "", {}, []) are left out: they say nothing. It is nil for
// null, "" and {}, and not nil for an array.
type List[T any] []T

// mostElements is more than any list of visits or violations has.
const mostElements = 20_000

func (l *List[T]) read(v *fastjson.Value) error {
	*l = nil
	if v.Type() != fastjson.TypeArray {
		return l.add(v)
	}
	elements := v.GetArray()
	*l = make(List[T], 0, min(len(elements), mostElements))
	for _, e := range elements {
		if len(*l) == mostElements && !empty(e) {
			return fmt.Errorf("a list has more than %d elements", mostElements)
		}
		if err := l.add(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *List[T]) add(v *fastjson.Value) error {
	if empty(v) {
		return nil
	}
	var none T
	*l = append(*l, none)
	return bind(&(*l)[len(*l)-1], v)
}

// Presence tells what a List of objects would have, without reading it.
type Presence struct {
	Seen bool // the key is there, whatever stands behind it: null as well
	Some bool // it would have an element
	Told bool // an element holds a value that is neither empty nor 0
	Odd  bool // it could not be read: an element is no object, or there are too many
}

func (p *Presence) read(v *fastjson.Value) error {
	*p = Presence{Seen: true}
	if v.Type() != fastjson.TypeArray {
		p.see(v)
		return nil
	}
	full := 0
	for _, e := range v.GetArray() {
		p.see(e)
		if !empty(e) {
			full++
		}
	}
	p.Odd = p.Odd || full > mostElements
	return nil
}

func (p *Presence) see(v *fastjson.Value) {
	if empty(v) {
		return
	}
	p.Some = true
	p.Told = p.Told || tells(v)
	p.Odd = p.Odd || v.Type() != fastjson.TypeObject
}

// tells tells whether a value is more than an object of nothings and zeros.
func tells(v *fastjson.Value) bool {
	o, err := v.Object()
	if err != nil {
		return true
	}
	told := map[string]bool{} // a key that comes twice counts the last time
	o.Visit(func(key []byte, v *fastjson.Value) {
		told[string(key)] = strings.Trim(string(textOf(v)), "0.") != ""
	})
	return slices.Contains(slices.Collect(maps.Values(told)), true)
}

// Object is an object that may come as null, "", [] or a scalar.
type Object[T any] struct {
	V  T    // the object; the zero T when there was none
	OK bool // a JSON object that is not empty was there
	// Other is what stood there instead of an object, as text: a message, say.
	Other Text
}

// read fails only when an object is there and T refuses it.
func (o *Object[T]) read(v *fastjson.Value) error {
	*o = Object[T]{}
	switch {
	case empty(v):
		return nil
	case v.Type() != fastjson.TypeObject:
		o.Other = textOf(v)
		return nil
	}
	if err := bind(&o.V, v); err != nil {
		return err
	}
	o.OK = true
	return nil
}

// empty tells whether a JSON value says nothing: null, "", [] or {}.
func empty(v *fastjson.Value) bool {
	switch v.Type() {
	case fastjson.TypeNull:
		return true
	case fastjson.TypeString:
		return len(v.GetStringBytes()) == 0
	case fastjson.TypeArray:
		return len(v.GetArray()) == 0
	case fastjson.TypeObject:
		return v.GetObject().Len() == 0
	}
	return false
}

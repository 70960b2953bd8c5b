package loose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync"
)

// read reads one JSON value, whose grammar has been checked, into what v
// points to.
func read(value []byte, v any) error {
	switch to := v.(type) {
	case json.Unmarshaler: // all types of this package, and json.RawMessage
		return to.UnmarshalJSON(value)
	default:
		if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.Elem().Kind() == reflect.Struct {
			return readStruct(value, p.Elem())
		}
		return fmt.Errorf("cannot read JSON into a %T", v)
	}
}

func readStruct(value []byte, to reflect.Value) error {
	if value = bytes.TrimSpace(value); string(value) == "null" {
		return nil
	} else if len(value) == 0 || value[0] != '{' {
		return fmt.Errorf("%.20q is no object", value)
	}
	fields := namesOf(to.Type())
	for name, member := range members(value) {
		index := fields.find(string(name))
		if index == nil {
			continue
		}
		if err := read(member, to.FieldByIndex(index).Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// names are the JSON names of a struct's fields.
type names struct {
	exact map[string][]int
	order []string
}

// find prefers a name to the letter, as the standard library does, and takes
// one in other case else.
func (n *names) find(name string) []int {
	if index, ok := n.exact[name]; ok {
		return index
	}
	for _, known := range n.order {
		if strings.EqualFold(known, name) {
			return n.exact[known]
		}
	}
	return nil
}

// nameCache remembers what the types say, and nothing else.
var nameCache sync.Map // reflect.Type to *names

func namesOf(t reflect.Type) *names {
	if known, ok := nameCache.Load(t); ok {
		return known.(*names)
	}
	n := &names{exact: map[string][]int{}}
	for _, f := range reflect.VisibleFields(t) { // those of embedded structs as well
		if name := f.Tag.Get("json"); name != "" {
			n.exact[name] = f.Index
			n.order = append(n.order, name)
		}
	}
	nameCache.Store(t, n)
	return n
}

// elements yields the values of a JSON array whose grammar has been checked.
func elements(array []byte) iter.Seq[[]byte] { return split(array) }

// members yields the names and values of a JSON object whose grammar has been
// checked. Names are unescaped.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for m := range split(object) {
			end := textEnd(m)
			colon := end + bytes.IndexByte(m[end:], ':')
			if !yield(unescaped(m[:end]), bytes.TrimSpace(m[colon+1:])) {
				return
			}
		}
	}
}

// textEnd is where the JSON text at the start of b ends.
func textEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func unescaped(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return nil
	}
	return []byte(s)
}

// split yields what stands between the commas of a JSON array or object.
func split(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, depth := 1, 0
		for i := 1; i < len(array); i++ {
			switch c := array[i]; {
			case c == '"':
				i += textEnd(array[i:]) - 1
			case c == '[' || c == '{':
				depth++
			case depth > 0 && (c == ']' || c == '}'):
				depth--
			case depth == 0 && (c == ',' || c == ']' || c == '}'):
				if e := bytes.TrimSpace(array[start:i]); len(e) > 0 && !yield(e) {
					return
				}
				start = i + 1
			}
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// field is one key of a JSON object that is printed.
type field struct {
	name  string
	value any
}

// fields is a JSON object whose keys keep their order.
type fields []field

// MarshalJSON writes the keys in their order; < and > stay as they are.
func (f fields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(x.name)
		if err != nil {
			return nil, err
		}
		b.Write(append(name, ':'))
		if err := plainJSON(&b, x.value); err != nil {
			return nil, fmt.Errorf("encode %s: %w", x.name, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func plainJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeJSON prints one object, indented.
func writeJSON(to io.Writer, f fields) error {
	text, err := f.MarshalJSON()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err = to.Write(b.Bytes())
	return err
}

package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"vehiclebatch/pipeline/record"
)

// field is one key of a JSON object that is printed.
type field struct {
	Name  string
	Value any
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
		name, err := json.Marshal(x.Name)
		if err != nil {
			return nil, err
		}
		b.Write(append(name, ':'))
		if err := plainJSON(&b, x.Value); err != nil {
			return nil, fmt.Errorf("encode %s: %w", x.Name, err)
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

// withFields is a JSON object with the fields of another at its end.
func withFields(object []byte, more any) ([]byte, error) {
	fields, err := json.Marshal(more)
	if err != nil {
		return nil, fmt.Errorf("encode what is added to the manifest: %w", err)
	}
	return bytes.Join([][]byte{bytes.TrimSuffix(bytes.TrimSpace(object), []byte("}")), bytes.TrimPrefix(fields, []byte("{"))}, []byte(",")), nil
}

// writeJSON prints one object, indented.
func writeJSON(to io.Writer, f fields) error {
	text, err := f.MarshalJSON()
	if err != nil {
		return err
	}
	return writeIndented(to, text)
}

// writeIndented prints an object that is encoded already.
func writeIndented(to io.Writer, object []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, object, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := to.Write(b.Bytes())
	return err
}

// momentText is a moment in JSON's form, where a cell of text is wanted.
func momentText(t time.Time) string { return record.At(t).String() }

// PrintJSON prints a value as JSON, indented.
func PrintJSON(to io.Writer, v any) error {
	enc := json.NewEncoder(asJSON(to))
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"vehiclebatch/pipeline/record"
)

// Field is one key of a JSON object that is printed.
type Field struct {
	Name  string
	Value any
}

// Fields is a JSON object whose keys keep their order.
type Fields []Field

// MarshalJSON writes the keys in their order; < and > stay as they are.
func (f Fields) MarshalJSON() ([]byte, error) {
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

// WithFields is a JSON object with the fields of another at its end.
func WithFields(object []byte, more any) ([]byte, error) {
	fields, err := json.Marshal(more)
	if err != nil {
		return nil, fmt.Errorf("encode what is added to the manifest: %w", err)
	}
	return bytes.Join([][]byte{bytes.TrimSuffix(bytes.TrimSpace(object), []byte("}")), bytes.TrimPrefix(fields, []byte("{"))}, []byte(",")), nil
}

// WriteJSON prints one object, indented.
func WriteJSON(to io.Writer, f Fields) error {
	text, err := f.MarshalJSON()
	if err != nil {
		return err
	}
	return WriteIndented(to, text)
}

// WriteIndented prints an object that is encoded already.
func WriteIndented(to io.Writer, object []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, object, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := to.Write(b.Bytes())
	return err
}

// MomentText is a moment in JSON's form, where a cell of text is wanted.
func MomentText(t time.Time) string { return record.At(t).String() }

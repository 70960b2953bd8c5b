package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
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

// yuanNumber is an amount as JSON shows it: in yuan, with two places.
func yuanNumber(f record.Fen) json.Number { return json.Number(f.String()) }

// rfcChina is a moment as JSON shows it.
func rfcChina(t time.Time) string {
	return t.In(normalise.China()).Format("2006-01-02T15:04:05.999999Z07:00")
}

// rfcOrNull is rfcChina; none is null.
func rfcOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return rfcChina(t)
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

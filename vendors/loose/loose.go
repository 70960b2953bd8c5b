// Package loose reads vendors' JSON as it really comes: numbers as strings and
// strings as numbers, "" or [] or null where an object should be, one object
// where a list should be, GB18030, broken UTF-8, raw control characters in texts.
//
// It reads forms, never meanings: every scalar becomes a Text, which the adapter
// interprets. Everything is safe for concurrent use.
package loose

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/valyala/fastjson"

	"vehiclebatch/vendors/charset"
)

// Unmarshal reads one JSON value into v: a pointer to a struct of this package's
// types with json tags, or to one of them. It reads GB18030 and UTF-16 as well as
// UTF-8 (package charset), drops a byte order mark and white space around the
// value, turns each run of broken bytes into U+FFFD and raw
// control characters into spaces, and returns an error for everything that is
// not JSON then, or is nested deeper than 300 levels. A key that comes twice
// counts the last time. It never panics, and does not keep or change body.
func Unmarshal(body []byte, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading JSON: %v", p)
		}
	}()
	p := parsers.Get()
	defer release(p, len(body))
	value, err := parse(p, body)
	if err != nil {
		return fmt.Errorf("reading JSON: %w", err)
	}
	if err := bind(v, value); err != nil {
		return fmt.Errorf("reading JSON: %w", err)
	}
	return nil
}

// parsers are kept for the next body: a parser's memory is most of its cost.
var parsers fastjson.ParserPool

// keptBody is the largest body whose parser is kept, in bytes: what is larger
// is rare, and its memory is given back.
const keptBody = 256 << 10

func release(p *fastjson.Parser, body int) {
	if body <= keptBody {
		parsers.Put(p)
	}
}

const byteOrderMark = "\ufeff"

// mostValues is far more than any answer holds. In memory each value is many
// times as large as the least that it may be in a body of a few MiB.
const mostValues = 250_000

var errNotJSON = errors.New("the body is not JSON, or is nested too deep")

// parse returns the value of what is JSON once it is repaired.
func parse(p *fastjson.Parser, body []byte) (*fastjson.Value, error) {
	body = repaired(body)
	if len(body) == 0 {
		return nil, errors.New("the body is empty")
	}
	if bytes.Count(body, []byte(",")) > mostValues {
		return nil, fmt.Errorf("the body holds more than %d values", mostValues)
	}
	body = blankControls(body)
	value, err := strict(p, body)
	if err != nil || !mayHoldHalves(body) {
		return value, err
	}
	if body, err = paired(body); err != nil {
		return nil, err
	}
	return p.ParseBytes(body)
}

// strict parses what is JSON to the letter. The parser bounds the nesting and
// takes more than JSON; the validator takes nothing else, and would take its
// time over deep nesting.
func strict(p *fastjson.Parser, body []byte) (*fastjson.Value, error) {
	value, err := p.ParseBytes(body)
	if err != nil || fastjson.ValidateBytes(body) != nil {
		return nil, errNotJSON
	}
	return value, nil
}

// repaired drops what is around the value, and broken characters.
func repaired(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(charset.UTF8(body)), []byte(byteOrderMark)))
}

// mayHoldHalves tells whether a surrogate is written as an escape. Few bodies
// have one: only characters beyond U+FFFF are written so.
func mayHoldHalves(body []byte) bool {
	return bytes.Contains(body, []byte(`\ud`)) || bytes.Contains(body, []byte(`\uD`))
}

// paired makes U+FFFD of escaped halves of surrogate pairs, which fastjson would
// leave as they are written.
func paired(body []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errNotJSON
	}
	return json.Marshal(v)
}

// plainStart is where the first control character may stand at the earliest: it
// looks at eight bytes at a time.
func plainStart(body []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; len(body)-i >= 8; i += 8 {
		if w := binary.LittleEndian.Uint64(body[i:]); (w-' '*ones)&^w&tops != 0 {
			break
		}
	}
	return i
}

// blankControls makes control characters spaces, in a copy if there are any. A
// line end outside of a text is white space too, so no text needs to be told
// from what is around it. In UTF-8 such a byte is never part of another character.
// The validator overlooks them in texts that have escapes.
func blankControls(body []byte) []byte {
	clean := body
	for i := plainStart(body); i < len(body); i++ {
		b := body[i]
		if b >= ' ' {
			continue
		}
		if &clean[0] == &body[0] {
			clean = bytes.Clone(body)
		}
		clean[i] = ' '
	}
	return clean
}

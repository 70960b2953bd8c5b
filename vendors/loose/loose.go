// Package loose reads vendors' JSON as it really comes: numbers as strings and
// strings as numbers, "" or [] or null where an object should be, one object
// where a list should be, broken UTF-8, raw control characters in texts.
//
// It reads forms, never meanings: every scalar becomes a Text, which the adapter
// interprets. Everything is safe for concurrent use.
package loose

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-json"
)

// Unmarshal reads one JSON value into v. It drops a byte order mark and white
// space around the value, turns each run of broken UTF-8 into U+FFFD and raw
// control characters into spaces, and returns an error for everything that is
// not JSON then. It never panics, and does not keep or change body.
//
// The standard library checks the grammar first, and the faster decoder, which
// is built for correct input, sees nothing else.
func Unmarshal(body []byte, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading JSON: %v", p)
		}
	}()
	body = harmless(body)
	if len(body) == 0 {
		return errors.New("reading JSON: the body is empty")
	}
	if !stdjson.Valid(body) {
		return errors.New("reading JSON: the body is not JSON")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("reading JSON: %w", err)
	}
	return nil
}

const byteOrderMark = "\ufeff"

func harmless(body []byte) []byte {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte(byteOrderMark)))
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return blankControls(body)
}

// blankControls makes control characters spaces, in a copy if there are any. A
// line end outside of a text is white space too, so no text needs to be told
// from what is around it. In UTF-8 such a byte is never part of another character.
func blankControls(body []byte) []byte {
	first := slices.IndexFunc(body, isControl)
	if first < 0 {
		return body
	}
	body = bytes.Clone(body)
	for i := first; i < len(body); i++ {
		if isControl(body[i]) {
			body[i] = ' '
		}
	}
	return body
}

func isControl(b byte) bool { return b < ' ' }

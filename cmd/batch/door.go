package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// door is the one way from the program to a screen: whatever is printed goes through
// it, and no control character does, for it could move the cursor, retitle the window
// or turn the reading order round. Line breaks and tabs pass. Names of files, runs and
// vendors need no care of their own before it.
type door struct {
	to   io.Writer
	form func(r rune) string // what is shown for what may not pass

	mu   sync.Mutex
	held []byte // the beginning of a character
}

var _ io.Writer = (*door)(nil)

func newDoor(to io.Writer) *door { return &door{to: to, form: replaced} }

func replaced(rune) string { return string(unicode.ReplacementChar) }

// escapedJSON is the form for JSON, in which control characters stand in texts alone.
func escapedJSON(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// Write writes a text. Safe for concurrent use.
func (d *door) Write(text []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rest := slices.Concat(d.held, text)
	out := make([]byte, 0, len(rest))
	for len(rest) > 0 && utf8.FullRune(rest) {
		r, size := utf8.DecodeRune(rest)
		if broken := r == utf8.RuneError && size == 1; broken || steers(r) && r != '\n' && r != '\t' {
			out = append(out, d.form(r)...)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	d.held = rest
	if _, err := d.to.Write(out); err != nil {
		return 0, err
	}
	return len(text), nil
}

// steers tells whether a character does something to a terminal, instead of being shown:
// controls, and what turns the reading order round.
func steers(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// behind is the stream itself, of either direction, behind its door if it has one.
func behind(stream any) any {
	if d, ok := stream.(*door); ok {
		return d.to
	}
	return stream
}

// asJSON is stdout for JSON: what may not pass is escaped, so the values stay.
func (env environment) asJSON() io.Writer {
	if d, ok := env.stdout.(*door); ok {
		return &door{to: d.to, form: escapedJSON}
	}
	return env.stdout
}

// asData is stdout for what another program reads: byte for byte, but on a terminal.
func (env environment) asData() io.Writer {
	if to, ok := behind(env.stdout).(io.Writer); ok && !isTerminal(env.stdout) {
		return to
	}
	return env.stdout
}

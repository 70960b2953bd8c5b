package ui

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"unicode"
	"unicode/utf8"

	"vehiclebatch/cmd/batch/app"

	"golang.org/x/term"
)

// Door is the one way from the program to a screen: whatever is printed goes through
// it, and no control character does, for it could move the cursor, retitle the window
// or turn the reading order round. Line breaks and tabs pass. Names of files, runs and
// vendors need no care of their own before it.
type Door struct {
	to   io.Writer
	form func(r rune) string // what is shown for what may not pass

	mu     sync.Mutex
	held   []byte // the beginning of a character
	failed error  // the first write that failed
}

var _ io.Writer = (*Door)(nil)

// NewDoor is the door before a stream.
func NewDoor(to io.Writer) *Door { return &Door{to: to, form: replaced} }

func replaced(rune) string { return string(unicode.ReplacementChar) }

// escapedJSON is the form for JSON, in which control characters stand in texts alone.
func escapedJSON(r rune) string { return fmt.Sprintf(`\u%04x`, r) }

// Write writes a text. Safe for concurrent use.
func (d *Door) Write(text []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	rest := slices.Concat(d.held, text)
	out := make([]byte, 0, len(rest))
	for len(rest) > 0 && utf8.FullRune(rest) {
		r, size := utf8.DecodeRune(rest)
		if broken := r == utf8.RuneError && size == 1; broken || app.Steers(r) && r != '\n' && r != '\t' {
			out = append(out, d.form(r)...)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	d.held = rest
	if _, err := d.to.Write(out); err != nil {
		d.failed = cmp.Or(d.failed, err)
		return 0, err
	}
	return len(text), nil
}

// Unwritten is why something could not be written that was said; nil if nothing is missing. A reader who went away
// misses nothing.
func Unwritten(out io.Writer) error {
	d, ok := out.(*Door)
	if !ok {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if errors.Is(d.failed, syscall.EPIPE) {
		return nil
	}
	return d.failed
}

// behind is the stream itself, of either direction, behind its door if it has one.
func behind(stream any) any {
	if d, ok := stream.(*Door); ok {
		return d.to
	}
	return stream
}

// asJSON is a stream for JSON: what may not pass is escaped, so the values stay.
func asJSON(out io.Writer) io.Writer {
	if d, ok := out.(*Door); ok {
		return &Door{to: d.to, form: escapedJSON}
	}
	return out
}

// AsData is a stream for what another program reads: byte for byte, but on a terminal.
func AsData(out io.Writer) io.Writer {
	if to, ok := behind(out).(io.Writer); ok && !IsTerminal(out) {
		return to
	}
	return out
}

// IsTerminal tells whether a stream, of either direction, is a terminal.
func IsTerminal(stream any) bool {
	f, ok := behind(stream).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

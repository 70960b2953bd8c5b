package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"
	"testing"
)

func TestDoor(t *testing.T) {
	t.Parallel()
	const said = "a\tb\n粤\r\x1b[2J\u0085\u202e\u2069\x7f\xff.\u200d"
	var whole, parts, quoted bytes.Buffer
	_, _ = NewDoor(&whole).Write([]byte(said))
	d := NewDoor(&parts)
	for i := range len(said) {
		if n, err := d.Write([]byte(said[i : i+1])); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	const want = "a\tb\n粤\uFFFD\uFFFD[2J\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD.\u200d"
	if whole.String() != want || parts.String() != want {
		t.Errorf("%q and %q, want %q", whole.String(), parts.String(), want)
	}
	name := "\x7f\u009b\u202e\u2066"
	var back string
	if err := json.NewEncoder(asJSON(NewDoor(&quoted))).Encode(name); err != nil || quoted.String() != `"\u007f\u009b\u202e\u2066"`+"\n" {
		t.Errorf("%v: %s", err, quoted.String())
	}
	if err := json.Unmarshal(quoted.Bytes(), &back); err != nil || back != name {
		t.Errorf("%v: %q", err, back)
	}
}

// What could not be written is known at the end, whoever wrote it; a reader who went away misses nothing.
func TestWhatCouldNotBeWrittenIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ err, want error }{{nil, nil}, {syscall.ENOSPC, syscall.ENOSPC}, {syscall.EPIPE, nil}} {
		d := NewDoor(failing{c.err})
		fmt.Fprintln(d, "text")
		if got := Unwritten(d); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}

type failing struct{ err error }

func (f failing) Write(text []byte) (int, error) { return len(text), f.err }

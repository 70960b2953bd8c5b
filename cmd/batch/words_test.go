package main

import (
	"bytes"
	"io"
	"testing"

	"vehiclebatch/pipeline/record"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"run", "plan", "resume", "retry", "status", "max-spend"}
	for word, want := range map[string]string{"rum": "run", "plna": "plan", "stauts": "status", "max-spnd": "max-spend",
		"x": "", "": "", "frobnicate": "", "车": ""} {
		if got := meant(word, names); got != want {
			t.Errorf("meant(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{{"¥1.00 spent", 11, "¥1.00 spent"}, {"¥1.00 spent", 10, "¥1.00 spe…"}, {"ab", 1, "…"}, {"ab", 0, ""}, {"", 0, ""}} {
		if got := clip(c.line, c.width); got != c.want {
			t.Errorf("clip(%q, %d) = %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 2: "2 rows"} {
		if got := record.Counted(n, "row"); got != want {
			t.Errorf("record.Counted(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLogGoesAboveTheDisplayWhileThereIsOne(t *testing.T) {
	t.Parallel()
	var stderr, display bytes.Buffer
	w := &logWriter{stderr: &stderr}
	write := func(text string) {
		if _, err := io.WriteString(w, text); err != nil {
			t.Error(err)
		}
	}
	write("before\n")
	w.over(&display)
	write("during\n")
	w.over(ended{})
	write("as it ends\n")
	w.over(nil)
	write("after\n")
	if display.String() != "during\n" || stderr.String() != "before\nas it ends\nafter\n" {
		t.Errorf("display %q, stderr %q", display.String(), stderr.String())
	}
}

// ended is a display that takes no more lines.
type ended struct{}

func (ended) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

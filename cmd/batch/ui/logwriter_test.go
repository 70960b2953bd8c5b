package ui

import (
	"bytes"
	"io"
	"testing"
)

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

func TestLogGoesAboveTheDisplayWhileThereIsOne(t *testing.T) {
	t.Parallel()
	var stderr, display bytes.Buffer
	w := &LogWriter{Stderr: &stderr}
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

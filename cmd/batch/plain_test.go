package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestLogsShortenWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: redactAttr}))
	log.Warn("about LSVAM4187C2184841", "plate", "粤B12345", "error", errors.New("no LSVAM4187C2184841 there"), slog.Group("g", "vin", "LSVAM4187C2184841"))
	for _, whole := range []string{"LSVAM4187C2184841", "粤B12345"} {
		if strings.Contains(out.String(), whole) {
			t.Errorf("%s holds %s", out.String(), whole)
		}
	}
	if n := strings.Count(out.String(), "LSV…4841"); n != 3 {
		t.Errorf("%s shows the VIN %d times, want 3", out.String(), n)
	}
}

func TestMessagesAreDiscreet(t *testing.T) {
	t.Parallel()
	got := message(errors.New("row LSVAM4187C2184841\x1b]0;title\a\nnext"), nil)
	if want := "batch: row LSV…4841\uFFFD]0;title\uFFFD\nnext"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What the user typed is shown as it was typed, and nothing else.
func TestMessagesShowPathsAsTyped(t *testing.T) {
	t.Parallel()
	err := errors.New("粤B12345/ledger.db: row 3, 沪A12345, LSVAM4187C2184841: batch resume --out 粤B12345")
	for _, typed := range []string{"粤B12345", "粤B12345/", "./粤B12345", "--out=粤B12345"} {
		want := "batch: 粤B12345/ledger.db: row 3, 沪A…45, LSV…4841: batch resume --out 粤B12345"
		if got := message(err, []string{"batch", "run", "41", "--out", typed}); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
}

// What a cell or a vendor holds is one line on the screen, and moves nothing there.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "粤B12345": "粤B12345", "a\nb": "a⏎b", "a\r\nb\rc": "a⏎b⏎c", "a\u2028b": "a⏎b", "a\tb": "a b",
		"a\x1b[2Jb\u0085\x7f": "a\uFFFD[2Jb\uFFFD\uFFFD"} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
	if got := redact("one\r\ntwo\ta"); got != "one\ntwo a" {
		t.Errorf("discreet is %q", got)
	}
}

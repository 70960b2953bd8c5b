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
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: discreetly}))
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
	got := message(errors.New("row LSVAM4187C2184841\x1b]0;title\a\nnext"))
	if want := "batch: row LSV…4841\uFFFD]0;title\uFFFD\nnext"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

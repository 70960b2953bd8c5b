package ui

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
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: RedactAttr}))
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

func TestRedactedTextsKeepTheirLines(t *testing.T) {
	t.Parallel()
	if got := redact("one\r\ntwo\ta"); got != "one\ntwo a" {
		t.Errorf("discreet is %q", got)
	}
}

package sinks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a manifest says is shown in one line, and not all of it.
func TestWhatIsShownOfADiscrepancyHasAnEnd(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]Discrepancy{
		`vehicles.csv: should be "a file", is "missing"`:                  {File: "vehicles.csv", Want: "a file", Got: "missing"},
		`车辆.csv, row 3, column vin: should be "a", is "b"`:                {File: "车辆.csv", Row: 3, Column: "vin", Want: "a", Got: "b"},
		`"a\nb: all is well\x1b\u202e": should be "a file", is "missing"`: {File: "a\nb: all is well\x1b\u202e", Want: "a file", Got: "missing"},
	} {
		if got := d.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	long := strings.Repeat("更", 1<<20)
	if got := (Discrepancy{File: long, Want: long, Got: long}).String(); len(got) > 3*(shownName+2*shownValue)+50 {
		t.Errorf("%d bytes are shown", len(got))
	}
}

// An error about a manifest repeats little of it, and one that is longer than any is not read.
func TestAManifestThatIsNoneIsSaidInFewWords(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a number": `{"input":{"rows":1` + strings.Repeat("0", 9000) + `}}`, "a day": `{"run_date":"` + strings.Repeat("9", 9000) + `"}`,
		"a moment": `{"started_at":"` + strings.Repeat("9", 9000) + `"}`, "an amount": `{"spend":{"wapi":{"charged":1` + strings.Repeat("0", 9000) + `}}}`,
		"depth": strings.Repeat("[", 90000), "length": `{"run_id":"` + strings.Repeat("a", manifestMost) + `"}`,
	} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, manifestName), []byte(text), 0o600))
		if _, err := ReadManifest(dir); err == nil || len(err.Error()) > len(dir)+400 || !strings.Contains(err.Error(), manifestName) {
			t.Errorf("%s: %.900v", name, err)
		}
	}
}

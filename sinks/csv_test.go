package sinks

import (
	"bytes"
	"encoding/csv"
	"testing"

	"pgregory.net/rapid"
)

// A line is that of encoding/csv, to the byte.
func TestALineOfCSVIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	field := rapid.OneOf(rapid.StringMatching(`[ ,"\n\r\t\\.a;车\x{3000}\x{a0}]{0,6}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		// The library puts quotes around an empty line's only field; every table has more columns.
		fields := rapid.SliceOfN(field, 2, 6).Draw(t, "fields")
		var line []byte
		for i, f := range fields {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendField(line, f)
		}
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		if err := w.Write(fields); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if got := string(line) + "\n"; got != want.String() {
			t.Fatalf("%q became %q, want %q", fields, got, want.String())
		}
	})
}

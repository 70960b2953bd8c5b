package record_test

import (
	"testing"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
)

// FuzzParseYuan: an amount is read exactly or not at all, and its text is read
// as the same amount.
func FuzzParseYuan(f *testing.F) {
	for _, seed := range []string{"17.00", "0", "-0.01", "1e5", "92233720368547758.07", "92233720368547758.08", "1.005", "+3.", "00.10"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, err := record.ParseYuan(s)
		if err != nil {
			if fen != 0 {
				t.Fatalf("%q is %d in spite of %v", s, fen, err)
			}
			return
		}
		if back, err := record.ParseYuan(fen.String()); err != nil || back != fen {
			t.Fatalf("%q is %s, which reads %s, %v", s, fen, back, err)
		}
	})
}

// FuzzShorten: shortening is idempotent, and no whole identifier is left.
func FuzzShorten(f *testing.F) {
	for _, seed := range []string{"LSVAM4187C2184841", "车LSVAM4187C2184841。", "粤B·12345", "粤粤B12345B12345", "LSVAM4187C2184841LSVAM4187C2184841", "京A12345应急"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		short := record.Shorten(s)
		if again := record.Shorten(short); again != short {
			t.Fatalf("%q became %q, then %q", s, short, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(short) {
			t.Fatalf("%q became %q", s, short)
		}
	})
}

package app

import "testing"

// What a cell or a vendor holds is one line on the screen, and moves nothing there.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "粤B12345": "粤B12345", "a\nb": "a⏎b", "a\r\nb\rc": "a⏎b⏎c", "a\u2028b": "a⏎b", "a\tb": "a b",
		"a\x1b[2Jb\u0085\x7f": "a\uFFFD[2Jb\uFFFD\uFFFD"} {
		if got := Printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
}

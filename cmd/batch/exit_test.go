package main

import (
	"errors"
	"testing"
)

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

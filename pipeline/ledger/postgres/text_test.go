package postgres

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Whatever a vendor sends as a text can be kept, and comes back as it was.
func TestTextsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		was := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.Map(rapid.String(), func(s string) string { return inHex + s })).Draw(t, "text")
		text := kept(was)
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			t.Fatalf("the server does not take %q, which %q is kept as", text, was)
		}
		if err := restore(&text); err != nil || text != was {
			t.Fatalf("%q came back as %q: %v", was, text, err)
		}
	})
	broken := inHex + "0"
	if err := restore(&broken); !Damaged(err) {
		t.Errorf("half a byte: %v", err)
	}
}

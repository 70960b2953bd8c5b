package spelling

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"vin", "plate", "车牌号", "plates", "发动机号"}
	for _, c := range []struct {
		written  string
		most     int
		want     string
		distance int
	}{
		{"vin", 2, "vin", 0}, {"vni", 2, "vin", 2}, {"vni", 1, "", 0}, {"platez", 2, "plate", 1}, {"车排号", 1, "车牌号", 1}, {"发动机", 1, "发动机号", 1},
		{"", 2, "", 0}, {"", 3, "vin", 3}, {"engine", 1, "", 0}, {"vin", -1, "", 0},
	} {
		if got, d := Nearest(c.written, known, c.most); got != c.want || d != c.distance {
			t.Errorf("%q within %d: %q, %d; want %q, %d", c.written, c.most, got, d, c.want, c.distance)
		}
	}
}

func TestEditsProperty(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[ab车]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := []rune(word.Draw(t, "a")), []rune(word.Draw(t, "b")), []rune(word.Draw(t, "c"))
		d := edits(a, b)
		if d != edits(b, a) || (d == 0) != slices.Equal(a, b) || edits(a, c) > d+edits(b, c) {
			t.Fatalf("%q and %q are %d apart, by way of %q %d", string(a), string(b), d, string(c), edits(a, c))
		}
	})
}

func TestSortedKeepsAll(t *testing.T) {
	t.Parallel()
	known := []string{"app_id", "base_url", "secret", "secret_id"}
	if got := Sorted("secert", known); got[0] != "secret" || len(got) != len(known) {
		t.Errorf("%q", got)
	}
	if got := Sorted(strings.Repeat("secret", 100_000), known); len(got) != len(known) {
		t.Errorf("%q", got)
	}
}

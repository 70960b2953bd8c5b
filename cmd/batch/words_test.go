package main

import (
	"testing"

	"vehiclebatch/pipeline/record"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"run", "plan", "resume", "retry", "status", "max-spend"}
	for word, want := range map[string]string{"rum": "run", "plna": "plan", "stauts": "status", "max-spnd": "max-spend",
		"x": "", "": "", "frobnicate": "", "车": ""} {
		if got := meant(word, names); got != want {
			t.Errorf("meant(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 2: "2 rows"} {
		if got := record.Counted(n, "row"); got != want {
			t.Errorf("record.Counted(%d) = %q, want %q", n, got, want)
		}
	}
}

package main

import (
	"path/filepath"
	"regexp"
	"testing"
)

// A mutant whose lines were changed since, or whose tests have another name,
// would prove nothing.
func TestMutantsFitTheCode(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := readMutants("mutations")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if _, err := m.overlay(root, filepath.Join(t.TempDir(), m.name)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	whole := "Breaks: a promise\nTests: ./x -run TestX\n\na.go\n<<<<\nold\n====\nnew\n>>>>\n"
	if _, err := parse(whole); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Breaks: .*\n", "Tests: .*\n", "<<<<\n", "====\n", ">>>>\n"} {
		if m, err := parse(regexp.MustCompile(line).ReplaceAllString(whole, "")); err == nil {
			t.Errorf("without %q it is read as %+v", line, m)
		}
	}
}

package main

import (
	"path/filepath"
	"testing"
)

// A mutant whose text is no longer in the code would break nothing.
func TestMutantsFitTheCode(t *testing.T) {
	t.Parallel()
	mutants, err := readMutants("mutations")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		if _, err := m.overlay(filepath.Join("..", "..", ".."), t.TempDir()); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)

var wholeFlag = regexp.MustCompile(`flag\.Bool\("whole"`)

// What quick tests take a part of is taken whole by the check of every change.
func TestSampledTestsAreRunWhole(t *testing.T) {
	t.Parallel()
	check, err := os.ReadFile(filepath.Join(root, ".ci/run"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !wholeFlag.Match(text) {
			return err
		}
		seen++
		dir, err := filepath.Rel(root, filepath.Dir(path))
		run := regexp.MustCompile(`(?m)^\s*go test [^#\n]*\./` + regexp.QuoteMeta(filepath.ToSlash(dir)) + ` [^#\n]*-args -whole`)
		if !run.Match(check) {
			t.Errorf(".ci/run does not run ./%s with -args -whole", dir)
		}
		return err
	})
	if err != nil || seen < 4 {
		t.Errorf("%d packages, %v", seen, err)
	}
}

// Every fuzz target is run by the check of every change.
func TestFuzzTargetsAreChecked(t *testing.T) {
	t.Parallel()
	check, err := os.ReadFile(filepath.Join(root, ".ci/run"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		for _, m := range fuzzTarget.FindAllSubmatch(text, -1) {
			seen++
			if line := "./" + filepath.ToSlash(dir) + " " + string(m[1]) + "\n"; !strings.Contains(string(check), line) {
				t.Errorf(".ci/run does not run %s", line)
			}
		}
		return err
	})
	if err != nil || seen < 19 {
		t.Errorf("%d targets, %v", seen, err)
	}
}

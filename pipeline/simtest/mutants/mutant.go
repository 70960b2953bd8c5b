package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is one way to break the program.
type mutant struct {
	name    string
	breaks  string   // the promise, in a sentence
	tests   []string // arguments of go test
	changes []change
}

// change puts a text in the place of another, which stands once in a file.
type change struct{ file, is, becomes string }

func readMutants(dir string) ([]mutant, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no mutants in %s: %w", dir, err)
	}
	var out []mutant
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read a mutant: %w", err)
		}
		m, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		m.name = strings.TrimSuffix(filepath.Base(path), ".txt")
		out = append(out, m)
	}
	return out, nil
}

// parse reads a mutant: the lines "Breaks:" and "Tests:", then for each change
// a file's name and two texts between <<<<, ==== and >>>>.
func parse(text string) (mutant, error) {
	var m mutant
	head, rest, _ := strings.Cut(text, "\n\n")
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "Breaks":
			m.breaks = value
		case "Tests":
			m.tests = strings.Fields(strings.ReplaceAll(value, "'", ""))
		default:
			return m, fmt.Errorf("the line %q is neither Breaks nor Tests", line)
		}
	}
	for strings.TrimSpace(rest) != "" {
		file, after, ok1 := strings.Cut(strings.TrimLeft(rest, "\n"), "\n<<<<\n")
		is, after, ok2 := strings.Cut(after, "\n====\n")
		becomes, after, ok3 := strings.Cut("\n"+after, "\n>>>>\n")
		if !ok1 || !ok2 || !ok3 {
			return m, errors.New("a change needs a file's name, <<<<, ==== and >>>>, each on a line of its own")
		}
		m.changes = append(m.changes, change{file, is, strings.TrimPrefix(becomes, "\n")})
		rest = after
	}
	if m.breaks == "" || len(m.tests) == 0 || len(m.changes) == 0 {
		return m, errors.New("it needs Breaks, Tests and a change")
	}
	return m, nil
}

// overlay writes the changed files and the list that tells the compiler to read
// them, and returns the list's path.
func (m *mutant) overlay(root, dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder for changed files: %w", err)
	}
	changed := map[string]string{} // by path in the tree: the text
	for _, c := range m.changes {
		path := filepath.Join(root, c.file)
		if _, ok := changed[path]; !ok {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", fmt.Errorf("it no longer fits: %w", err)
			}
			changed[path] = string(text)
		}
		if n := strings.Count(changed[path], c.is); n != 1 {
			return "", fmt.Errorf("it no longer fits: %s holds %d times, not once: %q", c.file, n, c.is)
		}
		changed[path] = strings.Replace(changed[path], c.is, c.becomes, 1)
	}
	list := struct{ Replace map[string]string }{map[string]string{}}
	for path, text := range changed {
		list.Replace[path] = filepath.Join(dir, fmt.Sprintf("%d.go", len(list.Replace)))
		if err := os.WriteFile(list.Replace[path], []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("write a changed file: %w", err)
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("list the changed files: %w", err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

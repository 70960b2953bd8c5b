package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// module is one that has packages in the binary.
type module struct {
	Path, Version, Dir string
	Main               bool
	notices            []string // paths, sorted
}

// short is the path of a notice within the module.
func (m *module) short(path string) string {
	name, err := filepath.Rel(m.Dir, path)
	if err != nil {
		return filepath.Base(path)
	}
	return filepath.ToSlash(name)
}

// systems are those that the program is built for; what is linked differs a little.
var systems = []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"}

// linkedModules are all but our own, by path, then what is no module.
func linkedModules(ctx context.Context) ([]*module, error) {
	all := map[string]*module{}
	for _, system := range systems {
		if err := addLinked(ctx, all, system); err != nil {
			return nil, err
		}
	}
	linked := slices.SortedFunc(maps.Values(all), func(a, b *module) int { return strings.Compare(a.Path, b.Path) })
	for _, m := range linked {
		slices.Sort(m.notices)
		if m.notices = slices.Compact(m.notices); len(m.notices) == 0 {
			m.notices = m.inReadme()
		}
	}
	library, err := ownLibrary(ctx)
	if err != nil {
		return nil, err
	}
	plots := &module{Path: "uPlot, in every report", Dir: assets, notices: []string{assets + "/uplot.LICENSE"}}
	return append(linked, library, plots), nil
}

// listed is what `go list` says of a package.
type listed struct {
	Dir    string
	Module *module
}

// addLinked adds what is linked on a system.
func addLinked(ctx context.Context, all map[string]*module, system string) error {
	goos, goarch, _ := strings.Cut(system, "/")
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-tags", "postgres", "-json=Dir,Module", target) // the build with everything
	list.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	text, err := list.Output()
	if err != nil {
		return fmt.Errorf("ask go what is linked on %s: %w", system, err)
	}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read what go says: %w", err)
		}
		if p.Module == nil || p.Module.Main {
			continue
		}
		m := all[p.Module.Path]
		if m == nil {
			m = p.Module
			all[m.Path] = m
		}
		if err := m.addNotices(p.Dir); err != nil {
			return err
		}
	}
}

// licence is what files with notices are called.
var licence = regexp.MustCompile(`(?i)^(.*[-_.])?(licen[cs]e|copying|notice|patents|unlicense)([-_.].*)?$`)

// addNotices adds those that stand in a package's folder and in all above it within
// the module: code that was taken over has its own beside it.
func (m *module) addNotices(dir string) error {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("look for licences: %w", err)
		}
		for _, e := range entries {
			if e.Type().IsRegular() && licence.MatchString(e.Name()) && !strings.HasSuffix(e.Name(), ".go") {
				m.notices = append(m.notices, filepath.Join(dir, e.Name()))
			}
		}
		if len(dir) <= len(m.Dir) {
			return nil
		}
		dir = filepath.Dir(dir)
	}
}

// inReadme is the page of a module that has its licence there and nowhere else.
func (m *module) inReadme() []string {
	path := filepath.Join(m.Dir, "README.md")
	if text, err := os.ReadFile(path); err != nil || !bytes.Contains(text, []byte("Copyright")) {
		return nil
	}
	return []string{path}
}

// ownLibrary is the part of Go that is in every program.
func ownLibrary(ctx context.Context) (*module, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("ask go where it is: %w", err)
	}
	dir := strings.TrimSpace(string(root))
	return &module{Path: "Go and its standard library", Dir: dir, notices: []string{filepath.Join(dir, "LICENSE"), filepath.Join(dir, "PATENTS")}}, nil
}

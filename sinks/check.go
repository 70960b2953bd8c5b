package sinks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vehiclebatch/pipeline/inside"
)

// CheckFiles holds the files of a run's folder against its manifest: every
// listed file is there and listed once, with its bytes, its checksum and its count of rows, every
// table is listed, and no other file is there (hidden ones aside). It needs no
// ledger; what the cells should be is the Comparer's question.
func CheckFiles(dir string, m Manifest) []Discrepancy {
	var found findings
	listed := map[string]bool{}
	for _, o := range m.Outputs {
		if o.Path != filepath.Base(o.Path) {
			found.add(Discrepancy{File: o.Path, Want: "the name of a file in the run's folder", Got: "another path"})
			continue
		}
		if listed[o.Path] {
			found.add(Discrepancy{File: o.Path, Want: "listed once in the manifest", Got: "listed again"})
			continue
		}
		listed[o.Path] = true
		if d, ok := checkFile(dir, o); !ok {
			found.add(d)
			continue
		}
		if d, ok := checkRows(dir, o); !ok {
			found.add(d)
		}
	}
	for _, d := range append(unlistedTables(m), extraFiles(dir, m)...) {
		found.add(d)
	}
	return found.kept
}

// Unchanged tells whether the files of a manifest stand in a folder as they were written, and no
// others of ours.
func Unchanged(dir string, m Manifest) bool {
	for _, o := range m.Outputs {
		if o.Path != filepath.Base(o.Path) {
			return false
		}
		if _, ok := checkFile(dir, o); !ok {
			return false
		}
	}
	return len(extraFiles(dir, m)) == 0
}

// checkFile holds presence, length and checksum of one file against the manifest.
// What is not in dir, or not a file, is not opened.
func checkFile(dir string, o Output) (Discrepancy, bool) {
	bytes, sum, err := hashFile(dir, o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Discrepancy{File: o.Path, Want: "a file", Got: "missing"}, false
	case errors.As(err, new(*inside.OutsideError)):
		return Discrepancy{File: o.Path, Want: "a file", Got: "a link that leads out of its folder"}, false
	case err != nil:
		return Discrepancy{File: o.Path, Want: "a file that can be read", Got: err.Error()}, false
	case bytes != o.Bytes:
		return Discrepancy{File: o.Path, Want: fmt.Sprintf("%d bytes", o.Bytes), Got: fmt.Sprintf("%d bytes", bytes)}, false
	case sum != o.SHA256:
		return Discrepancy{File: o.Path, Want: "sha256 " + o.SHA256, Got: "sha256 " + sum}, false
	}
	return Discrepancy{}, true
}

func hashFile(dir, name string) (int64, string, error) {
	f, err := DiskIn(dir).Open(filepath.Join(dir, name))
	if err != nil {
		return 0, "", err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return n, hex.EncodeToString(sum.Sum(nil)), err
}

// checkRows counts the rows of a file that has its right checksum.
func checkRows(dir string, o Output) (Discrepancy, bool) {
	rows, err := countRows(dir, o.Path)
	if err != nil {
		return Discrepancy{File: o.Path, Want: "a table that can be read", Got: err.Error()}, false
	}
	if rows != o.Rows {
		return Discrepancy{File: o.Path, Want: fmt.Sprintf("%d rows", o.Rows), Got: fmt.Sprintf("%d rows", rows)}, false
	}
	return Discrepancy{}, true
}

func countRows(dir, name string) (int64, error) {
	if slices.Contains(documentNames(), name) {
		return 0, nil
	}
	if slices.Contains(bookNames(), name) {
		b, err := openBook(dir, name)
		if err != nil {
			return 0, err
		}
		defer b.close() //nolint:errcheck // nothing was written
		return b.rows(name)
	}
	for _, t := range tableSpecs() {
		for _, f := range fileFormats() {
			if fileName(t.name, f) != name {
				continue
			}
			r, err := openTable(dir, &t, f)
			if err != nil {
				return 0, err
			}
			defer r.close() //nolint:errcheck // nothing was written
			return r.rest()
		}
	}
	return 0, errors.New("not a table of this program's version")
}

func (m Manifest) lists(name string) bool {
	return slices.ContainsFunc(m.Outputs, func(o Output) bool { return o.Path == name })
}

// unlistedTables finds the tables that the manifest lists in no format, and
// the one that it must list as CSV.
func unlistedTables(m Manifest) []Discrepancy {
	missing := func(name string) Discrepancy {
		return Discrepancy{File: name, Want: "listed in the manifest", Got: "not listed"}
	}
	var out []Discrepancy
	for _, t := range tableSpecs() {
		alone := slices.ContainsFunc(fileFormats(), func(f Format) bool { return m.lists(fileName(t.name, f)) })
		if !alone && !m.lists(bookName) {
			out = append(out, missing(t.name))
		}
	}
	if name := fileName(failuresName, CSV); !m.lists(name) {
		out = append(out, missing(name))
	}
	return out
}

func extraFiles(dir string, m Manifest) []Discrepancy {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []Discrepancy{{File: dir, Want: "the run's folder", Got: err.Error()}}
	}
	var out []Discrepancy
	for _, e := range entries {
		if m.lists(e.Name()) || e.Name() == manifestName || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		out = append(out, Discrepancy{File: e.Name(), Want: "no file that the manifest does not list", Got: "a file"})
	}
	return out
}

package sinks

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// essay is a document that says what it was told, or breaks.
type essay struct {
	text string
	err  error
}

var _ Document = essay{}

func (e essay) Render(to io.Writer) error {
	_, err := io.WriteString(to, e.text)
	return errors.Join(err, e.err)
}

func exportWithDocument(dir string, fsys FS, d Document) (Manifest, error) {
	w, err := Create(dir, Options{RunID: "R1", Formats: []Format{CSV}, FS: fsys, Document: d})
	if err != nil {
		return Manifest{}, err
	}
	defer w.Abort()
	if err := feedVehicles(w); err != nil {
		return Manifest{}, err
	}
	return w.Finish(sampleManifest())
}

func TestDocumentIsAnOutput(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	m, err := exportWithDocument(dir, nil, essay{text: "<p>hello"})
	must(t, err)
	if !m.lists(documentName) || string(read(t, dir, documentName)) != "<p>hello" {
		t.Errorf("the outputs are %+v", m.Outputs)
	}
	if found := CheckFiles(dir, m); len(found) > 0 {
		t.Errorf("whole files are said to be wrong: %v", found)
	}
	must(t, os.WriteFile(filepath.Join(dir, documentName), []byte("<p>hallo"), 0o600))
	if found := CheckFiles(dir, m); len(found) != 1 || found[0].File != documentName {
		t.Errorf("a changed document is not found: %v", found)
	}
	m, err = exportWithDocument(dir, nil, nil) // a later export without it takes it away
	must(t, err)
	if _, err := os.Stat(filepath.Join(dir, documentName)); !errors.Is(err, os.ErrNotExist) || m.lists(documentName) {
		t.Errorf("the old document is still there: %v", err)
	}
}

func TestDocumentThatBreaksLeavesTheOldSet(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	_, err := exportWithDocument(dir, nil, essay{text: "first"})
	must(t, err)
	broken := errors.New("no ink")
	if _, err := exportWithDocument(dir, nil, essay{text: "second", err: broken}); !errors.Is(err, broken) || !strings.Contains(err.Error(), documentName) {
		t.Errorf("the error is %v", err)
	}
	if string(read(t, dir, documentName)) != "first" {
		t.Error("the old document is gone")
	}
	wholeOrNone(t, dir)
}

func TestDocumentWithAFailureAtEveryOperation(t *testing.T) {
	t.Parallel()
	for n := 1; ; n += oneIn(20) {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(n))
		_, err := exportWithDocument(dir, nil, essay{text: "first"})
		must(t, err)
		fsys := &faultFS{Disk: temporary(), n: n, sticky: true}
		_, err = exportWithDocument(dir, fsys, essay{text: strings.Repeat("second", 100_000)})
		if !fsys.hit {
			must(t, err)
			return
		}
		if err == nil && string(read(t, dir, documentName)) == "first" { // what fails after the end is tidying
			t.Errorf("operation %d failed and nothing was said", n)
		}
		wholeOrNone(t, dir)
	}
}

func TestTeeHandsOnEveryRow(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	create := func(name string) *Writer {
		w, err := Create(filepath.Join(base, name), Options{RunID: "R1", Formats: []Format{CSV}})
		must(t, err)
		return w
	}
	one, two := create("one"), create("two")
	must(t, feedSample(Tee(one, two)))
	a, err := one.Finish(sampleManifest())
	must(t, err)
	b, err := two.Finish(sampleManifest())
	must(t, err)
	if fmt.Sprint(a.Outputs) != fmt.Sprint(b.Outputs) || a.Outputs[0].Rows == 0 {
		t.Errorf("the two sinks have %v and %v", a.Outputs, b.Outputs)
	}
	if Tee(one, two).Vehicle(VehicleRow{}) == nil {
		t.Error("the error of a sink is lost")
	}
}

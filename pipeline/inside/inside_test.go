package inside

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// world is a workspace beside a folder of somebody's own, with links from one to the other.
type world struct {
	Folder
	other string
}

func newWorld(t *testing.T) world {
	t.Helper()
	base := t.TempDir()
	w := world{Folder{filepath.Join(base, "out")}, filepath.Join(base, "other")}
	for _, d := range []string{w.Dir, w.other, filepath.Join(w.Dir, "runs")} {
		must(t, os.Mkdir(d, 0o755))
	}
	must(t, os.WriteFile(filepath.Join(w.other, "kept"), []byte("kept"), 0o644))
	must(t, os.WriteFile(filepath.Join(w.Dir, "runs", "file"), []byte("file"), 0o644))
	must(t, os.Symlink(filepath.Join("..", "other"), filepath.Join(w.Dir, "away")))
	must(t, os.Symlink(w.other, filepath.Join(w.Dir, "absolute")))
	must(t, os.Symlink("runs", filepath.Join(w.Dir, "within")))
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w world) path(name string) string { return filepath.Join(w.Dir, filepath.FromSlash(name)) }

// operations are all that a folder does with a path.
func (w world) operations(path string) map[string]error {
	_, open := w.Open(path)
	_, create := w.Create(path)
	_, change := w.OpenToWrite(path)
	_, read := w.ReadFile(path, 10)
	_, stat := w.Stat(path)
	return map[string]error{"open": open, "create": create, "change": change, "read": read, "stat": stat,
		"mkdir": w.MkdirAll(path), "write": w.WriteFile(path, nil), "remove": w.Remove(path), "remove all": w.RemoveAll(path),
		"rename from": w.Rename(path, w.path("new")), "rename to": w.Rename(w.path("runs/file"), path),
		"link from": w.Link(path, w.path("new")), "link to": w.Link(w.path("runs/file"), path), "symlink": w.Symlink("runs", path)}
}

func TestNothingOutsideIsTouched(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]string{"away/kept": "away", "absolute/kept": "absolute", "within/../away/kept": "away",
		"../other/kept": "", "runs/../../other/kept": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for doing, err := range w.operations(w.Dir + "/" + name) {
				var out *OutsideError
				if !errors.As(err, &out) || link != "" && out.Link != w.path(link) {
					t.Errorf("%s: %v", doing, err)
				}
			}
			w.untouched(t)
		})
	}
}

func (w world) untouched(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.other, "kept"))
	must(t, err)
	entries, err := os.ReadDir(w.other)
	must(t, err)
	info, err := os.Stat(w.other)
	must(t, err)
	if string(text) != "kept" || len(entries) != 1 || info.Mode().Perm() != 0o755 {
		t.Errorf("outside: %q, %v, %v", text, entries, info.Mode())
	}
}

func TestAFolderThatIsALinkOutIsNotMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var out *OutsideError
	if err := w.MkdirAll(w.path("away")); !errors.As(err, &out) || out.Link != w.path("away") {
		t.Errorf("%v", err)
	}
	w.untouched(t)
}

func TestALinkAtTheEndIsReplacedAndNotFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.path("runs/link")
	must(t, os.Symlink("../../other/kept", link))
	file, err := w.Create(link)
	must(t, err)
	_, err = file.WriteString("new")
	must(t, errors.Join(err, file.Close()))
	info, err := w.Lstat(link)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	must(t, w.RemoveAll(w.path("away")))
	must(t, w.Remove(w.path("absolute")))
	w.untouched(t)
}

func TestWhatIsInsideWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, w.MkdirAll(w.path("within/a/b")))
	must(t, w.MkdirAll(w.Dir))
	must(t, w.WriteFile(w.path("runs/a/b/c"), []byte("text")))
	must(t, w.Rename(w.path("runs/a/b/c"), w.path("runs/a/b/d")))
	must(t, w.Remove(w.path("runs/a/b/gone")))
	must(t, w.Remove(w.path("nowhere/gone")))
	must(t, w.SyncDir(w.Dir))
	found, err := w.Glob(w.path("runs"), "*/b/*")
	if err != nil || len(found) != 1 || found[0] != "a/b/d" {
		t.Errorf("%v, %v", found, err)
	}
	if text, err := w.ReadFile(w.path("within/a/b/d"), 4); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := w.ReadFile(w.path("within/a/b/d"), 3); err == nil {
		t.Error("a longer file was read")
	}
}

func TestGlobSeesNothingBehindALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if found, err := w.Glob(w.path("none"), "*"); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	for dir, pattern := range map[string]string{"": "aw*/kept", "away": "*", "runs": "a*/*/*"} {
		must(t, w.Remove(w.path("runs/abs")))
		must(t, os.Symlink(w.other, w.path("runs/abs")))
		var out *OutsideError
		if found, err := w.Glob(w.path(dir), pattern); !errors.As(err, &out) || out.Link == "" {
			t.Errorf("%s: %v, %v", pattern, found, err)
		}
	}
	if found, err := w.Glob(w.Dir, "*"); err != nil || len(found) != 4 { // the links themselves are there
		t.Errorf("%v, %v", found, err)
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, syscall.Mkfifo(w.path("pipe"), 0o600))
	for _, name := range []string{"pipe", "runs"} {
		if _, err := w.Open(w.path(name)); err == nil || !strings.Contains(err.Error(), w.path(name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsNameThePathAndTheCause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Open(w.path("runs/none"))
	if want := "open " + w.path("runs/none") + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	err = w.Rename(w.path("runs/none"), w.path("runs/other"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), w.path("runs/other")) {
		t.Errorf("%v", err)
	}
	if _, err := (Folder{}).Open("file"); err == nil {
		t.Error("no folder holds a file")
	}
}

// A pipe in the place of a folder is refused, and not waited for.
func TestAPipeInThePlaceOfAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "runs", "one")
	must(t, os.MkdirAll(filepath.Dir(pipe), 0o700))
	must(t, syscall.Mkfifo(pipe, 0o600))
	_, inPipe := Folder{Dir: pipe}.ReadFile(filepath.Join(pipe, "manifest.json"), 9)
	_, below := Folder{Dir: dir}.Glob(pipe, "*")
	_, among := Folder{Dir: dir}.Glob(filepath.Join(dir, "runs"), "*/*.json")
	for what, err := range map[string]error{"a file in it": inPipe, "what is below it": below, "syncing it": Folder{Dir: dir}.SyncDir(pipe)} {
		if err == nil || !strings.Contains(err.Error(), "no folder") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if among != nil {
		t.Errorf("it hides what stands beside it: %v", among)
	}
}

// A file with another name elsewhere is not written into, and made anew.
func TestAFileWithAnotherNameIsNotWrittenInto(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept := filepath.Join(w.other, "kept")
	must(t, os.Link(kept, w.path("runs/shared")))
	_, change := w.OpenToWrite(w.path("runs/shared"))
	for what, err := range map[string]error{"write": w.WriteFile(w.path("runs/shared"), []byte("new")), "change": change} {
		if err == nil || !strings.Contains(err.Error(), "runs/shared: it has another name elsewhere") {
			t.Errorf("%s: %v", what, err)
		}
	}
	f, err := w.Create(w.path("runs/shared"))
	must(t, err)
	_, err = f.WriteString("new")
	must(t, errors.Join(err, f.Close()))
	must(t, w.WriteFile(w.path("runs/shared"), []byte("or")))
	for path, want := range map[string]string{kept: "kept", w.path("runs/shared"): "or"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}

// A pipe is not waited for by who writes.
func TestAPipeIsNotWrittenInto(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	must(t, syscall.Mkfifo(w.path("runs/pipe"), 0o600))
	if err := w.WriteFile(w.path("runs/pipe"), []byte("new")); err == nil || !strings.Contains(err.Error(), "it is no file") {
		t.Error(err)
	}
}

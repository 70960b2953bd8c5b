package sinks

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vehiclebatch/pipeline/record"
)

// faultFS fails the n-th operation, and every one after it when sticky, as a
// full disk or a dying process does.
type faultFS struct {
	Disk
	n      int // operations until the fault
	sticky bool
	hit    bool
}

// temporary is the disk on which tests write.
func temporary() Disk { return DiskIn(os.TempDir()) }

func (f *faultFS) fail() error {
	f.n--
	if f.n == 0 || f.sticky && f.n < 0 {
		f.hit = true
		return syscall.ENOSPC
	}
	return nil
}

func (f *faultFS) MkdirAll(dir string) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Disk.MkdirAll(dir)
}

func (f *faultFS) Create(path string) (File, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	file, err := f.Disk.Create(path)
	return &faultFile{file, f}, err
}

func (f *faultFS) Rename(from, to string) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Disk.Rename(from, to)
}

func (f *faultFS) Link(from, to string) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Disk.Link(from, to)
}

func (f *faultFS) Remove(path string) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Disk.Remove(path)
}

func (f *faultFS) SyncDir(dir string) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Disk.SyncDir(dir)
}

type faultFile struct {
	File
	fs *faultFS
}

func (f *faultFile) Write(b []byte) (int, error) {
	if err := f.fs.fail(); err != nil {
		n, _ := f.File.Write(b[:len(b)/2]) // a full disk takes a part
		return n, err
	}
	return f.File.Write(b)
}

func (f *faultFile) Sync() error {
	if err := f.fs.fail(); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) Close() error {
	err := f.File.Close()
	return errors.Join(f.fs.fail(), err)
}

// tryExport exports few rows over what is in dir.
func tryExport(dir string, fsys FS, run string, formats []Format) error {
	w, err := Create(dir, Options{RunID: run, Formats: formats, FS: fsys})
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := feedVehicles(w); err != nil {
		return err
	}
	_, err = w.Finish(sampleManifest())
	return err
}

// wholeOrNone: a manifest means whole files.
func wholeOrNone(t *testing.T, dir string) {
	t.Helper()
	m, err := ReadManifest(dir)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	must(t, err)
	if found := CheckFiles(dir, m); len(found) > 0 {
		t.Errorf("a manifest stands beside wrong files: %v", found)
	}
}

func TestFailureAtEveryOperation(t *testing.T) {
	t.Parallel()
	old := t.TempDir()
	must(t, tryExport(old, nil, "r1", fileFormats()))
	cases := map[string]struct {
		sticky  bool
		formats []Format
	}{
		// Another run id: every file changes. One format: files must go, too.
		"one failure, parquet": {false, []Format{Parquet}},
		"one failure, csv":     {false, []Format{CSV}},
		"full disk, parquet":   {true, []Format{Parquet}},
		"killed, csv":          {true, []Format{CSV}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, ended := 1, false; !ended; n += oneIn(20) {
				fsys := &faultFS{Disk: temporary(), n: n, sticky: c.sticky}
				exportOver(t, old, fsys, c.formats)
				ended = !fsys.hit
			}
		})
	}
}

// exportOver exports over a copy of old on a failing file system, then once
// more on a good one.
func exportOver(t *testing.T, old string, fsys *faultFS, formats []Format) {
	t.Helper()
	n := fsys.n
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(old)))
	err := tryExport(dir, fsys, "r2", formats)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("operation %d: %v does not say why", n, err)
	}
	wholeOrNone(t, dir)
	if m, readErr := ReadManifest(dir); err == nil && (readErr != nil || m.RunID != "r2") {
		t.Errorf("operation %d: no error, but the manifest is of %q: %v", n, m.RunID, readErr)
	}
	must(t, tryExport(dir, nil, "r3", []Format{CSV}))
	wholeOrNone(t, dir)
	if got := strings.Join(names(t, dir), " "); strings.Contains(got, "partial") || strings.Contains(got, "parquet") {
		t.Errorf("operation %d: left over: %s", n, got)
	}
}

// failName fails one operation on one file.
type failName struct {
	Disk
	part string
}

func (f failName) Rename(from, to string) error {
	if strings.Contains(to, f.part) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EIO}
	}
	return f.Disk.Rename(from, to)
}

func TestErrorsNameTheFile(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"vehicles.parquet", "failures.csv", manifestName} {
		err := tryExport(t.TempDir(), failName{temporary(), part}, "r1", fileFormats())
		if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "put "+part) {
			t.Errorf("%s: %v", part, err)
		}
	}
	dir := t.TempDir()
	// Beginning takes about 40 operations.
	w, err := Create(dir, Options{RunID: "r1", Formats: fileFormats(), FS: &faultFS{Disk: temporary(), n: 45, sticky: true}})
	for i := 0; err == nil && i < 100_000; i++ {
		err = w.Vehicle(VehicleRow{VehicleID: pad(i), Vehicle: record.Vehicle{Row: int64(i)}, Maintenance: "found", Valuation: "found", Violations: "found"})
	}
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write vehicles.") {
		t.Errorf("a full disk: %v", err)
	}
	if again := w.Failure(FailureRow{}); again == nil || again.Error() != err.Error() {
		t.Errorf("after an error: %v", again)
	}
	if _, err := w.Finish(Manifest{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("finish after an error: %v", err)
	}
}

func TestAKilledProcessLeavesTheOldSet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, fileFormats(), feedSample)
	w, err := Create(dir, Options{RunID: "r1", Formats: fileFormats()})
	must(t, err)
	must(t, feedVehicles(w)) // and no more: the process is gone
	if found := CheckFiles(dir, m); len(found) > 0 {
		t.Errorf("the old set: %v", found)
	}
	must(t, os.WriteFile(filepath.Join(dir, partialName("vehicles.csv")), []byte("half"), 0o600))
	next, err := Create(dir, Options{RunID: "r1", Formats: []Format{CSV}})
	must(t, err)
	next.Abort()
	next.Abort()
	if got := strings.Join(names(t, dir), " "); strings.Contains(got, "partial") {
		t.Errorf("left over: %s", got)
	}
	if err := next.Vehicle(VehicleRow{}); err == nil {
		t.Error("an aborted writer takes rows")
	}
}

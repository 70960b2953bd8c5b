package sinks

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"vehiclebatch/pipeline/record"
)

const someDay = record.Date(20_000) // 2024-10-04

// tryPartition exports few rows into a workspace, with copies by date.
func tryPartition(out string, fsys FS, run string, day record.Opt[record.Date]) error {
	if fsys == nil {
		fsys = DiskIn(out)
	}
	w, err := Create(filepath.Join(out, "runs", run), Options{RunID: run, Formats: []Format{Parquet}, FS: fsys,
		Partition: Partition{Dir: filepath.Join(out, "by_date"), Day: day}})
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

// wholeCopies: a manifest means whole files and whole copies, and no others.
func wholeCopies(t *testing.T, out, run string) bool {
	t.Helper()
	dir := filepath.Join(out, "runs", run)
	m, err := ReadManifest(dir)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	must(t, err)
	found, err := CheckCopies(DiskIn(out), filepath.Join(out, "by_date"), m)
	must(t, err)
	if found = append(found, CheckFiles(dir, m)...); len(found) > 0 {
		t.Errorf("a manifest stands beside wrong files: %v", found)
	}
	return true
}

func copiesOf(t *testing.T, out, run string) []string {
	t.Helper()
	found, err := copies(DiskIn(out), filepath.Join(out, "by_date"), run)
	must(t, err)
	return found
}

func TestCopiesByDate(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	must(t, tryPartition(out, nil, "r1", record.Some(someDay)))
	must(t, tryPartition(out, nil, "r2", record.Some(someDay)))
	must(t, tryPartition(out, nil, "r1", record.Some(someDay))) // again: not doubled
	wholeCopies(t, out, "r1")
	if got, want := len(copiesOf(t, out, "r1")), len(tableSpecs()); got != want {
		t.Errorf("%d copies, want %d", got, want)
	}
	one := filepath.Join(out, "by_date/vehicles/run_date=2024-10-04/r1.parquet")
	info, err := os.Stat(one)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("a copy has mode %v", info.Mode())
	}
	must(t, tryPartition(out, nil, "r1", record.Some(someDay+1))) // the old day's go
	must(t, tryPartition(out, nil, "r1", record.Some(someDay+1)))
	wholeCopies(t, out, "r1")
	if _, err := os.Stat(one); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy under another day stays: %v", err)
	}
	must(t, tryPartition(out, nil, "r1", record.Opt[record.Date]{}))
	wholeCopies(t, out, "r1")
	if left := copiesOf(t, out, "r1"); len(left) > 0 {
		t.Errorf("without a day these stay: %v", left)
	}
	wholeCopies(t, out, "r2")
	must(t, RemoveCopies(DiskIn(out), filepath.Join(out, "by_date"), "r2"))
	if left := copiesOf(t, out, "r2"); len(left) > 0 {
		t.Errorf("removed, and these stay: %v", left)
	}
}

// noLinks is a disk without second names.
type noLinks struct{ Disk }

func (noLinks) Link(string, string) error { return syscall.EPERM }

func TestCopiesWhereThereAreNoLinks(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	for range 2 {
		must(t, tryPartition(out, noLinks{temporary()}, "r1", record.Some(someDay)))
		wholeCopies(t, out, "r1")
	}
	if got := copiesOf(t, out, "r1"); len(got) != len(tableSpecs()) {
		t.Errorf("copies: %v", got)
	}
}

func TestDamagedCopiesAreFound(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	must(t, tryPartition(out, nil, "r1", record.Some(someDay)))
	m, err := ReadManifest(filepath.Join(out, "runs/r1"))
	must(t, err)
	root := filepath.Join(out, "by_date")
	must(t, os.Remove(filepath.Join(root, "vehicles/run_date=2024-10-04/r1.parquet")))
	must(t, os.Remove(filepath.Join(root, "violations/run_date=2024-10-04/r1.parquet")))
	must(t, os.WriteFile(filepath.Join(root, "violations/run_date=2024-10-04/r1.parquet"), []byte("PAR1"), 0o600))
	m.Outputs = slices.DeleteFunc(m.Outputs, func(o Output) bool { return o.Path == "changes.parquet" })
	found, err := CheckCopies(DiskIn(out), root, m)
	must(t, err)
	var files []string
	for _, d := range found {
		files = append(files, d.File)
	}
	want := []string{"by_date/vehicles/run_date=2024-10-04/r1.parquet", "by_date/violations/run_date=2024-10-04/r1.parquet",
		"by_date/changes/run_date=2024-10-04/r1.parquet"}
	slices.Sort(files)
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("found %q, want %q", files, want)
	}
}

// firstLink counts the operations before the first copy is made.
type firstLink struct {
	faultFS
	at int
}

func (f *firstLink) Link(from, to string) error {
	if f.at == 0 {
		f.at = -f.n
	}
	return f.faultFS.Link(from, to)
}

// At every moment a manifest means whole copies, and the next export mends
// what a full disk or a dying process has left.
func TestCopiesWithAFailureAtEveryOperation(t *testing.T) {
	t.Parallel()
	count := firstLink{faultFS: faultFS{Disk: temporary()}}
	must(t, tryPartition(t.TempDir(), &count, "r1", record.Some(someDay)))
	old := t.TempDir()
	must(t, tryPartition(old, nil, "r1", record.Some(someDay)))
	for n, ended := count.at-5, false; !ended; n += oneIn(20) { // what comes before is tried elsewhere
		out := t.TempDir()
		must(t, os.CopyFS(out, os.DirFS(old)))
		fsys := &faultFS{Disk: temporary(), n: n, sticky: n%2 == 0}
		err := tryPartition(out, fsys, "r1", record.Some(someDay+1))
		ended = !fsys.hit
		if err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("operation %d: %v does not say why", n, err)
		}
		if whole := wholeCopies(t, out, "r1"); err == nil && !whole {
			t.Errorf("operation %d: no error, and no manifest", n)
		}
		must(t, tryPartition(out, nil, "r1", record.Some(someDay)))
		wholeCopies(t, out, "r1")
		if got := copiesOf(t, out, "r1"); len(got) != len(tableSpecs()) {
			t.Errorf("operation %d: left over: %v", n, got)
		}
	}
}

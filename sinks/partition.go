package sinks

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

// Partition is a second place for the Parquet files of a run: a folder that
// all runs of a workspace share, laid out as Hive does it,
// TABLE/run_date=DAY/RUN.parquet, so that one query reads a year of nights.
// The files are the run's own under a second name, where the disk has such
// names; else copies. The zero Partition is no place at all.
type Partition struct {
	// Dir is the folder, with the tables in it.
	Dir string
	// Day is the one of this run. Without it the run has no copies, and those
	// that an earlier Finish has made go.
	Day record.Opt[record.Date]
}

// HasCopies tells whether the folder has copies of a run.
func HasCopies(disk FS, dir, runID string) (bool, error) {
	found, err := copies(disk, dir, runID)
	return len(found) > 0, err
}

// RemoveCopies removes every copy of a run, whatever its day, and folders that
// are empty then.
func RemoveCopies(disk FS, dir, runID string) error {
	found, err := copies(disk, dir, runID)
	if err != nil {
		return err
	}
	for _, name := range found {
		path := filepath.Join(dir, name)
		if err := disk.Remove(path); err != nil {
			return err
		}
		if err := disk.SyncDir(filepath.Dir(path)); err != nil {
			return err
		}
		_ = disk.Remove(filepath.Dir(path)) // refused while another run has a copy there
	}
	return nil
}

// copies are the paths, within the folder, of all copies of a run, with those
// that a killed process left aside.
func copies(disk FS, dir, runID string) ([]string, error) {
	var out []string
	file := runID + "." + string(Parquet)
	for _, name := range []string{file, partialName(file)} {
		found, err := disk.Glob(dir, "*/run_date=*/"+name)
		if err != nil {
			return nil, fmt.Errorf("look for copies of run %s: %w", runID, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// copyPath is where the copy of an output stands within the folder; false for
// an output that has none, as all have without a day.
func copyPath(runID, day, output string) (string, bool) {
	table, ok := strings.CutSuffix(output, "."+string(Parquet))
	return filepath.Join(table, "run_date="+day, runID+"."+string(Parquet)), ok && day != ""
}

// day is the partition's value, "" without one.
func (p Partition) day() string {
	if !p.Day.OK {
		return ""
	}
	return p.Day.V.String()
}

// publishCopies puts the Parquet files, which stand in their places already,
// under their second names, and takes away copies that are of no use any more.
func (w *Writer) publishCopies() error {
	if w.partition.Dir == "" {
		return nil
	}
	stale, err := copies(w.fs, w.partition.Dir, w.run)
	if err != nil {
		return err
	}
	for _, o := range w.outputs {
		path, ok := copyPath(w.run, w.partition.day(), o.file.name)
		if !ok {
			continue
		}
		if err := w.publishCopy(o.file.name, path); err != nil {
			return fmt.Errorf("copy %s to %s: %w", o.file.name, filepath.Join(w.partition.Dir, path), err)
		}
		stale = slices.DeleteFunc(stale, func(s string) bool { return filepath.Clean(s) == path })
	}
	for _, name := range stale {
		if err := w.fs.Remove(filepath.Join(w.partition.Dir, name)); err != nil {
			return fmt.Errorf("remove a copy of an earlier export: %w", err)
		}
	}
	if !w.partition.Day.OK {
		return nil
	}
	return w.syncDirs(filepath.Dir(w.partition.Dir), w.partition.Dir)
}

// syncDirs makes names in folders last.
func (w *Writer) syncDirs(dirs ...string) error {
	for _, d := range dirs {
		if err := w.fs.SyncDir(d); err != nil {
			return fmt.Errorf("sync the folder: %w", err)
		}
	}
	return nil
}

// publishCopy gives a file of the run's folder a second name, in one step.
func (w *Writer) publishCopy(name, path string) error {
	final := filepath.Join(w.partition.Dir, path)
	dir := filepath.Dir(final)
	for _, d := range []string{w.partition.Dir, filepath.Dir(dir), dir} {
		if err := w.fs.MkdirAll(d); err != nil {
			return err
		}
	}
	aside, err := w.second(name, dir, filepath.Base(final))
	if err == nil {
		err = putInPlace(w.fs, aside, final)
	}
	// Between two names of one file a rename does nothing, and leaves both.
	if err = errors.Join(err, w.fs.Remove(aside)); err != nil {
		return err
	}
	return w.syncDirs(dir, filepath.Dir(dir))
}

// second makes the second name, aside: a link, or a copy where the disk has none.
func (w *Writer) second(name, dir, final string) (aside string, err error) {
	from := filepath.Join(w.dir, name)
	aside = filepath.Join(dir, partialName(final))
	if err := w.fs.Remove(aside); err != nil {
		return aside, err
	}
	if w.fs.Link(from, aside) == nil {
		return aside, nil
	}
	source, err := w.fs.Open(from)
	if err != nil {
		return aside, err
	}
	defer source.Close() //nolint:errcheck // nothing was written
	p, err := createPartial(w.fs, dir, final)
	if err != nil {
		return aside, err
	}
	_, err = io.Copy(p, source)
	return aside, errors.Join(err, p.finish())
}

// CheckCopies holds the copies in a partitioned folder against a run's manifest:
// each Parquet file has one, of the same bytes, and there are no others.
func CheckCopies(disk Disk, dir string, m Manifest) ([]Discrepancy, error) {
	var found findings
	rest, err := copies(disk, dir, m.RunID)
	if err != nil {
		return nil, err
	}
	for _, o := range m.Outputs {
		path, ok := copyPath(m.RunID, m.RunDate, o.Path)
		if !ok {
			continue
		}
		rest = slices.DeleteFunc(rest, func(s string) bool { return filepath.Clean(s) == path })
		want := o
		want.Path = path
		if d, ok := checkFile(dir, want); !ok {
			d.File = filepath.Join(filepath.Base(dir), path)
			found.add(d)
		}
	}
	for _, name := range rest {
		if !strings.HasPrefix(filepath.Base(name), ".") {
			found.add(Discrepancy{File: filepath.Join(filepath.Base(dir), name), Want: "no copy that the manifest does not tell of", Got: "a copy"})
		}
	}
	return found.kept, nil
}

// Copies is how many copies of the run's files the manifest tells of.
func (m Manifest) Copies() int {
	n := 0
	for _, o := range m.Outputs {
		if _, ok := copyPath(m.RunID, m.RunDate, o.Path); ok {
			n++
		}
	}
	return n
}

package app

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
)

// checkTarget refuses to write a report over what is not one: the ledger, a table,
// the configuration. What is there under a name that was mistyped may be all that
// there is of what was paid for.
func (w *Workspace) checkTarget(path string) error {
	if w.isOwn(path) {
		return UsageError("--to %s: that place is the workspace's own: name another one. A report beside a run's tables is written by `batch export --format parquet,csv,html`", path)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return namedAsReport(path)
	}
	if err != nil {
		return unwritable(path, err)
	}
	switch {
	case info.IsDir():
		return UsageError("--to %s is a folder: name a file in it, as %s", path, filepath.Join(path, "report.html"))
	case !info.Mode().IsRegular():
		return UsageError("--to %s is no file: name one, or - for stdout", path)
	}
	is, err := isReport(path)
	if err != nil {
		return unwritable(path, err)
	}
	if !is {
		return UsageError("--to %s is there and is no report: it is left as it is. Name another file, or remove it first", path)
	}
	return nil
}

// namedAsReport refuses a new file whose name promises another kind: who opens an HTML file called report.pdf sees nothing.
func namedAsReport(path string) error {
	switch end := strings.ToLower(filepath.Ext(path)); end {
	case ".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".csv", ".parquet", ".json", ".md", ".txt", ".png", ".jpg", ".zip":
		return UsageError("--to %s: the report is HTML, not %s: give it a name that ends in .html. A browser prints it to PDF, A4", path, strings.ToUpper(end[1:]))
	}
	return nil
}

// isOwn tells whether a path is one that the ledger and the outputs of runs are
// kept under, whether or not something is there now.
func (w *Workspace) isOwn(path string) bool {
	rel, err := filepath.Rel(resolved(w.Dir), filepath.Join(resolved(filepath.Dir(path)), filepath.Base(path)))
	if err != nil {
		return false
	}
	first, _, below := strings.Cut(rel, string(filepath.Separator))
	switch first {
	case "runs", "by_date", "latest": // a run's folder holds what its manifest lists, and no more
		return true
	}
	return !below && strings.HasPrefix(first, "ledger.")
}

// resolved is a folder without links on its way; as it is where that is unknown.
func resolved(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if whole, err := filepath.Abs(dir); err == nil {
		return whole
	}
	return dir
}

// isReport tells whether a file begins as a report does. An empty one may become
// one.
func isReport(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	head, err := io.ReadAll(io.LimitReader(f, 1024))
	return len(head) == 0 || bytes.HasPrefix(head, []byte("<!doctype html>\n<html lang=\"")) &&
		bytes.Contains(head, []byte(`<meta http-equiv="Content-Security-Policy" content="default-src `)), err
}

// unwritable says why a file that the user has named cannot be written.
func unwritable(path string, err error) error {
	var at *fs.PathError
	if noSpace(err) {
		return &ledger.NoRoomError{Dir: filepath.Dir(path), Err: err}
	}
	if errors.As(err, &at) {
		err = at.Err // its path is of no file that the user knows
	}
	return UsageError("the report cannot be written to %s: %w", path, err)
}

// renderFile writes a document aside and puts it in its place whole. It names
// vehicles, so it is for its owner alone.
func renderFile(doc sinks.Document, path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return unwritable(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	buffered := bufio.NewWriter(f)
	err = errors.Join(doc.Render(buffered), buffered.Flush(), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// whereabouts say where the files of an open ledger are. A file that is removed or moved while it
// is open can still be written to, but what is written is lost with the process, or nobody finds
// it. No order may rely on that.
type whereabouts struct {
	dir   string
	files map[string]fs.FileInfo // as they were when the ledger was opened
}

// MovedError is the error for a ledger that is not where it was.
type MovedError struct{ Path string }

func (e *MovedError) Error() string {
	return fmt.Sprintf("%s was removed, moved or replaced while this command worked with it: nothing more is bought. "+
		"Put the workspace back as it was, all of its files, then `batch doctor --out %s` says what is left", e.Path, filepath.Dir(e.Path))
}

// inPlace are the files that must stay where they are. Without its lock file a second process would
// buy as well.
func inPlace() []string { return []string{FileName, FileName + "-wal", markName, lockName} }

func whereaboutsOf(dir string) (whereabouts, error) {
	p := whereabouts{dir: dir, files: map[string]fs.FileInfo{}}
	for _, name := range inPlace() {
		info, err := os.Stat(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) { // the first change creates a new log
			continue
		}
		if err != nil {
			return p, fmt.Errorf("look where the ledger is: %w", err)
		}
		p.files[name] = info
	}
	return p, nil
}

// check reports a file that is not where it was. If a folder can no longer be read, that says
// nothing about what is in it.
func (p *whereabouts) check() error {
	for _, name := range inPlace() {
		was, known := p.files[name]
		if !known {
			continue
		}
		path := filepath.Join(p.dir, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(was, info) {
			return &MovedError{Path: path}
		}
	}
	return nil
}

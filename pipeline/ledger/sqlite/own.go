package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
)

const foreignHint = "somebody has changed it, and nothing is done with it. Take the workspace anew from who gave it to you"

// CheckOwn refuses a workspace in which a file of the ledger is a link, a pipe or a folder, or may not be read, or
// which has a rollback journal that does not belong to a process at work.
func CheckOwn(dir string) error {
	if err := checkPlace(dir); err != nil {
		return err
	}
	if checkJournal(dir) == nil || Holder(dir) != "" {
		return nil
	}
	return checkJournal(dir) // the process that created the ledger may have ended meanwhile
}

// checkPlace refuses a workspace of which it cannot be told whether it has a ledger, and what is in it. It is called
// before anything is taken for missing or damaged.
func checkPlace(dir string) error {
	return errors.Join(checkFiles(dir), checkAllowed(dir))
}

// placed are the files of a ledger, below its workspace.
func placed() []string {
	return []string{FileName, FileName + "-wal", FileName + "-shm", markName, lockName, wholeName, filepath.Join(runsFolder, secondName)}
}

// checkAllowed refuses a workspace that this user may not read. A file that may not be read is neither missing nor
// damaged.
func checkAllowed(dir string) error {
	for _, name := range append(placed(), runsFolder) {
		if err := mayRead(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// mayRead refuses a file that this user may not read. It does not open it: closing a file releases all locks that this
// process has on it, SQLite's too, and another process would then take the log for one that nobody needs.
func mayRead(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrPermission) {
		return forbidden(filepath.Dir(path), err)
	}
	if err == nil && (info.Mode().IsRegular() || info.IsDir()) {
		if err := access(path, os.O_RDONLY); errors.Is(err, fs.ErrPermission) {
			return forbidden(path, err)
		}
	}
	return nil
}

// forbidden is the error for a file that this user may not read or write.
func forbidden(path string, err error) error {
	return &ledger.UserError{Problem: fmt.Sprintf("%s is closed to you (%v), and nothing was done or bought", path, err),
		Hint: "work as the user whom the workspace belongs to, or have that user open it to you (chmod)"}
}

// checkFiles refuses a file of the ledger that is not a regular file: what is written to it would go somewhere else, or
// wait for ever. The outputs' folder must be a folder for the same reason.
func checkFiles(dir string) error {
	for _, name := range placed() {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return &ledger.UserError{Problem: fmt.Sprintf("%s is no file but %s", path, kindOf(info.Mode())),
				Hint: "put the file itself there; the workspace as a whole may stand behind a link"}
		}
	}
	path := filepath.Join(dir, runsFolder)
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return &ledger.UserError{Problem: fmt.Sprintf("%s is no folder but %s, and the outputs of the runs are written there", path, kindOf(info.Mode())),
			Hint: "move it away; outputs of runs that were made here can be written again by `batch export`"}
	}
	return nil
}

// checkJournal refuses a rollback journal beside a ledger. A ledger keeps a log (WAL) and never has a journal, except
// for a moment while it is created. SQLite would use the journal to undo what the ledger says, whoever wrote it.
func checkJournal(dir string) error {
	path := filepath.Join(dir, FileName) + "-journal"
	info, err := os.Lstat(path)
	if err != nil || info.Mode().IsRegular() && (info.Size() == 0 || !keepsLog(dir) || HalfBegun(dir)) {
		return nil
	}
	what := "a file that batch does not write"
	if !info.Mode().IsRegular() {
		what = kindOf(info.Mode())
	}
	return &ledger.UserError{Problem: fmt.Sprintf("%s stands beside the ledger, and is %s", path, what), Hint: "move it away; the ledger does not need it"}
}

// HalfBegun tells whether the rollback journal beside the ledger was left by a process that was killed while it created
// the ledger. SQLite may undo by that journal: it has no page to put back, the ledger has one page at most, and nothing
// was bought with it.
func HalfBegun(dir string) bool {
	const head, page = 512, 4096
	path := filepath.Join(dir, FileName)
	journal, err := os.Lstat(path + "-journal")
	if err != nil || !journal.Mode().IsRegular() || journal.Size() == 0 || journal.Size() > head {
		return false
	}
	info, err := os.Lstat(path)
	if err != nil || info.Size() > page {
		return false
	}
	if log, err := os.Lstat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) && (err != nil || log.Size() > 0) {
		return false
	}
	second, _ := SecondMark(dir)
	unknown, err := unknownOutputs(dir, nil)
	return err == nil && len(unknown) == 0 && !hasWatermark(dir) && !second.Bought()
}

// keepsLog tells whether the ledger's file says that it keeps a log (WAL).
func keepsLog(dir string) bool {
	f, err := own(dir).Open(filepath.Join(dir, FileName))
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only read
	head := make([]byte, 20)
	_, err = io.ReadFull(f, head)
	return err == nil && head[18] == 2 && head[19] == 2
}

func kindOf(mode os.FileMode) string {
	switch {
	case mode&os.ModeSymlink != 0:
		return "a link"
	case mode.IsDir():
		return "a folder"
	case mode.IsRegular():
		return "a file"
	case mode&os.ModeSocket != 0:
		return "a socket"
	}
	return "a pipe or a device"
}

// own is the workspace's folder, through which files beside the ledger are read and written.
func own(dir string) inside.Folder { return inside.Folder{Dir: dir} }

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger"
)

const foreignHint = "somebody has changed it, and nothing is done with it. Take the workspace anew from who gave it to you"

// CheckOwn refuses a workspace in which a file of the ledger is a link, a pipe or a folder, may not be read, or has
// another name elsewhere, or which has a rollback journal that does not belong to a process at work.
func CheckOwn(dir string) error {
	if err := checkPlace(dir); err != nil {
		return err
	}
	if !ReadOnly(dir) { // there a command that looks writes nothing
		if err := checkNames(dir); err != nil {
			return err
		}
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
	return []string{FileName, FileName + "-wal", FileName + "-shm", markName, lockName, wholeName, filepath.Join(runsFolder, SecondMarkName)}
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

// KeptPrefix is what the names begin with under which a rescue keeps damaged ledgers. For a moment, such a name and that
// of the ledger are names of the same file.
const KeptPrefix = "ledger.damaged-"

// checkNames refuses a workspace in which a file of the ledger has another name elsewhere (a hard link): what is written
// to it would change a file outside of the workspace, or a copy that was made by such links.
func checkNames(dir string) error {
	kept, err := fs.Glob(os.DirFS(dir), KeptPrefix+"*")
	if err != nil {
		return fmt.Errorf("look for ledgers that were kept: %w", err)
	}
	var shared []string
	for _, name := range placed() {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err == nil && info.Mode().IsRegular() && inside.Names(info) > 1+namesAmong(dir, kept, info) {
			shared = append(shared, name)
		}
	}
	if len(shared) == 0 {
		return nil
	}
	problem := fmt.Sprintf("files in %s have other names elsewhere (hard links, as `cp -al` makes) and would be changed there as well, so nothing was done or bought (%s)", dir, strings.Join(shared, ", "))
	hint := "make files of their own: " + copyInPlace(dir, shared)
	if holder := Holder(dir); holder != "" {
		hint = fmt.Sprintf("the workspace is in use by %s: wait for it to end, then %s", holder, hint)
	}
	return &ledger.UserError{Problem: problem, Hint: hint}
}

// namesAmong is how many of some names in a folder are names of a file.
func namesAmong(dir string, names []string, file fs.FileInfo) (n uint64) {
	for _, name := range names {
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && os.SameFile(info, file) {
			n++
		}
	}
	return n
}

// copyInPlace is the command that puts a copy in the place of each file. It writes through no link either.
func copyInPlace(dir string, names []string) string {
	return fmt.Sprintf(`(cd '%s' && for f in %s; do rm -f "$f.own" && cp -p "$f" "$f.own" && mv "$f.own" "$f"; done)`,
		strings.ReplaceAll(dir, "'", `'\''`), strings.Join(names, " "))
}

// checkJournal refuses a rollback journal beside a ledger. A ledger keeps a log (WAL) and never has a journal, except
// for a moment while it is created. SQLite would use the journal to undo what the ledger says, whoever wrote it.
func checkJournal(dir string) error {
	path := filepath.Join(dir, FileName) + "-journal"
	info, err := os.Lstat(path)
	if err != nil || info.Mode().IsRegular() && inside.Names(info) <= 1 && (info.Size() == 0 || !keepsLog(dir) || HalfBegun(dir)) {
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
	unknown, err := UnknownOutputs(dir, nil)
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

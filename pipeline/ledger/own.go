package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"vehiclebatch/pipeline/inside"
)

// A workspace may have come from somebody else. What stands here is looked at
// before anything is done by it.

// runIDForm is what a run's id looks like. It becomes the name of a folder and
// of files, a part of patterns and of commands that a user is told to type.
var runIDForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$`)

// IsRunID tells whether a run can have this id.
func IsRunID(id string) bool { return runIDForm.MatchString(id) }

const foreignHint = "somebody has changed it, and nothing is done with it. Take the workspace anew from who gave it to you"

// CheckOwn refuses a workspace in which a file of the ledger is a link, a pipe or
// a folder: what is written to it would go somewhere else, or wait for ever.
func CheckOwn(dir string) error {
	for _, name := range []string{FileName, FileName + "-wal", FileName + "-shm", markName, lockName} {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return &UserError{Problem: fmt.Sprintf("%s is no file but %s", path, kindOf(info.Mode())),
				Hint: "put the file itself there; the workspace as a whole may stand behind a link"}
		}
	}
	return nil
}

func kindOf(mode os.FileMode) string {
	switch {
	case mode&os.ModeSymlink != 0:
		return "a link"
	case mode.IsDir():
		return "a folder"
	}
	return "a pipe or a device"
}

// own is the workspace's folder, for what is read and written beside the ledger.
func own(dir string) inside.Folder { return inside.Folder{Dir: dir} }

package sqlite

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// wholeName is the file beside the ledger that says how the ledger looked when the last process
// that wrote to it had closed it after finding nothing wrong.
const wholeName = "ledger.whole"

// alwaysLooked is the size, in bytes, up to which a ledger is always checked: that takes a quarter
// of a second.
const alwaysLooked = 8 << 20

// wholeMost is more bytes than that file has.
const wholeMost = 1 << 10

// stamp is what a ledger's file looks like from outside. Writing to it, or copying another file into
// its place, changes the time.
type stamp struct {
	Bytes    int64 `json:"bytes"`
	Modified int64 `json:"modified_ns"`
}

// stampOf is what the ledger of a workspace looks like; ok is false while part of it is in its log.
func stampOf(dir string) (s stamp, ok bool) {
	path := filepath.Join(dir, FileName)
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return s, false
	}
	info, err := os.Stat(path)
	if err != nil {
		return s, false
	}
	return stamp{info.Size(), info.ModTime().UnixNano()}, true
}

// rememberWhole writes down what a ledger looks like that was whole when it was opened and that
// nobody else has open.
func rememberWhole(dir string) error {
	l, ok := stampOf(dir)
	if !ok || l.Bytes <= alwaysLooked {
		return nil
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := own(dir).WriteFile(filepath.Join(dir, wholeName), text); err != nil {
		return fmt.Errorf("write down how the ledger was left: %w", err)
	}
	return nil
}

// unchanged tells whether a large ledger looks as it did when it was last left whole.
func unchanged(dir string) bool {
	is, ok := stampOf(dir)
	if !ok || is.Bytes <= alwaysLooked {
		return false
	}
	text, err := own(dir).ReadFile(filepath.Join(dir, wholeName), wholeMost)
	var was stamp
	return err == nil && json.Unmarshal(text, &was) == nil && was == is
}

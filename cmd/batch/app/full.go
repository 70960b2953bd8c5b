package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/vendors/transport"
)

const (
	// roomBesideLedger is for the ledger's log and for what is written besides, where nothing is bought.
	roomBesideLedger = 4 << 20
	// roomForTemporary is for what a plan and the texts of a workbook take, if they do not fit into memory.
	roomForTemporary = 64 << 20
)

// AsNoRoom makes an error that says which disk is full, and how much room the command needs there, of an error that
// came because a disk is. It leaves all others alone. dir is the workspace, and buys tells whether the command buys.
func AsNoRoom(err error, dir string, buys bool) error {
	var full *ledger.NoRoomError
	known := errors.As(err, &full)
	if err == nil || !known && !noSpace(err) || known && full.Want > 0 {
		return err
	}
	where := dir
	var at *fs.PathError
	switch {
	case known && full.Dir != "":
		where = full.Dir
	case errors.As(err, &at) && at.Path == os.Stdout.Name():
		return &CodeError{Code: ExitUnfinished, Err: errors.New("there is no room left on the disk that standard output goes to: make room there and give the command again; what is settled is safe, and nothing is bought twice")}
	case errors.As(err, &at):
		where = filepath.Dir(at.Path)
	}
	if temporary := os.TempDir(); isBelow(where, temporary) && !isBelow(where, dir) {
		return fmt.Errorf("%w; TMPDIR may name another folder for temporary files", &ledger.NoRoomError{Dir: temporary, Want: roomForTemporary, Err: err})
	}
	if isBelow(where, dir) {
		where = dir
	}
	full = &ledger.NoRoomError{Dir: where, Want: roomIn(dir, buys), Err: err}
	if free, ok := freeSpace(where); ok && free >= full.Want {
		return fmt.Errorf("%w. The disk itself has %s left: your share of it (quota) or its number of files (df -i) is used up", full, bytesText(free))
	}
	return full
}

// roomIn is how much room a command needs in a workspace. Outputs take about as much as the ledger.
func roomIn(dir string, buys bool) int64 {
	var size int64
	if info, err := os.Stat(filepath.Join(dir, sqlite.FileName)); err == nil {
		size = info.Size()
	}
	if buys {
		return size + sqlite.RoomToOrder(transport.DefaultMaxBody)
	}
	return size + roomBesideLedger
}

// isBelow tells whether a path is a folder, or below it.
func isBelow(path, folder string) bool {
	name, err := filepath.Rel(absolute(folder), absolute(path))
	return err == nil && name != ".." && !strings.HasPrefix(name, ".."+string(filepath.Separator))
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// noSpace tells whether something could not be written because a disk is full.
func noSpace(err error) bool { return sqlite.NoSpace(err) }

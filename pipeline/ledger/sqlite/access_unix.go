//go:build unix

package sqlite

import (
	"io/fs"
	"os"
	"syscall"
)

// access asks the system whether this user may open a file to read it (os.O_RDONLY), or to read and write it (os.O_RDWR).
func access(path string, mode int) error {
	const mayBeRead, mayBeWritten = 4, 2
	what := uint32(mayBeRead)
	if mode == os.O_RDWR {
		what |= mayBeWritten
	}
	if err := syscall.Access(path, what); err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return nil
}

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// takeRoom gives a new file its place on the disk; where the file system cannot, by writing.
func takeRoom(f *os.File, size int) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, 0, int64(size))
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS):
			return fill(f, size)
		}
		return err
	}
}

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// takeRoom reserves a new file's place on the disk; if the file system cannot do that, it writes.
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

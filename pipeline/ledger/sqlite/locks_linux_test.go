package sqlite

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Where SQLite locks what it has open: the file, as long as anybody reads, and the index of the log.
var locks = []struct {
	file      string
	from, len int64
}{{FileName, 1<<30 + 2, 510}, {FileName + "-shm", 128, 1}}

// ofdGetLock asks who has a lock, as another process does.
const ofdGetLock = 36

// Whatever this program asks of a workspace in which it works itself, SQLite's locks stay: without them any other tool that
// looks takes itself for the last one, and removes the log.
func TestLocksOfAnOpenLedgerStay(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	must(t, openAndClose(dir))
	for name, ask := range map[string]func() error{
		"nothing":            func() error { return nil },
		"whether it is gone": func() error { return CheckMissing(dir) },
		"whether it is whole": func() error {
			l, err := OpenReadOnly(ctx, dir, options().Now)
			if err != nil {
				return err
			}
			return l.Close()
		},
		"whether it can be written": func() error { ReadOnly(dir); return nil },
	} {
		l, err := Open(ctx, dir, options())
		must(t, err)
		must(t, ask())
		for _, k := range locks {
			f, err := os.Open(filepath.Join(dir, k.file))
			must(t, err)
			defer f.Close() //nolint:errcheck // not before the ledger is closed
			lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: k.from, Len: k.len}
			must(t, syscall.FcntlFlock(f.Fd(), ofdGetLock, &lock))
			if lock.Type == syscall.F_UNLCK {
				t.Errorf("%s was asked: no lock on %s", name, k.file)
			}
		}
		must(t, l.Close())
	}
}

func openAndClose(dir string) error {
	l, err := Open(context.Background(), dir, options())
	if err != nil {
		return err
	}
	return l.Close()
}

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// reserveName is the file beside the ledger that takes up room for what comes back for orders under way. It is there
// while a process buys; if the process is killed, the next one removes it.
const reserveName = "ledger.reserve"

// makeReserve takes the room. An earlier file is removed first, because a copy of one may take up no room.
func makeReserve(dir string) error {
	if err := removeReserve(dir); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, reserveName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(takeRoom(f, reserveSize), f.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep room on the disk for answers: %w", err), removeReserve(dir))
	}
	return nil
}

func removeReserve(dir string) error {
	err := os.Remove(filepath.Join(dir, reserveName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("give back the room that was kept for answers: %w", err)
	}
	return nil
}

// fill takes room by writing bytes that no file system can compress.
func fill(f *os.File, size int) error {
	chunk := make([]byte, 1<<20)
	x := uint64(88172645463325252)
	for written := 0; written < size; written += len(chunk) {
		for i := range chunk {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			chunk[i] = byte(x >> 32)
		}
		if _, err := f.Write(chunk); err != nil {
			return err
		}
	}
	return f.Sync()
}

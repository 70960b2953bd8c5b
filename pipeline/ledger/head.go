package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// mendHead replaces the first page of a damaged file when SQLite cannot read
// its tables from it. That page says where every table begins, and all ledgers
// were made by the same scripts: that of a new one says the same.
func mendHead(ctx context.Context, damaged, fresh string) error {
	if readable(ctx, damaged) {
		return nil
	}
	head, size, err := headOf(ctx, fresh)
	if err != nil {
		return fmt.Errorf("read the first page of a new ledger: %w", err)
	}
	f, err := os.OpenFile(damaged, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the copy of the damaged ledger: %w", err)
	}
	defer f.Close() //nolint:errcheck // closed below; here after an error
	info, err := f.Stat()
	if err != nil {
		return err
	}
	pages := uint32(info.Size() / size)
	binary.BigEndian.PutUint32(head[28:], max(pages, 1)) // the size of the file
	copy(head[92:96], head[24:28])                       // which is valid
	clear(head[32:40])                                   // no free pages
	if _, err := f.WriteAt(head, 0); err != nil {
		return err
	}
	// Half a page at the end is none.
	if err := errors.Join(f.Truncate(max(int64(pages), 1)*size), f.Close()); err != nil {
		return err
	}
	_ = os.Remove(damaged + "-shm") // made from the log when it is missing
	if readable(ctx, damaged) {
		return nil
	}
	_ = os.Remove(damaged + "-wal") // its first page is no better, and hides the new one
	return nil
}

// readable tells whether SQLite can read the tables from a file.
func readable(ctx context.Context, path string) bool {
	db, err := openSQLite(path, "rw", readerCacheKiB)
	if err != nil {
		return false
	}
	defer db.Close() //nolint:errcheck // it was only looked at
	var tables int
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('workspace', 'runs', 'vehicles', 'lookups', 'attempts', 'answers')").Scan(&tables)
	return err == nil && tables == 6
}

// headOf is the first page of a file that SQLite has open, and its size.
func headOf(ctx context.Context, path string) (head []byte, size int64, err error) {
	db, err := openSQLite(path, "rw", readerCacheKiB)
	if err != nil {
		return nil, 0, err
	}
	defer db.Close() //nolint:errcheck // it was only looked at
	if err := db.QueryRowContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno=1").Scan(&head); err != nil {
		return nil, 0, err
	}
	return head, int64(len(head)), nil
}

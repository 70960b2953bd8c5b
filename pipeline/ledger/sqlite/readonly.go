package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"vehiclebatch/pipeline/ledger"
)

// ReadOnly tells whether a workspace's ledger can be read and not written: a
// backup, or a file system that takes no changes.
func ReadOnly(dir string) bool {
	err := access(filepath.Join(dir, FileName), os.O_RDWR)
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// openToRead opens a ledger for reading in the way that its place allows. WAL readers write a
// shared index. Where they cannot, the file is assumed to be changed by nobody, and it must be
// whole without its log.
func openToRead(path string, writable func() (*sql.DB, error)) (*sql.DB, error) {
	if !ReadOnly(filepath.Dir(path)) {
		return writable()
	}
	return openImmutable(path)
}

func openImmutable(path string) (*sql.DB, error) {
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("%s cannot be written, and a part of it is still in its log", path),
			Hint: "copy the workspace to a place that can be written, and look at it there"}
	}
	q := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"query_only(1)", fmt.Sprintf("cache_size(-%d)", readerCacheKiB), "temp_store(MEMORY)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// nobodyWrites tells whether all of a ledger is in its file and no process works with it: then it can be read without
// the index that WAL readers share, for which a full disk has no room.
func nobodyWrites(dir string) bool {
	log, err := os.Stat(filepath.Join(dir, FileName) + "-wal")
	return Holder(dir) == "" && (errors.Is(err, fs.ErrNotExist) || err == nil && log.Size() == 0)
}

// OpenToExamine opens a ledger's file only for reading, whatever is wrong with it: nothing is
// checked, and nothing is tidied up at the end.
func OpenToExamine(ctx context.Context, path string) (*sql.DB, error) {
	db, err := openToRead(path, func() (*sql.DB, error) {
		q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
		return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	})
	if err != nil {
		return nil, err
	}
	var version int64
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	var full *ledger.NoRoomError
	if err = explain(path, err); !errors.As(err, &full) {
		return db, nil // whoever examines it finds what is wrong with it
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	if !nobodyWrites(filepath.Dir(path)) {
		return nil, full
	}
	return openImmutable(path)
}

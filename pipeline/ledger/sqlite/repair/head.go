package repair

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// mendHead makes a damaged file one that SQLite begins to read. A file that was cut short is filled
// up with empty pages, so that a table whose first page is gone does not hide the tables whose
// first page is there. If the pages that say where every table begins cannot be read, they are
// replaced with those of a new ledger: all ledgers were made by the same scripts.
func mendHead(ctx context.Context, damaged string, fresh *sql.DB) error {
	schema, size, pages, err := schemaOf(ctx, fresh)
	if err != nil {
		return fmt.Errorf("read the first pages of a new ledger: %w", err)
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
	// Half a page at the end does not count.
	have := max(info.Size()/size, pages)
	if err := errors.Join(f.Truncate(info.Size()/size*size), f.Truncate(have*size)); err != nil {
		return err
	}
	if readable(ctx, damaged) {
		return f.Close()
	}
	head := schema[1]
	binary.BigEndian.PutUint32(head[28:], uint32(have)) // the size of the file
	copy(head[92:96], head[24:28])                      // which is valid
	clear(head[32:40])                                  // no free pages
	for page, data := range schema {
		if _, err := f.WriteAt(data, (page-1)*size); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	_ = os.Remove(damaged + "-shm") // made from the log when it is missing
	if readable(ctx, damaged) {
		return nil
	}
	_ = os.Remove(damaged + "-wal") // its first page is no better, and hides the new one
	return nil
}

// openDamaged opens a file so that SQLite takes what it can: it relies on the pages that are there,
// not on the number that the first page gives.
func openDamaged(path string) (*sql.DB, error) {
	q := url.Values{"mode": {"rw"}, "_pragma": {"writable_schema(ON)", "busy_timeout(10000)", "journal_mode(WAL)", "temp_store(MEMORY)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// readable tells whether SQLite can read the tables from a file.
func readable(ctx context.Context, path string) bool {
	db, err := openDamaged(path)
	if err != nil {
		return false
	}
	defer db.Close() //nolint:errcheck // it was only looked at
	var tables int
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('workspace', 'runs', 'vehicles', 'lookups', 'attempts', 'answers')").Scan(&tables)
	return err == nil && tables == 6
}

// schemaOf is the pages, by number, in which a file says
// what its tables are; the size of a page, and how many there are.
func schemaOf(ctx context.Context, db *sql.DB) (schema map[int64][]byte, size, pages int64, err error) {
	var head []byte
	if err := db.QueryRowContext(ctx, "SELECT data, (SELECT COUNT(*) FROM sqlite_dbpage) FROM sqlite_dbpage WHERE pgno=1").Scan(&head, &pages); err != nil {
		return nil, 0, 0, err
	}
	schema = map[int64][]byte{1: head}
	for _, child := range childrenOf(head) {
		var data []byte
		if err := db.QueryRowContext(ctx, "SELECT data FROM sqlite_dbpage WHERE pgno=?", child).Scan(&data); err != nil {
			return nil, 0, 0, err
		}
		schema[child] = data
	}
	return schema, int64(len(head)), pages, nil
}

// childrenOf lists the pages below the first one, as SQLite's file format has
// it: behind the file's header of 100 bytes comes that of an inner page.
func childrenOf(head []byte) []int64 {
	const header, inner = 100, 5
	if head[header] != inner {
		return nil // the first page holds all there is to say
	}
	out := []int64{int64(binary.BigEndian.Uint32(head[header+8:]))}
	for i := range int(binary.BigEndian.Uint16(head[header+3:])) {
		cell := binary.BigEndian.Uint16(head[header+12+2*i:])
		out = append(out, int64(binary.BigEndian.Uint32(head[cell:])))
	}
	return out
}

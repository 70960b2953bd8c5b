package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

// This file is for the package repair alone, which the linter enforces: work on a ledger's file as
// such, and changes of an open ledger that no run makes.

// NewFile makes the file of an empty ledger.
func NewFile(ctx context.Context, path string) (*sql.DB, error) {
	db, err := openSQLite(path, "rwc", writerCacheKiB)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// OpenWhole opens the file of a workspace's ledger for writing, refuses a damaged one, and upgrades
// it to this version. It does not check whether the ledger is the newest. The caller holds the
// lock.
func OpenWhole(ctx context.Context, dir string) (*sql.DB, error) {
	path := filepath.Join(dir, FileName)
	if err := checkLogLocked(dir); err != nil {
		return nil, err
	}
	db, err := openSQLite(path, "rw", writerCacheKiB)
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1)
	for _, step := range []func() error{
		func() error { return checkReadable(ctx, db, path) },
		func() error { return checkIntegrity(ctx, db, path, integrity.DecisivePages) },
		func() error { return migrate(ctx, db) },
	} {
		if err := step(); err != nil {
			return nil, errors.Join(explain(path, err), db.Close())
		}
	}
	return db, nil
}

// QueryRow queries the open ledger for one row.
func (l *Ledger) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return l.reader.QueryRowContext(ctx, query, args...)
}

// Changes are what Maintain does in one commit.
type Changes struct {
	ctx context.Context
	w   *writer
}

// Exec makes one of the changes.
func (c Changes) Exec(query string, args ...any) error { return c.w.exec(c.ctx, query, args...) }

// ForgetAnswers takes answers out of the mark before they are deleted, so that a ledger without
// them is not taken for an older one.
func (c Changes) ForgetAnswers() error { return c.w.mark.forgetAnswers() }

// Resum gives every row that was changed and marked as such the checksum of what it says now.
func (c Changes) Resum() error { return integrity.ResumMarked(c.ctx, c.w.conn) }

// Maintain makes changes in one commit, or none of them.
func (l *Ledger) Maintain(do func(c Changes) error) error {
	return l.writer.write(func(ctx context.Context, w *writer) error { return do(Changes{ctx, w}) }, nil)
}

// WriterConn is the connection that writes, for what cannot share a commit with other changes.
// Nothing else may be written meanwhile.
func (l *Ledger) WriterConn() *sql.Conn { return l.writer.conn }

package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// This file alone says which store the ledger of a workspace is. Doctor and purge know it too: what they look
// through and rewrite are its files.

// openLedger opens the ledger in a folder for work, and makes one where there is none.
func openLedger(ctx context.Context, at string, o sqlite.Options) (Store, error) {
	l, err := sqlite.Open(ctx, at, o)
	return orNone(l, err)
}

// openLedgerThere opens a ledger that is there for work.
func openLedgerThere(ctx context.Context, at string, o sqlite.Options) (Store, error) {
	l, err := sqlite.OpenExisting(ctx, at, o)
	return orNone(l, err)
}

// lookAtLedger opens the ledger in a folder for looking, also while another process works there.
func lookAtLedger(ctx context.Context, at string, now func() time.Time) (Store, error) {
	l, err := sqlite.OpenReadOnly(ctx, at, now)
	return orNone(l, err)
}

// orNone keeps a pointer to nothing from becoming a store.
func orNone(l *sqlite.Ledger, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

// holderOf is who works in a workspace, "" for nobody.
func holderOf(dir string) string { return sqlite.Holder(dir) }

// hasLedger tells whether a workspace has a ledger; what stands in its place counts as one, and is named when it is opened.
func hasLedger(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, sqlite.FileName))
	return !errors.Is(err, fs.ErrNotExist)
}

// checkMissing refuses a workspace whose ledger was there and is not, or of which that cannot be said.
func checkMissing(dir string) error { return sqlite.CheckMissing(dir) }

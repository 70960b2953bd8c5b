package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

// wholeCheck is the size up to which a ledger is checked completely whenever it is opened. For a
// larger ledger only the rules that take no time are checked, and, when it is opened for writing,
// the pages of the tables that decide what is bought. Damage elsewhere shows when it is read.
const wholeCheck = 64 << 20

// depthOf is how thoroughly a ledger is checked when it is opened.
func depthOf(path string, large integrity.Depth) (integrity.Depth, error) {
	var size int64
	for _, part := range []string{"", "-wal"} {
		info, err := os.Stat(path + part)
		if err != nil && part == "" {
			return large, fmt.Errorf("look at the ledger: %w", err)
		}
		if err == nil {
			size += info.Size()
		}
	}
	if size > wholeCheck {
		return large, nil
	}
	return integrity.Everything, nil
}

// checkIntegrity refuses a damaged ledger before anything is done with it. Everything that it
// finds, batch doctor finds too.
func checkIntegrity(ctx context.Context, db *sql.DB, path string, large integrity.Depth) error {
	v, err := version(ctx, db)
	if err != nil || v == 0 {
		return err
	}
	how, err := depthOf(path, large)
	if err != nil {
		return err
	}
	if unchanged(filepath.Dir(path)) {
		how = integrity.SmallTables
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	faults, err := integrity.Look(ctx, conn, v, how, Readings())
	for _, f := range faults {
		if f.Unusable {
			return &ledger.UserError{Problem: fmt.Sprintf("%s is damaged (%s)", path, f.What), Hint: doctorHint(filepath.Dir(path))}
		}
	}
	return err
}

// Damaged tells whether an error means that the ledger's file is damaged.
func Damaged(err error) bool { return integrity.Damaged(err) }

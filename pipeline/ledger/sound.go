package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// wholeCheck is the size up to which all of a ledger is looked through when it
// is opened for writing, a tenth of a second's work; of a larger one the tables
// that decide what is bought, a second for 300,000 lookups. What is not looked
// through are raw answers: a damaged one is found when it is read.
const wholeCheck = 64 << 20

// decisive are the tables that decide what is bought.
var decisive = []string{"workspace", "runs", "vehicles", "lookups", "attempts"}

// checkSound looks for damage before anything is bought.
func checkSound(ctx context.Context, db *sql.DB, path string) error {
	if v, err := version(ctx, db); err != nil || v == 0 {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at the ledger: %w", err)
	}
	if info.Size() <= wholeCheck {
		return quickCheck(ctx, db, path, "1")
	}
	for _, table := range decisive {
		if err := quickCheck(ctx, db, path, table); err != nil {
			return err
		}
	}
	return nil
}

func quickCheck(ctx context.Context, db *sql.DB, path, of string) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check("+of+")").Scan(&verdict); err != nil {
		return err
	}
	if verdict == "ok" {
		return nil
	}
	return &UserError{Problem: fmt.Sprintf("%s is damaged (%s)", path, firstLine(verdict)), Hint: doctorHint(filepath.Dir(path))}
}

// firstLine is the first line of SQLite's verdict that says what is wrong.
func firstLine(verdict string) string {
	for line := range strings.Lines(verdict) {
		if !strings.HasPrefix(line, "***") {
			return strings.TrimSpace(line)
		}
	}
	return verdict
}

// Damaged tells whether an error means that the ledger's file is not whole.
func Damaged(err error) bool {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return false
	}
	code := se.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

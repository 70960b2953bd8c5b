package integrity

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// damageError is about something that was read from a ledger and cannot be.
type damageError struct{ err error }

func (d *damageError) Error() string { return d.err.Error() }
func (d *damageError) Unwrap() error { return d.err }

// Damage is an error that says that the ledger is damaged.
func Damage(format string, args ...any) error { return &damageError{fmt.Errorf(format, args...)} }

// Damaged tells whether an error means that the ledger's file is not whole.
func Damaged(err error) bool {
	var d *damageError
	return errors.As(err, &d) || isCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

// Broken tells whether a query failed since the file is not what it should be:
// a damaged table may lack a column, or be of a format that nobody knows.
func Broken(err error) bool {
	return Damaged(err) || isCode(err, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG)
}

func isCode(err error, codes ...int) bool {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return false
	}
	for _, code := range codes {
		if se.Code()&0xff == code {
			return true
		}
	}
	return false
}

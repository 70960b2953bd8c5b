package integrity

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vehiclebatch/pipeline/ledger/stored"
)

// Damaged tells whether an error means that the ledger's file is damaged.
func Damaged(err error) bool {
	return stored.Damaged(err) || isCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

// Broken tells whether a query failed because the file is not what it should be: a damaged table
// may lack a column, or have a format that is not known.
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

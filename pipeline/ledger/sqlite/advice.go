package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a user can do about a ledger that fails. All messages use these words.
const (
	askDoctor = "says what is left and can save it; until then nothing is bought"
	freeSpace = "free some space and run `batch resume`; what was settled is safe"
)

// doctorHint is for a ledger that is refused when it is opened.
func doctorHint(dir string) string {
	return fmt.Sprintf("`batch doctor --out %s` %s; do not delete it: it holds what was paid for", dir, askDoctor)
}

// Advice says what to do about an error of a ledger that was open: it is damaged,
// or there is no space to write; "" for other errors.
func Advice(err error) string {
	var se *sqlite.Error
	switch {
	case Damaged(err):
		return "the ledger is damaged: `batch doctor`, with the same --out, " + askDoctor
	case errors.As(err, &se) && (se.Code()&0xff == sqlite3.SQLITE_FULL || se.Code()&0xff == sqlite3.SQLITE_IOERR):
		return freeSpace
	}
	return ""
}

// Advised is an error with its advice at the end.
func Advised(err error) error {
	if advice := Advice(err); advice != "" {
		return fmt.Errorf("%w: %s", err, advice)
	}
	return err
}

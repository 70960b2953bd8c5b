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

// wholeCheck is the size up to which all of a ledger is looked through whenever
// it is opened. Of a larger one the rules are asked that take no time, and for
// writing the pages of the tables are looked through that decide what is bought:
// damage elsewhere shows when it is read.
const wholeCheck = 64 << 20

// decisive are the tables that decide what is bought.
var decisive = []string{"workspace", "runs", "vehicles", "lookups", "attempts"}

// depth is how far a ledger is looked through.
type depth int

const (
	rulesAlone    depth = iota // the rules that take no time
	decisivePages              // and the pages of what decides
	everything                 // all pages, all rules, all that must be read
)

// depthOf is how far a ledger is looked through that is opened.
func depthOf(path string, large depth) (depth, error) {
	var size int64
	for _, tail := range []string{"", "-wal"} {
		info, err := os.Stat(path + tail)
		if err != nil && tail == "" {
			return large, fmt.Errorf("look at the ledger: %w", err)
		}
		if err == nil {
			size += info.Size()
		}
	}
	if size > wholeCheck {
		return large, nil
	}
	return everything, nil
}

// checkSound refuses a damaged ledger before anything is done with it. It finds
// nothing that batch doctor does not find.
func checkSound(ctx context.Context, db *sql.DB, path string, large depth) error {
	v, err := version(ctx, db)
	if err != nil || v == 0 {
		return err
	}
	how, err := depthOf(path, large)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	faults, err := faultsIn(ctx, conn, v, how)
	for _, f := range faults {
		if f.Unusable {
			return &UserError{Problem: fmt.Sprintf("%s is damaged (%s)", path, f.What), Hint: doctorHint(filepath.Dir(path))}
		}
	}
	return err
}

// faultsIn looks through a ledger as one moment shows it.
func faultsIn(ctx context.Context, conn *sql.Conn, v int, how depth) (found []Fault, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, end)
	}()
	l := &looker{ctx: ctx, conn: conn, version: v, how: how}
	for _, look := range []func() error{l.header, l.schema, l.pages, l.rules, l.readings} {
		err := look()
		if err != nil && !isBroken(err) {
			return l.found, err
		}
		if err != nil {
			l.unusable("it cannot be looked through: %v", err)
		}
		if len(l.found) > 0 && l.sick { // what follows would only say the same in other words
			break
		}
	}
	return l.found, nil
}

// looker looks through a ledger and notes what is wrong.
type looker struct {
	ctx     context.Context
	conn    *sql.Conn
	version int
	how     depth
	found   []Fault
	sick    bool // a fault makes the ledger unusable
}

func (l *looker) unusable(format string, args ...any) {
	l.sick = true
	l.found = append(l.found, Fault{What: fmt.Sprintf(format, args...), Unusable: true})
}

// pages has SQLite look through pages, indexes and constraints.
func (l *looker) pages() error {
	switch l.how {
	case rulesAlone:
		return nil
	case everything:
		return l.check("PRAGMA integrity_check(10)")
	}
	for _, table := range decisive {
		if err := l.check("PRAGMA quick_check(" + table + ")"); err != nil {
			return err
		}
	}
	return nil
}

func (l *looker) check(pragma string) error {
	rows, err := l.conn.QueryContext(l.ctx, pragma)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			l.unusable("the file is damaged: %s", firstLine(line))
		}
	}
	return rows.Err()
}

// rules asks what must hold of the rows.
func (l *looker) rules() error {
	for _, r := range rules() {
		if r.since > l.version || l.how != everything && !r.large {
			continue
		}
		var n int64
		if err := l.conn.QueryRowContext(l.ctx, "SELECT COUNT(*) FROM "+r.table+" WHERE "+r.breaks).Scan(&n); err != nil {
			return fmt.Errorf("count whether %s: %w", r.broken, err)
		}
		if n > 0 {
			l.sick = l.sick || !r.odd
			l.found = append(l.found, Fault{What: fmt.Sprintf("%s: %d", r.broken, n), Unusable: !r.odd})
		}
	}
	return nil
}

// readings reads what only the program can read.
func (l *looker) readings() error {
	if l.how != everything {
		return nil
	}
	for _, r := range readings() {
		if r.since > l.version {
			continue
		}
		bad, err := r.bad(l.ctx, l.conn)
		if err != nil {
			return err
		}
		if len(bad) > 0 {
			l.unusable("%s: %d", r.broken, len(bad))
		}
	}
	return nil
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

// damagedError is about something that was read from a ledger and cannot be.
type damagedError struct{ err error }

func (d *damagedError) Error() string { return d.err.Error() }
func (d *damagedError) Unwrap() error { return d.err }

// damaged is an error that says that the ledger is.
func damaged(format string, args ...any) error { return &damagedError{fmt.Errorf(format, args...)} }

// Damaged tells whether an error means that the ledger's file is not whole.
func Damaged(err error) bool {
	var d *damagedError
	return errors.As(err, &d) || isCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

// isBroken tells whether a query failed since the file is not what it should be:
// a damaged table may lack a column, or be of a format that nobody knows.
func isBroken(err error) bool {
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

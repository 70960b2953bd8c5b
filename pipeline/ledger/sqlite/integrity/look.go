package integrity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Fault is something that is wrong with a ledger, in plain words.
type Fault struct {
	What string
	// Unusable: nothing may be bought with the ledger as it is. Otherwise the fault is odd, but no
	// reason to stop.
	Unusable bool
}

// decisive are the tables that decide what is bought.
var decisive = []string{"workspace", "runs", "vehicles", "lookups", "attempts"}

// Depth is how thoroughly a ledger is checked.
type Depth int

// Each depth checks what those above it check, and more.
const (
	SmallTables   Depth = iota // the rules of small tables
	RulesAlone                 // and the rules that take little time
	DecisivePages              // and the pages of the decisive tables, and the checksums of what was bought
	Everything                 // all pages, all rules, all columns that only the program can read
)

// Look checks a ledger, whose tables are of version v, as it is at one moment.
func Look(ctx context.Context, conn *sql.Conn, v int, how Depth, readings []Reading) (found []Fault, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, end)
	}()
	l := &looker{ctx: ctx, conn: conn, version: v, how: how, readings: readings}
	for _, look := range []func() error{l.header, l.schema, l.pages, l.rules, l.sums, l.read} {
		err := look()
		if err != nil && !Broken(err) {
			return l.found, err
		}
		if err != nil {
			l.unusable("it cannot be looked through: %v", err)
		}
		if len(l.found) > 0 && l.sick { // further checks would only report the same in other words
			break
		}
	}
	return l.found, nil
}

// looker checks a ledger and notes what is wrong.
type looker struct {
	ctx     context.Context
	conn    *sql.Conn
	version int
	how     Depth
	// readings are the columns that only the program can read. Everything reads them.
	readings []Reading
	found    []Fault
	sick     bool // a fault makes the ledger unusable
}

func (l *looker) unusable(format string, args ...any) {
	l.sick = true
	l.found = append(l.found, Fault{What: fmt.Sprintf(format, args...), Unusable: true})
}

// pages has SQLite check pages, indexes and constraints.
func (l *looker) pages() error {
	switch l.how {
	case SmallTables, RulesAlone:
		return nil
	case Everything:
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

// rules checks what must hold of the rows.
func (l *looker) rules() error {
	for _, r := range rules() {
		if l.how != Everything && !r.large || l.how == SmallTables && r.table == "attempts" {
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

// sums compares the rows with their checksums.
func (l *looker) sums() error {
	summed := smallSummeds()
	switch l.how {
	case DecisivePages: // nothing else would show damage that makes batch buy again: an earlier lookup's key, for example, is searched for and never read
		summed = append(summed, SummedLookups, SummedAttempts)
	case Everything:
		summed = Summeds()
	}
	for _, s := range summed {
		wrong, err := s.Wrong(l.ctx, l.conn)
		if err != nil {
			return err
		}
		if len(wrong) > 0 {
			l.unusable("%s: %d", s.Broken, len(wrong))
		}
	}
	return nil
}

// read reads the columns that only the program can read.
func (l *looker) read() error {
	if l.how != Everything {
		return nil
	}
	for _, r := range l.readings {
		bad, err := r.Bad(l.ctx, l.conn)
		if err != nil {
			return err
		}
		if len(bad) > 0 {
			l.unusable("%s: %d", r.Broken, len(bad))
		}
	}
	return nil
}

// firstLine is the first line of SQLite's result that says what is wrong.
func firstLine(verdict string) string {
	for line := range strings.Lines(verdict) {
		if !strings.HasPrefix(line, "***") {
			return strings.TrimSpace(line)
		}
	}
	return verdict
}

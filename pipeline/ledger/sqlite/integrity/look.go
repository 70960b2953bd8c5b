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
	// Unusable: nothing is bought with the ledger as it is. Else it is odd,
	// and no reason to stop.
	Unusable bool
}

// decisive are the tables that decide what is bought.
var decisive = []string{"workspace", "runs", "vehicles", "lookups", "attempts"}

// Depth is how far a ledger is looked through.
type Depth int

// Each looks at what those above it look at, and at more.
const (
	SmallTables   Depth = iota // the rules of tables that are small
	RulesAlone                 // and those that take little time
	DecisivePages              // and the pages of what decides, and the checksums of what was bought
	Everything                 // all pages, all rules, all that must be read
)

// Look looks through a ledger, whose tables are of some version, as one moment shows it.
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

// pages has SQLite look through pages, indexes and constraints.
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

// rules asks what must hold of the rows.
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

// sums holds the rows against their checksums.
func (l *looker) sums() error {
	summed := smallSummeds()
	switch l.how {
	case DecisivePages: // what is bought again shows in no other way: the key of an earlier lookup, say, is looked for and never read
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

// read reads what only the program can read.
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

// firstLine is the first line of SQLite's verdict that says what is wrong.
func firstLine(verdict string) string {
	for line := range strings.Lines(verdict) {
		if !strings.HasPrefix(line, "***") {
			return strings.TrimSpace(line)
		}
	}
	return verdict
}

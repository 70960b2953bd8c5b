package repair

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// Examination is what a look at a ledger has found.
type Examination struct {
	Path    string
	Bytes   int64
	Version int // of its tables; Known is what this program knows
	Known   int
	Holder  string // who works there now; "" means nobody

	Runs, Lookups, Answers int64
	Charged                record.Fen
	Faults                 []integrity.Fault
	// MadeUpHeads are what is kept of the headers of answers that are all made up, as the ledger has it; each once.
	MadeUpHeads []string

	Missing bool // there is no ledger where there was one
	// LogAlone: it is missing, and its log is there, of which a part can be saved.
	LogAlone bool
	Foreign  bool // it is whole, but not a ledger that this program knows
	// Older: the file is whole, but something suggests that it is not the newest of the workspace. No other fault keeps
	// it from being used.
	Older bool
}

// Sound tells whether the ledger can be used.
func (e *Examination) Sound() bool {
	for _, f := range e.Faults {
		if f.Unusable {
			return false
		}
	}
	return true
}

func (e *Examination) unusable(format string, args ...any) {
	e.Faults = append(e.Faults, integrity.Fault{What: fmt.Sprintf(format, args...), Unusable: true})
}

// Examine looks through all of a workspace's ledger and changes nothing. Faults that it finds are not errors; an error
// means that it could not look.
func Examine(ctx context.Context, dir string) (*Examination, error) {
	if err := sqlite.CheckOwn(dir); err != nil {
		return nil, err
	}
	e := &Examination{Path: filepath.Join(dir, sqlite.FileName), Holder: sqlite.Holder(dir)}
	e.Known = integrity.Versions()
	info, err := os.Stat(e.Path)
	if gone := sqlite.CheckMissing(dir); gone != nil {
		e.Missing, e.LogAlone = true, sqlite.LogAlone(dir)
		if e.LogAlone {
			e.unusable("%s", problemOf(gone))
		} else {
			e.unusable("%v", gone)
		}
		return e, nil
	}
	if err != nil {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("%s has no ledger (%v)", dir, err), Hint: "name the workspace of an earlier run with --out"}
	}
	e.Bytes = info.Size()
	if err := sqlite.CheckLog(dir); err != nil { // opening it would lose what can still be read
		e.unusable("%s", problemOf(err))
		return e, nil
	}
	if e.Holder == "" && sqlite.HalfBegun(dir) {
		e.Foreign = true
		e.unusable("it was being begun when its process was killed, and nothing was bought with it: the next run begins it anew")
		return e, nil
	}
	db, err := sqlite.OpenToExamine(ctx, e.Path)
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // nothing was written
	conn, err := db.Conn(ctx)
	if err != nil {
		e.unusable("it cannot be opened: %v", err)
		return e, nil
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	return e, e.look(ctx, conn, dir)
}

// problemOf leaves out the advice: whoever asks the doctor is following it already.
func problemOf(err error) string {
	var user *ledger.UserError
	if errors.As(err, &user) {
		return user.Problem
	}
	return err.Error()
}

// look examines what one moment shows.
func (e *Examination) look(ctx context.Context, conn *sql.Conn, dir string) error {
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&e.Version); err != nil {
		e.unusable("it is damaged or not a ledger: %v", err)
		return nil
	}
	wrong, err := integrity.Misnumbered(ctx, conn, e.Version)
	switch {
	case err != nil:
		e.unusable("its tables cannot be read: %v", err)
		return nil
	case wrong:
		e.unusable("the number of its version is damaged: it says %d", e.Version)
		return nil
	case e.Version > e.Known:
		e.Foreign = true
		e.unusable("it was written by a newer batch (version %d, this one knows %d): use that", e.Version, e.Known)
		return nil
	case e.Version == 0:
		e.Foreign = true
		e.unusable("it is empty, or another program's database")
		return nil
	}
	faults, err := integrity.Look(ctx, conn, e.Version, integrity.Everything, sqlite.Readings())
	if err != nil {
		e.unusable("it cannot be looked through: %v", err)
	}
	if e.Faults = append(e.Faults, faults...); !e.Sound() {
		return nil
	}
	e.count(ctx, conn)
	if err := e.heads(ctx, conn); err != nil {
		return err
	}
	return e.checkFreshness(ctx, conn, dir)
}

func (e *Examination) count(ctx context.Context, conn *sql.Conn) {
	err := conn.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM lookups WHERE replaced_by=0), (SELECT COUNT(*) FROM answers),
		(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE billed='yes')`).Scan(&e.Runs, &e.Lookups, &e.Answers, &e.Charged)
	if err != nil {
		e.unusable("it cannot be counted: %v", err)
	}
}

func (e *Examination) heads(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT head FROM answers WHERE status<>0 AND EXISTS (SELECT 1 FROM workspace WHERE simulated=1)")
	if err != nil {
		return fmt.Errorf("look who gave the answers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var head string
		if err := rows.Scan(&head); err != nil {
			return fmt.Errorf("look who gave the answers: %w", err)
		}
		e.MadeUpHeads = append(e.MadeUpHeads, head)
	}
	return rows.Err()
}

// checkFreshness compares the ledger with its mark. While another process works, the mark may be ahead of what was
// read.
func (e *Examination) checkFreshness(ctx context.Context, conn *sql.Conn, dir string) error {
	if e.Holder != "" {
		return nil
	}
	var blank bool
	if err := conn.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM workspace)").Scan(&blank); err != nil {
		return fmt.Errorf("look for what kind of workspace it is: %w", err)
	}
	if m, _ := sqlite.ReadWatermark(dir); blank && m.Bought() {
		e.unusable("nothing is left of it but its tables: its log was cut off")
		return nil
	}
	what, err := sqlite.CheckFreshness(ctx, conn, dir)
	if what != "" {
		e.Older = e.Sound()
		e.unusable("it %s", what)
	}
	return err
}

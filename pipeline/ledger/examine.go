package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"

	"vehiclebatch/pipeline/record"
)

// Fault is something that is wrong with a ledger, in plain words.
type Fault struct {
	What string
	// Unusable: nothing is bought with the ledger as it is. Else it is odd,
	// and no reason to stop.
	Unusable bool
}

// Examination is what a look at a ledger has found.
type Examination struct {
	Path    string
	Bytes   int64
	Version int // of its tables; Known is what this program knows
	Known   int
	Holder  string // who works there now; "" is nobody

	Runs, Lookups, Answers int64
	Charged                record.Fen
	Faults                 []Fault

	Gone bool // there is no ledger where there was one
	// Older: the file is whole, and something speaks against its being the
	// newest of the workspace. No other fault keeps it from being used.
	Older bool
}

// Sound tells whether the ledger can be worked with.
func (e *Examination) Sound() bool {
	for _, f := range e.Faults {
		if f.Unusable {
			return false
		}
	}
	return true
}

func (e *Examination) unusable(format string, args ...any) {
	e.Faults = append(e.Faults, Fault{What: fmt.Sprintf(format, args...), Unusable: true})
}

// Examine looks through all of a workspace's ledger and changes nothing. What
// it finds wrong is no error; an error is that it could not look.
func Examine(ctx context.Context, dir string) (*Examination, error) {
	if err := checkOwn(dir); err != nil {
		return nil, err
	}
	e := &Examination{Path: filepath.Join(dir, FileName), Holder: holderOf(dir)}
	scripts, err := scriptNames()
	if err != nil {
		return nil, err
	}
	e.Known = len(scripts)
	info, err := os.Stat(e.Path)
	if gone := Gone(dir); gone != nil {
		e.Gone = true
		e.unusable("%v", gone)
		return e, nil
	}
	if err != nil {
		return nil, &UserError{Problem: fmt.Sprintf("%s has no ledger (%v)", dir, err), Hint: "name the workspace of an earlier run with --out"}
	}
	e.Bytes = info.Size()
	db, err := openToRead(e.Path, func() (*sql.DB, error) { return openLooking(e.Path) })
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

// openLooking opens a file for reading alone: nothing is tidied up at the end.
func openLooking(path string) (*sql.DB, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// look examines what one moment shows.
func (e *Examination) look(ctx context.Context, conn *sql.Conn, dir string) error {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		e.unusable("it cannot be read: %v", err)
		return nil
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&e.Version); err != nil {
		e.unusable("it is damaged or not a ledger: %v", err)
		return nil
	}
	if e.Version > e.Known {
		e.unusable("it was written by a newer batch (version %d, this one knows %d): use that", e.Version, e.Known)
		return nil
	}
	if e.Version == 0 {
		e.unusable("it is empty, or another program's database")
		return nil
	}
	e.integrity(ctx, conn)
	if !e.Sound() {
		return nil
	}
	e.count(ctx, conn)
	e.cross(ctx, conn)
	e.bodies(ctx, conn)
	return e.witness(ctx, conn, dir)
}

// integrity has SQLite look through every page, index and constraint.
func (e *Examination) integrity(ctx context.Context, conn *sql.Conn) {
	rows, err := conn.QueryContext(ctx, "PRAGMA integrity_check(10)")
	if err != nil {
		e.unusable("the file cannot be looked through: %v", err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			e.unusable("the file cannot be looked through: %v", err)
			return
		}
		if line != "ok" {
			e.unusable("the file is damaged: %s", firstLine(line))
		}
	}
	if err := rows.Err(); err != nil {
		e.unusable("the file cannot be looked through: %v", err)
	}
}

func (e *Examination) count(ctx context.Context, conn *sql.Conn) {
	err := conn.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM lookups), (SELECT COUNT(*) FROM answers),
		(SELECT COALESCE(SUM(fen), 0) FROM attempts WHERE billed='yes')`).Scan(&e.Runs, &e.Lookups, &e.Answers, &e.Charged)
	if err != nil {
		e.unusable("it cannot be counted: %v", err)
	}
}

// crossCheck is a question about what must agree with what; it counts what does not.
type crossCheck struct {
	what     string
	unusable bool
	query    string
}

var crossChecks = []crossCheck{
	{"runs are missing, to which lookups belong", true, "SELECT COUNT(DISTINCT run) FROM lookups WHERE run NOT IN (SELECT seq FROM runs)"},
	{"lookups belong to a row that is not there", true, "SELECT COUNT(*) FROM lookups k WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=k.run AND v.row=k.row)"},
	{"rows name a lookup that is not there", true, `SELECT COUNT(*) FROM vehicles v JOIN json_each(json_array(v.maintenance, v.valuation, v.violations)) j
		WHERE v.duplicate_of=0 AND j.value>0 AND NOT EXISTS (SELECT 1 FROM lookups k WHERE k.id=j.value)`},
	{"runs lack rows of their input", true, `SELECT COUNT(*) FROM runs r WHERE state<>'planning' AND input_rows <> (SELECT COUNT(*) FROM vehicles v WHERE v.run=r.seq)`},
	{"lookups say another number of orders than were written down", true, "SELECT COUNT(*) FROM lookups k WHERE attempts <> (SELECT COUNT(*) FROM attempts a WHERE a.lookup=k.id)"},
	{"orders belong to no lookup", true, "SELECT COUNT(*) FROM attempts a WHERE NOT EXISTS (SELECT 1 FROM lookups k WHERE k.id=a.lookup)"},
	{"lookups that were found have no answer", true, `SELECT COUNT(*) FROM lookups k WHERE state='found' AND NOT EXISTS (SELECT 1 FROM answers s WHERE s.id=k.answer)
		AND NOT (answer=0 AND question=` + forgottenQuestion + ")"}, // but for what was purged
	{"lookups wait without a ticket", true, "SELECT COUNT(*) FROM lookups WHERE state='waiting' AND ticket=''"},
	{"lookups follow one that is not there", true, "SELECT COUNT(*) FROM lookups k WHERE state='following' AND NOT EXISTS (SELECT 1 FROM lookups s WHERE s.id=k.source)"},
	{"answers belong to no lookup", false, "SELECT COUNT(*) FROM answers s WHERE NOT EXISTS (SELECT 1 FROM lookups k WHERE k.id=s.lookup)"},
	{"charges are reserved though their lookup is settled", false, `SELECT COUNT(*) FROM attempts a JOIN lookups k ON k.id=a.lookup
		WHERE a.billed='reserved' AND k.state NOT IN ('submitting', 'waiting')`},
	{"finished runs have lookups that are open", false, `SELECT COUNT(DISTINCT r.seq) FROM runs r JOIN lookups k ON k.run=r.seq
		WHERE r.state='finished' AND k.state IN ('planned', 'submitting', 'waiting', 'following')`},
}

// awaitingSince is the version of the tables that awaitingChecks ask of: since then
// lookups wait for others and stand beside each other.
const awaitingSince = 5

var awaitingChecks = []crossCheck{
	{"rows name a lookup beside another that is not there", true, "SELECT COUNT(*) FROM vehicles v WHERE EXISTS (SELECT 1 FROM (" + besideOf + ") j WHERE j.value NOT IN (SELECT id FROM lookups))"},
	{"lookups stand beside one that is not there", true, "SELECT COUNT(*) FROM lookups WHERE lead>0 AND lead NOT IN (SELECT id FROM lookups)"},
	{"lookups wait for the answer of one that is not there", false, `SELECT COUNT(*) FROM lookups k WHERE state='planned' AND awaits > 0
		AND NOT EXISTS (SELECT 1 FROM lookups m WHERE m.id=k.awaits)`},
	{"lookups were asked with values that cannot be read", true, "SELECT COUNT(*) FROM lookups WHERE derived <> '' AND NOT json_valid(derived)"},
}

func (e *Examination) cross(ctx context.Context, conn *sql.Conn) {
	checks := crossChecks
	if e.Version >= awaitingSince {
		checks = slices.Concat(crossChecks, awaitingChecks)
	}
	for _, c := range checks {
		var n int64
		if err := conn.QueryRowContext(ctx, c.query).Scan(&n); err != nil {
			e.unusable("it cannot be checked whether %s: %v", c.what, err)
			continue
		}
		if n > 0 {
			e.Faults = append(e.Faults, Fault{What: fmt.Sprintf("%s: %d", c.what, n), Unusable: c.unusable})
		}
	}
}

// bodies unpacks every raw answer: each has a checksum.
func (e *Examination) bodies(ctx context.Context, conn *sql.Conn) {
	bad, err := badBodies(ctx, conn)
	if err != nil {
		e.unusable("the answers cannot be read: %v", err)
	}
	if len(bad) > 0 {
		e.unusable("raw answers are damaged: %d", len(bad))
	}
}

// badBodies lists the answers that cannot be unpacked.
func badBodies(ctx context.Context, conn *sql.Conn) ([]int64, error) {
	p, err := newPacker()
	if err != nil {
		return nil, err
	}
	defer p.close()
	rows, err := conn.QueryContext(ctx, "SELECT id, body FROM answers")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var bad []int64
	for rows.Next() {
		var id int64
		var body sql.RawBytes
		if err := rows.Scan(&id, &body); err != nil {
			return nil, err
		}
		if _, err := p.unpack(body); err != nil {
			bad = append(bad, id)
		}
	}
	return bad, rows.Err()
}

// witness holds the ledger against its mark. Beside a process that works the
// mark runs ahead of what was read.
func (e *Examination) witness(ctx context.Context, conn *sql.Conn, dir string) error {
	if e.Holder != "" {
		return nil
	}
	var blank bool
	if err := conn.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM workspace)").Scan(&blank); err != nil {
		return fmt.Errorf("look for what kind of workspace it is: %w", err)
	}
	if m, _ := readMark(dir); blank && m.witnessed() {
		e.unusable("nothing is left of it but its tables: its log was cut off")
		return nil
	}
	what, err := witness(ctx, conn, dir)
	if what != "" {
		e.Older = e.Sound()
		e.unusable("it %s", what)
	}
	return err
}

// holderOf says who works in a workspace; "" is nobody.
func holderOf(dir string) string {
	path := filepath.Join(dir, lockName)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	f := flock.New(path)
	if got, err := f.TryRLock(); err == nil && !got {
		return readHolder(path)
	}
	_ = f.Unlock() // it goes with the process
	return ""
}

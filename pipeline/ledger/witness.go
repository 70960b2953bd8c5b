package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// runsFolder is where a workspace keeps the outputs of its runs, and
// manifestName what is written last of them; it has far less than manifestMost bytes.
const (
	runsFolder   = "runs"
	manifestName = "manifest.json"
	manifestMost = 16 << 20
)

// Gone refuses a workspace whose ledger was there and is not.
func Gone(dir string) error {
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if gone := errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0; !gone {
		return nil
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil // killed before the log was first carried over
	}
	m, ok := readMark(dir)
	unknown, err := unknownOutputs(dir, nil)
	if err != nil || (!ok || !m.witnessed()) && len(unknown) == 0 {
		return err
	}
	return &UserError{Problem: fmt.Sprintf("the ledger %s is gone, and lookups were bought here", path),
		Hint: "put it back, or choose another folder with --out to begin anew and buy everything again"}
}

// checkBlank refuses a ledger of which nothing is left but its tables.
func checkBlank(ctx context.Context, db *sql.DB, path string) error {
	m, _ := readMark(filepath.Dir(path))
	var blank bool
	if err := db.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM workspace)").Scan(&blank); err != nil {
		return err
	}
	if blank && m.witnessed() {
		return &UserError{Problem: path + " lacks everything that this workspace has seen: its log was cut off", Hint: doctorHint(filepath.Dir(path))}
	}
	return nil
}

// checkMark holds the ledger against its mark and the runs' outputs, and
// returns the mark to go on with.
func checkMark(ctx context.Context, db *sql.DB, path string) (marked, error) {
	dir := filepath.Dir(path)
	what, err := witness(ctx, db, dir)
	if err == nil && what != "" {
		err = &UserError{Problem: path + " " + what, Hint: doctorHint(dir)}
	}
	if err != nil {
		return marked{}, err
	}
	if m, ok := readMark(dir); ok && m.witnessed() {
		return m, nil
	}
	return endOf(ctx, db)
}

// querier is a database or one connection to it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// asker is a querier that asks for one row as well.
type asker interface {
	querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// witness says what speaks against a ledger being the newest of its workspace;
// "" is nothing. The mark is read before the ledger: it never runs ahead.
func witness(ctx context.Context, db asker, dir string) (string, error) {
	m, ok := readMark(dir)
	var created int64
	var bought, intent, answer bool
	err := db.QueryRowContext(ctx, `SELECT COALESCE((SELECT created_at FROM workspace), 0), EXISTS (SELECT 1 FROM attempts) OR EXISTS (SELECT 1 FROM answers),
		EXISTS (SELECT 1 FROM attempts WHERE lookup=? AND n=?), EXISTS (SELECT 1 FROM answers WHERE id=?)`, m.Lookup, m.Attempt, m.Answer).
		Scan(&created, &bought, &intent, &answer)
	switch {
	case err != nil:
		return "", fmt.Errorf("hold the ledger against its mark: %w", err)
	case !ok && bought:
		return fmt.Sprintf("has orders, and no %s that can be read says that they are the last ones: it may come from an older copy", markName), nil
	case ok && m.Ledger != 0 && m.Ledger != created && (m.witnessed() || bought):
		return fmt.Sprintf("is not the ledger that %s was written for", filepath.Join(dir, markName)), nil
	case m.Lookup > 0 && !intent:
		return fmt.Sprintf("lacks an order (number %d of lookup %d) that this workspace has seen: its log was cut off, or it comes from an older copy", m.Attempt, m.Lookup), nil
	case m.Answer > 0 && !answer:
		return fmt.Sprintf("lacks an answer (number %d) that this workspace has seen: its log was cut off, or it comes from an older copy", m.Answer), nil
	}
	unknown, err := unknownRuns(ctx, db, dir)
	if err != nil || len(unknown) == 0 {
		return "", err
	}
	return fmt.Sprintf("has never heard of %s, whose outputs are in %s: it comes from an older copy", unknown[0].RunID, filepath.Join(dir, runsFolder)), nil
}

// endOf is the mark of a ledger as it stands.
func endOf(ctx context.Context, db asker) (marked, error) {
	var m marked
	err := db.QueryRowContext(ctx, `SELECT COALESCE((SELECT created_at FROM workspace), 0), COALESCE((SELECT MAX(id) FROM answers), 0),
		COALESCE(a.lookup, 0), COALESCE(a.n, 0) FROM (SELECT 1) LEFT JOIN (SELECT lookup, n FROM attempts ORDER BY intent_at DESC, lookup DESC, n DESC LIMIT 1) a`).
		Scan(&m.Ledger, &m.Answer, &m.Lookup, &m.Attempt)
	if err != nil {
		return m, fmt.Errorf("look for the last order: %w", err)
	}
	return m, nil
}

// output is what a manifest says of its run.
type output struct {
	RunID     string    `json:"run_id"`
	StartedAt time.Time `json:"started_at"`
	Input     struct {
		Path string `json:"path"`
	} `json:"input"`
	Spend map[string]struct {
		Charged record.Fen `json:"charged"`
	} `json:"spend"`
}

// words name the run, and the money that its manifest knows of.
func (o *output) words() string {
	var sums []string
	for vendor, s := range o.Spend {
		sums = append(sums, fmt.Sprintf("%s at %s", s.Charged.Yuan(), vendor))
	}
	slices.Sort(sums)
	return strings.TrimSuffix(fmt.Sprintf("run %s (%s)", o.RunID, strings.Join(sums, ", ")), " ()")
}

// unknownRuns are the outputs of runs that the ledger has never heard of.
func unknownRuns(ctx context.Context, db querier, dir string) ([]output, error) {
	rows, err := db.QueryContext(ctx, "SELECT id FROM runs")
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		known[id] = true
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return unknownOutputs(dir, known)
}

// unknownOutputs are whole outputs in the runs' folder of other runs than the
// known ones. A folder that holds anything else says nothing.
func unknownOutputs(dir string, known map[string]bool) ([]output, error) {
	entries, err := os.ReadDir(filepath.Join(dir, runsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the outputs: %w", err)
	}
	var out []output
	for _, e := range entries {
		if known[e.Name()] {
			continue
		}
		text, err := own(dir).ReadFile(filepath.Join(dir, runsFolder, e.Name(), manifestName), manifestMost)
		var o output
		if err == nil && json.Unmarshal(text, &o) == nil && IsRunID(o.RunID) && !known[o.RunID] {
			out = append(out, o)
		}
	}
	return out, nil
}

// adopt makes runs known of which nothing but the outputs is left, as runs that
// were purged: their files are not written again.
func adopt(ctx context.Context, db execer, runs []output, now time.Time) error {
	for _, o := range runs {
		began := o.StartedAt
		if began.IsZero() {
			began = now
		}
		_, err := db.ExecContext(ctx, `INSERT OR IGNORE INTO runs (seq, id, state, started_at, finished_at, input_path, input_sha256, datasets, formats, first_lookup, last_lookup, purged_at)
			SELECT MIN(0, COALESCE(MIN(seq), 0)) - 1, ?, 'finished', ?, ?, ?, '', '', '', 0, -1, ? FROM runs`,
			o.RunID, micros(began), micros(now), cmp.Or(o.Input.Path, "(lost)"), micros(now))
		if err != nil {
			return fmt.Errorf("write down run %s: %w", o.RunID, err)
		}
	}
	return nil
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Accept takes the ledger of a workspace for its newest, by the user's word:
// what was bought after it is not known, and would be bought again. It takes the
// workspace's lock.
func Accept(ctx context.Context, dir string, o Options) error {
	if err := Gone(dir); err != nil {
		return err
	}
	lock, err := lockWorkspace(dir, o)
	if err != nil {
		return err
	}
	return errors.Join(accept(ctx, dir, o), lock.release())
}

func accept(ctx context.Context, dir string, o Options) (err error) {
	path := filepath.Join(dir, FileName)
	db, err := openSQLite(path, "rw", writerCacheKiB)
	if err != nil {
		return explain(path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for _, step := range []func() error{
		func() error { return checkReadable(ctx, db, path) },
		func() error { return checkSound(ctx, db, path, decisivePages) },
		func() error { return migrate(ctx, db) },
	} {
		if err := step(); err != nil {
			return explain(path, err)
		}
	}
	unknown, err := unknownRuns(ctx, db, dir)
	if err != nil {
		return err
	}
	if err := adopt(ctx, db, unknown, o.Now()); err != nil {
		return err
	}
	end, err := endOf(ctx, db)
	if err != nil {
		return err
	}
	return newMark(dir, end)
}

// Witness says what speaks against the ledger being the newest of its
// workspace, for the commands that only look; "" is nothing.
func (l *Ledger) Witness(ctx context.Context, dir string) (string, error) {
	if holderOf(dir) != "" {
		return "", nil // a process at work has looked itself
	}
	return witness(ctx, l.reader, dir)
}

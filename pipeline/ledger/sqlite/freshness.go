package sqlite

import (
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

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// runsFolder is where a workspace keeps the outputs of its runs. manifestName is the file of them
// that is written last; it has far less than manifestMost bytes.
const (
	runsFolder   = "runs"
	manifestName = "manifest.json"
	manifestMost = 1 << 20
)

// CheckMissing refuses a workspace whose ledger has disappeared, or of which that cannot be told.
func CheckMissing(dir string) error {
	if err := checkPlace(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if gone := errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0; !gone {
		return nil
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 { // SQLite would remove it: it is the log of no file
		return &ledger.UserError{Problem: fmt.Sprintf("the ledger %s is gone, and its log beside it holds what was bought here", path),
			Hint: fmt.Sprintf("put it back beside its log, and do not delete that; if it is lost for good, `batch doctor --out %s` says what can be saved of the log", dir)}
	}
	m, ok := ReadWatermark(dir)
	unknown, err := UnknownOutputs(dir, nil)
	spoilt := !ok && hasWatermark(dir) // there is a mark, but nobody can tell what it said
	if err != nil || !m.Bought() && !spoilt && len(unknown) == 0 {
		return err
	}
	return &ledger.UserError{Problem: fmt.Sprintf("the ledger %s is gone, and lookups were bought here", path),
		Hint: "put it back, or choose another folder with --out to begin anew and buy everything again"}
}

// LogAlone tells whether a ledger is gone, or empty, and the log beside it has a part of it.
func LogAlone(dir string) bool {
	path := filepath.Join(dir, FileName)
	if info, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0) {
		return false
	}
	b, err := os.ReadFile(path + "-wal")
	if err != nil {
		return false
	}
	l := lookAtLog(b)
	return l.last > 0
}

// checkBlank refuses a ledger of which only the empty tables are left.
func checkBlank(ctx context.Context, db *sql.DB, path string) error {
	m, _ := ReadWatermark(filepath.Dir(path))
	var blank bool
	if err := db.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM workspace)").Scan(&blank); err != nil {
		return err
	}
	if blank && m.Bought() {
		return &ledger.UserError{Problem: path + " lacks everything that this workspace has seen: its log was cut off", Hint: doctorHint(filepath.Dir(path))}
	}
	return nil
}

// checkWatermark compares the ledger with its mark and the runs' outputs, and returns the mark from
// which to go on.
func checkWatermark(ctx context.Context, db *sql.DB, path string) (Watermark, error) {
	dir := filepath.Dir(path)
	what, err := CheckFreshness(ctx, db, dir)
	if err == nil && what != "" {
		err = &ledger.UserError{Problem: path + " " + what, Hint: doctorHint(dir)}
	}
	if err != nil {
		return Watermark{}, err
	}
	if m, ok := ReadWatermark(dir); ok && m.Bought() {
		return m, nil
	}
	return WatermarkOf(ctx, db)
}

// Asker is a database, or one connection to it, that can be queried.
type Asker interface {
	integrity.Querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// CheckFreshness says what suggests that a ledger is not the newest of its workspace; "" means
// nothing does. The mark is read before the ledger, so that a commit in between cannot make it look
// as if it were ahead.
func CheckFreshness(ctx context.Context, db Asker, dir string) (string, error) {
	m, ok := ReadWatermark(dir)
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
	case ok && m.Ledger != 0 && m.Ledger != created && (m.Bought() || bought):
		return fmt.Sprintf("is not the ledger that %s was written for", filepath.Join(dir, markName)), nil
	case m.Lookup > 0 && !intent:
		return fmt.Sprintf("lacks an order (number %d of lookup %d) that this workspace has seen: its log was cut off, or it comes from an older copy", m.Attempt, m.Lookup), nil
	case m.Answer > 0 && !answer:
		return fmt.Sprintf("lacks an answer (number %d) that this workspace has seen: its log was cut off, or it comes from an older copy", m.Answer), nil
	}
	if what, err := checkSecond(ctx, db, dir, created); what != "" || err != nil {
		return what, err
	}
	unknown, err := UnknownRuns(ctx, db, dir)
	if err != nil || len(unknown) == 0 {
		return "", err
	}
	return fmt.Sprintf("has never heard of %s, whose outputs are in %s: it comes from an older copy", unknown[0].RunID, filepath.Join(dir, runsFolder)), nil
}

// checkSecond compares the ledger with the second mark, which is among the outputs. Orders are
// never forgotten.
func checkSecond(ctx context.Context, db Asker, dir string, created int64) (string, error) {
	m, ok := SecondMark(dir)
	if !ok || m.Ledger != created || m.Lookup == 0 {
		return "", nil
	}
	var intent bool
	err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attempts WHERE lookup=? AND n=?)", m.Lookup, m.Attempt).Scan(&intent)
	if err != nil {
		return "", fmt.Errorf("hold the ledger against its second mark: %w", err)
	}
	if intent {
		return "", nil
	}
	return fmt.Sprintf("lacks an order (number %d of lookup %d) that outputs in %s were written after: it comes from an older copy", m.Attempt, m.Lookup, filepath.Join(dir, runsFolder)), nil
}

// WatermarkOf is the mark that a ledger would have now.
func WatermarkOf(ctx context.Context, db Asker) (Watermark, error) {
	var m Watermark
	err := db.QueryRowContext(ctx, `SELECT COALESCE((SELECT created_at FROM workspace), 0), COALESCE((SELECT MAX(id) FROM answers), 0),
		COALESCE(a.lookup, 0), COALESCE(a.n, 0) FROM (SELECT 1) LEFT JOIN (SELECT lookup, n FROM attempts ORDER BY intent_at DESC, lookup DESC, n DESC LIMIT 1) a`).
		Scan(&m.Ledger, &m.Answer, &m.Lookup, &m.Attempt)
	if err != nil {
		return m, fmt.Errorf("look for the last order: %w", err)
	}
	return m, nil
}

// UnknownRun is a run that the ledger does not know, as the manifest of its outputs describes it.
type UnknownRun struct {
	RunID     string    `json:"run_id"`
	StartedAt time.Time `json:"started_at"`
	Input     struct {
		Path string `json:"path"`
	} `json:"input"`
	Spend map[string]struct {
		Charged record.Fen `json:"charged"`
	} `json:"spend"`
}

// Words name the run, and the money that its manifest mentions.
func (o *UnknownRun) Words() string {
	var sums []string
	for vendor, s := range o.Spend {
		sums = append(sums, fmt.Sprintf("%s at %s", s.Charged.Yuan(), vendor))
	}
	slices.Sort(sums)
	return strings.TrimSuffix(fmt.Sprintf("run %s (%s)", o.RunID, strings.Join(sums, ", ")), " ()")
}

// UnknownRuns are the runs whose outputs are there but which the ledger does not know.
func UnknownRuns(ctx context.Context, db integrity.Querier, dir string) ([]UnknownRun, error) {
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
	return UnknownOutputs(dir, known)
}

// UnknownOutputs are complete outputs in the runs' folder that belong to none of the known runs. A
// folder that holds anything else counts for nothing.
func UnknownOutputs(dir string, known map[string]bool) ([]UnknownRun, error) {
	entries, err := os.ReadDir(filepath.Join(dir, runsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the outputs: %w", err)
	}
	var out []UnknownRun
	for _, e := range entries {
		if known[e.Name()] {
			continue
		}
		text, err := own(dir).ReadFile(filepath.Join(dir, runsFolder, e.Name(), manifestName), manifestMost)
		if errors.Is(err, fs.ErrPermission) {
			return nil, forbidden(filepath.Join(dir, runsFolder, e.Name()), err)
		}
		var o UnknownRun
		if err == nil && json.Unmarshal(text, &o) == nil && ledger.IsRunID(o.RunID) && !known[o.RunID] {
			out = append(out, o)
		}
	}
	return out, nil
}

// CheckFreshness is the function CheckFreshness for the open ledger, for the commands that only
// look.
func (l *Ledger) CheckFreshness(ctx context.Context, dir string) (string, error) {
	if Holder(dir) != "" {
		return "", nil // the process at work has checked it already
	}
	return CheckFreshness(ctx, l.reader, dir)
}

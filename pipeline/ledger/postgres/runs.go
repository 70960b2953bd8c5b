package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

var runTable = table{"runs", join(columns(number, "seq"), columns(words, "id", "state"), columns(number, "started_at", "finished_at", "purged_at"), columns(words, "input_path", "input_sha256"),
	columns(number, "input_rows"), columns(truth, "strict_vin"), columns(words, "datasets", "formats", "lang", "report_lang"), columns(number, "report_top"), columns(truth, "partitioned", "bom"),
	columns(words, "corrects", "corrected"), columns(number, "first_lookup", "last_lookup", "max_spend", "sum"))}

func runValues(r *ledger.Run) []any {
	var limit *int64
	if r.MaxSpend.OK {
		limit = (*int64)(&r.MaxSpend.V)
	}
	return []any{r.Seq, kept(r.ID), string(r.State), stored.Micros(r.StartedAt), stored.Micros(r.FinishedAt), stored.Micros(r.PurgedAt), kept(r.InputPath), kept(r.InputSHA256),
		r.InputRows, r.StrictVIN, ledger.JoinDatasets(r.Datasets), kept(r.Formats), kept(r.Lang), kept(r.ReportLang), int64(r.ReportTop), r.Partitioned, r.BOM,
		kept(r.Corrects), ledger.JoinDatasets(r.Corrected), r.FirstLookup, r.LastLookup, limit, stored.SumOfRun(r)}
}

// scanRun reads a row of runTable, unless it is not what was written down.
func scanRun(rows pgx.Rows) (r ledger.Run, err error) {
	var started, finished, purged, top, sum int64
	var state, datasets, corrected string
	var limit *int64
	err = rows.Scan(&r.Seq, &r.ID, &state, &started, &finished, &purged, &r.InputPath, &r.InputSHA256, &r.InputRows, &r.StrictVIN, &datasets, &r.Formats, &r.Lang, &r.ReportLang, &top,
		&r.Partitioned, &r.BOM, &r.Corrects, &corrected, &r.FirstLookup, &r.LastLookup, &limit, &sum)
	if err != nil {
		return r, err
	}
	if err := restore(&r.ID, &r.InputPath, &r.InputSHA256, &r.Formats, &r.Lang, &r.ReportLang, &r.Corrects); err != nil {
		return r, err
	}
	r.State, r.ReportTop, r.StartedAt, r.FinishedAt, r.PurgedAt = ledger.RunState(state), int(top), stored.Moment(started), stored.Moment(finished), stored.Moment(purged)
	r.Datasets, r.Corrected = ledger.SplitDatasets(datasets), ledger.SplitDatasets(corrected)
	if limit != nil {
		r.MaxSpend = record.Some(record.Fen(*limit))
	}
	if sum != stored.SumOfRun(&r) {
		return r, stored.Damage("read run %d: it is not what was written down", r.Seq)
	}
	return r, nil
}

var insertRun = func() string {
	var s statement
	return "INSERT INTO runs (" + runTable.names("") + ") VALUES (" + s.params(&runTable) + ")"
}()

// NewRun starts a run in state planning.
func (l *Ledger) NewRun(r ledger.Run) (ledger.Run, error) {
	r.State = ledger.RunPlanning
	err := l.writer.do(func(tx *session) error {
		if err := tx.one([]any{&r.Seq}, "SELECT COALESCE(MAX(seq), 0) + 1 FROM runs"); err != nil {
			return err
		}
		first := r
		first.FinishedAt, first.PurgedAt, first.InputRows, first.FirstLookup, first.LastLookup = time.Time{}, time.Time{}, 0, 0, 0
		_, err := tx.exec(insertRun, runValues(&first)...)
		return err
	})
	return r, err
}

var (
	selectRuns = "SELECT " + runTable.names("") + " FROM runs"
	updateRun  = func() string {
		var s statement
		return "UPDATE runs SET " + s.sets(&runTable, ", ", runTable.list()[1:]...) + " WHERE seq=" + s.param(number)
	}()
)

// SetRun writes how far a run is and how its outputs are to be. What it is of stays.
func (l *Ledger) SetRun(r ledger.Run) error {
	return l.writer.do(func(tx *session) error { return setRun(tx, r) })
}

func setRun(tx *session, r ledger.Run) error {
	found, err := collectIn(tx, scanRun, selectRuns+" WHERE seq=$1 FOR UPDATE", r.Seq)
	if err != nil || len(found) == 0 {
		return err
	}
	k := found[0]
	k.State, k.FinishedAt, k.InputRows, k.Formats, k.FirstLookup, k.LastLookup = r.State, r.FinishedAt, r.InputRows, r.Formats, r.FirstLookup, r.LastLookup
	k.MaxSpend, k.Lang, k.ReportLang, k.ReportTop, k.Partitioned, k.BOM = r.MaxSpend, r.Lang, r.ReportLang, r.ReportTop, r.Partitioned, r.BOM
	values := runValues(&k)
	_, err = tx.exec(updateRun, append(values[1:], values[0])...)
	return err
}

// DropPlanning forgets runs whose planning never ended: nothing was bought in them.
func (l *Ledger) DropPlanning() error {
	return l.writer.do(func(tx *session) error {
		batch := &pgx.Batch{}
		for _, of := range []string{"lookups WHERE run IN (SELECT seq FROM runs WHERE state='planning')", "vehicles WHERE run IN (SELECT seq FROM runs WHERE state='planning')", "runs WHERE state='planning'"} {
			batch.Queue("DELETE FROM " + of)
		}
		return tx.send(batch)
	})
}

// HoldRun makes a run that is planned one that is not, as long as its user has not said that it may begin: where the
// process ends before, it is forgotten.
func (l *Ledger) HoldRun(r ledger.Run) error {
	r.State = ledger.RunPlanning
	return l.SetRun(r)
}

// DropRun forgets a run that was only planned, to see what it would do.
func (l *Ledger) DropRun(r ledger.Run) error {
	if err := l.HoldRun(r); err != nil {
		return err
	}
	return l.DropPlanning()
}

// Runs lists the runs, the newest first.
func (l *Ledger) Runs(ctx context.Context) ([]ledger.Run, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return collect(ctx, l.pool, scanRun, selectRuns+" ORDER BY seq DESC")
}

// RunByID finds a run.
func (l *Ledger) RunByID(ctx context.Context, id string) (ledger.Run, bool, error) {
	if !ledger.IsRunID(id) {
		return ledger.Run{}, false, nil
	}
	ctx, cancel := l.quick(ctx)
	defer cancel()
	return first(collect(ctx, l.pool, scanRun, selectRuns+" WHERE id=$1", id))
}

// first is the first of a list, if there is one.
func first[T any](list []T, err error) (v T, ok bool, _ error) {
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}

// Counts counts a run's lookups by where they stand, in the order of the columns.
func (l *Ledger) Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	return collect(ctx, l.pool, func(rows pgx.Rows) (c ledger.Count, err error) {
		var next int64
		var dataset, state, class string
		if err := rows.Scan(&dataset, &c.Vendor, &state, &class, &c.Reused, &c.Blocked, &c.N, &next); err != nil {
			return c, err
		}
		err = restore(&c.Vendor, &class)
		c.Dataset, c.State, c.Class, c.NextAt = record.Dataset(dataset), ledger.State(state), record.Class(class), stored.Moment(next)
		return c, err
	}, `SELECT dataset, vendor, state, class, source > 0, state = 'planned' AND depends_on > 0, COUNT(*), MIN(next_at) FROM lookups
		WHERE run=$1 AND replaced_by=0 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`, r.Seq)
}

// CountRows counts a run's input rows.
func (l *Ledger) CountRows(ctx context.Context, r ledger.Run) (c ledger.RowCount, err error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	err = l.pool.one(ctx, []any{&c.Rows, &c.Duplicates, &c.Faulty}, `SELECT COUNT(*), COUNT(*) FILTER (WHERE duplicate_of > 0), COUNT(*) FILTER (WHERE details LIKE '%"faults":%') FROM vehicles WHERE run=$1`, r.Seq)
	return c, err
}

// Written is the fingerprint of what the outputs of a run were made of when it wrote them last, "" where others may
// stand in their place.
func (l *Ledger) Written(ctx context.Context, r ledger.Run) (string, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	text, _, err := first(collect(ctx, l.pool, scanText, "SELECT written FROM runs WHERE seq=$1", r.Seq))
	return text, err
}

// SetWritten writes that down.
func (l *Ledger) SetWritten(r ledger.Run, fingerprint string) error {
	return l.writer.put("UPDATE runs SET written=$1 WHERE seq=$2", kept(fingerprint), r.Seq)
}

// What the outputs of a run are made of, in few numbers: its own rows, and how far the lookups and charges of all runs
// are, since answers, failures and doubts are taken over from others and held against theirs.
const selectSums = `SELECT (SELECT concat(COUNT(*), ' ', SUM(sum)) FROM vehicles WHERE run=$1) || ' ' || (SELECT concat(COUNT(*), ' ', SUM(sum)) FROM lookups)
	|| ' ' || (SELECT concat(COUNT(*), ' ', SUM(sum)) FROM attempts) || ' ' || (SELECT concat(COUNT(*), ' ', SUM(purged_at)) FROM runs)`

// Fingerprint is another text whenever the outputs of a run would be others, and perhaps at other times. with is what
// else they depend on.
func (l *Ledger) Fingerprint(ctx context.Context, r ledger.Run, with string) (string, error) {
	ctx, cancel := l.long(ctx)
	defer cancel()
	var sums string
	if err := l.pool.one(ctx, []any{&sums}, selectSums, r.Seq); err != nil {
		return "", fmt.Errorf("look what has changed since the outputs were written: %w", err)
	}
	r.State, r.MaxSpend, r.FirstLookup, r.LastLookup = "", record.Opt[record.Fen]{}, 0, 0 // nothing in the outputs says them
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %s", with, stored.SumOfRun(&r), sums))
	return hex.EncodeToString(sum[:16]), nil
}

// worthTelling is how far the ledger may be ahead before it is worth a word.
const worthTelling = time.Hour

// Ahead is how far the newest moment in the ledger lies ahead of the clock; none up to an hour.
func (l *Ledger) Ahead(ctx context.Context) (time.Duration, error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	var newest int64
	err := l.pool.one(ctx, []any{&newest}, `SELECT GREATEST(0, (SELECT started_at FROM runs ORDER BY seq DESC LIMIT 1), (SELECT received_at FROM answers ORDER BY id DESC LIMIT 1))`)
	if err != nil {
		return 0, fmt.Errorf("hold the clock against the ledger: %w", err)
	}
	if ahead := stored.Moment(newest).Sub(l.now()); newest > 0 && ahead > worthTelling {
		return ahead, nil
	}
	return 0, nil
}

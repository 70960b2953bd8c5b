package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

const runColumns = "seq, id, state, started_at, finished_at, input_path, input_sha256, input_rows, datasets, formats, first_lookup, last_lookup, purged_at, corrects, corrected, max_spend, strict_vin, lang, report_lang, report_top, partitioned, bom, sum"

// NewRun starts a run in state planning.
func (l *Ledger) NewRun(r ledger.Run) (ledger.Run, error) {
	r.State = ledger.RunPlanning
	err := l.writer.write(func(ctx context.Context, w *writer) error {
		stmt, err := w.stmt(ctx, "INSERT INTO runs (id, state, started_at, input_path, input_sha256, datasets, formats, corrects, corrected, max_spend, max_twice, strict_vin, lang, report_lang, report_top, partitioned, bom) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
		if err != nil {
			return err
		}
		res, err := stmt.ExecContext(ctx, r.ID, string(r.State), stored.Micros(r.StartedAt), r.InputPath, r.InputSHA256, ledger.JoinDatasets(r.Datasets), r.Formats,
			r.Corrects, ledger.JoinDatasets(r.Corrected), someFen(r.MaxSpend), someFen(r.MaxSpend), r.StrictVIN, r.Lang, r.ReportLang, r.ReportTop, r.Partitioned, r.BOM)
		if err != nil {
			return err
		}
		if r.Seq, err = res.LastInsertId(); err != nil {
			return err
		}
		return w.sumRun(ctx, r.Seq)
	}, nil)
	return r, err
}

// SetRun writes the state of a run and its options.
func (l *Ledger) SetRun(r ledger.Run) error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		err := w.exec(ctx, "UPDATE runs SET state=?, finished_at=?, input_rows=?, formats=?, first_lookup=?, last_lookup=?, max_spend=?, max_twice=?, lang=?, report_lang=?, report_top=?, partitioned=?, bom=? WHERE seq=?",
			string(r.State), stored.Micros(r.FinishedAt), r.InputRows, r.Formats, r.FirstLookup, r.LastLookup, someFen(r.MaxSpend), someFen(r.MaxSpend),
			r.Lang, r.ReportLang, r.ReportTop, r.Partitioned, r.BOM, r.Seq)
		if err != nil {
			return err
		}
		return w.sumRun(ctx, r.Seq)
	}, nil)
}

// sumRun gives a run the checksum of its contents.
func (w *writer) sumRun(ctx context.Context, seq int64) error {
	rows, err := w.query(ctx, "SELECT "+runColumns+" FROM runs WHERE seq=?", seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	r, _, err := readRun(rows)
	if err := errors.Join(err, rows.Close()); err != nil {
		return err
	}
	return w.exec(ctx, "UPDATE runs SET sum=? WHERE seq=?", stored.SumOfRun(&r), seq)
}

// DropPlanning forgets runs whose planning never ended: nothing was bought in them.
func (l *Ledger) DropPlanning() error {
	return l.writer.write(func(ctx context.Context, w *writer) error {
		for _, q := range []string{
			"DELETE FROM lookups WHERE run IN (SELECT seq FROM runs WHERE state='planning')",
			"DELETE FROM vehicles WHERE run IN (SELECT seq FROM runs WHERE state='planning')",
			"DELETE FROM runs WHERE state='planning'",
		} {
			if err := w.exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// Runs lists the runs, the newest first.
func (l *Ledger) Runs(ctx context.Context) ([]ledger.Run, error) {
	rows, err := l.reader.QueryContext(ctx, "SELECT "+runColumns+" FROM runs ORDER BY seq DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// RunByID finds a run.
func (l *Ledger) RunByID(ctx context.Context, id string) (ledger.Run, bool, error) {
	if !ledger.IsRunID(id) {
		return ledger.Run{}, false, nil
	}
	r, err := scanRun(l.reader.QueryRowContext(ctx, "SELECT "+runColumns+" FROM runs WHERE id=?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.Run{}, false, nil
	}
	return r, err == nil, err
}

type scanner interface{ Scan(dest ...any) error }

// scanRun reads a run, and fails if it differs from what was written down.
func scanRun(s scanner) (ledger.Run, error) {
	r, sum, err := readRun(s)
	if err == nil && sum != stored.SumOfRun(&r) {
		err = stored.Damage("read run %d: it is not what was written down", r.Seq)
	}
	return r, err
}

func readRun(s scanner) (r ledger.Run, sum int64, err error) {
	var started, finished, purged int64
	var datasets, corrected string
	var limit sql.NullInt64
	err = s.Scan(&r.Seq, &r.ID, &r.State, &started, &finished, &r.InputPath, &r.InputSHA256, &r.InputRows, &datasets, &r.Formats, &r.FirstLookup, &r.LastLookup, &purged,
		&r.Corrects, &corrected, &limit, &r.StrictVIN, &r.Lang, &r.ReportLang, &r.ReportTop, &r.Partitioned, &r.BOM, &sum)
	r.StartedAt, r.FinishedAt, r.PurgedAt, r.Datasets = stored.Moment(started), stored.Moment(finished), stored.Moment(purged), ledger.SplitDatasets(datasets)
	r.Corrected, r.MaxSpend = ledger.SplitDatasets(corrected), record.Opt[record.Fen]{V: record.Fen(limit.Int64), OK: limit.Valid}
	return r, sum, err
}

// someFen is an amount as a column holds it: NULL for none.
func someFen(f record.Opt[record.Fen]) sql.NullInt64 {
	return sql.NullInt64{Int64: int64(f.V), Valid: f.OK}
}

// Counts counts a run's lookups by where they stand.
func (l *Ledger) Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT dataset, vendor, state, class, source > 0, state='planned' AND depends_on > 0, COUNT(*), MIN(next_at) FROM lookups
		WHERE run=? AND replaced_by=0 GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6`, r.Seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ledger.Count
	for rows.Next() {
		var c ledger.Count
		var next int64
		if err := rows.Scan(&c.Dataset, &c.Vendor, &c.State, &c.Class, &c.Reused, &c.Blocked, &c.N, &next); err != nil {
			return nil, err
		}
		c.NextAt = stored.Moment(next)
		out = append(out, c)
	}
	return out, rows.Err()
}

// CountRows counts a run's input rows.
func (l *Ledger) CountRows(ctx context.Context, r ledger.Run) (ledger.RowCount, error) {
	var c ledger.RowCount
	err := l.reader.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(duplicate_of > 0), 0), COALESCE(SUM(details LIKE '%"faults":%'), 0)
		FROM vehicles WHERE run=?`, r.Seq).Scan(&c.Rows, &c.Duplicates, &c.Faulty)
	return c, err
}

// HoldRun puts a planned run back into the state planning until its user has said that it may
// begin. If the process ends before that, the run is forgotten.
func (l *Ledger) HoldRun(r ledger.Run) error {
	r.State = ledger.RunPlanning
	return l.SetRun(r)
}

// DropRun forgets a run that was only planned to see what it would do.
func (l *Ledger) DropRun(r ledger.Run) error {
	if err := l.HoldRun(r); err != nil {
		return err
	}
	return l.DropPlanning()
}

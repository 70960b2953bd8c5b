package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/record"
)

// Examination is what a look at all of a ledger has found.
type Examination struct {
	Address                string // without a password
	Schema                 string
	Server                 string // its version
	Checksums              string // whether it keeps those of its pages: on, off
	Holder                 string // who works with the ledger, "" for nobody
	Runs, Lookups, Answers int64
	Charged                record.Fen
	Damaged                []string // the first row of each table that is not what was written down
	Stale                  string   // why it may not be the newest that the workspace has seen, "" when it is
}

// Examine reads every row of a ledger and holds it against its checksum. It changes nothing.
func Examine(ctx context.Context, address string, o Options) (e Examination, err error) {
	l, err := OpenReadOnly(ctx, address, o)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	e.Address = l.address
	if e.Holder, err = l.Holder(ctx); err != nil {
		return e, err
	}
	if e.Stale, err = l.staleHere(ctx, o.Dir, true); err != nil {
		return e, err
	}
	return e, l.snapshot(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT current_schema(), current_setting('server_version'), current_setting('data_checksums'), (SELECT COUNT(*) FROM runs WHERE state <> 'planning'),
			(SELECT COUNT(*) FROM lookups), (SELECT COUNT(*) FROM answers), (SELECT COALESCE(SUM(fen), 0)::bigint FROM attempts WHERE billed='yes')`).
			Scan(&e.Schema, &e.Server, &e.Checksums, &e.Runs, &e.Lookups, &e.Answers, (*int64)(&e.Charged))
		if err != nil {
			return err
		}
		for _, check := range []func() error{
			func() error { return sound(ctx, tx, scanRun, selectRuns) },
			func() error { return sound(ctx, tx, scanSound, "SELECT "+vehicleTable.names("v.")+" FROM vehicles v") },
			func() error { return sound(ctx, tx, scanLookup, selectLookups) },
			func() error {
				return sound(ctx, tx, scanAttempt, "SELECT "+attemptTable.names("a.")+" FROM attempts a")
			},
			func() error { return sound(ctx, tx, l.scanAnswer, "SELECT "+answerTable.names("s.")+" FROM answers s") },
		} {
			err := check()
			if err != nil && !Damaged(err) {
				return err
			}
			if err != nil {
				e.Damaged = append(e.Damaged, err.Error())
			}
		}
		return nil
	})
}

// sound reads rows and forgets them, unless one is not what was written down.
func sound[T any](ctx context.Context, tx pgx.Tx, scan func(pgx.Rows) (T, error), text string, args ...any) error {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if _, err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanSound reads a row of a vehicle, unless it is not what was written down.
func scanSound(rows pgx.Rows) (struct{}, error) {
	v, err := scanVehicle(rows)
	if err == nil {
		err = v.Check()
	}
	return struct{}{}, err
}

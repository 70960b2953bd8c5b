package repair

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

// adopt writes down runs of which only the outputs are left, as runs that were purged, so that
// their files are not written again.
func adopt(ctx context.Context, db execer, runs []sqlite.UnknownRun, now time.Time) error {
	for _, o := range runs {
		began := o.StartedAt
		if began.IsZero() {
			began = now
		}
		_, err := db.ExecContext(ctx, `INSERT OR IGNORE INTO runs (seq, id, state, started_at, finished_at, input_path, input_sha256, datasets, formats, first_lookup, last_lookup, purged_at)
			SELECT MIN(0, COALESCE(MIN(seq), 0)) - 1, ?, 'finished', ?, ?, ?, '', '', '', 0, -1, ? FROM runs`,
			o.RunID, began.UnixMicro(), now.UnixMicro(), cmp.Or(o.Input.Path, "(lost)"), now.UnixMicro())
		if err != nil {
			return fmt.Errorf("write down run %s: %w", o.RunID, err)
		}
	}
	return nil
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Accept accepts the ledger of a workspace as its newest because the user says so. What was bought
// later than this ledger shows is not known, and would be bought again. It takes the workspace's
// lock.
func Accept(ctx context.Context, dir string, o sqlite.Options) error {
	if err := sqlite.CheckMissing(dir); err != nil {
		return err
	}
	release, err := sqlite.Lock(dir, o)
	if err != nil {
		return err
	}
	return errors.Join(accept(ctx, dir, o), release())
}

func accept(ctx context.Context, dir string, o sqlite.Options) (err error) {
	db, err := sqlite.OpenWhole(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	unknown, err := sqlite.UnknownRuns(ctx, db, dir)
	if err != nil {
		return err
	}
	if err := adopt(ctx, db, unknown, o.Now()); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(integrity.ResumMarked(ctx, conn), conn.Close()); err != nil {
		return fmt.Errorf("sum up what was made known: %w", err)
	}
	end, err := sqlite.WatermarkOf(ctx, db)
	if err != nil {
		return err
	}
	return sqlite.ReplaceWatermark(dir, end)
}

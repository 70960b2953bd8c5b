package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sort"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
)

// prepare upgrades the file to this version's schema and checks that it is the right kind of
// workspace, whole, and no older than its mark.
func prepare(ctx context.Context, db *sql.DB, path string, o Options) (Watermark, error) {
	if err := checkVersion(ctx, db, path); err != nil {
		return Watermark{}, err
	}
	if err := checkIntegrity(ctx, db, path, integrity.DecisivePages); err != nil {
		return Watermark{}, err
	}
	if err := migrate(ctx, db); err != nil {
		return Watermark{}, err
	}
	if err := checkBlank(ctx, db, path); err != nil {
		return Watermark{}, err
	}
	if err := checkKind(ctx, db, path, o); err != nil {
		return Watermark{}, err
	}
	return checkWatermark(ctx, db, path)
}

// migrate runs the scripts that the file has not had yet, each in a transaction of its own;
// user_version counts them.
func migrate(ctx context.Context, db *sql.DB) error {
	scripts, err := scriptNames()
	if err != nil {
		return err
	}
	return migrateTo(ctx, db, len(scripts))
}

// migrateTo is migrate up to a version.
func migrateTo(ctx context.Context, db *sql.DB, to int) error {
	scripts, err := scriptNames()
	if err != nil {
		return err
	}
	have, err := version(ctx, db)
	if err != nil {
		return err
	}
	for n := have; n < to; n++ {
		if err := runScript(ctx, db, scripts[n], n+1); err != nil {
			return fmt.Errorf("bring the ledger to version %d: %w", n+1, err)
		}
	}
	return nil
}

func runScript(ctx context.Context, db *sql.DB, name string, to int) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", to)); err != nil {
		return err
	}
	return tx.Commit()
}

func scriptNames() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	sort.Strings(names)
	return names, err
}

func version(ctx context.Context, db *sql.DB) (int, error) {
	var v int
	err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	return v, err
}

// checkVersion refuses a ledger that a newer program has written.
func checkVersion(ctx context.Context, db *sql.DB, path string) error {
	scripts, err := scriptNames()
	if err != nil {
		return err
	}
	v, err := version(ctx, db)
	if err != nil {
		return err
	}
	wrong, err := integrity.Misnumbered(ctx, db, v)
	if err != nil {
		return err
	}
	early, err := integrity.Early(ctx, db)
	switch {
	case err != nil:
		return err
	case wrong:
		return &ledger.UserError{Problem: fmt.Sprintf("%s is damaged (it says that its version is %d)", path, v), Hint: doctorHint(filepath.Dir(path))}
	case early:
		return &ledger.UserError{Problem: path + " was written by an early batch, whose ledgers this one does not read",
			Hint: "export its runs with that version, and choose another workspace with --out"}
	case v > len(scripts):
		return &ledger.UserError{Problem: fmt.Sprintf("%s was written by a newer batch (ledger version %d, this one knows %d)", path, v, len(scripts)),
			Hint: "use that version, or choose another workspace with --out"}
	}
	return checkOurs(ctx, db, path, v)
}

// checkOurs refuses the database of another program before anything is
// written to it.
func checkOurs(ctx context.Context, db *sql.DB, path string, v int) error {
	var tables, ours, acting int
	err := db.QueryRowContext(ctx, `SELECT COALESCE(SUM(type = 'table'), 0),
		COALESCE(SUM(type = 'table' AND name IN ('workspace', 'runs', 'vehicles', 'lookups', 'attempts', 'answers')), 0),
		COALESCE(SUM(type IN ('trigger', 'view')), 0) FROM sqlite_master`).Scan(&tables, &ours, &acting)
	if err != nil {
		return err
	}
	if v == 0 && tables > 0 || v > 0 && ours == 0 {
		return &ledger.UserError{Problem: path + " is another program's database, not a ledger", Hint: "choose another workspace with --out"}
	}
	if acting > 0 { // triggers could undo what is written down before a call
		return &ledger.UserError{Problem: path + " has triggers or views, and batch makes none", Hint: foreignHint}
	}
	return nil
}

// checkReadable is checkVersion for a ledger that must be there already.
func checkReadable(ctx context.Context, db *sql.DB, path string) error {
	if err := checkVersion(ctx, db, path); err != nil {
		return err
	}
	if v, err := version(ctx, db); err != nil || v > 0 {
		return err
	}
	return &ledger.UserError{Problem: path + " is empty", Hint: "start a run in this workspace with `batch run`, or name another one with --out"}
}

// checkKind keeps simulated answers and bought ones in separate workspaces for good.
func checkKind(ctx context.Context, db *sql.DB, path string, o Options) error {
	simulated, err := kindOfWorkspace(ctx, db)
	if errors.Is(err, sql.ErrNoRows) {
		now := o.Now()
		_, err = db.ExecContext(ctx, "INSERT INTO workspace (id, simulated, simulated_twice, created_at, sum) VALUES (1, ?1, ?1, ?2, ?3)",
			o.Simulated, now.UnixMicro(), stored.SumOfNewWorkspace(o.Simulated, now))
		return err
	}
	if err != nil || simulated == o.Simulated {
		return err
	}
	if simulated {
		return &ledger.UserError{Problem: path + " holds simulated answers", Hint: "choose another workspace with --out, or add --simulate"}
	}
	return &ledger.UserError{Problem: path + " holds answers that were paid for", Hint: "choose another workspace with --out to simulate"}
}

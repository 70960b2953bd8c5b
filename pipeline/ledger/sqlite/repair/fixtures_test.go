package repair

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// What follows is what the tests of a ledger itself begin with, on what the package exports.

// noon is the moment at which the tests' clock stands.
var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

func options() sqlite.Options {
	return sqlite.Options{Now: func() time.Time { return noon }, Command: "batch run fleet.csv"}
}

// openAt opens the ledger of a folder and closes it with the test.
func openAt(t testing.TB, dir string) *sqlite.Ledger {
	t.Helper()
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// digestOf is a question that nobody else asks.
func digestOf(run, row int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(run)), uint64(row))
}

// rowOf is a row with one planned lookup for maintenance at acme.
func rowOf(run ledger.Run, row int64) ledger.PlannedVehicle {
	return ledger.PlannedVehicle{VehicleID: "v" + string(rune('a'+row%26)), Vehicle: record.Vehicle{Row: row, Line: row + 1, VIN: "LSVAL41Z882104202"},
		Lookups: []ledger.Lookup{{Dataset: record.DatasetMaintenance, Key: digestOf(run.Seq, row), State: ledger.Planned, Vendor: "acme"}}}
}

// startRun begins to plan a run.
func startRun(t testing.TB, l *sqlite.Ledger, id string) (ledger.Run, ledger.Plan) {
	t.Helper()
	return startRunWithin(t, l, id, record.Opt[record.Fen]{})
}

// startRunWithin begins to plan a run with a limit of what it may spend.
func startRunWithin(t testing.TB, l *sqlite.Ledger, id string, limit record.Opt[record.Fen]) (ledger.Run, ledger.Plan) {
	t.Helper()
	run, err := l.NewRun(ledger.Run{ID: id, MaxSpend: limit, StartedAt: noon, InputPath: "fleet.csv", InputSHA256: "00ff", Datasets: record.Datasets(), Formats: "parquet,csv"})
	must(t, err)
	plan, err := l.StartPlan(context.Background(), run)
	must(t, err)
	return run, plan
}

// planRun makes a run of n rows with one planned lookup each.
func planRun(t testing.TB, l *sqlite.Ledger, id string, n int64) (ledger.Run, []ledger.Work) {
	t.Helper()
	run, plan := startRun(t, l, id)
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range n {
			if err := tx.Put(rowOf(run, row+1)); err != nil {
				return err
			}
		}
		return nil
	})
	run, err := plan.End(n)
	must(t, err)
	must(t, l.WatchMoney(context.Background(), run))
	return run, sendableOf(t, l, run)
}

func put(t testing.TB, plan ledger.Plan, do func(tx ledger.PlanTx) error) {
	t.Helper()
	must(t, plan.Batch(do))
}

func sendableOf(t testing.TB, l *sqlite.Ledger, run ledger.Run) []ledger.Work {
	t.Helper()
	work, err := l.Sendable(context.Background(), run.Seq, "acme", noon, nil, 1000)
	must(t, err)
	return work
}

// intend submits a planned lookup.
func intend(t testing.TB, l *sqlite.Ledger, w ledger.Work, fen record.Fen) ledger.Work {
	t.Helper()
	next, err := l.Intend(w, fen, record.Opt[record.Fen]{})
	must(t, err)
	return next
}

// step is the way from where a lookup stands to another state, with what its
// last attempt is billed then.
func step(w ledger.Work, to ledger.State, billed ledger.Billed) ledger.Step {
	next := w
	next.Lookup.State, next.Attempt.Billed, next.Attempt.EndedAt = to, billed, noon
	return ledger.Step{From: w.Lookup.State, Next: next, Was: w.Attempt.Billed}
}

// advance takes a step and returns the lookup as it stands then.
func advance(t testing.TB, l *sqlite.Ledger, s ledger.Step) ledger.Work {
	t.Helper()
	must(t, l.Advance(s))
	return s.Next
}

// alter changes the file of a ledger behind its back.
func alter(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	must(t, err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA busy_timeout=10000; PRAGMA ignore_check_constraints=ON; " + query)
	must(t, errors.Join(err, db.Close()))
}

// alterWithSum is alter by somebody who knows about checksums.
func alterWithSum(t *testing.T, dir, query string) {
	t.Helper()
	alter(t, dir, query)
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	must(t, err)
	conn, err := db.Conn(t.Context())
	must(t, err)
	must(t, errors.Join(integrity.Resum(t.Context(), conn), conn.Close(), db.Close()))
}

func copyTo(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, name), data, 0o600))
	}
}

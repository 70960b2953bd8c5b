package sqlite

import (
	"context"
	"encoding/binary"
	"runtime"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// noon is the moment at which the tests' clock stands.
var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Now: func() time.Time { return noon }, Command: "batch run fleet.csv"}
}

// openAt opens the ledger of a folder and closes it with the test.
func openAt(t testing.TB, dir string) *Ledger {
	t.Helper()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

// fatal is the part of testing.TB and rapid.T that the helpers need.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t fatal, err error) {
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
func startRun(t fatal, l *Ledger, id string) (ledger.Run, ledger.Plan) {
	t.Helper()
	run, err := l.NewRun(ledger.Run{ID: id, StartedAt: noon, InputPath: "fleet.csv", InputSHA256: "00ff", Datasets: record.Datasets(), Formats: "parquet,csv"})
	must(t, err)
	plan, err := l.StartPlan(context.Background(), run)
	must(t, err)
	return run, plan
}

// planRun makes a run of n rows with one planned lookup each.
func planRun(t fatal, l *Ledger, id string, n int64) (ledger.Run, []ledger.Work) {
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

func put(t fatal, plan ledger.Plan, do func(tx ledger.PlanTx) error) {
	t.Helper()
	must(t, plan.Batch(do))
}

func sendableOf(t fatal, l *Ledger, run ledger.Run) []ledger.Work {
	t.Helper()
	work, err := l.Sendable(context.Background(), run.Seq, "acme", noon, nil, 1000)
	must(t, err)
	return work
}

// intend submits a planned lookup.
func intend(t fatal, l *Ledger, w ledger.Work, fen record.Fen) ledger.Work {
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
func advance(t fatal, l *Ledger, s ledger.Step) ledger.Work {
	t.Helper()
	must(t, l.Advance(s))
	return s.Next
}

// stateOf reads back where a lookup stands.
func stateOf(t fatal, l *Ledger, id int64) ledger.Lookup {
	t.Helper()
	rows, err := l.reader.Query("SELECT "+lookupColumns+" FROM lookups k WHERE id=?", id)
	must(t, err)
	found, err := scanLookups(rows)
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("lookup %d: found %d of it", id, len(found))
	}
	return found[0]
}

// together runs writes so that all of them stand in one commit, and returns
// their errors in order.
func together(t testing.TB, l *Ledger, writes ...func() error) []error {
	t.Helper()
	begun, hold, held := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		held <- l.writer.write(func(context.Context, *writer) error { close(begun); <-hold; return nil }, nil)
	}()
	<-begun
	errs := make([]error, len(writes))
	done := make(chan struct{})
	for i, write := range writes {
		go func() { errs[i] = write(); done <- struct{}{} }()
		for len(l.writer.queue) < i+1 {
			runtime.Gosched()
		}
	}
	close(hold)
	for range writes {
		<-done
	}
	must(t, <-held)
	return errs
}

//go:build postgres

package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/postgres"
	"vehiclebatch/pipeline/ledger/postgres/servertest"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// measured is what both durable stores are measured with.
type measured interface {
	NewRun(r ledger.Run) (ledger.Run, error)
	StartPlan(ctx context.Context, r ledger.Run) (ledger.Plan, error)
	PlannedWork(ctx context.Context, r ledger.Run, after int64, limit int) ([]ledger.Work, error)
	Intend(w ledger.Work, fen record.Fen, limit record.Opt[record.Fen]) (ledger.Work, error)
	Conclude(a ledger.Answer, s ledger.Step) error
	Close() error
}

// each measures both stores.
func each(b *testing.B, do func(b *testing.B, l measured)) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			var l measured
			var err error
			if name == "sqlite" {
				l, err = sqlite.Open(context.Background(), b.TempDir(), sqlite.Options{Now: clock, Command: "test"})
			} else {
				l, err = postgres.Open(context.Background(), servertest.Address(b), postgres.Options{Now: clock, Command: "test"})
			}
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // it was only measured
			do(b, l)
		})
	}
}

const perBatch = 2000

// plan plans n rows with a lookup each, as the planner does: what a chunk will ask for is read at once.
func planRows(b *testing.B, l measured, id string, n int) ledger.Run {
	b.Helper()
	run, err := l.NewRun(ledger.Run{ID: id, StartedAt: noon, InputPath: "fleet.csv", Datasets: record.Datasets()})
	if err != nil {
		b.Fatal(err)
	}
	plan, err := l.StartPlan(context.Background(), run)
	if err != nil {
		b.Fatal(err)
	}
	for from := 0; from < n; from += perBatch {
		err := plan.Batch(func(tx ledger.PlanTx) error { return planChunk(tx, id, from, min(n, from+perBatch)) })
		if err != nil {
			b.Fatal(err)
		}
	}
	if run, err = plan.End(int64(n)); err != nil {
		b.Fatal(err)
	}
	return run
}

func planChunk(tx ledger.PlanTx, id string, from, to int) error {
	var ids []string
	var keys [][]byte
	for i := from; i < to; i++ {
		ids, keys = append(ids, fmt.Sprint("v", i)), append(keys, fmt.Appendf(nil, "%s %28d", id, i))
	}
	if err := tx.Foresee(ids, keys); err != nil {
		return err
	}
	for i := range ids {
		if _, _, err := tx.Earlier(ids[i]); err != nil {
			return err
		}
		if _, err := tx.Asked(keys[i]); err != nil {
			return err
		}
		row := int64(from + i + 1)
		err := tx.Put(ledger.PlannedVehicle{VehicleID: ids[i], Vehicle: record.Vehicle{Row: row, Line: row + 1, VIN: fmt.Sprintf("LSVAL41Z%09d", row)},
			Lookups: []ledger.Lookup{{Dataset: record.DatasetMaintenance, Key: keys[i], State: ledger.Planned, Vendor: "acme"}}})
		if err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkPlan plans rows.
func BenchmarkPlan(b *testing.B) {
	each(b, func(b *testing.B, l measured) {
		planRows(b, l, "one", b.N)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkLookups writes an intent and an answer of 3 KB with its step for each lookup, for 64 calls at a time.
func BenchmarkLookups(b *testing.B) {
	report := bytes.Repeat([]byte(`{"date":"2025-03-02","km":61000,"what":"oil and filter"}`), 55)
	each(b, func(b *testing.B, l measured) {
		run := planRows(b, l, "one", b.N)
		work, err := l.PlannedWork(context.Background(), run, 0, b.N)
		if err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		next := make(chan ledger.Work)
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for w := range next {
					if err := order(l, w, report); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for i := range work {
			next <- work[i]
		}
		close(next)
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
	})
}

func order(l measured, w ledger.Work, report []byte) error {
	w, err := l.Intend(w, 1700, record.Opt[record.Fen]{})
	if err != nil {
		return err
	}
	step := ledger.Step{From: ledger.Submitting, Next: w, Was: ledger.Reserved}
	step.Next.Lookup.State, step.Next.Lookup.Answer, step.Next.Lookup.AnsweredAt = ledger.Found, ledger.ThisAnswer, noon
	step.Next.Attempt.Billed, step.Next.Attempt.EndedAt, step.Next.Attempt.Outcome = ledger.BilledYes, noon, "found"
	return l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: report}, step)
}

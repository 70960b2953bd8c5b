package sqlite

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/record"
)

// The program and SQL make the same text of a row.
func TestChecksumsAreWhatSQLMakesOfTheColumns(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, plan := startRun(t, l, "one")
	row := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		row++
		word := rapid.StringMatching(`[ -~京粤A-Z'|"]{0,12}`)
		pv := rowOf(run, row)
		pv.Vehicle.Plate, pv.Vehicle.EngineNo, pv.Vehicle.Problems = word.Draw(t, "plate"), word.Draw(t, "engine"), []string{word.Draw(t, "problem")}
		k := &pv.Lookups[0]
		k.Vendor, k.Ticket, k.Question = word.Draw(t, "vendor"), word.Draw(t, "ticket"), rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "question")
		k.Every, k.State, k.Answer, k.Source = rapid.Bool().Draw(t, "every"), ledger.Found, rapid.Int64().Draw(t, "answer"), rapid.Int64().Draw(t, "source")
		k.AnsweredAt, k.Stage, k.Class, k.Derived = noon, record.StageSubmit, record.Rejected, word.Draw(t, "derived")
		must(t, plan.Batch(func(tx ledger.PlanTx) error { return tx.Put(pv) }))
	})
	_, err := plan.End(row)
	must(t, err)
	for _, s := range []integrity.Summed{integrity.SummedVehicles, integrity.SummedLookups} {
		wrong, err := s.Wrong(ctx, l.reader)
		must(t, err)
		if len(wrong) > 0 {
			t.Errorf("%s: %q", s.Broken, wrong[0].Text)
		}
	}
}

// Whoever reads a row that somebody has edited is told so, and does nothing with it.
func TestARowThatWasEditedIsRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, change := range []string{"UPDATE lookups SET question=x'00'", "UPDATE lookups SET vendor='bolt'", "UPDATE lookups SET ticket='T'", "UPDATE lookups SET answered_at=1",
		"UPDATE vehicles SET plate='x'", "UPDATE vehicles SET details='{}'"} {
		l := openAt(t, t.TempDir())
		run, _ := planRun(t, l, "one", 1)
		exec(t, l, change)
		sendable := func() error {
			for _, vendor := range []string{"acme", "bolt"} {
				if _, err := l.Sendable(ctx, run.Seq, vendor, noon, nil, 9); err != nil {
					return err
				}
			}
			return nil
		}
		for how, err := range map[string]error{"sending": sendable(), "writing": l.Rows(ctx, run, func(*ledger.Row) error { return nil })} {
			if !Damaged(err) || !strings.Contains(err.Error(), "not what was written down") {
				t.Errorf("%s, %s: %v", change, how, err)
			}
		}
	}
}

package runner

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
)

// still is a clock that stands still.
type still struct{ at time.Time }

func (c still) Now() time.Time { return c.at }

func (c still) Sleep(context.Context, time.Duration) error { return nil }

func (c still) Timer(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

// Budget may be freed between a refusal for want of budget and its being written down. The dataset
// must not stay blocked then, because nothing would unblock it.
func TestBudgetThatCameBackMeanwhileBlocksNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit   record.Fen
		blocked bool
	}{{1699, true}, {1700, false}} {
		b := stagetest.New(t)
		b.Policy.MaxSpend = record.Some(c.limit)
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		d, err := New(context.Background(), b.Ledger, b.Policy, run, still{stagetest.Noon}, slog.New(slog.DiscardHandler))
		b.Must(err)
		work, err := b.Ledger.Sendable(context.Background(), run.Seq, "acme", stagetest.Noon, nil, 1)
		b.Must(err)
		s := d.workers["acme"]
		b.Must(s.notIntended(work[0], ledger.ErrBudget))
		if got := s.overBudget[record.DatasetMaintenance]; got != c.blocked {
			t.Errorf("with ¥%s to spend on what costs ¥17.00: blocked is %v", c.limit, got)
		}
	}
}

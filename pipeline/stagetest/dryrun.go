package stagetest

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"vehiclebatch/pipeline/dryrun"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/record"
)

// plan plans a new run, first dry, and holds what that says against what is planned then.
func (b *Fixture) plan(run ledger.Run, do func(into planner.Store, run ledger.Run) (ledger.Run, error)) ledger.Run {
	b.T.Helper()
	dry, err := dryrun.New(context.Background(), b.Ledger)
	b.Must(err)
	dried, err := dry.NewRun(run)
	b.Must(err)
	before := b.runs()
	dried, err = do(dry, dried)
	b.Must(err)
	if after := b.runs(); !reflect.DeepEqual(before, after) {
		b.T.Errorf("a dry run has left runs %+v, before there were %+v", after, before)
	}
	foretold := b.tallyOf(dry, dried)
	b.Must(dry.Close())

	run, err = b.Ledger.NewRun(run)
	b.Must(err)
	run, err = do(b.Ledger, run)
	b.Must(err)
	if came := b.tallyOf(b.Ledger, run); !reflect.DeepEqual(foretold, came) || dried.Seq != run.Seq || dried.InputRows != run.InputRows {
		b.T.Errorf("a dry run says\n%+v\nand it comes to\n%+v", foretold, came)
	}
	return run
}

func (b *Fixture) runs() []ledger.Run {
	b.T.Helper()
	all, err := b.Ledger.Runs(context.Background())
	b.Must(err)
	return all
}

// tallied is where planned runs are counted.
type tallied interface {
	export.CauseStore
	CountRows(ctx context.Context, r ledger.Run) (ledger.RowCount, error)
	Counts(ctx context.Context, r ledger.Run) ([]ledger.Count, error)
	Spend(ctx context.Context, r ledger.Run) ([]ledger.Spend, error)
	Remarked(ctx context.Context, r ledger.Run, remark string) (ledger.Remarked, error)
}

// tally is what a command says of a planned run.
type tally struct {
	Rows     ledger.RowCount
	Counts   []ledger.Count
	Spend    []ledger.Spend
	Remarked []ledger.Remarked
	Causes   []export.Cause
}

func (b *Fixture) tallyOf(of tallied, run ledger.Run) (t tally) {
	b.T.Helper()
	ctx := context.Background()
	var err error
	t.Rows, err = of.CountRows(ctx, run)
	b.Must(err)
	t.Counts, err = of.Counts(ctx, run)
	b.Must(err)
	for i := range t.Counts {
		t.Counts[i].NextAt = time.Time{}
	}
	slices.SortFunc(t.Counts, func(a, b ledger.Count) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	t.Spend, err = of.Spend(ctx, run)
	b.Must(err)
	for _, remark := range []string{record.WrongCheckDigit, record.SetApart} {
		r, err := of.Remarked(ctx, run, remark)
		b.Must(err)
		t.Remarked = append(t.Remarked, r)
	}
	t.Causes, err = export.Causes(ctx, of, run, nil)
	b.Must(err)
	return t
}

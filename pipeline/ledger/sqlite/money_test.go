package sqlite

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// outcomes are the ends of a call with the charge that each leaves.
var outcomes = []struct {
	to     ledger.State
	billed ledger.Billed
}{
	{ledger.Planned, ledger.BilledNo}, {ledger.Planned, ledger.BilledUnknown}, {ledger.Waiting, ledger.Reserved}, {ledger.Waiting, ledger.BilledYes}, {ledger.Waiting, ledger.BilledUnknown},
	{ledger.Found, ledger.BilledYes}, {ledger.NoRecord, ledger.BilledNo}, {ledger.Unsupported, ledger.BilledNo}, {ledger.Failed, ledger.BilledYes}, {ledger.Failed, ledger.BilledUnknown}, {ledger.InDoubt, ledger.BilledUnknown},
}

// Whatever is submitted and comes back, in whatever order, the budget holds,
// and memory and disk agree.
func TestBudgetHoldsProperty(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		run, work := planRun(t, l, "run"+string(rune('0'+n)), 6)
		limit := record.Some(record.Fen(rapid.Int64Range(0, 500).Draw(t, "limit")))
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			w := &work[rapid.IntRange(0, len(work)-1).Draw(t, "lookup")]
			move(t, l, w, limit)
			if sum := l.Money().Sum(); sum > limit.V {
				t.Fatalf("spent and reserved ¥%s of ¥%s", sum, limit.V)
			}
		}
		sameMoneyOnDisk(t, l, run)
	})
}

// move takes a lookup one way that its state allows.
func move(t *rapid.T, l *Ledger, w *ledger.Work, limit record.Opt[record.Fen]) {
	switch w.Lookup.State {
	case ledger.Planned:
		fen := record.Fen(rapid.Int64Range(0, 200).Draw(t, "price"))
		room := limit.V - l.Money().Sum()
		next, err := l.Intend(*w, fen, limit)
		if fits := fen <= room; fits != (err == nil) || err != nil && !errors.Is(err, ledger.ErrBudget) {
			t.Fatalf("¥%s with ¥%s left: %v", fen, room, err)
		}
		if err == nil {
			*w = next
		}
	case ledger.Submitting:
		o := rapid.SampledFrom(outcomes).Draw(t, "outcome")
		*w = advance(t, l, step(*w, o.to, o.billed))
	case ledger.Waiting:
		billed := w.Attempt.Billed
		if billed != ledger.BilledYes {
			billed = rapid.SampledFrom([]ledger.Billed{w.Attempt.Billed, ledger.BilledYes, ledger.BilledNo, ledger.BilledUnknown}).Draw(t, "billed")
		}
		*w = advance(t, l, step(*w, ledger.Found, billed))
	}
}

func TestBudgetHoldsForManyAtOnce(t *testing.T) {
	t.Parallel()
	const limit, price = 1000, 30
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 120)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var sent, refused int
	for chunk := range slices.Chunk(work, 10) {
		wg.Go(func() {
			for _, w := range chunk {
				_, err := l.Intend(w, price, record.Some[record.Fen](limit))
				mu.Lock()
				if err == nil {
					sent++
				} else if errors.Is(err, ledger.ErrBudget) {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if sent != limit/price || refused != len(work)-limit/price {
		t.Errorf("%d sent, %d refused, want %d and the rest", sent, refused, limit/price)
	}
	sameMoneyOnDisk(t, l, run)
}

func TestBudgetOfAnotherRunIsNotGuessed(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, old := planRun(t, l, "one", 1)
	planRun(t, l, "two", 1) // watched now
	if _, err := l.Intend(old[0], 1, record.Some[record.Fen](1000)); !errors.Is(err, ledger.ErrBudget) {
		t.Errorf("a run that is not watched was given money within a limit: %v", err)
	}
}

func TestSpendCountsEachLookupOnceAVendor(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 4)
	again := advance(t, l, step(intend(t, l, work[0], 1700), ledger.Planned, ledger.BilledNo))
	again = advance(t, l, step(intend(t, l, again, 1700), ledger.Planned, ledger.BilledUnknown))
	passed := step(again, ledger.Failed, again.Attempt.Billed)
	passed.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	advance(t, l, passed)
	elsewhere := ledger.Work{Lookup: stateOf(t, l, passed.Then.ID)}
	advance(t, l, step(intend(t, l, elsewhere, 3200), ledger.Found, ledger.BilledYes))
	intend(t, l, work[1], 1700)
	withdrawn := step(intend(t, l, work[2], 1700), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = "withdrawn"
	advance(t, l, withdrawn)

	got, err := l.Spend(context.Background(), run)
	must(t, err)
	want := []ledger.Spend{
		{Vendor: "acme", Dataset: record.DatasetMaintenance, Totals: ledger.Totals{Reserved: 1700, Unknown: 1700}, Lookups: 2},
		{Vendor: "bolt", Dataset: record.DatasetMaintenance, Totals: ledger.Totals{Charged: 3200}, Lookups: 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("spend is %+v, want %+v", got, want)
	}
	sameMoneyOnDisk(t, l, run)
}

// A charge that is damaged while the ledger is open makes no sum lower.
func TestNoSumTakesAWrongCharge(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 2)
	intend(t, l, work[0], 1700)
	exec(t, l, "PRAGMA ignore_check_constraints=ON")
	exec(t, l, "UPDATE attempts SET fen=-fen")
	_, spend := l.Spend(context.Background(), run)
	_, _, over := l.SpendOver(context.Background(), ledger.SpendQuery{})
	rows := l.Rows(context.Background(), run, func(*ledger.Row) error { return nil })
	for name, err := range map[string]error{"Spend": spend, "SpendOver": over, "WatchMoney": l.WatchMoney(context.Background(), run), "Rows": rows} {
		if !Damaged(err) || !strings.Contains(err.Error(), "not what was written down") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l.money.reserve(run.Seq, -1, record.Opt[record.Fen]{}) {
		t.Error("less than nothing was reserved")
	}
}

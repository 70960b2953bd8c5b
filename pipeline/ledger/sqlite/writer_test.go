package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func TestWritesOfManyGoroutinesSurvive(t *testing.T) {
	t.Parallel()
	const writers, each = 32, 25
	dir := t.TempDir()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	run, work := planRun(t, l, "one", writers*each)
	errs := make(chan error, writers)
	for n := range writers {
		go func() { errs <- submitAll(l, work[n*each:(n+1)*each]) }()
	}
	for range writers {
		must(t, <-errs)
	}
	before := l.Money()
	must(t, l.Close())

	l = openAt(t, dir)
	must(t, l.WatchMoney(context.Background(), run))
	if l.Money() != before || before.Charged != 7*writers*each {
		t.Errorf("money is %+v, was %+v", l.Money(), before)
	}
	counts, err := l.Counts(context.Background(), run)
	must(t, err)
	if len(counts) != 1 || counts[0].State != ledger.Found || counts[0].N != writers*each {
		t.Errorf("counts are %+v", counts)
	}
	var answers int
	must(t, l.reader.QueryRow("SELECT COUNT(*) FROM answers").Scan(&answers))
	if answers != writers*each {
		t.Errorf("%d answers, want %d", answers, writers*each)
	}
}

// submitAll takes lookups from planned to found.
func submitAll(l *Ledger, work []ledger.Work) error {
	for _, w := range work {
		w, err := l.Intend(w, 7, record.Opt[record.Fen]{})
		if err != nil {
			return err
		}
		id, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("found")})
		if err != nil {
			return err
		}
		s := step(w, ledger.Found, ledger.BilledYes)
		s.Next.Lookup.Answer = id
		if err := l.Advance(s); err != nil {
			return err
		}
	}
	return nil
}

func TestStaleChangesLeaveNoTraceBesideGoodOnes(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 4)
	gone := intend(t, l, work[0], 100) // work[0] is stale from here on
	limit := record.Some[record.Fen](250)
	errs := together(t, l,
		func() error { _, err := l.Intend(work[1], 100, limit); return err },
		func() error { _, err := l.Intend(work[0], 50, limit); return err },
		func() error { return l.Advance(step(work[0], ledger.Found, ledger.BilledYes)) },
		func() error { _, err := l.Intend(work[2], 51, limit); return err },
		func() error { _, err := l.Intend(work[3], 50, limit); return err },
	)
	for i, want := range []error{nil, ledger.ErrStale, ledger.ErrStale, ledger.ErrBudget, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("write %d: %v, want %v", i, errs[i], want)
		}
	}
	if got := l.Money(); got != (ledger.Totals{Reserved: 250}) {
		t.Errorf("money is %+v", got)
	}
	sameMoneyOnDisk(t, l, run)
	for i, want := range []ledger.State{ledger.Submitting, ledger.Submitting, ledger.Planned, ledger.Submitting} {
		if got := stateOf(t, l, work[i].Lookup.ID); got.State != want {
			t.Errorf("lookup %d is %s, want %s", i, got.State, want)
		}
	}
	var attempts int
	must(t, l.reader.QueryRow("SELECT COUNT(*) FROM attempts").Scan(&attempts))
	if attempts != 3 {
		t.Errorf("%d attempts on disk, want 3", attempts)
	}
	advance(t, l, step(gone, ledger.Planned, ledger.BilledNo))
	sameMoneyOnDisk(t, l, run)
}

func TestAdvanceAllIsAllOrNothing(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "one", 4)
	intend(t, l, work[1], 1)
	errs := together(t, l,
		func() error {
			return l.AdvanceAll([]ledger.Step{step(work[0], ledger.Failed, ""), step(work[1], ledger.Failed, ""), step(work[2], ledger.Failed, "")})
		},
		func() error { return l.Advance(step(work[3], ledger.NoRecord, "")) })
	if !errors.Is(errs[0], ledger.ErrStale) || errs[1] != nil {
		t.Errorf("errors are %v", errs)
	}
	for i, want := range []ledger.State{ledger.Planned, ledger.Submitting, ledger.Planned, ledger.NoRecord} {
		if got := stateOf(t, l, work[i].Lookup.ID).State; got != want {
			t.Errorf("lookup %d is %s, want %s", i, got, want)
		}
	}
}

func TestFullDiskFailsEveryCallerAndHarmsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, work := planRun(t, l, "one", 3)
	first := intend(t, l, work[0], 100)
	pragma(t, l, "PRAGMA max_page_count = 1") // SQLite takes the pages that there are
	big := slices.Concat(noise(1<<20), []byte{1})
	errs := together(t, l,
		func() error { return l.Advance(step(first, ledger.Planned, ledger.BilledNo)) },
		func() error { _, err := l.Receive(ledger.Answer{Lookup: 1, Body: big}); return err },
		func() error { _, err := l.Intend(work[1], 30, record.Opt[record.Fen]{}); return err },
	)
	for i, err := range errs {
		var full *ledger.NoRoomError
		if !errors.As(err, &full) || !NoSpace(full.Err) {
			t.Errorf("write %d: %v, want one about a full disk", i, err)
		}
	}
	onDisk, err := l.runTotals(context.Background(), run)
	must(t, err)
	if onDisk != (ledger.Totals{Reserved: 100}) {
		t.Errorf("on disk stands %+v", onDisk)
	}
	if l.Money().Sum() < onDisk.Sum() {
		t.Errorf("the budget is held against %+v, less than what is on disk", l.Money())
	}
	pragma(t, l, "PRAGMA max_page_count = 1000000")
	goesOn(t, l, run, first, work[1:])
}

// goesOn checks that the ledger is whole and takes writes as before.
func goesOn(t *testing.T, l *Ledger, run ledger.Run, first ledger.Work, rest []ledger.Work) {
	t.Helper()
	must(t, l.WatchMoney(context.Background(), run))
	advance(t, l, step(first, ledger.Found, ledger.BilledYes))
	for _, w := range rest {
		intend(t, l, w, 1)
	}
	if got := l.Money(); got != (ledger.Totals{Charged: 100, Reserved: record.Fen(len(rest))}) {
		t.Errorf("money is %+v", got)
	}
	sameMoneyOnDisk(t, l, run)
	var verdict string
	must(t, l.reader.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		t.Errorf("the ledger is damaged: %s", verdict)
	}
}

func TestFailedChangeTakesItsCommitAlong(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 2)
	first := intend(t, l, work[0], 100)
	broken := errors.New("no such thing")
	var after bool
	errs := together(t, l,
		func() error { return l.Advance(step(first, ledger.Found, ledger.BilledYes)) },
		func() error {
			return l.writer.write(func(context.Context, *writer) error { return broken }, func() { after = true })
		})
	for i, err := range errs {
		if !errors.Is(err, broken) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if after {
		t.Error("the word of a commit was passed on without one")
	}
	goesOn(t, l, run, first, work[1:])
}

func TestClosedLedgerTakesNoWrites(t *testing.T) {
	t.Parallel()
	l, err := Open(context.Background(), t.TempDir(), options())
	must(t, err)
	_, work := planRun(t, l, "one", 20)
	var wg sync.WaitGroup
	errs := make([]error, len(work))
	for i, w := range work {
		wg.Go(func() { _, errs[i] = l.Intend(w, 1, record.Opt[record.Fen]{}) })
	}
	must(t, l.Close())
	wg.Wait()
	for i, err := range errs {
		if err != nil && !errors.Is(err, errClosed) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if err := l.SetHalt(ledger.Halt{Vendor: "acme"}); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
	must(t, l.Close())
}

func sameMoneyOnDisk(t fatal, l *Ledger, run ledger.Run) {
	t.Helper()
	onDisk, err := l.runTotals(context.Background(), run)
	must(t, err)
	if onDisk != l.Money() {
		t.Fatalf("memory says %+v, the disk %+v", l.Money(), onDisk)
	}
}

func pragma(t *testing.T, l *Ledger, text string) {
	t.Helper()
	must(t, l.writer.write(func(ctx context.Context, w *writer) error {
		rows, err := w.conn.QueryContext(ctx, text)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		return errors.Join(rows.Err(), rows.Close())
	}, nil))
}

// noise is bytes that no packer makes smaller.
func noise(n int) []byte {
	out := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x >> 32)
	}
	return out
}

package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// openWithRoom opens a ledger on a disk that says how much is free, for answers of 1 MiB at most.
func openWithRoom(t *testing.T, dir string, free *int64) *Ledger {
	t.Helper()
	o := options()
	o.Space = &Space{Answer: 1 << 20, Free: func(string) (int64, bool) { return *free, true }}
	l, err := Open(context.Background(), dir, o)
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l
}

// roomFor is what must be free before so many orders are under way.
func roomFor(orders int64) int64 { return 4<<20 + orders*(1<<20+1<<14+256<<10) }

// noRoom wants a write to be refused for want of room, with so many orders under way.
func noRoom(t *testing.T, err error, underWay int) {
	t.Helper()
	var full *ledger.NoRoomError
	if !errors.As(err, &full) || full.UnderWay != underWay || full.Want < roomFor(1)+16<<20 {
		t.Errorf("%v (%+v), want no room beside %d orders", err, full, underWay)
	}
}

func hasReserve(t *testing.T, dir string) bool {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, reserveName))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	must(t, err)
	if info.Size() != reserveSize {
		t.Errorf("the reserve has %d bytes", info.Size())
	}
	return true
}

func TestAnOrderNeedsRoomForAllThatMayComeBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	free := roomFor(1) + 16<<20 - 1
	must(t, os.WriteFile(filepath.Join(dir, reserveName), []byte("of a process that was killed"), 0o600))
	l := openWithRoom(t, dir, &free)
	_, work := planRun(t, l, "one", 4)
	noLimit := record.Opt[record.Fen]{}
	_, err := l.Intend(work[0], 5, noLimit)
	noRoom(t, err, 0)
	if hasReserve(t, dir) {
		t.Error("there is a reserve, and no room for it")
	}
	free++
	first := intend(t, l, work[0], 5)
	if !hasReserve(t, dir) {
		t.Error("an order may leave, and there is no reserve")
	}
	free = roomFor(2)
	errs := together(t, l,
		func() error { _, err := l.Intend(work[1], 5, noLimit); return err },
		func() error { _, err := l.Intend(work[2], 5, noLimit); return err })
	must(t, errs[0])
	noRoom(t, errs[1], 2)
	if k := stateOf(t, l, work[2].Lookup.ID); k.State != ledger.Planned || k.Attempts != 0 || l.Money().Reserved != 10 {
		t.Errorf("refused for want of room it is %+v, with %+v", k, l.Money())
	}
	waits := advance(t, l, step(first, ledger.Waiting, ledger.BilledYes))
	intend(t, l, work[2], 5)
	answer := ledger.Answer{Lookup: waits.Lookup.ID, Attempt: 1, Call: "poll", Vendor: "acme", ReceivedAt: noon, Body: []byte("found")}
	free = roomFor(2) - 2<<20 // half of what is spare is used
	noRoom(t, l.Conclude(answer, step(waits, ledger.Found, ledger.BilledYes)), 2)
	if k := stateOf(t, l, waits.Lookup.ID); k.State != ledger.Waiting || k.Answer != 0 {
		t.Errorf("an answer for which there is no room has made it %+v", k)
	}
	free += 1 << 10
	must(t, l.Conclude(answer, step(waits, ledger.Found, ledger.BilledYes)))
	must(t, l.FreeReserve())
	if hasReserve(t, dir) {
		t.Error("the reserve was given back, and is there")
	}
}

// The system says that there is room, and there is none: a quota, or somebody else who fills the disk.
func TestWhatComesBackOfOrdersFitsWhenTheDiskIsFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	free := int64(1 << 40)
	l := openWithRoom(t, dir, &free)
	run, work := planRun(t, l, "one", 5)
	first, second, waits := intend(t, l, work[0], 100), intend(t, l, work[1], 20), intend(t, l, work[2], 3)
	ticket := step(waits, ledger.Waiting, ledger.BilledYes)
	ticket.Next.Lookup.Ticket, ticket.Next.Lookup.TicketAt, ticket.Next.Lookup.NextAt = "t1", noon, noon
	waits = advance(t, l, ticket)
	passed := step(second, ledger.NoRecord, ledger.BilledNo)
	passed.Then = &ledger.Lookup{State: ledger.Planned, Vendor: "other"}
	found := step(first, ledger.Found, ledger.BilledYes)
	found.Next.Lookup.Answer = ledger.ThisAnswer
	again := step(waits, ledger.Found, ledger.BilledYes)
	again.Next.Lookup.Answer = ledger.ThisAnswer
	big := noise(300_000)
	pragma(t, l, "PRAGMA max_page_count = 1") // SQLite takes the pages that there are
	errs := together(t, l,
		func() error { // what is given back can be used
			return l.writer.write(func(ctx context.Context, w *writer) error {
				if hasReserve(t, dir) {
					return nil
				}
				rows, err := w.conn.QueryContext(ctx, "PRAGMA max_page_count = 1000000")
				if err != nil {
					return err
				}
				return errors.Join(rows.Err(), rows.Close())
			}, nil)
		},
		func() error {
			return l.Conclude(ledger.Answer{Lookup: waits.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", ReceivedAt: noon, Body: big}, again)
		},
		func() error {
			return l.Conclude(ledger.Answer{Lookup: second.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", ReceivedAt: noon, Body: big}, passed)
		},
		func() error {
			return l.Conclude(ledger.Answer{Lookup: first.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", ReceivedAt: noon, Body: big}, found)
		},
		func() error { _, err := l.Intend(work[3], 7, record.Opt[record.Fen]{}); return err })
	must(t, errors.Join(errs[0], errs[2], errs[3]))
	noRoom(t, errs[1], 2)
	noRoom(t, errs[4], 2)
	if got := l.Money(); got != (ledger.Totals{Charged: 103}) {
		t.Errorf("money is %+v", got)
	}
	sameMoneyOnDisk(t, l, run)
	answers := make([]int64, 3)
	for i, want := range []ledger.State{ledger.Found, ledger.NoRecord, ledger.Waiting, ledger.Planned, ledger.Planned, ledger.Planned} {
		k := stateOf(t, l, int64(i)+work[0].Lookup.ID)
		if k.State != want {
			t.Errorf("lookup %d is %s, want %s", i, k.State, want)
		}
		if i < len(answers) {
			answers[i] = k.Answer
		}
	}
	a, ok, err := l.LastAnswer(context.Background(), first.Lookup.ID, 1)
	if err != nil || !ok || a.ID != answers[0] || !slices.Equal(a.Body, big) {
		t.Errorf("the answer of the first is %d (%v), its lookup names %d: %v", a.ID, ok, answers[0], err)
	}
	_, err = l.Intend(work[4], 1, record.Opt[record.Fen]{})
	noRoom(t, err, 0)
	must(t, l.Close())
	l = openWithRoom(t, dir, &free)
	must(t, l.WatchMoney(context.Background(), run))
	intend(t, l, work[4], 1)
}

func TestTheReserveIsNotALink(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "other")
	must(t, os.WriteFile(elsewhere, []byte("not ours"), 0o600))
	must(t, os.Symlink(elsewhere, filepath.Join(dir, reserveName)))
	free := int64(1 << 40)
	l := openWithRoom(t, dir, &free)
	_, work := planRun(t, l, "one", 1)
	intend(t, l, work[0], 1)
	if text, err := os.ReadFile(elsewhere); err != nil || string(text) != "not ours" || !hasReserve(t, dir) {
		t.Errorf("what the link named is %q: %v", text, err)
	}
}

// A change that does not fit on the disk says which disk that is, whether anything was to be ordered or not.
func TestAChangeThatDoesNotFitSaysSo(t *testing.T) {
	t.Parallel()
	for what, space := range map[string]*Space{"planning": nil, "buying": {Answer: 1 << 20, Free: func(string) (int64, bool) { return 1 << 40, true }}} {
		dir := t.TempDir()
		o := options()
		o.Space = space
		l, err := Open(context.Background(), dir, o)
		must(t, err)
		t.Cleanup(func() { must(t, l.Close()) })
		pragma(t, l, "PRAGMA max_page_count = 1") // SQLite takes the pages that there are
		err = l.writer.write(func(ctx context.Context, w *writer) error {
			return w.exec(ctx, "CREATE TABLE large AS SELECT zeroblob(1000000) AS a")
		}, nil)
		var full *ledger.NoRoomError
		if !errors.As(err, &full) || full.Dir != dir || !full.Spent || !NoSpace(full.Err) || (full.Want > 0) != (space != nil) {
			t.Errorf("%s: %v, %+v", what, err, full)
		}
	}
}

// An order that is admitted and not written down after all, as when the budget is spent, is not under way for those
// behind it in the same transaction: they would wait for it for ever.
func TestAnOrderThatIsRefusedIsNotUnderWay(t *testing.T) {
	t.Parallel()
	free := roomFor(1)
	r := newRoom(t.TempDir(), &Space{Answer: 1 << 20, Free: func(string) (int64, bool) { return free, true }})
	r.begin()
	if err := r.admit(); err != nil {
		t.Fatal(err)
	}
	noRoom(t, r.admit(), 1)
	r.refuse()
	if err := r.admit(); err != nil {
		t.Errorf("the room of a refused order is not free: %v", err)
	}
	r.refuse()
	free = 0
	noRoom(t, r.admit(), 0)
}

package repair

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

var (
	byteFrom  = flag.Int("from", 24, "the first byte that is changed")
	byteTo    = flag.Int("to", 1<<30, "where to end")
	byteStep  = flag.Int("bytes", 2003, "of a ledger, every how manieth byte is changed; 10 times as rarely without -whole")
	whole     = flag.Bool("whole", false, "damage ledgers in every way there is, not in a few")
	byteMasks = flag.String("masks", "", "how, in hexadecimal: each mask flips its bits; empty is one that the place decides")
)

// few is the first of two numbers in a quick test, and the second in a whole one.
func few(n, all int) int {
	if *whole {
		return all
	}
	return n
}

// smallLedger is a ledger with lookups in every state, in two runs, with rows that
// repeat others, and a vendor that is halted and one that is waited for.
func smallLedger(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l, err := sqlite.Open(context.Background(), dir, options())
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for _, id := range []string{"one", "two"} {
		run, plan := startRunWithin(t, l, id, record.Some(record.Fen(100_000)))
		put(t, plan, func(tx ledger.PlanTx) error {
			for row := range int64(9) {
				if err := tx.Put(rowOf(run, row+1)); err != nil {
					return err
				}
			}
			again := rowOf(run, 10)
			again.VehicleID, again.Duplicate, again.Lookups = rowOf(run, 3).VehicleID, 3, nil
			return tx.Put(again)
		})
		run, err = plan.End(10)
		must(t, err)
		must(t, l.WatchMoney(context.Background(), run))
		for i, w := range sendableOf(t, l, run) {
			if i < 7 {
				use(t, l, w, i, random)
			}
		}
	}
	must(t, l.SetHalt(ledger.Halt{Vendor: "acme", Stops: ledger.StopsCalls, Class: "account", Code: "7", Message: "no money", At: noon}))
	must(t, l.SetPause(ledger.Pause{Vendor: "other", Dataset: record.DatasetValuation, Since: noon, NextAt: noon, Nth: 1, Class: "unavailable", Message: "away"}))
	must(t, l.Close())
	return dir
}

// looks are the ways in which commands use a ledger that they only look at.
func looks(ctx context.Context, dir string) error {
	l, err := sqlite.OpenReadOnly(ctx, dir, options().Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	if what, err := l.CheckFreshness(ctx, dir); err != nil || what != "" {
		return errors.Join(err, errors.New(what))
	}
	runs, err := l.Runs(ctx)
	if err != nil {
		return err
	}
	_, _, err = l.SpendOver(ctx, ledger.SpendQuery{By: ledger.SpendGroups()})
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := looksAt(ctx, l, run); err != nil {
			return err
		}
	}
	_, halts := l.Halts(ctx)
	_, pauses := l.Pauses(ctx)
	return errors.Join(halts, pauses)
}

func looksAt(ctx context.Context, l *sqlite.Ledger, run ledger.Run) error {
	_, spend := l.Spend(ctx, run)
	_, counts := l.Counts(ctx, run)
	_, rows := l.CountRows(ctx, run)
	failures := l.Failures(ctx, run, ledger.Filter{}, func(ledger.Work) error { return nil })
	return errors.Join(spend, counts, rows, failures, l.Rows(ctx, run, func(r *ledger.Row) error {
		for i := range r.Lookups {
			if p := r.Lookups[i].Packed; p.ID > 0 {
				if _, err := l.Unpack(p); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func opens(ctx context.Context, dir string) error {
	l, err := sqlite.OpenExisting(ctx, dir, options())
	if err != nil {
		return err
	}
	return l.Close()
}

// Whatever byte of a ledger is changed: all commands work with it, and it says
// of every lookup and of the money what it said; or all refuse it, the doctor
// finds it, and a rescue saves it.
func TestOneByteIsHarmlessOrFoundAndRescued(t *testing.T) {
	t.Parallel()
	good := smallLedger(t)
	before := contentsOf(t, good)
	file, err := os.ReadFile(filepath.Join(good, sqlite.FileName))
	must(t, err)
	outcomes := map[string]int{}
	for at := *byteFrom; at < min(len(file), *byteTo); at += *byteStep * few(10, 1) {
		for _, mask := range masksAt(at) {
			dir := t.TempDir()
			copyTo(t, good, dir, "ledger.mark")
			spoilt := bytes.Clone(file)
			spoilt[at] ^= mask
			must(t, os.WriteFile(filepath.Join(dir, sqlite.FileName), spoilt, 0o600))
			t.Run(fmt.Sprintf("%d^%02x", at, mask), func(t *testing.T) { outcomes[oneByte(t, dir, before)]++ })
			must(t, os.RemoveAll(dir))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%s: %d", what, outcomes[what])
	}
}

func masksAt(at int) []byte {
	var masks []byte
	if _, err := fmt.Sscanf(*byteMasks, "%x", &masks); err != nil {
		return []byte{[]byte{0x80, 0x01, 0x08, 0x02, 0x40, 0x04, 0x20, 0x10, 0xff}[at%9]}
	}
	return masks
}

func oneByte(t *testing.T, dir string, before contents) string {
	t.Helper()
	ctx := context.Background()
	e, err := Examine(ctx, dir)
	must(t, err)
	looked, opened := looks(ctx, dir), opens(ctx, dir)
	refused := looked != nil
	if refused != (opened != nil) || refused == e.Sound() {
		t.Fatalf("looking: %v\nworking: %v\nthe doctor: %+v", looked, opened, e.Faults)
	}
	if !refused {
		checkSame(t, before, contentsOf(t, dir))
		return "harmless"
	}
	if e.Foreign {
		t.Fatalf("it is taken for another program's: %+v", e.Faults)
	}
	r, err := Rescue(ctx, dir, options(), world)
	must(t, err)
	defer func() {
		if t.Failed() {
			t.Logf("found %+v; the rescue came to %+v", e.Faults, r)
		}
	}()
	checkRescued(t, dir, before, r)
	if err := looks(ctx, dir); err != nil {
		t.Fatalf("after the rescue: %v", err)
	}
	if r.InDoubt+r.LostLookups+r.LostOrders+r.LostRows+r.LostRuns == 0 && r.Unnamed == "" {
		return "rescued whole"
	}
	return "rescued with doubts"
}

// checkSame holds that every lookup stands where it stood, and that money and
// answers are the same.
func checkSame(t *testing.T, before, after contents) {
	t.Helper()
	if !maps.Equal(before.money, after.money) || !maps.Equal(before.billed, after.billed) || !maps.EqualFunc(before.bodies, after.bodies, bytes.Equal) {
		t.Errorf("money or answers are others: %v, were %v", after.money, before.money)
	}
	for id, was := range before.lookups {
		if now := after.lookups[id]; now.State != was.State || now.Ticket != was.Ticket || now.Vendor != was.Vendor {
			t.Errorf("lookup %d is %s at %s with %q, was %s at %s with %q", id, now.State, now.Vendor, now.Ticket, was.State, was.Vendor, was.Ticket)
		}
	}
}

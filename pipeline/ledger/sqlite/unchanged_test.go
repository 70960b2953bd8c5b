package sqlite

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// largeLedger is a workspace with a ledger that is not looked through whenever it is opened.
func largeLedger(t *testing.T) (dir string, run ledger.Run) {
	t.Helper()
	dir = t.TempDir()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	run, plan := startRun(t, l, "one")
	words := []string{strings.Repeat("a problem ", 1000)}
	put(t, plan, func(tx ledger.PlanTx) error {
		for row := range int64(1000) {
			pv := rowOf(run, row+1)
			pv.Vehicle.Problems = words
			if err := tx.Put(pv); err != nil {
				return err
			}
		}
		return nil
	})
	run, err = plan.End(1000)
	must(t, err)
	must(t, l.Close())
	if info, err := os.Stat(filepath.Join(dir, FileName)); err != nil || info.Size() <= alwaysLooked {
		t.Fatalf("the ledger is small: %v, %v", info.Size(), err)
	}
	return dir, run
}

// A large ledger that is as it was left is not looked through again. What is wrong with a row is
// found when it is read.
func TestALargeLedgerThatIsAsItWasLeft(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir, run := largeLedger(t)
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	must(t, err)
	file, err := os.ReadFile(path)
	must(t, err)
	at := bytes.LastIndex(file, []byte("a problem"))
	file[at] = 'b'
	must(t, os.WriteFile(path, file, 0o600))
	for name, err := range waysIn(dir) {
		if err == nil || !strings.Contains(err.Error(), "not what was written down") {
			t.Errorf("%s, of a ledger that was changed: %v", name, err)
		}
	}
	must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	l, err := OpenReadOnly(ctx, dir, options().Now)
	must(t, err)
	defer l.Close() //nolint:errcheck // nothing was written
	if err := l.Rows(ctx, run, func(*ledger.Row) error { return nil }); !Damaged(err) {
		t.Errorf("reading it: %v", err)
	}
}

// What was not closed is looked through.
func TestALargeLedgerThatWasNotClosedIsLookedThrough(t *testing.T) {
	t.Parallel()
	dir, _ := largeLedger(t)
	if !unchanged(dir) {
		t.Error("it was left, and is taken for changed")
	}
	l := openAt(t, dir)
	must(t, l.HoldRun(ledger.Run{Seq: 1, ID: "one"}))
	if unchanged(dir) {
		t.Error("it is being written, and is taken for unchanged")
	}
}

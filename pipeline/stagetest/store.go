package stagetest

import (
	"context"
	"flag"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/storetest"
	"vehiclebatch/pipeline/policy"
)

var store = flag.String("store", "sqlite", "where the ledgers of fixtures are: sqlite or memory")

// Fixture is a workspace with a ledger, a policy and a clock that is moved by hand.
type Fixture struct {
	T      *testing.T
	Ledger storetest.Store
	Policy *policy.Policy
	Now    time.Time
	n      int // runs so far
}

// New is a fixture at noon, without runs. Its ledger is where the flag -store says.
func New(t *testing.T) *Fixture {
	t.Helper()
	switch *store {
	case "sqlite":
		b, _ := NewOnDisk(t)
		return b
	case "memory":
		b := fixture(t)
		b.Ledger = memory.New(func() time.Time { return b.Now })
		return b
	}
	t.Fatalf("there is no store %q", *store)
	return nil
}

// NewOnDisk is New for a test that needs SQLite, whatever the flag says: its files, or what only it does.
func NewOnDisk(t *testing.T) (*Fixture, *sqlite.Ledger) {
	t.Helper()
	b := fixture(t)
	l := b.OpenOnDisk(t.TempDir())
	t.Cleanup(func() { b.Must(l.Close()) })
	b.Ledger = l
	return b, l
}

// OpenOnDisk opens the ledger of a folder with the clock of the fixture.
func (b *Fixture) OpenOnDisk(dir string) *sqlite.Ledger {
	b.T.Helper()
	l, err := sqlite.Open(context.Background(), dir, sqlite.Options{Now: func() time.Time { return b.Now }, Command: "test"})
	b.Must(err)
	return l
}

func fixture(t *testing.T) *Fixture { return &Fixture{T: t, Policy: TestPolicy(), Now: Noon} }

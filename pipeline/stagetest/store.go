package stagetest

import (
	"context"
	"flag"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/ledger/postgres/servertest"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/storetest"
)

var store = flag.String("store", "sqlite", "where the ledgers of fixtures are: sqlite, memory or postgres")

// open makes an empty ledger in a kind of store.
func (b *Fixture) open(kind string) storetest.Store {
	b.T.Helper()
	switch kind {
	case "sqlite":
		l := b.OpenOnDisk(b.T.TempDir())
		b.T.Cleanup(func() { b.Must(l.Close()) })
		return l
	case "memory":
		return memory.New(func() time.Time { return b.Now })
	case "postgres":
		return servertest.Open(b.T, servertest.Address(b.T), func() time.Time { return b.Now })
	}
	b.T.Fatalf("there is no store %q", kind)
	return nil
}

// NewOnDisk is New for a test that needs SQLite, whatever the flag says: its files, or what only it does.
func NewOnDisk(t *testing.T) (*Fixture, *sqlite.Ledger) {
	t.Helper()
	b := &Fixture{T: t, Policy: TestPolicy(), Now: Noon}
	l := b.open("sqlite").(*sqlite.Ledger)
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

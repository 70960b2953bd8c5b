package sqlite_test

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/storetest"
)

func openStore(t *testing.T, now func() time.Time) storetest.Store {
	t.Helper()
	l, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: now, Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// A ledger on disk is the store that its users count on.
func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openStore)
}

// Whatever is done, it is what the store in memory says.
func TestStoreIsThatInMemory(t *testing.T) {
	t.Parallel()
	storetest.Agree(t, openStore, func(_ *testing.T, now func() time.Time) storetest.Store { return memory.New(now) })
}

//go:build postgres

// These tests need a server: .ci/postgres starts one, and names it.

package postgres_test

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/ledger/postgres/servertest"
	"vehiclebatch/pipeline/ledger/storetest"
)

func openStore(t *testing.T, now func() time.Time) storetest.Store {
	t.Helper()
	return servertest.Open(t, servertest.Address(t), now)
}

// A ledger in a database is the store that its users count on.
func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openStore)
}

// Whatever is done, it is what the store in memory says.
func TestStoreIsThatInMemory(t *testing.T) {
	t.Parallel()
	storetest.Agree(t, openStore, func(_ *testing.T, now func() time.Time) storetest.Store { return memory.New(now) })
}

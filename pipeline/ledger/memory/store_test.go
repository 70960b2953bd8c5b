package memory_test

import (
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger/memory"
	"vehiclebatch/pipeline/ledger/storetest"
)

func openStore(_ *testing.T, now func() time.Time) storetest.Store { return memory.New(now) }

// What the specification says is what its users count on.
func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openStore)
}

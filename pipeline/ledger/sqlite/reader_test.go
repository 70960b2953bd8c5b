package sqlite

import (
	"context"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// A query that is prepared once obeys each limit that it is asked with, and more readers
// than there are connections wait for each other.
func TestReadersShareWhatIsPrepared(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 30)
	ctx := context.Background()
	for _, limit := range []int{3, 9, 1} {
		work, err := l.PlannedWork(ctx, run, 0, limit)
		if err != nil || len(work) != limit {
			t.Errorf("%d lookups, %v, want %d", len(work), err, limit)
		}
	}
	const readers = 5 * mostReaders
	counts := make(chan int, readers)
	for range readers {
		go func() {
			rows := 0
			if err := l.Rows(ctx, run, func(*ledger.Row) error { rows++; return nil }); err != nil {
				t.Error(err)
			}
			counts <- rows
		}()
	}
	for range readers {
		if rows := <-counts; rows != 30 {
			t.Errorf("%d rows, want 30", rows)
		}
	}
}

package sqlite

import (
	"context"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// A ticket is known by its order, whatever vendor is asked about and however old it is.
func TestTicketOwners(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "one", 3)
	waitUntil(t, l, work[0], noon.Add(time.Minute))
	intend(t, l, work[1], 1) // sent, and no ticket came
	owners, err := l.TicketOwners(ctx, []string{"", "T", "U", "'"})
	must(t, err)
	if want := []ledger.TicketOwner{{"T", "acme", "one", work[0].Lookup.Row}}; !slices.Equal(owners, want) {
		t.Errorf("the owners are %v, want %v", owners, want)
	}
	for _, none := range [][]string{nil, {""}, {"U"}} {
		if owners, err := l.TicketOwners(ctx, none); err != nil || len(owners) > 0 {
			t.Errorf("%q: %v, %v", none, owners, err)
		}
	}
}

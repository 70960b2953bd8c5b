package repair

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// Of a ledger that has lost every order, with outputs that were written after one, a rescue makes a good one, and
// what may have been bought is in doubt and counts, whether the first mark is there or not.
func TestRescueOfALedgerThatLostEveryOrder(t *testing.T) {
	t.Parallel()
	for _, marked := range []bool{true, false} {
		ctx, dir := context.Background(), t.TempDir()
		must(t, os.MkdirAll(filepath.Join(dir, "runs"), 0o700))
		l, err := sqlite.Open(ctx, dir, options())
		must(t, err)
		run, work := planRun(t, l, "one", 2)
		for _, w := range work {
			w, err := l.Intend(w, 1700, record.Opt[record.Fen]{})
			must(t, err)
			id, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("report")})
			must(t, err)
			w.Lookup.Answer, w.Lookup.AnsweredAt = id, noon
			advance(t, l, step(w, ledger.Found, ledger.BilledYes))
		}
		run.InputRows, run.State = 2, ledger.RunFinished
		must(t, l.SetRun(run))
		must(t, l.Close())
		alter(t, dir, "DELETE FROM attempts; DELETE FROM answers; UPDATE lookups SET state='planned', attempts=0, answer=0, ticket='' WHERE state='found'")
		if !marked {
			must(t, os.Remove(filepath.Join(dir, "ledger.mark")))
		}
		r, err := Rescue(ctx, dir, options(), world)
		must(t, err)
		must(t, opens(ctx, dir))
		if r.InDoubt != 2 || len(r.Doubts) != 1 || r.Doubts[0].Unknown != 3400 {
			t.Errorf("marked %v: it came to %+v", marked, r)
		}
	}
}

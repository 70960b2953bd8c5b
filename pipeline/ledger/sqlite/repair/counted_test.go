package repair

import (
	"context"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// A row that nothing else names is missed all the same, by whoever opens the ledger; a rescue ends with a ledger that works. Where
// it was a loss, what may have been bought is held back as before.
func TestARowThatNothingNamesIsMissed(t *testing.T) {
	t.Parallel()
	ctx, good := context.Background(), smallLedger(t)
	l := openAt(t, good)
	must(t, l.CountCalls("acme", 20000, 5))
	must(t, l.CountCalls("acme", 20000, 2))
	must(t, l.CountCalls("acme", 20001, 1))
	must(t, l.ClearPause("nobody", ""))
	must(t, l.Close())
	alterWithSum(t, good, "INSERT INTO losses (at, what, sum) VALUES (1, 'something', 0)")
	must(t, looks(ctx, good))
	for _, table := range []string{"halts", "pauses", "calls", "losses"} {
		for name, query := range map[string]string{
			"all": "DELETE FROM " + table,
			"one": "DELETE FROM " + table + " WHERE sum=(SELECT MIN(sum) FROM " + table + ")",
		} {
			dir := t.TempDir()
			copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
			alter(t, dir, query)
			for who, err := range map[string]error{"who looks": looks(ctx, dir), "who works": opens(ctx, dir)} {
				if err == nil || !strings.Contains(err.Error(), "there are fewer or more "+table+" than were written down") {
					t.Errorf("%s of %s gone: %s sees %v", name, table, who, err)
				}
			}
			e, err := Examine(ctx, dir)
			must(t, err)
			if e.Sound() {
				t.Errorf("%s of %s gone: the doctor finds nothing", name, table)
			}
			r, err := Rescue(ctx, dir, options(), world)
			must(t, err)
			must(t, looks(ctx, dir))
			if said := strings.Contains(r.Unnamed, "what an earlier rescue could not name"); said != (table == "losses") {
				t.Errorf("%s of %s gone: lost is %q", name, table, r.Unnamed)
			}
			saved := openAt(t, dir)
			loss, err := saved.LastLoss(ctx)
			must(t, err)
			if table == "losses" && !loss.At.Equal(noon) {
				t.Errorf("%s of losses gone: the last loss is that of %s", name, loss.At)
			}
		}
	}
}

// When a workspace began is what its marks are held against: one that says another time is damaged, and given back what it was.
func TestAChangedBeginningIsGivenBack(t *testing.T) {
	t.Parallel()
	ctx, good := context.Background(), smallLedger(t)
	was, ok := sqlite.ReadWatermark(good)
	if !ok || was.Ledger == 0 {
		t.Fatal("there is no mark")
	}
	for _, change := range []string{"created_at=created_at+1", "created_at=0", "created_at=created_at-86400000000", "sum=sum+1", "halts=200"} {
		dir := t.TempDir()
		copyTo(t, good, dir, sqlite.FileName, "ledger.mark")
		alter(t, dir, "UPDATE workspace SET "+change)
		for who, err := range map[string]error{"who looks": looks(ctx, dir), "who works": opens(ctx, dir)} {
			if err == nil || !strings.Contains(err.Error(), "is damaged") {
				t.Errorf("%s: %s sees %v", change, who, err)
			}
		}
		r, err := Rescue(ctx, dir, options(), world)
		must(t, err)
		must(t, looks(ctx, dir))
		if now, _ := sqlite.ReadWatermark(dir); now.Ledger != was.Ledger || r.Unnamed != "" {
			t.Errorf("%s: it began %d, and after a rescue %d; lost is %q", change, was.Ledger, now.Ledger, r.Unnamed)
		}
	}
}

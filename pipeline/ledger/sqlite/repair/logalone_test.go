package repair

import (
	"os"
	"path/filepath"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// A ledger is gone, and its log is there. Of a young one the log holds all there is, and a rescue saves it whole.
func TestALogAloneThatHoldsAllIsSaved(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(path string) error{
		"gone":  os.Remove,
		"empty": func(path string) error { return os.Truncate(path, 0) },
	} {
		dir := killedWith(t, true)
		must(t, spoil(filepath.Join(dir, sqlite.FileName)))
		e, err := Examine(t.Context(), dir)
		must(t, err)
		if e.Sound() || !e.Missing || !e.LogAlone {
			t.Errorf("%s: the doctor sees %+v", name, e)
		}
		r, err := Rescue(t.Context(), dir, options(), world)
		must(t, err)
		if !changedNothing(r) || r.Charged != 12*1700 || r.Answers != 12 {
			t.Errorf("%s: it came to %+v", name, r)
		}
		if log, err := os.Stat(r.Kept + "-wal"); err != nil || log.Size() == 0 {
			t.Errorf("%s: the log is not kept: %v, %v", name, log, err)
		}
		goesOn(t, dir)
	}
}

// Of a ledger that was carried over from its log before, the log holds what came after. Nothing of what was planned is
// bought by itself after a rescue, and the money that the log knows of is counted.
func TestALogAloneThatHoldsAPartLeavesTheRestInDoubt(t *testing.T) {
	t.Parallel()
	from, dir := usedLedger(t), t.TempDir()
	before := contentsOf(t, from)
	l, err := sqlite.Open(t.Context(), from, options())
	must(t, err)
	for _, run := range []int64{1, 2} {
		work, err := l.Sendable(t.Context(), run, "acme", noon, nil, 1000)
		must(t, err)
		for _, w := range work[:4] {
			must(t, l.WatchMoney(t.Context(), ledger.Run{Seq: run}))
			w = intend(t, l, w, 1700)
			s := step(w, ledger.Found, ledger.BilledYes)
			s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt = ledger.ThisAnswer, noon
			must(t, l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("report")}, s))
		}
	}
	copyTo(t, from, dir, sqlite.FileName+"-wal", "ledger.mark")
	must(t, l.Close())
	r, err := Rescue(t.Context(), dir, options(), world)
	must(t, err)
	after := contentsOf(t, dir)
	if r.Unnamed == "" || !r.Truncated {
		t.Errorf("what is lost is not said: %+v", r)
	}
	for id, k := range after.lookups {
		if was, there := before.lookups[id]; k.State == ledger.Planned || k.State == ledger.Found && there && was.State != ledger.Found && was.State != ledger.Planned {
			t.Errorf("lookup %d was %s and is %s", id, was.State, k.State)
		}
	}
	e, err := Examine(t.Context(), dir)
	must(t, err)
	if !e.Sound() {
		t.Errorf("after the rescue: %+v", e.Faults)
	}
	l = openAt(t, dir)
	if loss, err := l.LastLoss(t.Context()); err != nil || !loss.At.Equal(noon) {
		t.Errorf("the loss is not written down: %+v, %v", loss, err)
	}
}

// A log without a commit is of no use, and is kept all the same.
func TestALogAloneThatHoldsNothing(t *testing.T) {
	t.Parallel()
	dir := killedWith(t, true)
	must(t, os.Remove(filepath.Join(dir, sqlite.FileName)))
	log := filepath.Join(dir, sqlite.FileName+"-wal")
	must(t, os.Truncate(log, 4000))
	e, err := Examine(t.Context(), dir)
	must(t, err)
	if _, err := Rescue(t.Context(), dir, options(), world); err == nil || e.LogAlone || !e.Missing {
		t.Errorf("it is rescued, or the doctor sees %+v", e)
	}
	if info, err := os.Stat(log); err != nil || info.Size() != 4000 {
		t.Errorf("the log is %v, %v", info, err)
	}
}

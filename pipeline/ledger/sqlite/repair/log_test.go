package repair

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

// killedWith makes the workspace of a process that was killed: its ledger is in its log for the most part. 12 orders
// were paid. It returns the folder, with or without its mark.
func killedWith(t *testing.T, marked bool) string {
	t.Helper()
	from, to := t.TempDir(), t.TempDir()
	l := openAt(t, from)
	_, work := planRun(t, l, "one", 12)
	for _, w := range work {
		w = intend(t, l, w, 1700)
		s := step(w, ledger.Found, ledger.BilledYes)
		s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt = ledger.ThisAnswer, noon
		must(t, l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("report")}, s))
	}
	names := []string{sqlite.FileName, sqlite.FileName + "-wal"}
	if marked {
		names = append(names, "ledger.mark")
	}
	copyTo(t, from, to, names...)
	return to
}

// Whatever byte of a log is turned, nobody opens the ledger as if the orders behind it had never been; looking at it removes
// nothing, the doctor names it, and a rescue has every order.
func TestADamagedLogIsRefusedAndRescued(t *testing.T) {
	t.Parallel()
	for _, marked := range []bool{true, false} {
		log, err := os.ReadFile(filepath.Join(killedWith(t, marked), sqlite.FileName+"-wal"))
		must(t, err)
		for _, at := range []int{0, 3, 5, 9, 13, 18, 25, 32, 37, 41, 50, 737, 4152, len(log) / 3, len(log) / 2} {
			t.Run(fmt.Sprint(marked, at), func(t *testing.T) {
				t.Parallel()
				dir := killedWith(t, marked)
				path := filepath.Join(dir, sqlite.FileName+"-wal")
				b, err := os.ReadFile(path)
				must(t, err)
				b[at] ^= 1
				must(t, os.WriteFile(path, b, 0o600))
				_, err = sqlite.OpenReadOnly(t.Context(), dir, options().Now)
				wantsDoctor(t, "looking", err)
				_, err = sqlite.Open(t.Context(), dir, options())
				wantsDoctor(t, "opening", err)
				if now, err := os.ReadFile(path); err != nil || len(now) != len(b) {
					t.Fatalf("the log has %d of %d bytes left (%v)", len(now), len(b), err)
				}
				e, err := Examine(t.Context(), dir)
				must(t, err)
				if e.Sound() || e.Foreign {
					t.Errorf("the doctor finds %+v", e.Faults)
				}
				r, err := Rescue(t.Context(), dir, options(), world)
				must(t, err)
				if r.Charged+1700*record.Fen(r.LostOrders) < 12*1700-1700 {
					t.Errorf("rescued: %+v", r)
				}
				l := openAt(t, dir)
				must(t, l.Close())
			})
		}
	}
}

func wantsDoctor(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "batch doctor") {
		t.Errorf("%s: %v", what, err)
	}
}

// A lookup that was lost and had taken the place of another was at another vendor, whoever that was: it is not taken for an
// order at the first one, which may have cost less.
func TestALostLookupIsNotAtTheVendorBeforeIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := sqlite.Open(t.Context(), dir, options())
	must(t, err)
	run, work := planRun(t, l, "one", 3)
	s := step(intend(t, l, work[0], 1700), ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Run: run.Seq, Row: 1, Dataset: record.DatasetMaintenance, Vendor: "bolt", State: ledger.Planned}
	must(t, l.Advance(s))
	next, err := l.Sendable(t.Context(), run.Seq, "bolt", noon, nil, 1)
	must(t, err)
	intend(t, l, next[0], 3200)
	must(t, l.Close())
	id := next[0].Lookup.ID
	alter(t, dir, fmt.Sprintf("DELETE FROM lookups WHERE id=%[1]d; DELETE FROM attempts WHERE lookup=%[1]d", id))
	_, err = Rescue(t.Context(), dir, options(), world)
	must(t, err)
	l = openAt(t, dir)
	k, err := l.LookupByID(t.Context(), id)
	must(t, err)
	if k.Vendor == "acme" || k.State != ledger.InDoubt || k.GroupID != work[0].Lookup.ID {
		t.Errorf("it is %s at %q, of request %d", k.State, k.Vendor, k.GroupID)
	}
}

package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

const logName = FileName + "-wal"

// killedLedger is a workspace as a killed process leaves it: two lookups
// bought, one of them answered, all of it in the log. The folder older holds
// what was there before.
func killedLedger(t *testing.T) string {
	t.Helper()
	dir, left := t.TempDir(), t.TempDir()
	l := openAt(t, dir)
	_, work := planRun(t, l, "one", 3)
	older := filepath.Join(left, "older")
	must(t, os.Mkdir(older, 0o700))
	copyTo(t, dir, older, FileName, logName)
	w := intend(t, l, work[0], 3200)
	_, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("{}")})
	must(t, err)
	intend(t, l, work[1], 3200)
	copyTo(t, dir, left, FileName, logName, markName)
	return left
}

func copyTo(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, name), data, 0o600))
	}
}

func TestKilledLedgerAgreesWithItsMark(t *testing.T) {
	t.Parallel()
	dir := killedLedger(t)
	l := openAt(t, dir)
	work, err := l.Unresolved(context.Background())
	must(t, err)
	if len(work) != 2 {
		t.Fatalf("%d calls were under way, want 2", len(work))
	}
	m, ok := ReadWatermark(dir)
	if !ok || m.Lookup != work[1].Lookup.ID || m.Attempt != 1 || m.Answer != 1 {
		t.Errorf("the mark is %+v, %v", m, ok)
	}
}

// Half a commit, or anything else, behind the log's end is not part of it.
func TestGarbageBehindTheLogIsNone(t *testing.T) {
	t.Parallel()
	dir := killedLedger(t)
	f, err := os.OpenFile(filepath.Join(dir, logName), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(strings.Repeat("garbage ", 4000))
	must(t, errors.Join(err, f.Close()))
	work, err := openAt(t, dir).Unresolved(context.Background())
	must(t, err)
	if len(work) != 2 {
		t.Errorf("%d calls were under way, want 2", len(work))
	}
}

// The power may cut off the write of either place: the other one is good.
func TestTornMarkIsReadFromItsOtherPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	_, work := planRun(t, l, "one", 3)
	for i := range 3 {
		intend(t, l, work[i], 3200)
		whole, err := os.ReadFile(filepath.Join(dir, markName))
		must(t, err)
		for _, place := range []int{0, markPlace} {
			torn := t.TempDir()
			text := append([]byte{}, whole...)
			text[place+20] ^= 0xff
			must(t, os.WriteFile(filepath.Join(torn, markName), text, 0o600))
			if m, ok := ReadWatermark(torn); !ok || m.Lookup < work[max(i-1, 0)].Lookup.ID && i > 0 {
				t.Errorf("after order %d, place %d torn: %+v, %v", i, place, m, ok)
			}
		}
	}
}

// A change that was not committed leaves no mark.
func TestMarkForgetsWhatFailed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	_, work := planRun(t, l, "one", 2)
	intend(t, l, work[0], 3200)
	boom := errors.New("boom")
	err := l.writer.write(func(_ context.Context, w *writer) error { w.mark.intent(99, 1); return boom }, nil)
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if _, err := l.Receive(ledger.Answer{Lookup: work[0].Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", ReceivedAt: noon}); err != nil {
		t.Fatal(err)
	}
	if m, _ := ReadWatermark(dir); m.Lookup != work[0].Lookup.ID || m.Answer != 1 {
		t.Errorf("the mark is %+v", m)
	}
}

// A mark alone says that a ledger was here, also one that cannot be read any more.
func TestAMarkAloneIsALedgerThatIsGone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	good, err := os.ReadFile(filepath.Join(killedLedger(t), markName))
	must(t, err)
	for name, mark := range map[string][]byte{"as it was": good, "cut short": good[:20], "of another kind": []byte("not a mark")} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, markName), mark, 0o600))
		_, open := Open(ctx, dir, options())
		_, existing := OpenExisting(ctx, dir, options())
		_, look := OpenReadOnly(ctx, dir, options().Now)
		for how, err := range map[string]error{"working": open, "going on": existing, "looking": look} {
			var gone *ledger.UserError
			if !errors.As(err, &gone) || !strings.Contains(gone.Problem, "is gone") {
				t.Errorf("a mark %s, %s: %v", name, how, err)
			}
		}
	}
}

// An older ledger that is put back with the mark that stood beside it is known by the mark
// among the outputs.
func TestAnOlderLedgerWithItsOwnMarkIsRefused(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, runsFolder), 0o700))
	l, err := Open(ctx, dir, options())
	must(t, err)
	_, work := planRun(t, l, "one", 2)
	advance(t, l, step(intend(t, l, work[0], 1700), ledger.NoRecord, ledger.BilledYes))
	must(t, l.Close())
	older := map[string][]byte{}
	for _, name := range []string{FileName, markName} {
		older[name], err = os.ReadFile(filepath.Join(dir, name))
		must(t, err)
	}
	l, err = Open(ctx, dir, options())
	must(t, err)
	advance(t, l, step(intend(t, l, work[1], 1700), ledger.NoRecord, ledger.BilledYes))
	must(t, l.Close())
	for name, err := range waysIn(dir) {
		if err != nil {
			t.Errorf("%s, of the newest: %v", name, err)
		}
	}
	for name, data := range older {
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	for name, err := range waysIn(dir) {
		if name != "OpenReadOnly" && (err == nil || !strings.Contains(err.Error(), "older copy")) {
			t.Errorf("%s, of an older one: %v", name, err)
		}
	}
}

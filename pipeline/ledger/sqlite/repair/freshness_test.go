package repair

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
)

const logName = sqlite.FileName + "-wal"

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
	copyTo(t, dir, older, sqlite.FileName, logName)
	w := intend(t, l, work[0], 3200)
	_, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte("{}")})
	must(t, err)
	intend(t, l, work[1], 3200)
	copyTo(t, dir, left, sqlite.FileName, logName, "ledger.mark")
	return left
}

// What was bought must not be forgotten because the file is an older one.
func TestLedgerBehindItsMarkIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"no log":             func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, logName))) },
		"a log cut short":    func(t *testing.T, dir string) { cut(t, filepath.Join(dir, logName), 3) },
		"a log torn":         func(t *testing.T, dir string) { cut(t, filepath.Join(dir, logName), 2000) },
		"a log of garbage":   func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, logName), 0, "garbage") },
		"garbage in the log": func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, logName), 3*4120, "garbage") },
		"an older copy":      func(t *testing.T, dir string) { copyTo(t, filepath.Join(dir, "older"), dir, sqlite.FileName, logName) },
		"no ledger": func(t *testing.T, dir string) {
			must(t, errors.Join(os.Remove(filepath.Join(dir, sqlite.FileName)), os.Remove(filepath.Join(dir, logName))))
		},
		"an empty ledger": func(t *testing.T, dir string) {
			must(t, errors.Join(os.Truncate(filepath.Join(dir, sqlite.FileName), 0), os.Remove(filepath.Join(dir, logName))))
		},
		"another ledger": func(t *testing.T, dir string) {
			o := options()
			o.Now = func() time.Time { return noon.Add(time.Hour) }
			other := t.TempDir()
			l, err := sqlite.Open(context.Background(), other, o)
			must(t, err)
			must(t, l.Close())
			must(t, errors.Join(os.Remove(filepath.Join(dir, logName)), os.Rename(filepath.Join(other, sqlite.FileName), filepath.Join(dir, sqlite.FileName))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := killedLedger(t)
			spoil(t, dir)
			refused(t, "Open", func() (*sqlite.Ledger, error) { return sqlite.Open(context.Background(), dir, options()) })
			e, err := Examine(context.Background(), dir)
			if err == nil && e.Sound() {
				t.Errorf("an examination finds nothing wrong: %+v", e)
			}
		})
	}
}

// Orders beside no mark that can be read may be those of an older copy.
func TestOrdersWithoutAMarkAreRefusedUntilAccepted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "batch mark 1\n", strings.Repeat("x", 49)} {
		dir := killedLedger(t)
		must(t, os.WriteFile(filepath.Join(dir, "ledger.mark"), []byte(text), 0o600))
		refused(t, "Open", func() (*sqlite.Ledger, error) { return sqlite.Open(context.Background(), dir, options()) })
		must(t, Accept(context.Background(), dir, options()))
		must(t, openAt(t, dir).Close())
		must(t, os.Remove(filepath.Join(dir, "ledger.mark")))
		r, err := Rescue(context.Background(), dir, options(), world)
		must(t, err)
		if !r.Truncated || r.InDoubt == 0 {
			t.Errorf("a rescue without a mark came to %+v", r)
		}
		openAt(t, dir)
	}
}

// cut takes bytes from the end of a file.
func cut(t *testing.T, path string, n int64) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()-n))
}

func overwrite(t testing.TB, path string, at int64, with string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(with), at)
	must(t, errors.Join(err, f.Close()))
}

// What names no run that batch can have had says nothing of one, and is not
// written into the ledger.
func TestAManifestWithAForeignIDIsNoWitness(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir, other := filepath.Join(base, "out"), filepath.Join(base, "other")
	first := openAt(t, dir)
	planRun(t, first, "one", 1)
	must(t, first.Close())
	folder := filepath.Join(dir, "runs", "x")
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(`{"run_id": "../../tr"}`), 0o600))
	must(t, os.MkdirAll(filepath.Join(dir, "runs", "pipe"), 0o700))
	must(t, syscall.Mkfifo(filepath.Join(dir, "runs", "pipe", "manifest.json"), 0o600))
	must(t, os.WriteFile(other, []byte(`{"run_id": "known"}`), 0o600))
	must(t, os.Symlink(filepath.Dir(other), filepath.Join(dir, "runs", "away")))
	must(t, os.Rename(other, filepath.Join(filepath.Dir(other), "manifest.json")))
	must(t, Accept(context.Background(), dir, options()))
	l := openAt(t, dir)
	runs, err := l.Runs(context.Background())
	if err != nil || len(runs) != 1 {
		t.Errorf("%v, %v", runs, err)
	}
}

func refused(t *testing.T, name string, open func() (*sqlite.Ledger, error)) {
	t.Helper()
	l, err := open()
	var user *ledger.UserError
	if !errors.As(err, &user) {
		t.Errorf("%s: %v, want a UserError", name, err)
	}
	if err == nil {
		must(t, l.Close())
	}
}

// What is behind a link would be somebody else's.
func TestLedgerFilesThatAreLinksAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{sqlite.FileName, logName, "ledger.mark", "ledger.lock"} {
		dir := t.TempDir()
		l := openAt(t, dir)
		planRun(t, l, "one", 1)
		must(t, l.Close())
		must(t, os.RemoveAll(filepath.Join(dir, name)))
		must(t, os.Symlink(filepath.Join("..", "other"), filepath.Join(dir, name)))
		_, examine := Examine(context.Background(), dir)
		_, rescue := Rescue(context.Background(), dir, options(), world)
		for way, err := range map[string]error{"Examine": examine, "Rescue": rescue, "Accept": Accept(context.Background(), dir, options())} {
			if err == nil || !strings.Contains(err.Error(), name+" is no file but a link") {
				t.Errorf("%s: %v", way, err)
			}
		}
	}
}

// The doctor says that a ledger is gone where the mark alone is left, whatever can be read of it.
func TestExamineOfALedgerThatIsGone(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(filepath.Join(smallLedger(t), "ledger.mark"))
	must(t, err)
	for name, mark := range map[string][]byte{"as it was": good, "cut short": good[:20], "of another kind": []byte("not a mark")} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "ledger.mark"), mark, 0o600))
		if e, err := Examine(context.Background(), dir); err != nil || !e.Missing {
			t.Errorf("a mark %s: the doctor says %+v, %v", name, e, err)
		}
	}
}

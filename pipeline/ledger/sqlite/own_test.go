package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	shell "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

func TestIsRunID(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	wrong := func(id string) (wrong bool) {
		must(t, db.QueryRow("SELECT "+integrity.NoRunID+" FROM (SELECT ? AS id)", id).Scan(&wrong))
		return wrong
	}
	for _, id := range []string{"20260102T030405Z-abcdef", "20260102T030405Z-abcdef-2", "rescued-7", "one"} {
		if !ledger.IsRunID(id) || wrong(id) {
			t.Errorf("%q is refused", id)
		}
	}
	for _, id := range []string{"", ".", "..", "../tr", "../../tr", "/tr", "a/b", `a\b`, "*", "[a-z]*", "a?", ".hidden", "-f", "a.b", "a b", "a;b", "$(b)", "a\nb", "a\x00b", "二", strings.Repeat("a", 65)} {
		if ledger.IsRunID(id) || !wrong(id) {
			t.Errorf("%q is let through", id)
		}
	}
}

// waysIn are all ways to a ledger that is there.
func waysIn(dir string) map[string]error {
	errs := map[string]error{}
	for name, open := range map[string]func() (*Ledger, error){
		"Open":         func() (*Ledger, error) { return Open(context.Background(), dir, options()) },
		"OpenExisting": func() (*Ledger, error) { return OpenExisting(context.Background(), dir, options()) },
		"OpenReadOnly": func() (*Ledger, error) { return OpenReadOnly(context.Background(), dir, options().Now) },
	} {
		l, err := open()
		if err == nil {
			err = l.Close()
		}
		errs[name] = err
	}
	return errs
}

func TestARunWithAForeignIDIsRefused(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"UPDATE runs SET id='../../tr'", "UPDATE runs SET id='*'", "UPDATE runs SET id=''"} {
		dir := t.TempDir()
		l := openAt(t, dir)
		planRun(t, l, "one", 1)
		exec(t, l, change)
		if _, ok, err := l.RunByID(context.Background(), "../../tr"); ok || err != nil {
			t.Errorf("the user's word: %v, %v", ok, err)
		}
		must(t, l.Close())
		for name, err := range waysIn(dir) {
			var refused *ledger.UserError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "no run") {
				t.Errorf("%s, %s: %v", change, name, err)
			}
		}
	}
}

func TestALedgerThatActsByItselfIsRefused(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"CREATE TRIGGER forget AFTER INSERT ON attempts BEGIN DELETE FROM attempts; END", "CREATE VIEW shown AS SELECT * FROM runs"} {
		dir := t.TempDir()
		l := openAt(t, dir)
		planRun(t, l, "one", 1)
		exec(t, l, change)
		must(t, l.Close())
		for name, err := range waysIn(dir) {
			if err == nil || !strings.Contains(err.Error(), "has triggers or views") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A workspace's own files are written: behind a link that would be somebody else's.
func TestLedgerFilesThatAreLinksAreRefused(t *testing.T) {
	t.Parallel()
	make := map[string]func(path string) error{
		"a link":              func(path string) error { return os.Symlink(filepath.Join("..", "other"), path) },
		"a link that dangles": func(path string) error { return os.Symlink("nowhere", path) },
		"a folder":            func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe or a device":  func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a socket":            socketAt,
	}
	for _, name := range placed() {
		for kind, make := range make {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				dir, other := ledgerBeside(t)
				must(t, os.MkdirAll(filepath.Join(dir, runsFolder), 0o700))
				must(t, os.RemoveAll(filepath.Join(dir, name)))
				must(t, make(filepath.Join(dir, name)))
				errs := waysIn(dir)
				errs["CheckMissing"], errs["CheckOwn"] = CheckMissing(dir), CheckOwn(dir)
				_, errs["Lock"] = Lock(dir, options())
				kind := strings.TrimSuffix(kind, " that dangles")
				for way, err := range errs {
					if err == nil || !strings.Contains(err.Error(), name+" is no file but "+kind) {
						t.Errorf("%s: %v", way, err)
					}
				}
				text, err := os.ReadFile(other)
				must(t, err)
				if string(text) != "kept" {
					t.Errorf("written outside: %q", text)
				}
				mode(t, other, 0o644)
			})
		}
	}
}

// What stands in the place of the outputs' folder is named, with what to do about it.
func TestAFolderOfRunsThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for kind, put := range map[string]func(path string) error{
		"a file":             func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"a pipe or a device": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a socket":           socketAt,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir, _ := ledgerBeside(t)
			runs := filepath.Join(dir, runsFolder)
			must(t, os.RemoveAll(runs))
			must(t, put(runs))
			errs := waysIn(dir)
			errs["CheckMissing"], errs["CheckOwn"] = CheckMissing(dir), CheckOwn(dir)
			for way, err := range errs {
				var user *ledger.UserError
				if !errors.As(err, &user) || !strings.Contains(user.Problem, runs+" is no folder but "+kind) || !strings.Contains(user.Hint, "move it away") {
					t.Errorf("%s: %v", way, err)
				}
			}
		})
	}
}

// socketAt puts a socket somewhere. It is made elsewhere: its name may be longer than that of a socket can be.
func socketAt(path string) error {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		return err
	}
	at, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	short := filepath.Join(dir, "s")
	return errors.Join(syscall.Bind(at, &syscall.SockaddrUnix{Name: short}), os.Rename(short, path), syscall.Close(at), os.Remove(dir))
}

// A ledger has no rollback journal: SQLite would undo by it whatever it says, or wait at a pipe.
func TestAJournalBesideALedgerIsRefused(t *testing.T) {
	t.Parallel()
	for kind, put := range map[string]func(path string) error{
		"a link":                           func(path string) error { return os.Symlink(filepath.Join("..", "other"), path) },
		"a pipe or a device":               func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a file that batch does not write": func(path string) error { return os.WriteFile(path, []byte("journal"), 0o600) },
	} {
		dir, _ := ledgerBeside(t)
		must(t, put(filepath.Join(dir, FileName+"-journal")))
		for way, err := range waysIn(dir) {
			if err == nil || !strings.Contains(err.Error(), "ledger.db-journal stands beside the ledger, and is "+kind) {
				t.Errorf("%s: %s: %v", kind, way, err)
			}
		}
		must(t, os.Remove(filepath.Join(dir, FileName+"-journal")))
		must(t, os.WriteFile(filepath.Join(dir, FileName+"-journal"), nil, 0o600)) // as SQLite leaves it now and then
		for way, err := range waysIn(dir) {
			if err != nil {
				t.Errorf("an empty one: %s: %v", way, err)
			}
		}
	}
}

// What a process leaves that was killed while it began the ledger is undone, and the ledger is begun anew, unless
// anything says that something was bought.
func TestALedgerThatWasHalfBegunIsBegunAnew(t *testing.T) {
	t.Parallel()
	begun := func() string {
		dir := t.TempDir()
		db, err := openSQLite(filepath.Join(dir, FileName), "rwc", readerCacheKiB)
		must(t, err)
		must(t, errors.Join(db.Ping(), db.Close())) // one page, which says that there is a log
		journal := make([]byte, 512)                // of a file that was empty, in sectors of 512 and pages of 4096 bytes
		copy(journal, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x00\x12\x34\x56\x78\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x10\x00")
		must(t, os.WriteFile(filepath.Join(dir, FileName+"-journal"), journal, 0o600))
		if !keepsLog(dir) {
			t.Fatal("it says nothing of a log")
		}
		return dir
	}
	dir := begun()
	l, err := OpenReadOnly(context.Background(), dir, options().Now)
	if err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("to look: %v, %v", l, err)
	}
	planRun(t, openAt(t, begun()), "one", 1)

	sold, other := begun(), begun()
	must(t, os.WriteFile(filepath.Join(sold, markName), Watermark{Ledger: 1, Lookup: 1, Attempt: 1}.bytes(1), 0o600))
	must(t, os.WriteFile(filepath.Join(other, FileName+"-wal"), []byte("log"), 0o600))
	for _, dir := range []string{sold, other} {
		for way, err := range waysIn(dir) {
			if err == nil || !strings.Contains(err.Error(), "stands beside the ledger") {
				t.Errorf("%s: %v", way, err)
			}
		}
	}
}

// ledgerBeside is a ledger with a run, beside a file of somebody's own.
func ledgerBeside(t *testing.T) (dir, other string) {
	t.Helper()
	base := t.TempDir()
	dir, other = filepath.Join(base, "out"), filepath.Join(base, "other")
	must(t, os.WriteFile(other, []byte("kept"), 0o644))
	must(t, os.Chmod(other, 0o644))
	l := openAt(t, dir)
	planRun(t, l, "one", 1)
	must(t, l.Close())
	return dir, other
}

// A pipe in the place of the lock is nobody's: to open it would wait for ever.
func TestHolderDoesNotWaitForAPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, lockName), 0o600))
	if who := Holder(dir); who != "" {
		t.Errorf("a pipe is held by %s", who)
	}
}

// linkOutside gives a file of a workspace another name outside of it; a file that is not there is one from outside.
func linkOutside(t *testing.T, path string) (outside string) {
	t.Helper()
	outside = filepath.Join(filepath.Dir(filepath.Dir(path)), "linked")
	if filepath.Base(filepath.Dir(path)) == runsFolder {
		outside = filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(path))), "linked")
	}
	if _, err := os.Lstat(path); err != nil {
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(outside, nil, 0o644))
		must(t, os.Chmod(outside, 0o644))
		must(t, os.Link(outside, path))
		return outside
	}
	must(t, os.Link(path, outside))
	return outside
}

// asItIs is all that would show that a file was written.
func asItIs(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	return fmt.Sprintf("%s %v %x", info.Mode(), info.ModTime(), text)
}

// A file of the ledger that has another name elsewhere would be written there as well: nothing opens it, and what the
// user is told to do helps.
func TestLedgerFilesWithAnotherNameAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range placed() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := ledgerBeside(t)
			must(t, os.MkdirAll(filepath.Join(dir, runsFolder), 0o700))
			outside := linkOutside(t, filepath.Join(dir, name))
			before := asItIs(t, outside)
			errs := waysIn(dir)
			errs["CheckOwn"] = CheckOwn(dir)
			_, errs["Lock"] = Lock(dir, options())
			var told *ledger.UserError
			for way, err := range errs {
				if !errors.As(err, &told) || !strings.Contains(told.Problem, "have other names elsewhere") || !strings.Contains(told.Problem, "("+name+")") {
					t.Errorf("%s: %v", way, err)
				}
			}
			if after := asItIs(t, outside); after != before {
				t.Errorf("it was %.300s and is %.300s", before, after)
			}
			must(t, shell.Command("sh", "-c", strings.TrimPrefix(told.Hint, "make files of their own: ")).Run())
			for way, err := range waysIn(dir) {
				if err != nil {
					t.Errorf("with a file of its own, %s: %v", way, err)
				}
			}
			if after := asItIs(t, outside); after != before {
				t.Errorf("once it is a file of its own: it was %.300s and is %.300s", before, after)
			}
		})
	}
}

// All that a ledger writes is among the files that are looked at, or begun anew.
func TestEveryFileOfALedgerIsLookedAt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	free := int64(1) << 40
	l := openWithRoom(t, dir, &free)
	planRun(t, l, "one", 1)
	must(t, l.room.prepare())
	must(t, os.MkdirAll(filepath.Join(dir, runsFolder), 0o700))
	must(t, rememberSecond(dir, Watermark{Lookup: 1}))
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err == nil && !e.IsDir() && !slices.Contains(append(placed(), reserveName), name) {
			t.Errorf("%s is not looked at", name)
		}
		return err
	}))
}

// What is made anew leaves another name of the old file alone; a journal with another name is refused.
func TestTheReserveAndTheJournalAreNotWrittenElsewhere(t *testing.T) {
	t.Parallel()
	dir, _ := ledgerBeside(t)
	outside := linkOutside(t, filepath.Join(dir, reserveName))
	before := asItIs(t, outside)
	free := int64(1) << 40
	l := openWithRoom(t, dir, &free)
	must(t, l.room.prepare())
	if after := asItIs(t, outside); after != before {
		t.Errorf("it was %s and is %.300s", before, after)
	}

	dir, _ = ledgerBeside(t)
	linkOutside(t, filepath.Join(dir, FileName+"-journal"))
	for way, err := range waysIn(dir) {
		if err == nil || !strings.Contains(err.Error(), "ledger.db-journal stands beside the ledger") {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// A rescue that was cut short leaves two names of one file, both in the workspace.
func TestANameThatARescueGaveIsNoneElsewhere(t *testing.T) {
	t.Parallel()
	dir, _ := ledgerBeside(t)
	must(t, os.Link(filepath.Join(dir, FileName), filepath.Join(dir, KeptPrefix+"20260102T030405Z.db")))
	for way, err := range waysIn(dir) {
		if err != nil {
			t.Errorf("%s: %v", way, err)
		}
	}
}

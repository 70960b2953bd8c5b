package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "out")
	l := openAt(t, dir)
	planRun(t, l, "one", 1)
	mode(t, dir, 0o700)
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		mode(t, filepath.Join(dir, e.Name()), 0o600)
	}
	if len(entries) < 3 { // ledger.db, its log, the lock
		t.Errorf("the workspace holds %v", entries)
	}
}

func mode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != want {
		t.Errorf("%s has mode %v, want %v", filepath.Base(path), info.Mode().Perm(), want)
	}
}

func TestSecondProcessIsToldWhoHoldsTheWorkspace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := Open(context.Background(), dir, options())
	must(t, err)
	for name, open := range map[string]func(context.Context, string, Options) (*Ledger, error){"Open": Open, "OpenExisting": OpenExisting} {
		_, err := open(context.Background(), dir, options())
		var held *ledger.HeldError
		if !errors.As(err, &held) {
			t.Fatalf("%s: %v, want a HeldError", name, err)
		}
		for _, word := range []string{"`batch run fleet.csv`", fmt.Sprintf("process %d", os.Getpid()), dir} {
			if !strings.Contains(held.Error(), word) {
				t.Errorf("%s: %q does not say %q", name, held, word)
			}
		}
	}
	readable, err := OpenReadOnly(context.Background(), dir, options().Now) // looking is free
	must(t, err)
	must(t, readable.Close())
	must(t, first.Close())
	openAt(t, dir)
}

func TestHolderWithoutANameIsAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), lockName)
	if got := readHolder(path); got != "another process" {
		t.Errorf("no file: %q", got)
	}
	must(t, os.WriteFile(path, nil, 0o600))
	if got := readHolder(path); got != "another process" {
		t.Errorf("empty file: %q", got)
	}
}

func TestFilesThatAreNotLedgersAreRefusedUntouched(t *testing.T) {
	t.Parallel()
	good := goodLedger(t)
	for _, c := range []struct {
		name string
		file []byte
	}{
		{"text", []byte("row,vin\n1,LSVAL41Z882104202\n")},
		{"long text", []byte(strings.Repeat("this is not a database\n", 1000))},
		{"zeros", make([]byte, 8192)},
		{"half a header", good[:50]},
		{"one page and a half", good[:6000]},
		{"half the ledger", good[:len(good)/2]},
		{"all but one page", good[:len(good)-4096]},
		{"newer", sqliteFile(t, "PRAGMA user_version = 99")},
		{"another program's", sqliteFile(t, "CREATE TABLE songs (title TEXT)")},
		{"another program's with a version", sqliteFile(t, "CREATE TABLE songs (title TEXT); PRAGMA user_version = 1")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, FileName)
			must(t, os.WriteFile(path, c.file, 0o600))
			refused(t, "Open", func() (*Ledger, error) { return Open(context.Background(), dir, options()) })
			refused(t, "OpenReadOnly", func() (*Ledger, error) { return OpenReadOnly(context.Background(), dir, options().Now) })
			refused(t, "OpenExisting", func() (*Ledger, error) { return OpenExisting(context.Background(), dir, options()) })
			after, err := os.ReadFile(path)
			must(t, err)
			if !strings.HasPrefix(c.name, "another") && c.name != "newer" && string(after) != string(c.file) {
				t.Error("the file was changed")
			}
		})
	}
}

func refused(t *testing.T, name string, open func() (*Ledger, error)) {
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

func TestForeignDatabasesKeepTheirTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, FileName), sqliteFile(t, "CREATE TABLE songs (title TEXT)"), 0o600))
	refused(t, "Open", func() (*Ledger, error) { return Open(context.Background(), dir, options()) })
	db, err := openSQLite(filepath.Join(dir, FileName), "rw", readerCacheKiB)
	must(t, err)
	defer db.Close() //nolint:errcheck // the test is over
	var tables int
	must(t, db.QueryRow("SELECT COUNT(*) FROM sqlite_master").Scan(&tables))
	if tables != 1 {
		t.Errorf("another program's database has %d tables now", tables)
	}
}

func TestEmptyFileBecomesALedgerButIsNotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, FileName), nil, 0o600))
	refused(t, "OpenReadOnly", func() (*Ledger, error) { return OpenReadOnly(context.Background(), dir, options().Now) })
	refused(t, "OpenExisting", func() (*Ledger, error) { return OpenExisting(context.Background(), dir, options()) })
	planRun(t, openAt(t, dir), "one", 1)
}

func TestNoWorkspaceIsNotMadeByLooking(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nothing")
	refused(t, "OpenReadOnly", func() (*Ledger, error) { return OpenReadOnly(context.Background(), dir, options().Now) })
	refused(t, "OpenExisting", func() (*Ledger, error) { return OpenExisting(context.Background(), dir, options()) })
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made the workspace: %v", err)
	}
}

func TestSimulatedAndBoughtAnswersStayApart(t *testing.T) {
	t.Parallel()
	for _, simulated := range []bool{true, false} {
		dir := t.TempDir()
		o := options()
		o.Simulated = simulated
		l, err := Open(context.Background(), dir, o)
		must(t, err)
		must(t, l.Close())
		o.Simulated = !simulated
		refused(t, fmt.Sprintf("simulated=%v", simulated), func() (*Ledger, error) { return Open(context.Background(), dir, o) })
		l, err = OpenExisting(context.Background(), dir, options())
		must(t, err)
		got, err := l.Simulated(context.Background())
		must(t, err)
		if got != simulated {
			t.Errorf("Simulated says %v, want %v", got, simulated)
		}
		must(t, l.Close())
	}
}

func TestMigrationsRunOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run, _ := planRun(t, openAt(t, dir), "one", 2)
	db, err := openSQLite(filepath.Join(dir, FileName), "rw", readerCacheKiB)
	must(t, err)
	defer db.Close() //nolint:errcheck // the test is over
	for range 2 {
		must(t, migrate(context.Background(), db))
	}
	scripts, err := scriptNames()
	must(t, err)
	v, err := version(context.Background(), db)
	must(t, err)
	if v != len(scripts) || v == 0 {
		t.Errorf("version %d of %d scripts", v, len(scripts))
	}
	var rows int
	must(t, db.QueryRow("SELECT COUNT(*) FROM vehicles WHERE run=?", run.Seq).Scan(&rows))
	if rows != 2 {
		t.Errorf("%d rows after migrating again, want 2", rows)
	}
}

// goodLedger is the file of a ledger with something in it.
func goodLedger(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	planRun(t, l, "one", 300)
	must(t, l.Close())
	file, err := os.ReadFile(filepath.Join(dir, FileName))
	must(t, err)
	return file
}

// sqliteFile is a database made by a script.
func sqliteFile(t *testing.T, script string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := openSQLite(path, "rwc", writerCacheKiB)
	must(t, err)
	_, err = db.Exec(script)
	must(t, errors.Join(err, db.Close()))
	file, err := os.ReadFile(path)
	must(t, err)
	return file
}

// A ledger of the days before there was a first version is refused with a word that says so,
// and stays as it is.
func TestAnEarlyLedgerIsRefused(t *testing.T) {
	t.Parallel()
	for v := range 14 {
		if v == 0 {
			continue
		}
		dir := t.TempDir()
		early := sqliteFile(t, fmt.Sprintf(`CREATE TABLE workspace (id INTEGER PRIMARY KEY, simulated INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
			CREATE TABLE lookups (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, step INTEGER NOT NULL, vendor TEXT NOT NULL) STRICT;
			INSERT INTO workspace VALUES (1, 1, 1); PRAGMA user_version = %d;`, v))
		path := filepath.Join(dir, FileName)
		must(t, os.WriteFile(path, early, 0o600))
		_, open := Open(context.Background(), dir, options())
		_, look := OpenReadOnly(context.Background(), dir, options().Now)
		for how, err := range map[string]error{"working": open, "looking": look} {
			var user *ledger.UserError
			if !errors.As(err, &user) || !strings.Contains(user.Problem, "early batch") {
				t.Errorf("version %d, %s: %v", v, how, err)
			}
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, early) {
			t.Errorf("version %d was changed: %v", v, err)
		}
	}
}

// A run whose outputs were damaged on the disk breaks a rule.
func TestDamagedOutputsBreakARule(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	must(t, migrate(ctx, db))
	_, err = db.ExecContext(ctx, "INSERT INTO runs (seq, id, state, started_at, input_path, input_sha256, datasets, formats) VALUES (1, 'a', 'open', 0, '', '', '', 'csv')")
	must(t, err)
	for set, want := range map[string]int{"lang='zh'": 0, "report_lang='zh', report_top=7": 0, "bom=1, partitioned=1": 0,
		"lang='zi'": 1, "report_lang='fr'": 1, "report_top=-1": 1, "bom=2": 1, "partitioned=-1": 1} {
		_, err := db.ExecContext(ctx, "UPDATE runs SET lang='en', report_lang='', report_top=0, partitioned=0, bom=0; UPDATE runs SET "+set)
		must(t, err)
		var broken int
		must(t, db.QueryRowContext(ctx, "SELECT COUNT(*) FROM runs WHERE "+integrity.NoOutputs).Scan(&broken))
		if broken != want {
			t.Errorf("%s breaks %d rows, want %d", set, broken, want)
		}
	}
}

// A kind of workspace that there is not is damage, and whoever meets it is told so.
func TestAKindOfWorkspaceThatThereIsNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	exec(t, l, "PRAGMA ignore_check_constraints=ON")
	exec(t, l, "UPDATE workspace SET simulated=-1, simulated_twice=-1")
	if _, err := l.Simulated(context.Background()); !Damaged(err) {
		t.Errorf("it is read as %v", err)
	}
	must(t, l.Close())
	for name, err := range waysIn(dir) {
		if err == nil || !Damaged(err) && !strings.Contains(err.Error(), "batch doctor") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite/integrity"
	"vehiclebatch/pipeline/ledger/stored"
)

// FileName is the ledger's name in a workspace.
const FileName = "ledger.db"

//go:embed migrations/*.sql
var migrations embed.FS

// Clock tells the time.
type Clock func() time.Time

// Options say how to open a ledger.
type Options struct {
	Now       Clock
	Simulated bool    // the workspace holds simulated answers, and only those
	Command   string  // what is running, for a second process that is refused
	Commits   Commits // is told of every commit; may be nil
	Space     *Space  // the room that an order needs on the disk; nil: not checked
}

// Ledger is an open ledger. One process holds it for writing.
type Ledger struct {
	now    Clock
	writer *writer
	reader *reader
	lock   *workspaceLock // nil when opened for reading
	packer *stored.Packer
	money  *money
	room   *room
	dir    string // the workspace
}

// Open opens the ledger of a workspace for writing, and creates both if they are not there. It
// fails with *ledger.HeldError when another process works there, and with *UserError when the file
// is not a ledger that this version can use.
func Open(ctx context.Context, dir string, o Options) (*Ledger, error) {
	if err := makeFolder(dir); noSpace(err) {
		return nil, &ledger.NoRoomError{Dir: dir, Err: err}
	} else if err != nil {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("cannot make the workspace %s (%v)", dir, err), Hint: "choose another folder with --out"}
	}
	lock, err := lockWorkspace(dir, o)
	if err != nil {
		return nil, err
	}
	l, err := openLocked(ctx, dir, o)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	l.lock = lock
	return l, nil
}

func openLocked(ctx context.Context, dir string, o Options) (*Ledger, error) {
	path := filepath.Join(dir, FileName)
	if err := CheckMissing(dir); err != nil {
		return nil, err
	}
	err := checkLogLocked(dir)
	if err != nil {
		return nil, err
	}
	_, err = os.Stat(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err := makeAllPrivate(dir); err != nil {
		return nil, err
	}
	db, err := openSQLite(path, "rwc", writerCacheKiB)
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(1)
	seen, err := prepare(ctx, db, path, o)
	if err != nil {
		return nil, errors.Join(explain(path, err), db.Close())
	}
	if err := removeReserve(dir); err != nil { // left by a process that was killed
		return nil, errors.Join(err, db.Close())
	}
	m, err := openMark(dir, seen)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if isNew {
		if err := syncFolders(dir); err != nil {
			return nil, errors.Join(err, db.Close(), m.close())
		}
	}
	w, err := startWriter(ctx, db, m, dir, o)
	if err != nil {
		return nil, errors.Join(explain(path, err), db.Close(), m.close())
	}
	l, err := openReading(ctx, path, o)
	if err != nil {
		return nil, errors.Join(explain(path, err), w.close())
	}
	l.writer, l.money, l.room = w, w.money, w.room
	return l, nil
}

// syncFolders makes the names of a new ledger and of its workspace durable: a synced file whose
// name is not synced is lost in a power cut.
func syncFolders(dir string) error {
	for _, folder := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		f, err := os.Open(folder)
		if errors.Is(err, fs.ErrPermission) { // the folder above may belong to someone else
			continue
		}
		if err != nil {
			return fmt.Errorf("make the new workspace durable: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("make the new workspace durable: %w", err)
		}
	}
	return nil
}

// OpenExisting opens the ledger of a workspace for writing, of whatever kind it is, but does not
// create one.
func OpenExisting(ctx context.Context, dir string, o Options) (*Ledger, error) {
	l, err := openToLook(ctx, dir, o.Now) // damage is checked below, by Open
	if err != nil {
		return nil, err
	}
	o.Simulated, err = l.Simulated(ctx)
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	return Open(ctx, dir, o)
}

// Simulated tells whether the workspace holds simulated answers.
func (l *Ledger) Simulated(ctx context.Context) (bool, error) {
	simulated, err := kindOfWorkspace(ctx, l.reader)
	if noRows(err) {
		err = &ledger.UserError{Problem: "the ledger holds nothing yet", Hint: "start a run in this workspace with `batch run`"}
	}
	return simulated, err
}

// kindOfWorkspace tells whether a workspace says that it holds simulated answers.
func kindOfWorkspace(ctx context.Context, db Asker) (bool, error) {
	var simulated int64
	err := db.QueryRowContext(ctx, "SELECT simulated FROM workspace").Scan(&simulated)
	if err == nil && simulated != 0 && simulated != 1 {
		err = stored.Damage("the workspace is of kind %d, and there is none such", simulated)
	}
	return simulated == 1, err
}

// OpenReadOnly opens the ledger of a workspace for the commands that only look. It takes no lock:
// another process may be working there, and has then checked for damage itself.
func OpenReadOnly(ctx context.Context, dir string, now Clock) (*Ledger, error) {
	l, err := openToLook(ctx, dir, now)
	if err != nil || Holder(dir) != "" {
		return l, err
	}
	path := filepath.Join(dir, FileName)
	if err := checkIntegrity(ctx, l.reader.DB, path, integrity.RulesAlone); err != nil {
		return nil, errors.Join(explain(path, err), l.Close())
	}
	return l, nil
}

// openToLook opens a ledger for reading without checking for damage.
func openToLook(ctx context.Context, dir string, now Clock) (*Ledger, error) {
	path := filepath.Join(dir, FileName)
	if err := CheckMissing(dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("%s has no ledger", dir),
			Hint: "name the workspace of an earlier run with --out, or start one with `batch run`"}
	}
	if err := CheckOwn(dir); err != nil {
		return nil, err
	}
	if err := CheckLog(dir); err != nil {
		return nil, err
	}
	o := Options{Now: now}
	l, err := openReading(ctx, path, o)
	var full *ledger.NoRoomError
	if err = explain(path, err); errors.As(err, &full) && nobodyWrites(dir) {
		l, err = openReadingWith(ctx, path, o, func() (*sql.DB, error) { return openImmutable(path) })
	}
	if err != nil {
		return nil, explain(path, err)
	}
	return l, nil
}

func openReading(ctx context.Context, path string, o Options) (*Ledger, error) {
	return openReadingWith(ctx, path, o, func() (*sql.DB, error) {
		return openToRead(path, func() (*sql.DB, error) { return openSQLite(path, "rw", readerCacheKiB) })
	})
}

func openReadingWith(ctx context.Context, path string, o Options, open func() (*sql.DB, error)) (*Ledger, error) {
	db, err := open()
	if err != nil {
		return nil, err
	}
	reader := newReader(db)
	if err := checkReadable(ctx, db, path); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	p, err := stored.NewPacker()
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return &Ledger{now: o.Now, reader: reader, packer: p, money: newMoney(), dir: filepath.Dir(path)}, nil
}

// Close waits for the writes under way and releases the workspace.
func (l *Ledger) Close() error {
	var errs []error
	errs = append(errs, l.reader.Close())
	if l.writer != nil {
		err := errors.Join(l.writer.close(), l.room.free())
		if err == nil && !l.writer.failed {
			err = errors.Join(rememberSecond(l.dir, l.writer.mark.seen), rememberWhole(l.dir))
		}
		errs = append(errs, err)
	}
	l.packer.Close()
	if l.lock != nil {
		errs = append(errs, l.lock.release())
	}
	return errors.Join(errs...)
}

// makeAllPrivate keeps others from the files of a ledger, and creates the ledger's own file if it is
// not there.
func makeAllPrivate(dir string) error {
	path := filepath.Join(dir, FileName)
	if err := touchPrivate(path); err != nil {
		return err
	}
	for _, beside := range []string{path + "-wal", path + "-shm", filepath.Join(dir, lockName)} {
		if err := makePrivate(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("keep others from reading the ledger: %w", err)
		}
	}
	return nil
}

// touchPrivate creates the file before SQLite does, so that nobody else may read it.
func touchPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return forbidden(path, err)
	}
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	if err := makePrivate(path); err != nil {
		return fmt.Errorf("keep others from reading the ledger: %w", err)
	}
	return nil
}

// makeFolder creates a folder that only its owner may use, whatever the umask; an existing folder
// is left as it is.
func makeFolder(dir string) error {
	_, err := os.Stat(dir)
	if isNew := errors.Is(err, fs.ErrNotExist); !isNew {
		return os.MkdirAll(dir, 0o700)
	}
	return errors.Join(os.MkdirAll(dir, 0o700), os.Chmod(dir, 0o700))
}

// makePrivate takes an existing file, from a copy or an archive, away from others, and restores the
// owner's access if a umask has taken it from everybody.
func makePrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 && info.Mode().Perm() != 0 {
		return err
	}
	return os.Chmod(path, 0o600)
}

// Page caches. The writer's size helps with the index of a million lookups; each reader has
// less, since there are several.
const (
	writerCacheKiB = 16000
	readerCacheKiB = 4000
)

func openSQLite(path, mode string, cacheKiB int) (*sql.DB, error) {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB), "temp_store(MEMORY)", "wal_autocheckpoint(4000)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
}

// cannotCreate tells whether SQLite could not open a file, which is all that it says if the disk has no room for the
// name of a new one.
func cannotCreate(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_CANTOPEN
}

// tryToCreate is the error for a new file in a folder.
func tryToCreate(dir string) error {
	f, err := os.CreateTemp(dir, ".ledger-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// explain turns SQLite's error for a file that is not a good ledger into ours.
func explain(path string, err error) error {
	if noSpace(err) || cannotCreate(err) && noSpace(tryToCreate(filepath.Dir(path))) {
		return &ledger.NoRoomError{Dir: filepath.Dir(path), Err: err}
	}
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	if integrity.Broken(err) {
		return &ledger.UserError{Problem: fmt.Sprintf("%s is damaged or not a ledger (%v)", path, err),
			Hint: doctorHint(filepath.Dir(path))}
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return &ledger.UserError{Problem: fmt.Sprintf("cannot write %s (%v)", path, err),
			Hint: freeSpace}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return &ledger.UserError{Problem: fmt.Sprintf("cannot open %s (%v)", path, err), Hint: "check who owns the workspace"}
	}
	return err
}

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"vehiclebatch/pipeline/ledger"
)

// lockName is the file whose lock allows only one process in a workspace.
const lockName = "ledger.lock"

type workspaceLock struct{ file *flock.Flock }

// lockWorkspace takes the lock or says who has it. The operating system releases it when the
// process dies, however it dies.
func lockWorkspace(dir string, o Options) (*workspaceLock, error) {
	if err := checkPlace(dir); err != nil {
		return nil, err
	}
	if err := checkNames(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, lockName)
	f := flock.New(path, flock.SetPermissions(0o600))
	got, err := tryLock(f)
	if err == nil {
		err = makePrivate(path)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil, &ledger.UserError{Problem: fmt.Sprintf("cannot write in the workspace %s (%v)", dir, err), Hint: "check who owns it, or choose another folder with --out"}
	}
	if err != nil {
		return nil, fmt.Errorf("lock the workspace: %w", err)
	}
	if !got {
		return nil, &ledger.HeldError{Dir: dir, Holder: readHolder(path)}
	}
	if err := checkJournal(dir); err != nil { // only once the lock is held: a process that creates a ledger has a journal for a moment
		return nil, errors.Join(err, f.Unlock())
	}
	if err := writeHolder(dir, o); err != nil {
		return nil, errors.Join(err, f.Unlock())
	}
	return &workspaceLock{file: f}, nil
}

// Lock makes this process the only one in a workspace, as opening the ledger does.
func Lock(dir string, o Options) (release func() error, err error) {
	l, err := lockWorkspace(dir, o)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

// tryLock tries for a moment: a process that only asks who works here (Holder) has the lock for
// some microseconds.
func tryLock(f *flock.Flock) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), moments)
	defer cancel()
	got, err := f.TryLockContext(ctx, moments/10)
	if errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return got, err
}

const moments = 200 * time.Millisecond

func (l *workspaceLock) release() error { return l.file.Unlock() }

func writeHolder(dir string, o Options) error {
	host, _ := os.Hostname() // only for the message
	text := fmt.Sprintf("`%s` (process %d on %s, since %s)\n", o.Command, os.Getpid(), host, o.Now().Format(time.RFC3339))
	if err := own(dir).WriteFile(filepath.Join(dir, lockName), []byte(text)); err != nil {
		return fmt.Errorf("write who holds the workspace: %w", err)
	}
	return nil
}

func readHolder(path string) string {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return "another process"
	}
	return strings.TrimSpace(string(text))
}

// Holder is the function Holder for the open ledger.
func (l *Ledger) Holder(context.Context) (string, error) { return Holder(l.dir), nil }

// Holder says who works in a workspace; "" means nobody.
func Holder(dir string) string {
	path := filepath.Join(dir, lockName)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() { // to open a pipe would wait for who writes to it
		return ""
	}
	f := flock.New(path)
	if got, err := f.TryRLock(); err == nil && !got {
		return readHolder(path)
	}
	_ = f.Unlock() // the lock ends with the process anyway
	return ""
}

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// Whatever could not be written because a disk is full names that disk and how much room is needed there, and nothing
// else is taken for it.
func TestAFullDiskIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ledger.db"), make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(path string, err error) error {
		return fmt.Errorf("write something: %w", &fs.PathError{Op: "write", Path: path, Err: err})
	}
	for _, c := range []struct {
		err  error
		buys bool
		want []string
	}{
		{at(filepath.Join(dir, "runs", "one", "vehicles.csv"), syscall.ENOSPC), false, []string{"under " + dir + ": make at least 7 MiB"}},
		{at(filepath.Join(dir, "runs", "one", "vehicles.csv"), syscall.EDQUOT), true, []string{"under " + dir + ": make at least 32 MiB"}},
		{&ledger.NoRoomError{Dir: dir, Err: syscall.ENOSPC}, true, []string{"under " + dir + ": make at least 32 MiB"}},
		{fmt.Errorf("plan the input: %w", &ledger.NoRoomError{Dir: dir, Want: 40 << 20}), true, []string{"plan the input: there is no room left", "at least 40 MiB"}},
		{syscall.ENOSPC, false, []string{"under " + dir + ": make at least 7 MiB"}},
		{at("/elsewhere/report.html", syscall.ENOSPC), false, []string{"under /elsewhere: make at least"}},
		{at(filepath.Join(os.TempDir(), "batch-texts-1"), syscall.ENOSPC), false, []string{"under " + os.TempDir() + ": make at least 64 MiB", "TMPDIR may name another folder"}},
		{at(os.Stdout.Name(), syscall.ENOSPC), false, []string{"the disk that standard output goes to"}},
		{UsageError("cannot write: %w", at(filepath.Join(dir, "x"), syscall.ENOSPC)), false, []string{"under " + dir}},
	} {
		got := AsNoRoom(c.err, dir, c.buys)
		for _, want := range c.want {
			if !strings.Contains(got.Error(), want) {
				t.Errorf("%v: %q does not say %q", c.err, got, want)
			}
		}
		if raw := syscall.ENOSPC.Error(); ExitCode(got) != ExitUnfinished || strings.Contains(got.Error(), raw) || ExitCode(c.err) != ExitUnfinished {
			t.Errorf("%v: %q ends with %d", c.err, got, ExitCode(got))
		}
	}
	for _, err := range []error{nil, errors.New("other"), at(dir, syscall.EACCES), UsageError("wrong")} {
		if got := AsNoRoom(err, dir, true); !errors.Is(got, err) || ExitCode(got) == ExitUnfinished {
			t.Errorf("%v became %v", err, got)
		}
	}
}

package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A young ledger that was killed has nearly all in its log. SQLite removes the log of a file that is not there, or empty.
func TestALogWithoutItsLedgerIsKept(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	l := openAt(t, from)
	_, work := planRun(t, l, "one", 1)
	intend(t, l, work[0], 5)
	for name, spoil := range map[string]func(path string) error{
		"gone":  os.Remove,
		"empty": func(path string) error { return os.Truncate(path, 0) },
		"gone with its mark": func(path string) error {
			if err := os.Remove(filepath.Join(filepath.Dir(path), markName)); err != nil {
				return err
			}
			return os.Remove(path)
		},
	} {
		dir := t.TempDir()
		for _, file := range []string{FileName, FileName + "-wal", markName} {
			b, err := os.ReadFile(filepath.Join(from, file))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, file), b, 0o600))
		}
		log := filepath.Join(dir, FileName+"-wal")
		before, err := os.Stat(log)
		must(t, err)
		must(t, spoil(filepath.Join(dir, FileName)))
		for command, open := range map[string]func() (*Ledger, error){
			"work": func() (*Ledger, error) { return Open(context.Background(), dir, options()) },
			"look": func() (*Ledger, error) { return OpenReadOnly(context.Background(), dir, options().Now) },
		} {
			if _, err := open(); err == nil || !strings.Contains(err.Error(), "put it back beside its log") {
				t.Errorf("%s, to %s: %v", name, command, err)
			}
		}
		if after, err := os.Stat(log); err != nil || after.Size() != before.Size() {
			t.Errorf("%s: the log is %v, %v", name, after, err)
		}
	}
}

package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

// What is written to a file that was removed is lost with the process: no order leaves.
func TestNothingIsBoughtOnALedgerThatIsNotThere(t *testing.T) {
	t.Parallel()
	away := map[string]func(dir, path string) error{
		"removed": func(_, path string) error { return os.Remove(path) },
		"moved":   func(_, path string) error { return os.Rename(path, path+".aside") },
		"replaced": func(_, path string) error {
			return errors.Join(os.Rename(path, path+".aside"), os.WriteFile(path, nil, 0o600))
		},
		"with all": func(dir, _ string) error { return os.Rename(dir, dir+".aside") },
	}
	for _, name := range []string{FileName, FileName + "-wal", markName, lockName} {
		for how, take := range away {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "out")
				l, err := Open(context.Background(), dir, options())
				must(t, err)
				defer l.Close() //nolint:errcheck // what it was is elsewhere
				run, work := planRun(t, l, "one", 2)
				_, err = l.Intend(work[0], 100, record.Opt[record.Fen]{})
				must(t, err)
				must(t, take(dir, filepath.Join(dir, name)))
				var moved *MovedError
				if _, err := l.Intend(work[1], 100, record.Opt[record.Fen]{}); !errors.As(err, &moved) || !strings.Contains(err.Error(), dir) {
					t.Errorf("an order: %v", err)
				}
				if err := l.SetRun(run); !errors.As(err, &moved) {
					t.Errorf("another change: %v", err)
				}
				if got := l.Money(); got.Reserved != 100 {
					t.Errorf("reserved: %v", got)
				}
			})
		}
	}
}

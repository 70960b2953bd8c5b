package sqlite

import (
	"testing"
)

// A commit is a promise only if the writer's connection waits for the disk:
// nothing that runs on a machine whose power stays on can tell the difference.
func TestCommitsWaitForTheDisk(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	ctx := t.Context()
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal"} {
		var got string
		must(t, l.writer.conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("the writer's %s is %s, want %s", pragma, got, want)
		}
	}
}

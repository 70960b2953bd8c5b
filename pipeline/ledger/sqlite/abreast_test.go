package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

// A lookup that is missing is told with its row, and after the rows before it.
func TestALookupThatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "one", 4)
	exec(t, l, "PRAGMA foreign_keys=OFF")
	exec(t, l, fmt.Sprintf("DELETE FROM lookups WHERE id=%d", run.FirstLookup+2))
	n := 0
	err := l.Rows(context.Background(), run, func(*ledger.Row) error { n++; return nil })
	if want := fmt.Sprintf("read lookup %d of row 3", run.FirstLookup+2); err == nil || !strings.Contains(err.Error(), want) || n != 2 {
		t.Errorf("%d rows, then %v; want 2, then %s", n, err, want)
	}
}

func TestAnswersUnpackIntoABufferAsWithout(t *testing.T) {
	t.Parallel()
	p, err := stored.NewPacker()
	must(t, err)
	defer p.Close()
	var buffer []byte
	for _, size := range []int{0, 5000, 3, 700, 40_000, 511} {
		body := strings.Repeat("报告 ", size/7+1)[:size]
		if buffer, err = p.UnpackInto(p.Pack([]byte(body)), buffer); err != nil || string(buffer) != body {
			t.Errorf("%d bytes come back as %d: %v", size, len(buffer), err)
		}
	}
}

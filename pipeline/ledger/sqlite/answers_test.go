package sqlite

import (
	"bytes"
	"context"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

func TestDamagedAnswerIsAnErrorNotAnAnswer(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	id, err := l.Receive(ledger.Answer{Lookup: 1, Attempt: 1, Body: bytes.Repeat([]byte("report"), 1000)})
	must(t, err)
	must(t, l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "UPDATE answers SET body = x'28b52ffd00' WHERE id=?", id)
	}, nil))
	if a, err := l.AnswerByID(context.Background(), id); err == nil {
		t.Errorf("read as %q", a.Body)
	}
}

package sqlite

import (
	"context"
	"testing"
)

func exec(t *testing.T, l *Ledger, query string) {
	t.Helper()
	_, err := l.writer.conn.ExecContext(context.Background(), query)
	must(t, err)
}

package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errNone is that of a query for one row that has found none.
var errNone = pgx.ErrNoRows

// session is one connection, of which every call has a deadline: a network that swallows packets would hold a call
// without one for as long as it pleases, and the server might carry it out then. One goroutine uses it.
type session struct {
	conn     *pgx.Conn
	deadline time.Duration
}

func (s *session) limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), s.deadline)
}

// exec runs a statement and tells how many rows it has touched.
func (s *session) exec(text string, args ...any) (int64, error) {
	ctx, cancel := s.limited()
	defer cancel()
	tag, err := s.conn.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

// one reads one row.
func (s *session) one(dest []any, text string, args ...any) error {
	ctx, cancel := s.limited()
	defer cancel()
	return s.conn.QueryRow(ctx, text, args...).Scan(dest...)
}

// send sends a batch and reads what comes back.
func (s *session) send(batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	ctx, cancel := s.limited()
	defer cancel()
	return s.conn.SendBatch(ctx, batch).Close()
}

// copyIn writes rows with COPY.
func (s *session) copyIn(t *table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	ctx, cancel := s.limited()
	defer cancel()
	_, err := s.conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.list(), pgx.CopyFromRows(rows))
	return err
}

// drop closes a connection without waiting for anybody.
func (s *session) drop() {
	if s.conn == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.conn.Close(ctx) // nothing is known of it any more
	s.conn = nil
}

// close ends the session. The server ends its side some time later, so the locks are given back first:
// the next command may follow at once.
func (s *session) close() error {
	if s.conn == nil {
		return nil
	}
	ctx, cancel := s.limited()
	defer cancel()
	_, err := s.conn.Exec(ctx, "SELECT pg_advisory_unlock_all()")
	if err != nil && isLost(err) { // and the locks with it
		err = nil
	}
	return errors.Join(err, s.conn.Close(ctx))
}

// collectIn reads all rows of a query in a session.
func collectIn[T any](s *session, scan func(pgx.Rows) (T, error), text string, args ...any) ([]T, error) {
	ctx, cancel := s.limited()
	defer cancel()
	return collect(ctx, s.conn, scan, text, args...)
}

// querier is what asks: a connection, a pool of them, a transaction.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

// collect reads all rows of a query. What a pool asks is asked again where the connection was lost.
func collect[T any](ctx context.Context, q querier, scan func(pgx.Rows) (T, error), text string, args ...any) (out []T, err error) {
	p, ok := q.(*pool)
	if !ok {
		return collectOnce(ctx, q, scan, text, args...)
	}
	err = p.again(ctx, func(ctx context.Context) (err error) {
		out, err = collectOnce(ctx, p.Pool, scan, text, args...)
		return err
	})
	return out, err
}

func collectOnce[T any](ctx context.Context, q querier, scan func(pgx.Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return collected(rows, scan)
}

func collected[T any](rows pgx.Rows, scan func(pgx.Rows) (T, error)) (out []T, err error) {
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// scanText reads a row of one text.
func scanText(rows pgx.Rows) (text string, err error) {
	if err := rows.Scan(&text); err != nil {
		return "", err
	}
	return text, restore(&text)
}

// isCode tells of an error whether it is the server's with a code.
func isCode(err error, codes ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, c := range codes {
		if pg.Code == c {
			return true
		}
	}
	return false
}

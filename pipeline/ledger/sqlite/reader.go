package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// mostReaders is how many connections read at a time. They are kept while nobody reads, because a
// new connection must read the schema and prepare its statements again.
const mostReaders = 4

// reader is the ledger's file for readers. Each query is prepared once, because preparing takes
// longer than reading the few rows that most queries return. So there are only few texts of
// queries, and what changes from call to call is an argument. It is safe for concurrent use.
type reader struct {
	*sql.DB

	mu    sync.Mutex // guards stmts
	stmts map[string]*sql.Stmt
}

func newReader(db *sql.DB) *reader {
	db.SetMaxOpenConns(mostReaders)
	db.SetMaxIdleConns(mostReaders)
	return &reader{DB: db, stmts: map[string]*sql.Stmt{}}
}

func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.stmts[query]; ok {
		return s, nil
	}
	s, err := r.PrepareContext(ctx, query)
	if err == nil {
		r.stmts[query] = s
	}
	return s, err
}

// QueryContext is that of sql.DB.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is that of sql.DB.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := r.stmt(ctx, query)
	if err != nil {
		return r.DB.QueryRowContext(ctx, query, args...) // returns the error
	}
	return s.QueryRowContext(ctx, args...)
}

// snapshot is the ledger at one moment, for queries that belong together. It is used by one
// goroutine.
type snapshot struct {
	*sql.Tx

	stmts map[string]*sql.Stmt
}

// begin starts a snapshot for queries that will be asked again and again. They are prepared before
// it starts: a goroutine that holds a connection must not wait for another one.
func (r *reader) begin(ctx context.Context, queries ...string) (*snapshot, error) {
	s := &snapshot{stmts: map[string]*sql.Stmt{}}
	for _, q := range queries {
		stmt, err := r.stmt(ctx, q)
		if err != nil {
			return nil, err
		}
		s.stmts[q] = stmt
	}
	tx, err := r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	for q, stmt := range s.stmts {
		s.stmts[q] = tx.StmtContext(ctx, stmt)
	}
	s.Tx = tx
	return s, nil
}

// QueryContext is that of sql.Tx.
func (s *snapshot) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt, ok := s.stmts[query]; ok {
		return stmt.QueryContext(ctx, args...)
	}
	return s.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext is that of sql.Tx.
func (s *snapshot) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt, ok := s.stmts[query]; ok {
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.Tx.QueryRowContext(ctx, query, args...)
}

// Close is that of sql.DB.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, r.DB.Close())...)
}

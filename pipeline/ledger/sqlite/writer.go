package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"vehiclebatch/pipeline/ledger"
)

// groupLimit bounds how many changes one commit holds.
const groupLimit = 512

// errClosed is returned for writes after Close.
var errClosed = errors.New("the ledger is closed")

// change is one caller's part of a commit. do runs inside the transaction; if it fails with an
// error of its own (a guard), it must leave no trace there. do runs once more if the disk had no
// room for the commit and the reserve was given back; that can only happen after the first order of
// a process, when nothing is planned any more. committed, if set, runs after the commit, in commit
// order.
type change struct {
	do        func(ctx context.Context, w *writer) error
	committed func()
	result    chan error
}

// writer is the one goroutine that writes. It gathers the changes that wait,
// runs them in one transaction and commits once for all of them.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	// followed says whether any lookup may be following another. Most ledgers have no followers;
	// then a lookup that settles need not look for them.
	followed bool
	answers  int64 // the highest id that was given to an answer
	commits  Commits
	failed   bool // a commit has failed
	mark     *mark
	files    whereabouts
	money    *money
	room     *room

	looked bool          // in this transaction it was checked whether the files are where they were
	moved  error         // the result of that check
	totals ledger.Totals // the totals before this transaction

	queue  chan *change
	done   chan struct{}
	mu     sync.RWMutex // guards closed against sends on a closed queue
	closed bool
}

func startWriter(ctx context.Context, db *sql.DB, m *mark, dir string, o Options) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, conn: conn, mark: m, stmts: map[string]*sql.Stmt{}, commits: unwatched{}, money: newMoney(), room: newRoom(dir, o.Space),
		queue: make(chan *change, groupLimit), done: make(chan struct{})}
	if o.Commits != nil {
		w.commits = o.Commits
	}
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM lookups WHERE state='following'), ("+selectNewestAnswer+")").Scan(&w.followed, &w.answers); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if w.files, err = whereaboutsOf(dir); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.loop(context.WithoutCancel(ctx))
	return w, nil
}

// write queues a change and waits for its commit. It does not return early when a context ends: a
// change that was handed over will be written, and the caller must know whether it was.
func (w *writer) write(do func(ctx context.Context, w *writer) error, committed func()) error {
	c := &change{do: do, committed: committed, result: make(chan error, 1)}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	w.queue <- c
	w.mu.RUnlock()
	return <-c.result
}

func (w *writer) loop(ctx context.Context) {
	defer close(w.done)
	group := make([]*change, 0, groupLimit)
	for c := range w.queue {
		group = w.gather(append(group[:0], c))
		w.commit(ctx, group)
	}
}

// gatherRounds is how often the writer lets others run before it commits: changes that they hand
// over meanwhile need no fsync of their own.
const gatherRounds = 4

// gather adds the changes that wait in the queue, and those that come while others run.
func (w *writer) gather(group []*change) []*change {
	for range gatherRounds {
		before := len(group)
		group = w.drain(group)
		if len(group) == before && before > 1 || len(group) == groupLimit {
			break
		}
		runtime.Gosched()
	}
	return group
}

// drain adds the changes that wait in the queue, without waiting for more.
func (w *writer) drain(group []*change) []*change {
	for len(group) < groupLimit {
		select {
		case c, ok := <-w.queue:
			if !ok {
				return group
			}
			group = append(group, c)
		default:
			return group
		}
	}
	return group
}

func (w *writer) commit(ctx context.Context, group []*change) {
	own := make([]error, len(group))
	err := w.transact(ctx, group, own)
	if err != nil && w.room.giveBack(err) {
		clear(own)
		err = w.transact(ctx, group, own)
	}
	w.failed = w.failed || err != nil
	failure := fmt.Errorf("write to the ledger: %w", Advised(err))
	if noSpace(err) {
		failure = w.room.full(err)
	}
	for i, c := range group {
		switch {
		case err != nil:
			c.result <- failure
			continue
		case own[i] == nil && c.committed != nil:
			c.committed()
		}
		c.result <- own[i]
	}
}

// isGuard tells whether an error ends only one change and leaves the other changes of its commit
// alone.
func isGuard(err error) bool {
	var moved *MovedError
	var full *ledger.NoRoomError
	return errors.Is(err, ledger.ErrStale) || errors.Is(err, ledger.ErrBudget) || errors.As(err, &moved) || errors.As(err, &full)
}

// stillThere checks, once in a transaction, that the files are where what is written will be found
// again.
func (w *writer) stillThere() error {
	if !w.looked {
		w.looked, w.moved = true, w.files.check()
	}
	return w.moved
}

// transact runs the group in one transaction. A database error in one change
// fails them all: nothing of the group is kept.
func (w *writer) transact(ctx context.Context, group []*change, own []error) error {
	if err := w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	w.mark.begin()
	w.room.begin()
	w.looked, w.totals = false, w.money.get()
	for i, c := range group {
		own[i] = c.do(ctx, w)
		if own[i] != nil && !isGuard(own[i]) {
			w.rollback(ctx)
			return own[i]
		}
	}
	w.commits.Begin()
	if err := w.exec(ctx, "COMMIT"); err != nil {
		w.rollback(ctx)
		return err
	}
	w.commits.Done()
	err := w.mark.committed()
	if err != nil && w.room.giveBack(err) {
		err = w.mark.committed()
	}
	if err != nil {
		return err
	}
	return w.files.check() // the commit is made; this tells whether its files are still where they will be found
}

const selectNewestAnswer = "SELECT COALESCE(MAX(id), 0) FROM answers"

// rollback ends a transaction that failed. SQLite may have ended it already; the error that it then
// returns is of no use to anyone. Ids of answers that were rolled back are given again; if nobody
// can say which those are, they are skipped.
func (w *writer) rollback(ctx context.Context) {
	_ = w.exec(ctx, "ROLLBACK")
	w.money.setBack(w.totals)
	_ = w.one(ctx, []any{&w.answers}, selectNewestAnswer)
}

// savepoint runs do so that an error leaves no trace of do in the transaction, which goes on.
func (w *writer) savepoint(ctx context.Context, do func() error) error {
	if err := w.exec(ctx, "SAVEPOINT change"); err != nil {
		return err
	}
	if err := do(); err != nil {
		if undo := errors.Join(w.exec(ctx, "ROLLBACK TO change"), w.exec(ctx, "RELEASE change")); undo != nil {
			return undo
		}
		return err
	}
	return w.exec(ctx, "RELEASE change")
}

// exec runs a statement, prepared once.
func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.execCount(ctx, query, args...)
	return err
}

// execCount runs a statement and tells how many rows it changed.
func (w *writer) execCount(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := w.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query reads inside the transaction.
func (w *writer) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := w.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// one reads one row inside the transaction; sql.ErrNoRows means that there is none.
func (w *writer) one(ctx context.Context, dest []any, query string, args ...any) error {
	rows, err := w.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return errors.Join(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Err()
}

func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.queue)
	w.mu.Unlock()
	<-w.done
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close(), w.mark.close())...)
}

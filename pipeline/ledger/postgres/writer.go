package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"vehiclebatch/pipeline/ledger"
)

// groupLimit bounds how many changes one commit holds.
const groupLimit = 512

// errClosed is returned for writes after Close.
var errClosed = errors.New("the ledger is closed")

// change is one caller's part of a commit.
type change struct {
	// queue says what to write, without reading: it goes to the server with the others of its commit. The last
	// statement decides whether the change was made, by whether it has touched a row.
	// A lookup that it touches keeps the token.
	queue func(w *writer, token int64) ([]query, error)
	// lookup is the one that it touches; 0 where it is always made.
	lookup int64
	// intent is the submission that it writes down, and answer what came back; nil is none.
	intent *ledger.Attempt
	answer *ledger.Answer
	// settles is the step whose lookup others may follow; nil is none.
	settles *ledger.Step
	// alone is what a change does that reads as it goes, in a transaction of its own.
	alone func(tx *session) error
	// after learns whether the change is committed. It is not called where nobody knows.
	after func(made bool)
	// stale is the error of a change that was not made; nil where it is always made.
	stale error

	result chan error
}

// query is a statement with its arguments.
type query struct {
	text string
	args []any
}

// writer is the one goroutine that writes. It gathers the changes that wait, sends them to the server as one batch in
// one transaction, and waits once for all of them.
type writer struct {
	session *session
	witness *witness                                     // nil: none is kept
	spool   *spool                                       // for answers that cannot be written; nil: none
	connect func(ctx context.Context) (*pgx.Conn, error) // and takes the lock
	wait    time.Duration                                // how long a lost connection is tried again
	commits int64                                        // that the ledger has seen
	unsure  bool                                         // whether it has seen the one after them
	lookups int64                                        // the highest id of a lookup; -1: has to be read
	answers int64                                        // and of an answer
	// followed says whether any lookup may be following another. Most ledgers have none; then no settled one need look
	// for its followers.
	followed bool

	queue  chan *change
	done   chan struct{}
	mu     sync.RWMutex // guards closed against sends on a closed queue
	closed bool
}

// write queues a change and waits for its commit. It does not end early when a context does: what was handed over will
// be written, and the caller must know whether it was.
func (w *writer) write(c *change) error {
	c.result = make(chan error, 1)
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return errClosed
	}
	w.queue <- c
	w.mu.RUnlock()
	return <-c.result
}

// do makes a change that reads as it goes.
func (w *writer) do(alone func(tx *session) error) error { return w.write(&change{alone: alone}) }

// put makes a change that is always made.
func (w *writer) put(text string, args ...any) error {
	return w.write(&change{queue: func(*writer, int64) ([]query, error) { return []query{{text, args}}, nil }})
}

func (w *writer) loop() {
	defer close(w.done)
	for c := range w.queue {
		group, next := w.gather(c)
		if len(group) > 0 {
			w.commit(group)
		}
		if next != nil {
			w.commitAlone(next)
		}
	}
}

// gatherRounds is how often the writer lets others run before it commits: what they hand over meanwhile costs no
// commit of its own.
const gatherRounds = 4

// gather adds to a change what else waits, up to one that goes alone.
func (w *writer) gather(c *change) (group []*change, alone *change) {
	if c.alone != nil {
		return nil, c
	}
	group = []*change{c}
	for range gatherRounds {
		before := len(group)
		group, alone = w.drain(group)
		if alone != nil || len(group) == before && before > 1 || len(group) == groupLimit {
			break
		}
		runtime.Gosched()
	}
	return group, alone
}

// drain adds what waits in the queue, without waiting for more.
func (w *writer) drain(group []*change) (_ []*change, alone *change) {
	for len(group) < groupLimit {
		select {
		case c, ok := <-w.queue:
			switch {
			case !ok:
				return group, nil
			case c.alone != nil:
				return group, c
			}
			group = append(group, c)
		default:
			return group, nil
		}
	}
	return group, nil
}

// outcome is what has become of the changes of a commit.
type outcome struct {
	made []bool
	err  error // nobody knows, or none of them was made
}

// commit writes a group. Where the server refuses it, each change goes by itself: one that cannot be written must not
// take others with it that hold paid answers.
func (w *writer) commit(group []*change) {
	o := w.tryHard(group)
	if refused(o.err) && len(group) > 1 {
		for _, c := range group {
			w.tell([]*change{c}, w.tryHard([]*change{c}))
		}
		return
	}
	w.tell(group, o)
}

func (w *writer) tell(group []*change, o outcome) {
	for i, c := range group {
		switch {
		case o.err != nil:
			if c.after != nil && refused(o.err) {
				c.after(false)
			}
			c.result <- errors.Join(fmt.Errorf("write to the ledger: %w", o.err), w.spool.keep(c.answer))
			continue
		case c.after != nil:
			c.after(o.made[i])
		}
		if !o.made[i] {
			c.result <- c.stale
			continue
		}
		c.result <- nil
	}
}

// refused tells of an error with which the server said no: nothing of the commit was made, and the connection is good.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Severity == "ERROR" && pg.Code != "57014" // a time-out says nothing of the statement
}

// tryHard writes a group, again where the connection is lost and the group has not arrived.
func (w *writer) tryHard(group []*change) outcome {
	for tries := 1; ; tries++ {
		if err := w.ready(); err != nil {
			return outcome{err: err}
		}
		o, err := w.transact(group)
		if err == nil {
			return w.attested(group, o)
		}
		if refused(err) {
			w.giveUp()
			return outcome{err: err}
		}
		w.lost()
		arrived, settleErr := w.settle()
		switch {
		case settleErr != nil:
			return outcome{err: fmt.Errorf("%w, and whether it was written is not known: %w", err, settleErr)}
		case arrived:
			return w.attested(group, w.lookBack(group))
		case tries == mostTries:
			return outcome{err: err}
		}
	}
}

// attested lets the workspace know of a commit, before anybody else does.
func (w *writer) attested(group []*change, o outcome) outcome {
	if o.err == nil {
		if err := w.witness.committed(w.commits, group, o.made); err != nil {
			return outcome{err: err}
		}
	}
	return o
}

// mostTries is how often a group is sent whose connection is lost.
const mostTries = 10

// giveUp ends a transaction that the server has refused.
func (w *writer) giveUp() {
	if _, err := w.session.exec("ROLLBACK"); err != nil {
		w.lost()
	}
}

// lost lets go of a connection of which nothing is known any more.
func (w *writer) lost() {
	w.unsure, w.lookups = true, -1
	w.session.drop()
}

// ready has a connection, and knows how far the ledger is.
func (w *writer) ready() error {
	if w.session.conn != nil {
		return nil
	}
	_, err := w.settle()
	return err
}

// settle connects again and finds out whether the commit under way has arrived. The lock is let go when the session
// that had it is gone, with its transaction: what it has not written by then it never will.
func (w *writer) settle() (arrived bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), w.wait)
	defer cancel()
	for {
		conn, err := w.connect(ctx)
		if err == nil {
			w.session.conn = conn
			break
		}
		var user *ledger.UserError
		if errors.As(err, &user) {
			return false, err
		}
		if ctx.Err() != nil {
			return false, asLost(err)
		}
		pause, end := context.WithTimeout(ctx, w.wait/100)
		<-pause.Done()
		end()
	}
	before, unsure := w.commits, w.unsure
	if err := w.catchUp(); err != nil {
		w.session.drop()
		return false, err
	}
	if w.commits != before && (!unsure || w.commits != before+1) {
		found := w.commits
		w.commits = before // it stays refused
		w.session.drop()
		return false, &ledger.UserError{Problem: fmt.Sprintf("the ledger has seen %d commits, and this process knows of %d: another one has written it meanwhile", found, before),
			Hint: "let nobody else work with it, and run `batch resume`"}
	}
	w.unsure = false
	return w.commits == before+1, nil
}

// catchUp reads how far the ledger is.
func (w *writer) catchUp() error {
	return w.session.one([]any{&w.commits, &w.followed, &w.lookups, &w.answers}, `SELECT commits, EXISTS (SELECT FROM lookups WHERE state='following'),
		(SELECT COALESCE(MAX(id), 0) FROM lookups), (SELECT COALESCE(MAX(id), 0) FROM answers) FROM workspace`)
}

// tokenOf is what a lookup keeps of the change that has touched it last: no two have the same.
func tokenOf(commit int64, i int) int64 { return commit*groupLimit + int64(i) }

// lookBack finds out which changes of a group that has arrived were made, in a ledger that nobody has written since.
func (w *writer) lookBack(group []*change) outcome {
	o := outcome{made: make([]bool, len(group))}
	batch := &pgx.Batch{}
	for i, c := range group {
		if o.made[i] = c.stale == nil; !o.made[i] {
			batch.Queue("SELECT EXISTS (SELECT FROM lookups WHERE id=$1 AND token=$2)", c.lookup, tokenOf(w.commits, i)).QueryRow(func(row pgx.Row) error { return row.Scan(&o.made[i]) })
		}
	}
	o.err = w.session.send(batch)
	return o
}

// countCommit counts a commit, and breaks the rule of its column where another process has made one before: then the
// server carries out nothing of the batch.
const countCommit = "UPDATE workspace SET commits=CASE WHEN commits=$1::bigint-1 THEN $1::bigint ELSE -1 END WHERE id=1"

// overtaken is what to say of a commit before which another process has made one.
func overtaken(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "workspace_commits_check" {
		return &ledger.UserError{Problem: "another process has written the ledger meanwhile", Hint: "let nobody else work with it, and run `batch resume`"}
	}
	return err
}

// transact writes a group in one transaction, in one round trip, or two where a settled lookup has followers.
func (w *writer) transact(group []*change) (outcome, error) {
	o := outcome{made: make([]bool, len(group))}
	answers, lookups, followed := w.answers, w.lookups, w.followed
	err := w.send(group, o.made)
	if err != nil {
		w.answers, w.lookups, w.followed = answers, lookups, followed
		return outcome{}, err
	}
	w.commits++
	for i, c := range group {
		o.made[i] = o.made[i] || c.stale == nil
		if s := c.settles; !o.made[i] && s != nil && s.Then != nil { // the id that it was given is given anew
			w.lookups = -1
		}
	}
	return o, nil
}

func (w *writer) send(group []*change, made []bool) error {
	batch := &pgx.Batch{}
	batch.Queue("BEGIN")
	batch.Queue(countCommit, w.commits+1)
	followed := w.followed
	for i, c := range group {
		list, err := c.queue(w, tokenOf(w.commits+1, i))
		if err != nil {
			return err
		}
		for j, q := range list {
			queued := batch.Queue(q.text, q.args...)
			if j == len(list)-1 {
				queued.Exec(func(tag pgconn.CommandTag) error { made[i] = tag.RowsAffected() > 0; return nil })
			}
		}
	}
	carried := followed || w.followed
	if !carried || !anySettles(group) {
		queueCommit(batch)
		return overtaken(w.session.send(batch))
	}
	var followers []ledger.Lookup
	batch.Queue(selectFollowers, settledBy(group)).Query(func(rows pgx.Rows) (err error) {
		followers, err = collected(rows, scanLookup)
		return err
	})
	if err := w.session.send(batch); err != nil {
		return overtaken(err)
	}
	return w.carry(group, made, followers)
}

func queueCommit(batch *pgx.Batch) {
	batch.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("the server has answered COMMIT with %s", tag)
		}
		return nil
	})
}

// commitAlone makes a change that reads as it goes, in a transaction of its own.
func (w *writer) commitAlone(c *change) {
	err := w.ready()
	if err == nil {
		err = w.transactAlone(c)
	}
	if c.after != nil {
		c.after(err == nil)
	}
	c.result <- err
}

func (w *writer) transactAlone(c *change) error {
	s := w.session
	w.lookups = -1
	defer func() { w.lookups = -1 }() // a plan gives ids, and rows may go
	if _, err := s.exec("BEGIN"); err != nil {
		w.lost()
		return fmt.Errorf("write to the ledger: %w", asLost(err))
	}
	if err := c.alone(s); err != nil {
		if s.conn.IsClosed() {
			w.lost()
		} else if _, undo := s.exec("ROLLBACK"); undo != nil {
			w.lost()
		}
		return asLost(err)
	}
	batch := &pgx.Batch{}
	batch.Queue(countCommit, w.commits+1)
	queueCommit(batch)
	err := overtaken(s.send(batch))
	if err == nil {
		w.commits++
		return w.witness.committed(w.commits, nil, nil)
	}
	if refused(err) {
		w.giveUp()
		return fmt.Errorf("write to the ledger: %w", err)
	}
	w.lost()
	if arrived, settleErr := w.settle(); settleErr != nil || !arrived {
		return fmt.Errorf("write to the ledger: %w", cmp.Or(settleErr, asLost(err)))
	}
	return w.witness.committed(w.commits, nil, nil)
}

// nextLookup is the id of a new lookup. It is read where rows may have gone.
func (w *writer) nextLookup() (int64, error) {
	if w.lookups < 0 {
		if err := w.session.one([]any{&w.lookups}, "SELECT COALESCE(MAX(id), 0) FROM lookups"); err != nil {
			return 0, err
		}
	}
	w.lookups++
	return w.lookups, nil
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
	return errors.Join(w.session.close(), w.witness.close())
}

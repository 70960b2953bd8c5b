package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/stored"
)

const (
	// patience is how long a call may take that is on the way of an order.
	patience = 15 * time.Second
	// longPatience is how long one may take that reads a whole table.
	longPatience = 10 * time.Minute
	// outage is how long a lost connection is tried again before the run ends.
	outage = time.Minute
	// mostReaders is how many connections read at a time.
	mostReaders = 4
)

// Options say how to open a ledger.
type Options struct {
	Now       func() time.Time
	Simulated bool          // the ledger holds made-up answers, and only those
	Command   string        // what is running, for a second process that is refused
	Dir       string        // the workspace, which keeps how far the ledger had come; "" keeps nothing
	Accept    bool          // take it for the newest state of the ledger, whatever the workspace has seen
	Patience  time.Duration // with a call on the way of an order; 0 is 15 seconds
	Outage    time.Duration // for which a lost connection is tried again; 0 is a minute
}

func (o *Options) fill() {
	if o.Patience == 0 {
		o.Patience = patience
	}
	if o.Outage == 0 {
		o.Outage = outage
	}
}

// Ledger is an open ledger. One process holds it for writing.
type Ledger struct {
	now      func() time.Time
	pool     *pool   // that reads
	writer   *writer // nil when opened for reading
	packer   *stored.Packer
	money    *money
	patience time.Duration
	address  string // without a password
}

// Open opens the ledger at an address (postgres://user@host/database) for writing, making its tables when they are not
// there. A ledger has a schema of its own: the first of the search_path, which the address may name. It fails with
// *ledger.HeldError when another process works with it, and with *ledger.UserError when it cannot be used as it is.
func Open(ctx context.Context, address string, o Options) (*Ledger, error) {
	o.fill()
	config, err := configOf(address, &o)
	if err != nil {
		return nil, err
	}
	connect := func(ctx context.Context) (*pgx.Conn, error) {
		return connectToWrite(ctx, config.ConnConfig, o.Patience, o.Dir)
	}
	conn, err := connect(ctx)
	if err != nil {
		return nil, explain(err)
	}
	w := &writer{session: &session{conn: conn, deadline: o.Patience}, connect: connect, wait: o.Outage, queue: make(chan *change, groupLimit), done: make(chan struct{})}
	if err := prepare(w, &o); err != nil {
		return nil, errors.Join(explain(err), w.session.close())
	}
	if err := w.attest(address, &o); err != nil {
		return nil, errors.Join(explain(err), w.session.close())
	}
	l, err := openReading(ctx, address, config, &o)
	if err != nil {
		return nil, errors.Join(explain(err), w.session.close(), w.witness.close())
	}
	go w.loop()
	l.writer = w
	if w.spool == nil {
		return l, nil
	}
	if err := l.replay(w.spool); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// attest holds the ledger against what its workspace has seen of it, and goes on with that.
func (w *writer) attest(address string, o *Options) error {
	if o.Dir == "" {
		return nil
	}
	was, there, ok := readWitness(o.Dir)
	is, err := lookAt(askIn(w.session), WithoutPassword(address))
	if err != nil {
		return err
	}
	if !o.Accept {
		what, err := whyStale(askIn(w.session), o.Dir, was, there, ok, &is)
		if err == nil && what != "" {
			err = &StaleError{Dir: o.Dir, What: what}
		}
		if err != nil {
			return err
		}
	}
	w.spool = &spool{o.Dir}
	w.witness, err = openWitness(o.Dir, is)
	return err
}

// OpenExisting opens a ledger for writing, of whatever kind it is, but does not make one.
func OpenExisting(ctx context.Context, address string, o Options) (*Ledger, error) {
	l, err := OpenReadOnly(ctx, address, o)
	if err != nil {
		return nil, err
	}
	o.Simulated, err = l.Simulated(ctx)
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	return Open(ctx, address, o)
}

// IsThere tells whether there is a ledger at an address.
func IsThere(ctx context.Context, address string, o Options) (bool, error) {
	o.fill()
	config, err := configOf(address, &o)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return false, explain(err)
	}
	f, err := lookAround(&session{conn: conn, deadline: o.Patience})
	return len(f.digests) > 0, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// Simulated tells whether the answers are made up.
func (l *Ledger) Simulated(ctx context.Context) (simulated bool, err error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	err = l.pool.one(ctx, []any{&simulated}, "SELECT simulated FROM workspace")
	if errors.Is(err, errNone) {
		err = &ledger.UserError{Problem: "the ledger holds nothing yet", Hint: "start a run with `batch run`"}
	}
	return simulated, err
}

// CheckFreshness tells why the ledger may not be the newest that a workspace has seen, "" when it is. Who only looks may
// do so from a folder that has seen nothing.
func (l *Ledger) CheckFreshness(ctx context.Context, dir string) (string, error) {
	return l.staleHere(ctx, dir, false)
}

// staleHere tells the same; strange is whether a folder that has seen nothing counts.
func (l *Ledger) staleHere(ctx context.Context, dir string, strange bool) (string, error) {
	was, there, ok := readWitness(dir)
	if !there && !strange {
		return "", nil
	}
	ctx, cancel := l.quick(ctx)
	defer cancel()
	one := func(dest []any, text string, args ...any) error { return l.pool.one(ctx, dest, text, args...) }
	is, err := lookAt(one, l.address)
	if err != nil {
		return "", err
	}
	return whyStale(one, dir, was, there, ok, &is)
}

// FreeReserve has nothing to give back: the server's disk is not this machine's.
func (l *Ledger) FreeReserve() error { return nil }

// Holder is who works with the ledger, "" for nobody.
func (l *Ledger) Holder(ctx context.Context) (holder string, err error) {
	ctx, cancel := l.quick(ctx)
	defer cancel()
	list, err := collect(ctx, l.pool, scanText, selectHolder, int32(lockClass))
	if len(list) > 0 {
		holder = list[0]
	}
	return holder, err
}

// prepare brings the schema to this version, checks that the ledger is of the right kind, and reads how far it is.
func prepare(w *writer, o *Options) error {
	if err := migrate(w.session, o.Now()); err != nil {
		return err
	}
	if _, err := w.session.exec("INSERT INTO workspace (id, simulated, created_at, commits) VALUES (1, $1, $2, 0) ON CONFLICT (id) DO NOTHING", o.Simulated, o.Now().UnixMicro()); err != nil {
		return err
	}
	var simulated bool
	if err := w.session.one([]any{&simulated}, "SELECT simulated FROM workspace"); err != nil {
		return err
	}
	switch {
	case simulated && !o.Simulated:
		return &ledger.UserError{Problem: "the ledger holds simulated answers", Hint: "name another one with --ledger, or add --simulate"}
	case !simulated && o.Simulated:
		return &ledger.UserError{Problem: "the ledger holds answers that were paid for", Hint: "name another one with --ledger to simulate"}
	}
	return w.catchUp()
}

// OpenReadOnly opens a ledger for the commands that only look. It takes no lock: another process may be working with it.
func OpenReadOnly(ctx context.Context, address string, o Options) (*Ledger, error) {
	o.fill()
	config, err := configOf(address, &o)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	l, err := openReading(ctx, address, config, &o)
	if err != nil {
		return nil, explain(err)
	}
	if err := l.checkReadable(ctx); err != nil {
		return nil, errors.Join(explain(err), l.Close())
	}
	return l, nil
}

func (l *Ledger) checkReadable(ctx context.Context) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	ctx, cancel := l.quick(ctx)
	defer cancel()
	conn, err := l.pool.Acquire(ctx) // once: a server that is away is said at once
	if err != nil {
		return err
	}
	defer conn.Release()
	f, err := lookAround(&session{conn: conn.Conn(), deadline: l.patience})
	if err != nil {
		return err
	}
	if err := f.check(all); err != nil {
		return err
	}
	if len(f.digests) < len(all) {
		return &ledger.UserError{Problem: fmt.Sprintf("the schema %s holds no ledger of this version yet", f.schema), Hint: "start a run with `batch run`"}
	}
	return nil
}

// configOf reads an address. What it says of a wrong one has no password in it.
func configOf(address string, o *Options) (*pgxpool.Config, error) {
	rest, outage, err := takeOutage(address)
	var config *pgxpool.Config
	if err == nil {
		config, err = pgxpool.ParseConfig(rest)
	}
	if o.Outage = cmp.Or(outage, o.Outage); err != nil {
		return nil, &ledger.UserError{Problem: "the address of the ledger cannot be read", Hint: "write it as postgres://user@host:5432/database; the password may be in PGPASSWORD or in ~/.pgpass"}
	}
	host, _ := os.Hostname() // only for the message
	name := "`" + o.Command + "` (process " + strconv.Itoa(os.Getpid()) + " on " + host + ")"
	config.ConnConfig.RuntimeParams["application_name"] = name[:min(len(name), 63)]
	config.ConnConfig.ConnectTimeout = o.Patience
	config.MaxConns = mostReaders
	return config, nil
}

func openReading(ctx context.Context, address string, config *pgxpool.Config, o *Options) (*Ledger, error) {
	packer, err := stored.NewPacker()
	if err != nil {
		return nil, err
	}
	connections, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		packer.Close()
		return nil, err
	}
	return &Ledger{now: o.Now, pool: &pool{connections, o.Outage}, packer: packer, money: &money{}, patience: o.Patience, address: WithoutPassword(address)}, nil
}

// connectToWrite connects to a server that keeps what it says it has kept, and takes the ledger's lock.
func connectToWrite(ctx context.Context, config *pgx.ConnConfig, patience time.Duration, dir string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	config = config.Copy()
	// What this process has given up, the server gives up as well.
	limit := strconv.FormatInt(patience.Milliseconds(), 10)
	config.RuntimeParams["statement_timeout"] = limit
	config.RuntimeParams["default_transaction_isolation"] = "read committed"
	config.RuntimeParams["idle_in_transaction_session_timeout"] = strconv.FormatInt(outage.Milliseconds(), 10)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkServer(ctx, conn), lock(ctx, conn, dir)); err != nil {
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}

// checkServer refuses a server on which a committed intent may be lost, or a text.
func checkServer(ctx context.Context, conn *pgx.Conn) error {
	var fsync, pages, synchronous, encoding string
	var standby bool
	err := conn.QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), current_setting('server_encoding'), pg_is_in_recovery()`).
		Scan(&fsync, &pages, &synchronous, &encoding, &standby)
	switch {
	case err != nil:
		return err
	case fsync != "on" || pages != "on":
		return &ledger.UserError{Problem: fmt.Sprintf("the server forgets what it has committed when the power fails (fsync=%s, full_page_writes=%s)", fsync, pages),
			Hint: "set both to on: what was bought would be bought again"}
	case encoding != "UTF8":
		return &ledger.UserError{Problem: "the database is in " + encoding, Hint: "make one in UTF8 (createdb -E UTF8 -T template0)"}
	case standby:
		return &ledger.UserError{Problem: "the server is a standby, and takes no changes", Hint: "name the primary in the address of the ledger"}
	case synchronous == "off":
		_, err = conn.Exec(ctx, "SET synchronous_commit = on")
	}
	return err
}

// lockClass is the first half of the number of the lock that makes a process the only one; the second is the schema's.
const lockClass = 0x62617463

// lock takes the ledger's lock. The server lets go of it when the session ends, however it ends.
func lock(ctx context.Context, conn *pgx.Conn, dir string) error {
	var got bool
	err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, COALESCE((SELECT oid FROM pg_namespace WHERE nspname=current_schema()), 0)::int)", int32(lockClass)).Scan(&got)
	if err != nil || got {
		return err
	}
	holder, err := collect(ctx, conn, scanText, selectHolder, int32(lockClass))
	if err != nil || len(holder) == 0 {
		holder = []string{"another process"}
	}
	return &ledger.HeldError{Dir: dir, Holder: holder[0]}
}

// selectHolder is who has the lock. What others run is not told to every user.
const selectHolder = `SELECT COALESCE(NULLIF(a.application_name, ''), 'another process') FROM pg_locks l JOIN pg_stat_activity a ON a.pid=l.pid
	WHERE l.locktype='advisory' AND l.granted AND l.classid=$1::int::oid AND l.objid=(SELECT oid FROM pg_namespace WHERE nspname=current_schema())
	AND l.database=(SELECT oid FROM pg_database WHERE datname=current_database()) AND l.pid<>pg_backend_pid() LIMIT 1`

// Now is the ledger's clock.
func (l *Ledger) Now() time.Time { return l.now() }

// quick bounds a call that is on the way of an order, with the time for which a server that is away is tried again.
func (l *Ledger) quick(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, l.patience+l.pool.wait)
}

// long bounds one that reads a whole table.
func (l *Ledger) long(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, longPatience)
}

// snapshot reads the ledger as it is at one moment.
func (l *Ledger) snapshot(ctx context.Context, do func(tx pgx.Tx) error) error {
	tx, err := l.pool.begin(ctx)
	if err != nil {
		return err
	}
	err = do(tx)
	_ = tx.Rollback(context.WithoutCancel(ctx)) // it has only read
	return asLost(err)
}

// Close waits for the writes under way and lets the ledger go.
func (l *Ledger) Close() error {
	var err error
	if l.writer != nil {
		err = l.writer.close()
	}
	l.pool.Close()
	l.packer.Close()
	return err
}

// Damaged tells whether an error means that what was read is not what was written down.
func Damaged(err error) bool { return stored.Damaged(err) }

// explain turns an error of connecting into what to do.
func explain(err error) error {
	var user *ledger.UserError
	var held *ledger.HeldError
	switch {
	case err == nil || errors.As(err, &user) || errors.As(err, &held):
		return err
	case isCode(err, "28P01", "28000", "3D000", "42501"):
		return &ledger.UserError{Problem: fmt.Sprintf("the server of the ledger does not let batch in (%v)", reason(err)), Hint: "check the user, the database and the password (PGPASSWORD, ~/.pgpass) in the address of the ledger"}
	case isLost(err):
		return &ledger.UserError{Problem: fmt.Sprintf("the server of the ledger cannot be reached (%v)", reason(err)), Hint: "see that it runs, and check the host and the port in the address of the ledger"}
	}
	return err
}

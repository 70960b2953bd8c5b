package repair

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"vehiclebatch/pipeline/inside"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/stored"
	"vehiclebatch/pipeline/record"
)

// Rescued is the result of a rescue.
type Rescued struct {
	Kept                            string // where the damaged file is now
	Runs, Rows, Lookups, Answers    int64  // in the new ledger
	LostRows, LostLookups, LostRuns int64  // written anew from what else is known of them
	LostAnswers                     int64
	LostOrders                      int64      // written anew, with their charge unknown
	LostFen                         record.Fen // what these count
	Copies                          int64      // rows that were copies of others under another number, and are left out
	Doubled                         Orders     // those of them that are orders
	GivenBack                       Orders     // their charge was changed, and is again what their checksum says
	Unsure                          Orders     // not as they were written down: they count as much as any of their kind
	More                            Orders     // more than their lookups counted; they are kept
	LostLimits                      []string   // the runs whose limit nobody knows any more; they spend nothing until it is given again
	AskAgain                        int64      // lookups whose answer is lost, and whose ticket is asked again free of charge
	InDoubt                         int64      // lookups that are in doubt now and were not
	Charged                         record.Fen
	Doubts                          []RunDoubt // by run, in the order of the runs
	Unnamed                         string     // what is lost and cannot be named; "" means nothing
	Truncated                       bool
	// KindLost: the damaged ledger did not say of itself, or said in two ways, whether its answers are made up.
	KindLost  bool
	Simulated bool // what it was taken for in that case
	end       sqlite.Watermark
}

// Known is what a rescue has to be told that is not in the ledger.
type Known struct {
	// Key is the digest of a lookup's key, as planning makes it.
	Key func(record.Dataset, *record.Vehicle) []byte
	// Price is the usual price of an order. It is used for an order whose charge is lost if no other order of its kind
	// is left; vendor "" means any.
	Price func(vendor string, d record.Dataset) record.Fen
	// Vendor tells whether there is a vendor of that name.
	Vendor func(name string) bool
	// MadeUp tells from the kept headers of an answer whether the simulator gave it.
	MadeUp func(head string) bool
}

// Rescue saves what can be read of a damaged ledger into a new one, which takes its place; the damaged file is kept
// under another name. What is lost is made safe: a lookup is in doubt if nobody can say whether it was bought, and is
// bought again only if the user says so. Rescue takes the workspace's lock, and needs room for two more copies of the
// ledger. If it fails or is cut short, the damaged ledger is where it was. Of a ledger that is gone it saves what the log
// beside it holds.
func Rescue(ctx context.Context, dir string, o sqlite.Options, known Known) (*Rescued, error) {
	if err := sqlite.CheckMissing(dir); err != nil && !sqlite.LogAlone(dir) {
		return nil, err
	}
	release, err := sqlite.Lock(dir, o)
	if err != nil {
		return nil, err
	}
	r, err := rescue(ctx, dir, o, known)
	return r, errors.Join(err, release())
}

// RescueDir is the folder in a workspace in which a rescue works. It exists only during a rescue, or after a rescue was
// cut short.
const RescueDir = "ledger.rescue"

func rescue(ctx context.Context, dir string, o sqlite.Options, known Known) (*Rescued, error) {
	work := filepath.Join(dir, RescueDir)
	if err := errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return nil, fmt.Errorf("make a folder for the rescue: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // the next rescue removes it first
	damaged, saved := filepath.Join(work, "damaged.db"), filepath.Join(work, "saved.db")
	for _, tail := range []string{"-wal", ""} {
		if err := copyWhole(filepath.Join(dir, sqlite.FileName+tail), damaged+tail); err != nil {
			return nil, fmt.Errorf("copy the damaged ledger, which needs as much room again: %w", err)
		}
	}
	if err := sqlite.MendLog(damaged + "-wal"); err != nil {
		return nil, fmt.Errorf("mend the copy of the ledger's log: %w", err)
	}
	r, err := salvageInto(ctx, dir, damaged, saved, o, known)
	if err != nil {
		return nil, err
	}
	return r, r.swap(dir, saved, o.Now())
}

func copyWhole(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // nothing was written
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// salvageInto makes the new ledger.
func salvageInto(ctx context.Context, dir, damaged, saved string, o sqlite.Options, known Known) (*Rescued, error) {
	m, marked := sqlite.ReadWatermark(dir)
	to, err := sqlite.NewFile(ctx, saved)
	if err != nil {
		return nil, fmt.Errorf("begin a new ledger: %w", err)
	}
	defer to.Close() //nolint:errcheck // closed below; here after an error
	if err := mendHead(ctx, damaged, to); err != nil {
		return nil, err
	}
	s := &salvager{ctx: ctx, torn: map[string]bool{}}
	from, err := s.open(damaged)
	if err != nil {
		return nil, fmt.Errorf("read the damaged ledger: %w", err)
	}
	defer from.Close()   //nolint:errcheck // a copy that goes
	defer s.from.Close() //nolint:errcheck // a copy that goes
	if s.to, err = to.Conn(ctx); err != nil {
		return nil, err
	}
	defer s.to.Close() //nolint:errcheck // closed below; here after an error
	r := &Rescued{}
	f := &repairer{logAlone: sqlite.LogAlone(dir), ctx: ctx, db: s.to, r: r, dir: dir, mark: m, unmarked: !marked, now: o.Now(), known: known}
	if err := inOne(ctx, s.to, func() error { return f.fill(s, o) }); err != nil {
		return nil, fmt.Errorf("save what can be read: %w", err)
	}
	if r.end, err = sqlite.WatermarkOf(ctx, s.to); err != nil {
		return nil, err
	}
	return r, errors.Join(s.to.Close(), to.Close())
}

// open opens the damaged file, or an empty one when nothing of it can be read.
func (s *salvager) open(damaged string) (*sql.DB, error) {
	db, err := openDamaged(damaged)
	if err != nil {
		return nil, err
	}
	if s.from, err = db.Conn(s.ctx); err == nil {
		return db, nil
	}
	s.torn["attempts"] = true
	if db, err = sql.Open("sqlite", ":memory:"); err == nil {
		s.from, err = db.Conn(s.ctx)
	}
	return db, err
}

// inOne runs do in one transaction.
func inOne(ctx context.Context, conn *sql.Conn, do func() error) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := do(); err != nil {
		_, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undo)
	}
	_, err := conn.ExecContext(ctx, "COMMIT")
	return err
}

// fill copies what can be read, and makes safe what cannot be.
func (f *repairer) fill(s *salvager, o sqlite.Options) error {
	if err := s.all(f.mark); err != nil {
		return err
	}
	if err := f.workspace(s, o.Now()); err != nil { // only after the answers: they may be all that tells the workspace's kind
		return err
	}
	marked, err := f.hasMarkedOrders()
	if err != nil {
		return err
	}
	f.logAlone = f.logAlone && !s.allWhole()
	f.allOrders = marked && !s.torn["attempts"] && s.whole("attempts")
	f.allRows = !s.torn["vehicles"] && s.whole("vehicles")
	return f.mend()
}

// hasMarkedOrders tells whether the orders are there that the marks of this ledger name: rows may be missing even from
// a table that is whole.
func (f *repairer) hasMarkedOrders() (bool, error) {
	created, err := f.number("SELECT created_at FROM workspace")
	if err != nil {
		return false, err
	}
	second, _ := sqlite.SecondMark(f.dir)
	for _, m := range []sqlite.Watermark{f.mark, second} {
		if m.Lookup == 0 || m.Ledger != created {
			continue
		}
		if n, err := f.number("SELECT COUNT(*) FROM attempts WHERE lookup=? AND n=?", m.Lookup, m.Attempt); err != nil || n == 0 {
			return false, err
		}
	}
	return true, nil
}

// kindSaid is what a workspace says of its kind, -1 where it says two or what there is not.
const kindSaid = "SELECT IIF(simulated IN (0, 1) AND simulated=simulated_twice, simulated, -1) FROM workspace"

// unknownKind stands for the kind of a workspace of which nobody can say whether its answers are made up.
const unknownKind = -1

// workspace writes what kind of workspace it is. Its checksum says that. Where it does not, the kept answers decide: it
// is a simulated workspace only if the simulator gave all of them. Bought answers are never taken for simulated ones.
func (f *repairer) workspace(s *salvager, now time.Time) error {
	kind, created, err := f.said(s)
	if err != nil {
		return err
	}
	if created <= 0 {
		created = f.mark.Ledger
	}
	if created <= 0 {
		created = now.UnixMicro()
	}
	if kind == unknownKind {
		if kind, err = f.kindOfAnswers(s); err != nil {
			return err
		}
	}
	_, err = f.db.ExecContext(f.ctx, "INSERT INTO workspace (id, simulated, simulated_twice, created_at) VALUES (1, ?1, ?1, ?2)", kind, created)
	return err
}

// kindOfAnswers is the kind of a workspace whose checksum does not tell it: what its answers say, or where there are
// none, what the workspace says twice.
func (f *repairer) kindOfAnswers(s *salvager) (int64, error) {
	said := int64(unknownKind)
	if s.from.QueryRowContext(f.ctx, kindSaid).Scan(&said) != nil {
		said = unknownKind
	}
	answered, madeUp, err := f.madeUp()
	if err != nil {
		return 0, err
	}
	kind := said
	switch {
	case answered && madeUp:
		kind = 1
	case answered || said == unknownKind:
		kind = 0
	}
	f.r.KindLost, f.r.Simulated = kind != said, kind == 1
	return kind, nil
}

// said finds out of what kind the workspace is and when it was created, and whether a row of losses is missing; without
// that row nothing would be held back that may have been bought. If the workspace's row is not as it was written, it
// tries both kinds, the time that the mark gives, and the numbers of rows that there are. What it cannot tell is
// unknownKind and 0.
func (f *repairer) said(s *salvager) (kind, created int64, err error) {
	var is, now workspaceRow
	if err := s.from.QueryRowContext(f.ctx, "SELECT simulated, created_at, halts, pauses, calls, losses, sum FROM workspace").Scan(is.dest()...); err != nil {
		return unknownKind, 0, f.ctx.Err() // of a file that does not know these columns
	}
	now = is
	if err := f.db.QueryRowContext(f.ctx, "SELECT (SELECT COUNT(*) FROM halts), (SELECT COUNT(*) FROM pauses), (SELECT COUNT(*) FROM calls), (SELECT COUNT(*) FROM losses)").
		Scan(&now.rows[0], &now.rows[1], &now.rows[2], &now.rows[3]); err != nil {
		return 0, 0, err
	}
	rows := is.rows
	kind, created = unknownKind, is.created
	for _, simulated := range []int64{0, 1} {
		for _, at := range []int64{is.created, f.mark.Ledger} {
			for _, counted := range [][4]int64{is.rows, now.rows} {
				if (workspaceRow{simulated, at, counted, is.sum}).agrees() {
					kind, created, rows = simulated, at, counted
				}
			}
		}
	}
	if kind == unknownKind && f.mark.Ledger > 0 {
		created = f.mark.Ledger
	}
	if rows[3] > now.rows[3] {
		f.unnamed = append(f.unnamed, "what an earlier rescue could not name")
	}
	return kind, created, nil
}

// workspaceRow is what a workspace says of itself.
type workspaceRow struct {
	simulated, created int64
	rows               [4]int64 // of halts, pauses, calls and losses
	sum                int64
}

func (w *workspaceRow) dest() []any {
	return []any{&w.simulated, &w.created, &w.rows[0], &w.rows[1], &w.rows[2], &w.rows[3], &w.sum}
}

func (w workspaceRow) agrees() bool {
	return w.sum == stored.Checksum(fmt.Appendf(nil, "1|%d|%d|%d|%d|%d|%d|", w.simulated, w.created, w.rows[0], w.rows[1], w.rows[2], w.rows[3]))
}

// madeUp tells whether there are answers, and whether the simulator gave all of them. A call without an answer does not
// tell who was called.
func (f *repairer) madeUp() (answered, all bool, err error) {
	rows, err := f.db.QueryContext(f.ctx, "SELECT DISTINCT head FROM answers WHERE status<>0")
	if err != nil {
		return false, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var head string
		if err := rows.Scan(&head); err != nil {
			return false, false, err
		}
		if answered = true; !f.known.MadeUp(head) {
			return true, false, rows.Err()
		}
	}
	return answered, answered, rows.Err()
}

// swap puts the new ledger in the place of the damaged one, which gets another name on the disk before anything is
// removed. The log is removed first: without it the damaged file is refused, but with another ledger's log it would not
// be.
func (r *Rescued) swap(dir, saved string, now time.Time) error {
	path := filepath.Join(dir, sqlite.FileName)
	r.Kept = freeName(dir, now)
	for _, tail := range []string{"-wal", ""} {
		if os.Link(path+tail, r.Kept+tail) == nil {
			continue
		}
		if _, err := os.Stat(path + tail); errors.Is(err, fs.ErrNotExist) && tail == "" { // its log alone was there, and is kept by this name
			if err := os.WriteFile(r.Kept, nil, 0o600); err != nil {
				return fmt.Errorf("keep the ledger's log under another name: %w", err)
			}
			continue
		}
		if err := copyWhole(path+tail, r.Kept+tail); err != nil { // no second names on this disk
			return fmt.Errorf("keep the damaged ledger under another name: %w", err)
		}
	}
	if err := (inside.Folder{Dir: dir}).SyncDir(dir); err != nil {
		return fmt.Errorf("keep the damaged ledger under another name: %w", err)
	}
	for _, tail := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the old log: %w", err)
		}
	}
	if err := os.Rename(saved, path); err != nil {
		return fmt.Errorf("put the new ledger in its place (it is %s): %w", saved, err)
	}
	// The new ledger is as far as it says: the old mark was written for the damaged one.
	return sqlite.ReplaceWatermark(dir, r.end)
}

// freeName is a name for a damaged ledger that is not taken: two may be rescued within a second.
func freeName(dir string, now time.Time) string {
	stamp := sqlite.KeptPrefix + now.UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		name := filepath.Join(dir, stamp+".db")
		if n > 1 {
			name = filepath.Join(dir, fmt.Sprintf("%s-%d.db", stamp, n))
		}
		_, err := os.Lstat(name)
		_, logErr := os.Lstat(name + "-wal")
		if err != nil && logErr != nil {
			return name
		}
	}
}

func isConstraint(err error) bool {
	var se *driver.Error
	return errors.As(err, &se) && (se.Code()&0xff == sqlite3.SQLITE_CONSTRAINT || se.Code()&0xff == sqlite3.SQLITE_MISMATCH)
}

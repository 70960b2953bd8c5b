package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// markName is the file beside the ledger that says how far it has come.
const markName = "ledger.mark"

// marked is how far a ledger has come: what was committed last.
type marked struct {
	Ledger  int64 // created_at of the workspace: which ledger is meant
	Lookup  int64 // the last intent: its lookup,
	Attempt int64 // and which of its submissions
	Answer  int64 // the id of the last raw answer
}

// witnessed tells whether the mark says that anything was bought.
func (m marked) witnessed() bool { return m.Lookup > 0 || m.Answer > 0 }

// mark is the witness of commits. SQLite takes a log that was cut short, or a
// ledger from an older copy, for the truth: what was bought since would be
// bought again. The mark is written after each commit that holds an intent or
// an answer and before anything leaves, without an fsync: a killed process
// leaves it whole, and after a power cut it may be behind, never ahead. Used
// by the writer alone.
type mark struct {
	file       *os.File
	seen, next marked
}

const markMagic = "batch mark 1\n"

func (m marked) bytes() []byte {
	b := []byte(markMagic)
	for _, n := range []int64{m.Ledger, m.Lookup, m.Attempt, m.Answer} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// readMark reads a workspace's mark. There is none, or one that a power cut
// has left unreadable: then it is witness of nothing.
func readMark(dir string) (marked, bool) {
	b, err := os.ReadFile(filepath.Join(dir, markName))
	whole := len(markMagic) + 4*8
	if err != nil || len(b) < whole+4 || string(b[:len(markMagic)]) != markMagic ||
		crc32.ChecksumIEEE(b[:whole]) != binary.BigEndian.Uint32(b[whole:]) {
		return marked{}, false
	}
	var n [4]int64
	for i := range n {
		n[i] = int64(binary.BigEndian.Uint64(b[len(markMagic)+8*i:]))
	}
	return marked{Ledger: n[0], Lookup: n[1], Attempt: n[2], Answer: n[3]}, true
}

// openMark begins to write the mark of a ledger from where it stands.
func openMark(dir string, from marked) (*mark, error) {
	f, err := os.OpenFile(filepath.Join(dir, markName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the ledger's mark: %w", err)
	}
	m := &mark{file: f, seen: from, next: from}
	if err := errors.Join(m.write(from), f.Sync()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

func (m *mark) write(what marked) error {
	if _, err := m.file.WriteAt(what.bytes(), 0); err != nil {
		return fmt.Errorf("write the ledger's mark: %w", err)
	}
	return nil
}

// begin forgets what a transaction that failed has said.
func (m *mark) begin() { m.next = m.seen }

func (m *mark) intent(lookup, attempt int64) { m.next.Lookup, m.next.Attempt = lookup, attempt }

func (m *mark) answer(id int64) { m.next.Answer = id }

// forgetAnswers takes back, before they are deleted, that answers were seen.
func (m *mark) forgetAnswers() error {
	m.seen.Answer, m.next.Answer = 0, 0
	return m.write(m.seen)
}

// committed writes down what the transaction has said, if anything.
func (m *mark) committed() error {
	if m.next == m.seen {
		return nil
	}
	if err := m.write(m.next); err != nil {
		return err
	}
	m.seen = m.next
	return nil
}

func (m *mark) close() error { return errors.Join(m.file.Sync(), m.file.Close()) }

// behindError is a ledger that lacks what its mark has seen.
func behindError(path, what string) error {
	return &UserError{Problem: fmt.Sprintf("%s lacks %s that this workspace has seen: its log was cut off, or it comes from an older copy", path, what),
		Hint: doctorHint(filepath.Dir(path))}
}

// doctorHint says what to do about a ledger that is not whole.
func doctorHint(dir string) string {
	return fmt.Sprintf("`batch doctor --out %s` says what is left and can save it; until then nothing is bought; do not delete it: it holds what was paid for", dir)
}

// checkGone refuses to begin a new ledger where the mark has seen one.
func checkGone(dir string) error {
	m, ok := readMark(dir)
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if gone := errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0; !gone || !ok || !m.witnessed() {
		return nil
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		return nil // killed before the log was first carried over
	}
	return &UserError{Problem: fmt.Sprintf("the ledger %s is gone, and lookups were bought here", path),
		Hint: fmt.Sprintf("put it back, or remove %s as well to begin anew and buy everything again", filepath.Join(dir, markName))}
}

// checkBlank refuses a ledger of which nothing is left but its tables.
func checkBlank(ctx context.Context, db *sql.DB, path string) error {
	m, _ := readMark(filepath.Dir(path))
	var blank bool
	if err := db.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM workspace)").Scan(&blank); err != nil {
		return err
	}
	if blank && m.witnessed() {
		return behindError(path, "everything")
	}
	return nil
}

// checkMark holds the ledger against its mark, and returns the mark to go on
// with.
func checkMark(ctx context.Context, db *sql.DB, path string) (marked, error) {
	m, _ := readMark(filepath.Dir(path))
	now := marked{}
	if err := db.QueryRowContext(ctx, "SELECT created_at FROM workspace").Scan(&now.Ledger); err != nil {
		return now, err
	}
	if !m.witnessed() {
		return now, nil
	}
	if m.Ledger != now.Ledger {
		return now, &UserError{Problem: fmt.Sprintf("%s is not the ledger that %s was written for", path, filepath.Join(filepath.Dir(path), markName)),
			Hint: "put the right one back, or remove the mark if it was changed on purpose; " + doctorHint(filepath.Dir(path))}
	}
	what, err := m.missing(ctx, db)
	if err == nil && what != "" {
		err = behindError(path, what)
	}
	return m, err
}

// rowQuerier is a ledger's file, or one connection to it.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// missing says what the ledger lacks of what the mark has seen; "" is nothing.
func (m marked) missing(ctx context.Context, db rowQuerier) (string, error) {
	var intent, answer bool
	err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attempts WHERE lookup=? AND n=?), EXISTS (SELECT 1 FROM answers WHERE id=?)",
		m.Lookup, m.Attempt, m.Answer).Scan(&intent, &answer)
	switch {
	case err != nil:
		return "", err
	case m.Lookup > 0 && !intent:
		return fmt.Sprintf("an order (number %d of lookup %d)", m.Attempt, m.Lookup), nil
	case m.Answer > 0 && !answer:
		return fmt.Sprintf("an answer (number %d)", m.Answer), nil
	}
	return "", nil
}

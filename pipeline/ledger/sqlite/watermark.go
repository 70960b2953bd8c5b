package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// markName is the file beside the ledger that says how far it has come.
const markName = "ledger.mark"

// Watermark is how far a ledger has come: what it committed last.
type Watermark struct {
	Ledger  int64 // created_at of the workspace: it tells which ledger is meant
	Lookup  int64 // the last intent: its lookup,
	Attempt int64 // and which of its submissions
	Answer  int64 // the id of the last raw answer
}

// Bought tells whether the mark says that anything was bought.
func (m Watermark) Bought() bool { return m.Lookup > 0 || m.Answer > 0 }

// mark is the file that says which commits there were. SQLite accepts a log that was cut short, or a ledger from an
// older copy, as it is; what was bought since would then be bought again. The mark is written after each commit that
// holds an intent or an answer and before anything leaves, without an fsync: a killed process leaves it whole, and
// after a power cut it may be behind the ledger, never ahead. It is written alternately to two places that share no
// sector, so that a write that is cut off by a power cut leaves the other one whole. It is used by the writer alone.
type mark struct {
	file       *os.File
	turn       uint64 // the number of the last write
	seen, next Watermark
}

const (
	markMagic = "batch mark 2\n"
	// markPlace is how far the two places are from each other.
	markPlace = 4096
	// markMost is more bytes than a mark has, even a damaged one.
	markMost = 1 << 20
)

func (m Watermark) bytes(turn uint64) []byte {
	b := binary.BigEndian.AppendUint64([]byte(markMagic), turn)
	for _, n := range []int64{m.Ledger, m.Lookup, m.Attempt, m.Answer} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// parseMark reads one place.
func parseMark(b []byte) (m Watermark, turn uint64, ok bool) {
	if len(b) < len(markMagic) {
		return m, 0, false
	}
	const numbers = 5
	whole := len(markMagic) + numbers*8
	if string(b[:len(markMagic)]) != markMagic || len(b) < whole+4 || crc32.ChecksumIEEE(b[:whole]) != binary.BigEndian.Uint32(b[whole:]) {
		return m, 0, false
	}
	var n [numbers]uint64
	for i := range n {
		n[i] = binary.BigEndian.Uint64(b[len(markMagic)+8*i:])
	}
	return Watermark{Ledger: int64(n[1]), Lookup: int64(n[2]), Attempt: int64(n[3]), Answer: int64(n[4])}, n[0], true
}

// ReadWatermark reads a workspace's mark; there may be none, or none that can be read.
func ReadWatermark(dir string) (Watermark, bool) {
	m, _, ok := lastMark(dir)
	return m, ok
}

// hasWatermark tells whether a workspace's mark holds anything.
func hasWatermark(dir string) bool {
	info, err := own(dir).Lstat(filepath.Join(dir, markName))
	return err == nil && info.Size() > 0
}

func lastMark(dir string) (m Watermark, turn uint64, ok bool) {
	b, err := own(dir).ReadFile(filepath.Join(dir, markName), markMost)
	if err != nil {
		return m, 0, false
	}
	for at := 0; at < len(b) && at <= markPlace; at += markPlace {
		if n, t, good := parseMark(b[at:]); good && (!ok || t >= turn) {
			m, turn, ok = n, t, true
		}
	}
	return m, turn, ok
}

// SecondMarkName is the mark among the outputs. It exposes an older ledger that was restored together with the mark beside
// it.
const SecondMarkName = ".ledger.mark"

// rememberSecond writes the second mark, if there are outputs.
func rememberSecond(dir string, m Watermark) error {
	runs := filepath.Join(dir, runsFolder)
	if info, err := own(dir).Stat(runs); err != nil || !info.IsDir() || !m.Bought() {
		return nil
	}
	if err := own(dir).WriteFile(filepath.Join(runs, SecondMarkName), m.bytes(0)); err != nil {
		return fmt.Errorf("write the ledger's second mark: %w", err)
	}
	return nil
}

// SecondMark reads the second mark; there may be none, or none that can be read.
func SecondMark(dir string) (Watermark, bool) {
	b, err := own(dir).ReadFile(filepath.Join(dir, runsFolder, SecondMarkName), markMost)
	if err != nil {
		return Watermark{}, false
	}
	m, _, ok := parseMark(b)
	return m, ok
}

// openMark opens the mark of a ledger for writing; it begins with what the ledger holds now.
func openMark(dir string, from Watermark) (*mark, error) {
	_, turn, _ := lastMark(dir)
	path := filepath.Join(dir, markName)
	f, err := own(dir).OpenToWrite(path)
	if err != nil {
		return nil, fmt.Errorf("open the ledger's mark: %w", err)
	}
	m := &mark{file: f, turn: turn, seen: from, next: from}
	// The place whose value counts now is written last.
	if err := errors.Join(makePrivate(path), m.write(from), f.Sync(), m.write(from), f.Sync()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

func (m *mark) write(what Watermark) error {
	m.turn++
	if _, err := m.file.WriteAt(what.bytes(m.turn), int64(m.turn%2)*markPlace); err != nil {
		return fmt.Errorf("write the ledger's mark: %w", err)
	}
	return nil
}

// ReplaceWatermark replaces the mark of a workspace, and the second one too: if nothing is known to be bought any more,
// the second one would name an order that no rescue can bring back.
func ReplaceWatermark(dir string, from Watermark) error {
	second := filepath.Join(dir, runsFolder, SecondMarkName)
	if err := os.Remove(second); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("remove the old second mark: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, markName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the old mark: %w", err)
	}
	m, err := openMark(dir, from)
	if err != nil {
		return err
	}
	return errors.Join(m.close(), rememberSecond(dir, from), own(dir).SyncDir(dir))
}

// begin forgets what a failed transaction has added.
func (m *mark) begin() { m.next = m.seen }

func (m *mark) intent(lookup, attempt int64) { m.next.Lookup, m.next.Attempt = lookup, attempt }

func (m *mark) answer(id int64) { m.next.Answer = id }

// forgetAnswers takes answers out of the mark, before they are deleted.
func (m *mark) forgetAnswers() error {
	m.seen.Answer, m.next.Answer = 0, 0
	return m.write(m.seen)
}

// committed writes down what the transaction has added, if anything.
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

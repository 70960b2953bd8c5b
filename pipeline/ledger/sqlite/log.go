package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vehiclebatch/pipeline/ledger"
)

// A ledger's log (WAL) is a head and frames, each a page with a checksum over all before it
// (https://www.sqlite.org/fileformat2.html#walformat). SQLite reads it up to the first frame that is not as it was
// written, takes that for its end, and forgets the rest when it closes the file. That is right of a commit that
// the power cut off. What follows tells it from damage: after a commit that was cut off no other was begun.
const (
	logHead, frameHead  = 32, 24
	logMagic            = 0x377f0682 // little-endian checksums; with the last bit set big-endian ones
	leastPage, mostPage = 512, 65536
)

// logLook is what was found in a log.
type logLook struct {
	page   int              // bytes
	salts  [8]byte          // the salts that all frames of this log carry
	order  binary.ByteOrder // the byte order of the words in its checksums
	good   int              // how many frames can be read
	after  int              // how many commits behind them SQLite would forget
	last   int              // how many frames there are up to the last commit, including those that cannot be read
	noHead bool
}

func (l *logLook) damaged() bool { return l.noHead || l.after > 1 }

// lookAtLog looks through a log. A log without a whole frame holds nothing.
func lookAtLog(b []byte) (l logLook) {
	if len(b) < logHead+frameHead+leastPage {
		return l
	}
	magic := binary.BigEndian.Uint32(b)
	l.order = binary.LittleEndian
	if magic&1 == 1 {
		l.order = binary.BigEndian
	}
	l.page = int(binary.BigEndian.Uint32(b[8:]))
	if l.page == 1 {
		l.page = mostPage
	}
	copy(l.salts[:], b[16:24])
	sum := checksumOfLog(l.order, b[:24], [2]uint32{})
	if magic&^1 != logMagic || l.page < leastPage || l.page > mostPage || sum != sumAt(b[24:]) {
		l.noHead = true
		l.guessHead(b)
	}
	reading := !l.noHead
	for n := 0; ; n++ {
		f := l.frame(b, n)
		if f == nil {
			return l
		}
		ours, commit := bytes.Equal(f[8:16], l.salts[:]), binary.BigEndian.Uint32(f[4:]) != 0
		next := checksumOfLog(l.order, f[frameHead:], checksumOfLog(l.order, f[:8], sum))
		if reading = reading && ours && next == sumAt(f[16:]); reading {
			sum, l.good = next, n+1
		}
		if ours && commit {
			l.last = n + 1
			if !reading {
				l.after++
			}
		}
	}
}

// frame is the nth frame, nil behind the last.
func (l *logLook) frame(b []byte, n int) []byte {
	size := frameHead + l.page
	if at := logHead + n*size; at+size <= len(b) {
		return b[at : at+size]
	}
	return nil
}

// guessHead takes from the frames what a damaged head does not say. The first frames always belong to this log; later
// ones may be left from an earlier one.
func (l *logLook) guessHead(b []byte) {
	l.page = 4096
	first, second, third := l.frame(b, 0), l.frame(b, 1), l.frame(b, 2)
	if first == nil {
		return
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if l.order = order; l.follows(b, 1) || l.follows(b, 2) {
			break
		}
	}
	copy(l.salts[:], first[8:16])
	if second != nil && third != nil && bytes.Equal(second[8:16], third[8:16]) {
		copy(l.salts[:], second[8:16])
	}
}

// follows tells whether the checksum of the frame before shows that a frame is as it was written.
func (l *logLook) follows(b []byte, n int) bool {
	f, before := l.frame(b, n), l.frame(b, n-1)
	return f != nil && checksumOfLog(l.order, f[frameHead:], checksumOfLog(l.order, f[:8], sumAt(before[16:]))) == sumAt(f[16:])
}

// carriedOver tells whether the ledger's file has all pages of a log that has no head. Then the log was about to be
// started again when the power was cut. A frame that may be half written is not looked at.
func (l *logLook) carriedOver(b []byte, path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // it was only read
	newest := map[uint32][]byte{}
	for n := 1; n < l.last; n++ {
		if f := l.frame(b, n); bytes.Equal(f[8:16], l.salts[:]) && l.follows(b, n) {
			newest[binary.BigEndian.Uint32(f)] = f[frameHead:]
		}
	}
	if len(newest) == 0 && l.last > 2 { // nothing can be said of such a log
		return false
	}
	page := make([]byte, l.page)
	for number, want := range newest {
		if _, err := file.ReadAt(page, (int64(number)-1)*int64(l.page)); err != nil || !bytes.Equal(page, want) {
			return false
		}
	}
	return true
}

func sumAt(b []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// checksumOfLog continues a checksum over some bytes, a whole number of pairs of words.
func checksumOfLog(order binary.ByteOrder, b []byte, s [2]uint32) [2]uint32 {
	for ; len(b) >= 8; b = b[8:] {
		s[0] += order.Uint32(b) + s[1]
		s[1] += order.Uint32(b[4:]) + s[0]
	}
	return s
}

// CheckLog refuses a ledger whose log holds commits that SQLite would not read. It is called before the ledger is
// opened, because opening and closing it would remove those commits. While a process works here, its log is its own
// matter.
func CheckLog(dir string) error {
	if err := checkLogLocked(dir); err == nil || Holder(dir) != "" {
		return nil
	}
	return checkLogLocked(dir) // the process that worked here may have ended meanwhile
}

// checkLogLocked is CheckLog for a caller that holds the lock.
func checkLogLocked(dir string) error {
	path := filepath.Join(dir, FileName) + "-wal"
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look through the ledger's log: %w", err)
	}
	l := lookAtLog(b)
	switch {
	case !l.damaged():
		return nil
	case l.noHead && l.carriedOver(b, filepath.Join(dir, FileName)):
		return nil
	case l.noHead:
		return &ledger.UserError{Problem: path + " is damaged (its beginning cannot be read, and it holds a part of the ledger)", Hint: doctorHint(dir)}
	}
	return &ledger.UserError{Problem: fmt.Sprintf("%s is damaged (page %d of it is not as it was written, and %d commits come after that)", path, l.good+1, l.after), Hint: doctorHint(dir)}
}

// MendLog makes SQLite read all of a damaged log up to its last commit, including pages that are not as they were
// written. What is wrong in those pages shows by the checksums of rows.
func MendLog(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l := lookAtLog(b)
	if !l.damaged() || l.last == 0 {
		return nil
	}
	b = b[:logHead+l.last*(frameHead+l.page)]
	binary.BigEndian.PutUint32(b, logMagic)
	binary.BigEndian.PutUint32(b[4:], 3007000)
	size := uint32(l.page)
	if l.page == mostPage {
		size = 1 // the format has two bytes for the size, into which 65536 does not fit
	}
	binary.BigEndian.PutUint32(b[8:], size)
	copy(b[16:24], l.salts[:])
	sum := checksumOfLog(binary.LittleEndian, b[:24], [2]uint32{})
	putSum(b[24:], sum)
	for n := range l.last {
		f := l.frame(b, n)
		copy(f[8:16], l.salts[:])
		sum = checksumOfLog(binary.LittleEndian, f[frameHead:], checksumOfLog(binary.LittleEndian, f[:8], sum))
		putSum(f[16:], sum)
	}
	return os.WriteFile(path, b, 0o600)
}

func putSum(b []byte, s [2]uint32) {
	binary.BigEndian.PutUint32(b, s[0])
	binary.BigEndian.PutUint32(b[4:], s[1])
}

package simtest

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"vehiclebatch/pipeline/ledger/sqlite"
)

// moment is a kind of event in a life.
type moment int

const (
	callLeaves   moment = iota // a call is about to leave
	callReturned               // its answer has arrived
	answerRead                 // an answer is about to be read
	clockTick                  // a look at the clock, anywhere
	commitBegins               // a commit is about to be written
	commitTears                // the same, and it is written in part
	commitDone                 // a commit is on disk, and nobody knows yet
	fileBegins                 // an operation on a file of the outputs is about to be done
	fileDone                   // it has been done
	moments
)

func (m moment) String() string {
	return [...]string{"before a call", "after a call", "before reading", "at a look at the clock", "before a commit",
		"within a commit", "after a commit", "before a file operation", "after a file operation"}[m]
}

// death ends a life at the nth event of a kind, 1 is the first, 0 is never.
type death struct {
	at  moment
	nth int
	// power: not only the process ends. What was not synced is lost, or torn,
	// by the seed.
	power bool
	seed  uint64
}

func (d *death) strikes(at moment, nth int) bool { return d.at == at && d.nth == nth }

func (d *death) rng() *rand.Rand { return rand.New(rand.NewPCG(d.seed, uint64(d.nth))) }

// event counts, and kills the process if its time has come.
func (p *process) event(at moment) {
	p.counting.Lock()
	p.events[at]++
	nth := p.events[at]
	p.counting.Unlock()
	if p.fate.seen != nil && at <= answerRead {
		p.fate.seen(p, at)
	}
	if p.fate.death.strikes(at, nth) {
		p.kill()
	}
}

// kill ends the process as kill -9 or a power cut does: nothing more is sent
// or written, connections break. The ledger's files are set aside as they are
// at this moment; what the rest of the process still does to them is lost.
func (p *process) kill() {
	p.mu.Lock()
	if !p.dead {
		p.dead = true
		p.left = p.world.newDir()
		if p.ledger != nil {
			p.world.rememberSettled(p.ledger)
		}
		p.setAside()
		if p.fate.death.power {
			p.world.disk.powerCut(p.fate.death.rng())
		} else {
			p.world.disk.goOn()
		}
	}
	p.mu.Unlock()
	p.end()
}

const (
	walName  = sqlite.FileName + "-wal"
	markName = "ledger.mark"
)

// setAside copies the ledger. Between checkpoints, which come after megabytes
// or at the end, its log only grows: a copy of it in the middle of a commit is
// a log that was torn there. The index of the log (-shm) does not outlive a process.
func (p *process) setAside() {
	mark := p.read(markName) // first: it is never ahead of the log
	db, wal := p.read(sqlite.FileName), p.read(walName)
	if p.fate.death.power && wal != nil {
		end := walEnd(wal)
		wal = append(wal[:end:end], torn(p.fate.death.rng(), wal[end:])...)
	}
	p.leave(markName, mark)
	p.leave(sqlite.FileName, db)
	p.leave(walName, wal)
	p.log = wal
}

func (p *process) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(p.world.dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.world.t.Error(err)
	}
	return data
}

func (p *process) leave(name string, data []byte) {
	if data == nil {
		return
	}
	if err := os.WriteFile(filepath.Join(p.left, name), data, 0o600); err != nil {
		p.world.t.Error(err)
	}
}

// tear leaves the log as it is when the process dies within the commit that
// has just been written: what it adds to the log is there in part.
func (p *process) tear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	end, wal := walEnd(p.log), p.read(walName)
	if len(wal) <= end {
		return
	}
	p.leave(walName, slices.Concat(wal[:end], torn(p.fate.death.rng(), wal[end:])))
}

// walEnd is where the last whole commit in a write-ahead log ends. A log is a
// header of 32 bytes and frames: a header of 24 bytes, in which the second word
// is not 0 when the frame ends a commit, and a page; frames repeat the salts of
// the header, or are left over from before (sqlite.org/fileformat.html).
func walEnd(wal []byte) int {
	const header, frameHeader = 32, 24
	if len(wal) < header {
		return 0
	}
	end, frame := header, frameHeader+int(binary.BigEndian.Uint32(wal[8:]))
	for at := header; at+frame <= len(wal); at += frame {
		if string(wal[at+8:at+16]) != string(wal[16:24]) {
			break
		}
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			end = at + frame
		}
	}
	return end
}

// commits is told by the ledger of every commit.
type commits struct{ process *process }

var _ sqlite.Commits = commits{}

// Begin is part of ledger.Commits.
func (c commits) Begin() {
	c.process.event(commitBegins)
	c.process.event(commitTears)
}

// Done is part of ledger.Commits.
func (c commits) Done() {
	p := c.process
	if p.tearing() {
		p.tear()
	}
	p.event(commitDone)
}

// tearing tells whether the commit at work is the one that is torn.
func (p *process) tearing() bool {
	p.counting.Lock()
	defer p.counting.Unlock()
	return p.fate.death.strikes(commitTears, p.events[commitTears])
}

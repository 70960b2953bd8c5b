package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
)

// harm is one way to damage a ledger.
type harm struct {
	name string
	log  bool // it is the log that is harmed
	do   func(t *trial, db []byte, wal []byte) (newDB, newWAL []byte)
}

const page = 4096

func harms() []harm {
	pages := func(t *trial, db []byte, fill func([]byte)) []byte {
		for range 1 + t.rand.IntN(3) {
			at := t.rand.IntN(max(len(db)/page, 1)) * page
			fill(db[at:min(at+page, len(db))])
		}
		return db
	}
	return []harm{
		{"truncated", false, func(t *trial, db, wal []byte) ([]byte, []byte) { return db[:t.rand.IntN(len(db))], wal }},
		{"pages zeroed", false, func(t *trial, db, wal []byte) ([]byte, []byte) {
			return pages(t, db, func(p []byte) { clear(p) }), wal
		}},
		{"pages of garbage", false, func(t *trial, db, wal []byte) ([]byte, []byte) {
			return pages(t, db, func(p []byte) { garbage(t.rand, p) }), wal
		}},
		{"wrong magic", false, func(t *trial, db, wal []byte) ([]byte, []byte) { garbage(t.rand, db[:16]); return db, wal }},
		{"log cut short", true, func(t *trial, db, wal []byte) ([]byte, []byte) { return db, wal[:t.rand.IntN(len(wal)+1)] }},
		{"log with a tail of garbage", true, func(t *trial, db, wal []byte) ([]byte, []byte) {
			tail := make([]byte, 1+t.rand.IntN(20_000))
			garbage(t.rand, tail)
			return db, append(wal, tail...)
		}},
		{"garbage in the log", true, func(t *trial, db, wal []byte) ([]byte, []byte) {
			if len(wal) > 0 {
				at := t.rand.IntN(len(wal))
				garbage(t.rand, wal[at:min(at+200, len(wal))])
			}
			return db, wal
		}},
		{"log gone", true, func(_ *trial, db, _ []byte) ([]byte, []byte) { return db, nil }},
	}
}

func garbage(r *rand.Rand, p []byte) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
}

// damage damages ledgers: batch refuses and names the doctor, or goes on and
// all is right; after a rescue nothing is bought twice.
func damage(ctx context.Context, l *lab) error {
	outcomes := map[string]int{}
	var mu sync.Mutex
	n := 0
	err := l.trials(ctx, func() bool { n++; return n > l.n }, func(ctx context.Context, seed uint64) error {
		r := chance(seed)
		t, err := l.newTrialWith(ctx, seed, r, randomConditions(r))
		if err != nil {
			return err
		}
		h := harms()[int(seed)%len(harms())]
		outcome, err := t.damaged(ctx, h)
		mu.Lock()
		outcomes[h.name+": "+outcome]++
		mu.Unlock()
		l.say("seed %d: %s: %s", seed, h.name, outcome)
		return t.close(ctx, err)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(l.out, "damage: %d ledgers damaged; bought twice: 0, changed answers: 0; seed %d\n", l.n, l.seed)
	for _, name := range sortedKeys(outcomes) {
		fmt.Fprintf(l.out, "  %s %d\n", name, outcomes[name])
	}
	return nil
}

// damaged is one trial: some work, a kill or an end, the damage, the refusal,
// the rescue, and the rest of the run.
func (t *trial) damaged(ctx context.Context, h harm) (outcome string, err error) {
	for len(t.settled) == 0 && !t.over {
		p, err := t.start(ctx, t.runWords()...)
		if err != nil {
			return "", err
		}
		p.pause(between(t.rand, 300*time.Millisecond, 2*time.Second))
		if !h.log { // a log is carried over by an orderly end
			_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may just have ended
			if _, err := p.wait(stopPatience); err != nil {
				return "", err
			}
		}
		p.kill()
		if err := t.look(); err != nil {
			return "", err
		}
	}
	if err := t.harm(h); err != nil {
		return "", err
	}
	before, err := t.vendor.book(ctx)
	if err != nil {
		return "", err
	}
	code, said, err := t.runs(ctx, []int{0, 1, 2, 3, 4}, t.runWords()...)
	if err != nil {
		return "", err
	}
	if code != 1 && code != 2 {
		return "harmless", t.afterDamage(ctx)
	}
	if !strings.Contains(said, "batch doctor") {
		return "", fmt.Errorf("it exits %d and does not name the doctor: %s", code, said)
	}
	after, err := t.vendor.book(ctx)
	if err != nil {
		return "", err
	}
	if code == 2 && len(after.Entries)+len(after.Orders) != len(before.Entries)+len(before.Orders) {
		return "", fmt.Errorf("it exits 2 and has bought: %s", said)
	}
	return "refused and rescued", t.rescue(ctx)
}

// harm damages the ledger as it lies there.
func (t *trial) harm(h harm) error {
	path := filepath.Join(t.workspace(), sqlite.FileName)
	db, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(db) < page { // all of it is in the log
		return nil
	}
	db, wal = h.do(t, db, wal)
	if err := os.WriteFile(path, db, 0o600); err != nil {
		return err
	}
	if len(wal) == 0 {
		if err := os.Remove(path + "-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return os.WriteFile(path+"-wal", wal, 0o600)
}

func (t *trial) rescue(ctx context.Context) error {
	if _, _, err := t.runs(ctx, []int{1}, "doctor", "--out", "out"); err != nil {
		return err
	}
	if _, _, err := t.runs(ctx, []int{0}, "doctor", "--out", "out", "--rescue", "--yes"); err != nil {
		return err
	}
	t.rescued = true
	was := t.settled
	t.settled = nil // what is lost is in doubt now; what is not must be as it was
	if err := t.look(); err != nil {
		return err
	}
	for id, now := range t.settled {
		if strings.HasPrefix(now, string(ledger.Found)) && was[id] != "" && strings.Fields(was[id])[3] != strings.Fields(now)[3] {
			return fmt.Errorf("lookup %d was settled as %q and is now %q", id, was[id], now)
		}
	}
	return t.afterDamage(ctx)
}

// afterDamage takes every run of the workspace to its end, and the same input
// once more.
func (t *trial) afterDamage(ctx context.Context) error {
	for range 20 {
		code, said, err := t.runs(ctx, []int{0, 2, 3, 4}, "resume", "--out", "out")
		if err != nil {
			return err
		}
		if code == 2 && !strings.Contains(said, "has no run") {
			return fmt.Errorf("after the rescue: %s", said)
		}
		if code == 2 || strings.Contains(said, "Nothing to do") {
			break
		}
	}
	if _, _, err := t.runs(ctx, []int{0, 3}, append(t.runWords(), "--wait", "1m")...); err != nil {
		return err
	}
	_, v, err := t.checkBooks(ctx)
	if err != nil {
		return err
	}
	if _, _, err := t.runs(ctx, []int{0}, "verify", "--out", "out"); err != nil {
		return err
	}
	if err := t.checkPlaces(t.outputs(v)); err != nil {
		return err
	}
	return t.checkCalm(ctx, t.outputs(v))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// disk fills the disk under the workspace: nothing is ordered without room, the run ends and says what to do,
// the ledger is good, and with room again it goes on and buys nothing twice.
func disk(ctx context.Context, l *lab) error {
	kind := ""
	fulls, doubts := 0, 0
	for seed := l.seed; seed < l.seed+uint64(l.n); seed++ {
		r := chance(seed)
		c := randomConditions(r)
		c.vehicles, c.perSecond, c.inFlight, c.wait, c.datasets = 150, 400, 16, 0, "maintenance,valuation,violations"
		t, err := l.newTrialWith(ctx, seed, r, c)
		if err != nil {
			return err
		}
		d := newSmallDisk(ctx, t)
		kind = d.kind
		n, err := t.full(ctx, d)
		if err = t.close(ctx, errors.Join(err, d.leave(ctx))); err != nil {
			return &failure{words: "disk -n 1", seed: seed, err: err}
		}
		fulls += n
		doubts = max(doubts, t.doubts)
	}
	fmt.Fprintf(l.out, "disk: %d workspaces on %s, full %d times: each end said what to do; bought twice: 0, in doubt at most %d; seed %d\n", l.n, kind, fulls, doubts, l.seed)
	return nil
}

// smallDisk is a place with little room: a tmpfs where this process may mount
// one, else a limit on the size of each file, which ends the process instead
// of refusing the write.
type smallDisk struct {
	kind  string
	dir   string
	tmpfs bool
	limit int // KiB of a file, 0 for none
}

func newSmallDisk(ctx context.Context, t *trial) *smallDisk {
	d := &smallDisk{dir: t.workspace()}
	if err := os.Mkdir(d.dir, 0o700); err == nil && mount(ctx, "-t", "tmpfs", "-o", "size=400k,mode=0700", "tmpfs", d.dir) == nil {
		d.kind, d.tmpfs = "a tmpfs of its own", true
		return d
	}
	d.kind, d.limit = "a limit on the size of files (RLIMIT_FSIZE; a tmpfs may not be mounted here), which kills", 200
	return d
}

func mount(ctx context.Context, args ...string) error {
	if text, err := exec.CommandContext(ctx, "mount", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("mount %v: %w: %s", args, err, text)
	}
	return nil
}

// grow makes room.
func (d *smallDisk) grow(ctx context.Context, kib int) error {
	if !d.tmpfs {
		d.limit = kib
		return nil
	}
	return mount(ctx, "-o", fmt.Sprintf("remount,size=%dk", kib), d.dir)
}

func (d *smallDisk) leave(ctx context.Context) error {
	if !d.tmpfs {
		return nil
	}
	return exec.CommandContext(context.WithoutCancel(ctx), "umount", d.dir).Run()
}

// run starts batch, under the limit if there is one.
func (t *trial) runOn(ctx context.Context, d *smallDisk, words []string) (int, string, error) {
	t.begun++
	s := start{program: t.lab.batch, dir: t.dir, args: words, log: filepath.Join(t.dir, fmt.Sprintf("%03d-disk.log", t.begun))}
	if d.limit > 0 {
		s.program, s.args = "bash", append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, d.limit), t.lab.batch}, words...)
	}
	p, err := startProcess(ctx, s)
	if err != nil {
		return -1, "", err
	}
	code, err := p.wait(patience)
	return code, p.said(), err
}

// full lets batch begin on a disk that is too small, again and again with a little more room; then something else fills
// the disk while orders are under way, and it is tried again; then there is room.
func (t *trial) full(ctx context.Context, d *smallDisk) (fulls int, err error) {
	for room := 400; room < roomToOrder; room += 1500 + t.rand.IntN(6000) {
		if err := d.grow(ctx, room); err != nil {
			return fulls, err
		}
		if err := t.tryFull(ctx, d, room); err != nil {
			return fulls, err
		}
		fulls++
		if err := t.ordered(ctx, 0); err != nil {
			return fulls, fmt.Errorf("%d KiB: %w", room, err)
		}
	}
	if d.tmpfs {
		if err := t.fillMeanwhile(ctx, d); err != nil {
			return fulls, err
		}
		fulls += triesOnFull
	}
	for room := 2 * roomToOrder; ; room *= 2 {
		if err := d.grow(ctx, room); err != nil {
			return fulls, err
		}
		code, said, err := t.runOn(ctx, d, t.runWords())
		if err != nil {
			return fulls, err
		}
		if code == 0 || code == 3 {
			break
		}
		if room > 1<<20 {
			return fulls, fmt.Errorf("with %d KiB it exits %d and says: %s", room, code, said)
		}
	}
	_, _, err = t.checkAll(ctx)
	return fulls, err
}

const (
	// roomToOrder is less than what must be free before anything is ordered, in KiB.
	roomToOrder = 28 << 10
	triesOnFull = 4 // the first fills the disk
)

// tryFull starts batch on a disk that is full or will be: it says what to do, and the ledger is good.
func (t *trial) tryFull(ctx context.Context, d *smallDisk, room int) error {
	code, said, err := t.runOn(ctx, d, t.runWords())
	if err != nil {
		return err
	}
	t.lab.say("%d KiB: exit %d: %s", room, code, lastLines(said))
	helpful := strings.Contains(said, "batch resume") || strings.Contains(said, "MiB free")
	if d.tmpfs && (code != 4 || !helpful || strings.Contains(said, "doctor")) {
		return fmt.Errorf("on a full disk it exits %d and says: %s", code, said)
	}
	if err := d.grow(ctx, room+100); err != nil { // a little room to look at it
		return err
	}
	return errors.Join(t.look(), d.grow(ctx, room))
}

// ordered wants the vendors to have booked a sum.
func (t *trial) ordered(ctx context.Context, fen record.Fen) error {
	b, err := t.vendor.book(ctx)
	if err == nil && sum(b.Totals) != fen {
		err = fmt.Errorf("booked %s on a full disk, %s before", sum(b.Totals).Yuan(), fen.Yuan())
	}
	return err
}

// fillMeanwhile lets another program take all that the disk has while orders are under way: at most those may be in
// doubt, and no try after it orders anything.
func (t *trial) fillMeanwhile(ctx context.Context, d *smallDisk) error {
	const room = 48 << 10
	if err := d.grow(ctx, room); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	filled := make(chan error, 1)
	ballast := filepath.Join(d.dir, "ballast")
	go func() { filled <- t.fillOnceOrdered(ctx, ballast) }()
	err := t.tryFull(ctx, d, room)
	stop()
	if err := errors.Join(err, <-filled); err != nil {
		return err
	}
	b, err := t.vendor.book(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	for range triesOnFull - 1 {
		if err := t.tryFull(context.WithoutCancel(ctx), d, room); err != nil {
			return err
		}
		if err := t.ordered(context.WithoutCancel(ctx), sum(b.Totals)); err != nil {
			return err
		}
	}
	v, err := viewOf(t.workspace(), filepath.Join(t.dir, "aside"))
	if err != nil {
		return err
	}
	t.lab.say("filled after %s: %d in doubt", sum(b.Totals).Yuan(), v.doubts+v.submitting)
	if n := v.doubts + v.submitting; n > 2*t.terms.inFlight {
		return fmt.Errorf("%d orders are in doubt, of at most %d under way when the disk was filled", n, 2*t.terms.inFlight)
	}
	t.doubts = v.doubts + v.submitting
	return os.Remove(ballast)
}

// fillOnceOrdered fills the disk up to the last byte once something was bought.
func (t *trial) fillOnceOrdered(ctx context.Context, path string) error {
	for {
		b, err := t.vendor.book(context.WithoutCancel(ctx))
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if sum(b.Totals) > 100_00 {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return f.Close()
}

func lastLines(said string) string {
	lines := strings.Split(said, "\n")
	return strings.Join(lines[max(0, len(lines)-2):], " / ")
}

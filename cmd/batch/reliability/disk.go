package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// disk fills the disk under the workspace: the run ends and says what to do,
// the ledger is good, and with room again it goes on and buys nothing twice.
func disk(ctx context.Context, l *lab) error {
	kind := ""
	fulls := 0
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
	}
	fmt.Fprintf(l.out, "disk: %d workspaces on %s, full %d times: each end said what to do; bought twice: 0; seed %d\n", l.n, kind, fulls, l.seed)
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

// full lets the disk run full again and again, each time with a little more room.
func (t *trial) full(ctx context.Context, d *smallDisk) (fulls int, err error) {
	for room := 400; ; room += 150 + t.rand.IntN(400) {
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
		fulls++
		t.lab.say("%d KiB: exit %d: %s", room, code, lastLines(said))
		helpful := strings.Contains(said, "free some space") || strings.Contains(said, "batch resume") || strings.Contains(said, "--out")
		if d.tmpfs && (code != 1 && code != 2 || !helpful || strings.Contains(said, "doctor")) {
			return fulls, fmt.Errorf("on a full disk it exits %d and says: %s", code, said)
		}
		if err := d.grow(ctx, room+100); err != nil { // a little room to look at it
			return fulls, err
		}
		if err := t.look(); err != nil {
			return fulls, err
		}
	}
	if fulls == 0 {
		return 0, errors.New("the disk was never full")
	}
	_, _, err = t.checkAll(ctx)
	return fulls, err
}

func lastLines(said string) string {
	lines := strings.Split(said, "\n")
	return strings.Join(lines[max(0, len(lines)-2):], " / ")
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// order proves from the system calls of a real run what is on disk before
// what. It wants strace, and the right to trace.
func order(ctx context.Context, l *lab) error {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return fmt.Errorf("strace is not there (apt-get install strace): %w", err)
	}
	if text, err := exec.CommandContext(ctx, strace, "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		return fmt.Errorf("tracing is not allowed here: %w: %s", err, text)
	}
	total := &witness{}
	for i, datasets := range []string{"valuation,violations", "maintenance"} {
		// One vendor and one call at a time, slowly: nothing else is written
		// while an order leaves.
		seed := l.seed + uint64(i)
		t, err := l.newTrialWith(ctx, seed, chance(seed), conditions{vehicles: 6, datasets: datasets, perSecond: 4, inFlight: 1, latest: 50 * time.Millisecond})
		if err != nil {
			return err
		}
		w, err := t.traced(ctx, strace)
		if err = t.close(ctx, err); err != nil {
			return err
		}
		total.lines, total.calls, total.renames = total.lines+w.lines, total.calls+w.calls, total.renames+w.renames
	}
	fmt.Fprintf(l.out, "order: %d system calls of 2 runs. Before each of %d orders the ledger's log was written and, after its last write, fsynced;\n"+
		"  each of %d files was fsynced before its rename, their folder before the manifest's; the manifest's rename was the last, and the folder was fsynced after it\n",
		total.lines, total.calls, total.renames)
	return nil
}

// traced runs batch under strace and goes through what it did.
func (t *trial) traced(ctx context.Context, strace string) (*witness, error) {
	if err := t.oneVendor(); err != nil {
		return nil, err
	}
	trace := filepath.Join(t.dir, "trace")
	args := append([]string{"-f", "-y", "-s", "120", "-o", trace, "-e", "trace=write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,sendto", t.lab.batch}, t.runWords()...)
	p, err := startProcess(ctx, start{program: strace, dir: t.dir, args: args, log: filepath.Join(t.dir, "strace.log")})
	if err != nil {
		return nil, err
	}
	code, err := p.wait(patience)
	if err != nil {
		return nil, err
	}
	if err := expect(code, []int{0, 3}, p); err != nil {
		return nil, err
	}
	f, err := os.Open(trace)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	w := &witness{written: map[string]bool{}}
	if err := w.read(f); err != nil {
		return nil, fmt.Errorf("%w\n  the trace: %s", err, trace)
	}
	return w, t.checkTrace(ctx, w)
}

// oneVendor takes the second vendor off the route.
func (t *trial) oneVendor() error {
	path := filepath.Join(t.dir, "batch.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.Replace(text, []byte("[tencent, wapi]"), []byte("[tencent]"), 1), 0o600)
}

// checkTrace wants every order of the book and every file of the outputs to
// have been seen.
func (t *trial) checkTrace(ctx context.Context, w *witness) error {
	_, v, err := t.checkBooks(ctx)
	if err != nil {
		return err
	}
	m, err := readManifest(t.outputs(v))
	if err != nil {
		return err
	}
	if w.calls != v.lookups || w.renames != len(m.Outputs)+1 || w.manifests != 1 {
		return fmt.Errorf("the trace shows %d orders and %d renames, %d of a manifest; the ledger has %d lookups, the manifest %d files", w.calls, w.renames, w.manifests, v.lookups, len(m.Outputs))
	}
	return nil
}

// witness goes through the system calls in their order.
type witness struct {
	lines, calls, renames, manifests int

	logWritten bool            // since the last order
	logDirty   bool            // since the last fsync
	written    map[string]bool // files of the outputs that were written and not fsynced since
	dirDirty   bool            // a file was renamed and the folder not fsynced since
	pending    map[string]string
}

var (
	call     = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	handle   = regexp.MustCompile(`^\d+<([^>]*)>`)
	renaming = regexp.MustCompile(`"([^"]*)", (?:\w+(?:<([^>]*)>)?, )?"([^"]*)"`) // the second name may be told from a folder
	ordering = regexp.MustCompile(`"(?:POST|GET) /(?:pyi/170/378|pyi/201/377|pyi/65/173|release/maintenance/order)\b`)
)

func (w *witness) read(trace io.Reader) error {
	w.pending = map[string]string{}
	lines := bufio.NewScanner(trace)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		w.lines++
		if err := w.line(lines.Text()); err != nil {
			return fmt.Errorf("system call %d (%s): %w", w.lines, lines.Text(), err)
		}
	}
	if w.dirDirty {
		return errors.New("the folder was not fsynced after the last rename")
	}
	return lines.Err()
}

// line takes a call for begun where it begins, and an fsync for done only
// where it has ended: strace cuts calls of several threads in two.
func (w *witness) line(text string) error {
	if m := resumed.FindStringSubmatch(text); m != nil {
		if strings.HasPrefix(m[2], "f") && strings.HasSuffix(m[3], "= 0") {
			return w.synced(w.pending[m[1]])
		}
		return nil
	}
	m := call.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	path := ""
	if h := handle.FindStringSubmatch(m[3]); h != nil {
		path = h[1]
	}
	switch {
	case m[2] == "fsync" || m[2] == "fdatasync":
		if strings.HasSuffix(m[3], "= 0") {
			return w.synced(path)
		}
		w.pending[m[1]] = path
		return nil
	case strings.HasPrefix(m[2], "rename"):
		return w.renamed(m[3])
	}
	return w.wrote(path, m[3])
}

func (w *witness) wrote(path, text string) error {
	switch {
	case strings.HasSuffix(path, "ledger.db-wal"):
		w.logWritten, w.logDirty = true, true
	case strings.HasSuffix(path, ".partial"):
		w.written[path] = true
	case ordering.MatchString(text):
		w.calls++
		if w.logDirty || !w.logWritten {
			return fmt.Errorf("an order leaves; the log was written since the last one: %v, and not fsynced since: %v", w.logWritten, w.logDirty)
		}
		w.logWritten = false
	}
	return nil
}

func (w *witness) synced(path string) error {
	switch {
	case strings.HasSuffix(path, "ledger.db-wal"):
		w.logDirty = false
	case strings.HasSuffix(path, ".partial"):
		w.written[path] = false
	case strings.Contains(path, "/runs/"):
		w.dirDirty = false
	}
	return nil
}

func (w *witness) renamed(text string) error {
	m := renaming.FindStringSubmatch(text)
	if m == nil || !strings.HasSuffix(m[1], ".partial") {
		return nil
	}
	to := m[3]
	if !filepath.IsAbs(to) {
		to = filepath.Join(m[2], to)
	}
	if !strings.Contains(to, "/runs/") { // the link to the newest run
		return nil
	}
	if w.manifests > 0 {
		return errors.New("a file is renamed after the manifest")
	}
	for path, dirty := range w.written {
		if strings.HasSuffix(path, "/"+filepath.Base(m[1])) {
			if dirty {
				return errors.New("it is renamed before it is on the disk")
			}
			m[1] = ""
		}
	}
	if m[1] != "" {
		return errors.New("it was never written")
	}
	w.renames++
	if filepath.Base(to) == "manifest.json" {
		if w.dirDirty {
			return errors.New("the manifest is renamed before the folder of the other files is on the disk")
		}
		w.manifests++
	}
	w.dirDirty = true
	return nil
}

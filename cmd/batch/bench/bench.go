package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

// bench is what the benchmarks share: the program under test, freshly built,
// and a folder that goes when they are done.
type bench struct {
	settings

	out, log io.Writer
	dir      string
	batch    string // the program
	self     string // this program
}

func newBench(ctx context.Context, s settings, out, log io.Writer) (*bench, error) {
	if s.against != "" {
		path, err := exec.LookPath(s.against)
		if err != nil {
			return nil, fmt.Errorf("-against: %w", err)
		}
		if s.against, err = filepath.Abs(path); err != nil {
			return nil, fmt.Errorf("-against: %w", err)
		}
	}
	dir, err := os.MkdirTemp(s.dir, "batch-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	b := &bench{settings: s, out: out, log: log, dir: dir, batch: filepath.Join(dir, "batch")}
	if b.self, err = os.Executable(); err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if err := harness.Build(ctx, b.batch); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) } // it lies in the temporary folder

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }

func (b *bench) printMachine(words []string) {
	fmt.Fprintf(b.out, "`go run ./cmd/batch/bench %s`: %s, %s/%s, %d cores, %s\n",
		strings.Join(words, " "), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().UTC().Format(time.DateOnly))
}

// job is one run of batch in a fresh workspace against a fresh simulator.
type job struct {
	vehicles  int
	perSecond float64 // 0: no limit, at both
	burst     int
	gateway   string // more of the vendor's rate, as the configuration has it
	poll      string // how reports are asked for; "" for at once
	program   string // "" for the one under test
}

// result is what a job came to.
type result struct {
	exited
	calls     time.Duration // from the first order to the last answer written down: no planning, no outputs
	book      simulator.BookPage
	vendorCPU time.Duration
}

// manifest is what is read of `--json`.
type manifest struct {
	FinishedAt time.Time                   `json:"finished_at"`
	Complete   bool                        `json:"complete"`
	Lookups    map[string]map[string]int64 `json:"lookups"`
	Waiting    map[string]struct {
		Lookups int64 `json:"lookups"`
	} `json:"waiting"`
	Outputs []struct {
		Path string `json:"path"`
		Rows int64  `json:"rows"`
	} `json:"outputs"`
}

// runBatch does a job and checks that all of it was done, and nothing twice.
func (b *bench) runBatch(ctx context.Context, j job) (result, error) {
	var r result
	dir, err := os.MkdirTemp(b.dir, "run-")
	if err != nil {
		return r, fmt.Errorf("make a workspace: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	v, err := startVendor(ctx, b.batch, "--rate", fmt.Sprint(j.perSecond), "--burst", fmt.Sprint(max(1, j.burst)))
	if err != nil {
		return r, err
	}
	defer func() { _ = v.Stop() }()
	if err := b.prepare(dir, v.URL, j); err != nil {
		return r, err
	}
	if r.exited, err = runProcess(ctx, start{program: cmp.Or(j.program, b.batch), dir: dir,
		args: []string{"run", "fleet.csv", "--dataset", "maintenance", "--config", "batch.yaml", "--json"}}); err != nil {
		return r, err
	}
	if err := r.read(ctx, v, j); err != nil {
		return r, err
	}
	err = v.Stop()
	if err == nil {
		r.vendorCPU = v.CPU()
	}
	return r, err
}

func (b *bench) prepare(dir, url string, j job) error {
	k := simulator.DefaultCredentials()
	text := fmt.Sprintf(configuration, url, k.TencentSecretID, k.TencentKey, j.perSecond, max(1, j.burst), b.connections, j.gateway,
		cmp.Or(j.poll, "first: 1ms, interval: 1s"), k.WAPIAppID, k.WAPISecret)
	if err := os.WriteFile(filepath.Join(dir, "batch.yaml"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return writeFleet(filepath.Join(dir, "fleet.csv"), j.vehicles)
}

const configuration = `vendors:
  tencent:
    base_url: %s
    secret_id: %s
    secret_key: %s
    rate: {per_second: %g, burst: %d, in_flight: %d%s}
    poll: {%s}
  wapi:
    base_url: %[1]s
    app_id: "%[9]s"
    secret: %[10]s
    rate: {per_second: 0, burst: 1, in_flight: %[6]d}
datasets:
  maintenance: {route: [tencent]}
  violations: {route: [wapi]}
`

func (r *result) read(ctx context.Context, v *vendor, j job) error {
	var m manifest
	if err := json.Unmarshal(r.out, &m); err != nil {
		return fmt.Errorf("read what batch printed: %w", err)
	}
	var err error
	if r.book, err = v.book(ctx); err != nil {
		return err
	}
	statuses := m.Lookups["maintenance"]
	if done := statuses["found"] + statuses["no_record"]; !m.Complete || done != int64(j.vehicles) || len(r.book.Doubles) > 0 {
		return fmt.Errorf("%d of %d lookups are done, %d are bought twice", done, j.vehicles, len(r.book.Doubles))
	}
	first, err := v.firstOrder(ctx)
	r.calls = m.FinishedAt.Sub(first)
	return err
}

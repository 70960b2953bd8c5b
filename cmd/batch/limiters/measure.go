package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

// lab is what the limiters share: the program, and a folder that goes in the end.
type lab struct {
	settings
	log io.Writer
	dir string
}

func newLab(ctx context.Context, s settings, log io.Writer) (*lab, error) {
	dir, err := os.MkdirTemp("", "batch-limiters-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	at := &lab{settings: s, log: log, dir: dir}
	if at.batch == "" {
		at.batch = filepath.Join(dir, "batch")
		if err := harness.Build(ctx, at.batch); err != nil {
			at.close()
			return nil, err
		}
	}
	return at, nil
}

func (at *lab) close() { _ = os.RemoveAll(at.dir) } // it lies in the temporary folder

// outcome is what came of a run behind a limiter.
type outcome struct {
	calls    int64 // that the vendor saw
	span     time.Duration
	refused  int
	inDoubt  int64
	settled  int64
	unasked  int64 // orders that the vendor has and whose report was not fetched
	twice    int
	exitCode int
	refusal  string // what a refusal looks like
}

func (o outcome) row(s settings) string {
	share := float64(o.calls-1) / o.span.Seconds() / float64(s.rate) // the first call opens the span
	return fmt.Sprintf("%s | %.1f%% | %d | %d | %d | %d | %d of %d | %.1f s, exit %d |",
		o.refusal, 100*share, o.refused, o.inDoubt, o.unasked, o.twice, o.settled, s.vehicles, o.span.Seconds(), o.exitCode)
}

// measure has batch buy a fleet by way of a limiter.
func (at *lab) measure(ctx context.Context, l limiter) (o outcome, err error) {
	l.say(at, fmt.Sprintf("%d calls at %d/s", 2*at.vehicles, at.rate))
	vendor, err := harness.StartSimulator(ctx, at.batch)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, vendor.Stop()) }()
	f, err := at.startFront(ctx, l, vendor.URL)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	m, code, err := at.buy(ctx, l, f.url)
	if err != nil {
		return o, err
	}
	o.exitCode = code
	if o.refused, err = f.refused(); err != nil {
		return o, err
	}
	if err := o.read(ctx, m, vendor.URL); err != nil {
		return o, err
	}
	o.refusal, err = f.refusal(ctx, 3*at.rate)
	return o, err
}

// manifest is what is read of `--json`.
type manifest struct {
	FinishedAt time.Time                   `json:"finished_at"`
	Lookups    map[string]map[string]int64 `json:"lookups"`
}

const configuration = `vendors:
  tencent:
    base_url: %s
    secret_id: %s
    secret_key: %s
    poll: {first: 1ms, interval: 1s}
%sdatasets:
  maintenance: {route: [tencent]}
`

// mostTime bounds a run: batch is told to stop then.
const mostTime = 3 * time.Minute

// buy runs batch once, in a workspace of its own.
func (at *lab) buy(ctx context.Context, l limiter, url string) (manifest, int, error) {
	var m manifest
	dir, err := os.MkdirTemp(at.dir, "run-")
	if err != nil {
		return m, 0, fmt.Errorf("make a workspace: %w", err)
	}
	fleet := "vin\n"
	for i := range at.vehicles {
		fleet += fmt.Sprintf("LSVAM4180G2%06d\n", i) // a wrong check digit is a remark and no more
	}
	k := simulator.DefaultCredentials()
	conf := fmt.Sprintf(configuration, url, k.TencentSecretID, k.TencentKey, l.yaml(at.settings))
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "fleet.csv"), []byte(fleet), 0o600), os.WriteFile(filepath.Join(dir, "batch.yaml"), []byte(conf), 0o600)); err != nil {
		return m, 0, fmt.Errorf("write a fleet: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, at.batch, "run", "fleet.csv", "--dataset", "maintenance", "--wait", "1m", "--json")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var out, said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &said
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return m, 0, fmt.Errorf("run batch: %w", err)
	}
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		return m, 0, fmt.Errorf("read what batch printed: %w\n%s", err, said.Bytes())
	}
	return m, cmd.ProcessState.ExitCode(), nil
}

// until is when the last call ended: by batch's word where it has finished, else
// by what the vendor saw last.
func until(b simulator.BookPage, m manifest) time.Time {
	if !m.FinishedAt.IsZero() {
		return m.FinishedAt
	}
	var seen []time.Time
	for _, o := range b.Orders {
		seen = append(seen, o.At)
	}
	for _, e := range b.Entries { // charges
		seen = append(seen, e.At)
	}
	return slices.MaxFunc(seen, time.Time.Compare)
}

func (o *outcome) read(ctx context.Context, m manifest, url string) error {
	b, err := harness.Book(ctx, url)
	if err != nil {
		return err
	}
	if len(b.Orders) == 0 {
		return errors.New("not one order came through")
	}
	statuses := m.Lookups["maintenance"]
	o.calls = b.Requests[simulator.TencentOrder] + b.Requests[simulator.TencentReport]
	o.span = until(b, m).Sub(b.Orders[0].At)
	o.settled = statuses["found"] + statuses["no_record"]
	o.inDoubt, o.twice = statuses["in_doubt"], len(b.Doubles)
	o.unasked = int64(len(b.Orders)) - o.settled
	return nil
}

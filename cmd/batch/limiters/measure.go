package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

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
		if err := command(ctx, "", "go", "build", "-o", at.batch, "vehiclebatch/cmd/batch"); err != nil {
			at.close()
			return nil, fmt.Errorf("run this in the module's folder: %w", err)
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
	vendor, url, err := at.startVendor(ctx)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, vendor.stop()) }()
	f, err := at.startFront(ctx, l, url)
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
	if err := o.read(ctx, m, url); err != nil {
		return o, err
	}
	o.refusal, err = f.refusal(ctx, 3*at.rate)
	return o, err
}

// startVendor starts a simulator whose reports are ready at once.
func (at *lab) startVendor(ctx context.Context) (*front, string, error) {
	cmd := exec.CommandContext(ctx, at.batch, "simulate", "--listen", "127.0.0.1:0", "--latency-min", "0", "--latency-max", "0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", fmt.Errorf("start the simulator: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start the simulator: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("read the simulator's address: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	return &front{cmd: cmd}, strings.TrimSpace(line), nil
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

// book is what the simulator knows of its calls.
type book struct {
	Requests map[string]int64
	Doubles  []any
	Orders   []struct{ At time.Time }
	Entries  []struct{ At time.Time } // charges
}

// until is when the last call ended: by batch's word where it has finished, else
// by what the vendor saw last.
func (b book) until(m manifest) time.Time {
	if !m.FinishedAt.IsZero() {
		return m.FinishedAt
	}
	return slices.MaxFunc(append(b.Orders, b.Entries...), func(x, y struct{ At time.Time }) int { return x.At.Compare(y.At) }).At
}

func (o *outcome) read(ctx context.Context, m manifest, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_simulator/book", nil)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	var b book
	if err := errors.Join(json.NewDecoder(resp.Body).Decode(&b), resp.Body.Close()); err != nil {
		return fmt.Errorf("read the simulator's book: %w", err)
	}
	if len(b.Orders) == 0 {
		return errors.New("not one order came through")
	}
	statuses := m.Lookups["maintenance"]
	o.calls = b.Requests[simulator.TencentOrder] + b.Requests[simulator.TencentReport]
	o.span = b.until(m).Sub(b.Orders[0].At)
	o.settled = statuses["found"] + statuses["no_record"]
	o.inDoubt, o.twice = statuses["in_doubt"], len(b.Doubles)
	o.unasked = int64(len(b.Orders)) - o.settled
	return nil
}

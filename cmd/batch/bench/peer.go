package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

//go:embed bento.yaml
var bentoJob []byte

// contestant does the whole job once, in a process of its own.
type contestant struct {
	name string
	run  func(context.Context) (result, error)

	taken
	rate, calls, each figures // lookups a second, those of the calls alone, ms of the processor a lookup
	vendor            figures // ms of the processor that the simulator took beside it
}

// throughput holds whole runs of batch against the bare client, in turn.
func throughput(ctx context.Context, b *bench) error {
	return b.compare(ctx, "Throughput", append([]*contestant{b.bareContestant()}, b.ownContestants()...))
}

// beside holds batch against Bento and the bare client, in turn.
func beside(ctx context.Context, b *bench) error {
	if err := b.buildBento(ctx); err != nil {
		return err
	}
	all := []*contestant{b.bareContestant(),
		{name: "Bento", run: func(ctx context.Context) (result, error) { return b.runBento(ctx, 0) }},
		{name: "Bento, keeping its connections", run: func(ctx context.Context) (result, error) { return b.runBento(ctx, b.connections) }}}
	return b.compare(ctx, "Beside Bento", append(all, b.ownContestants()...))
}

// compare lets each do the job in turn, and prints what that took.
func (b *bench) compare(ctx context.Context, title string, all []*contestant) error {
	n := float64(b.vehicles)
	for i := range b.runs {
		for _, c := range all {
			r, err := c.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.add(r.exited)
			c.rate, c.each = append(c.rate, n/r.wall.Seconds()), append(c.each, 1000*r.cpu.Seconds()/n)
			if r.calls > 0 {
				c.calls, c.vendor = append(c.calls, n/r.calls.Seconds()), append(c.vendor, 1000*r.vendorCPU.Seconds()/n)
			}
			b.say("%s %d/%d: %s: %.0f/s, %.3f ms of the processor a lookup, %.0f MiB", title, i+1, b.runs, c.name, c.rate[i], c.each[i], c.peak[i])
		}
	}
	b.printBeside(title, all)
	return nil
}

func (b *bench) bareContestant() *contestant {
	return &contestant{name: "the bare client", run: func(ctx context.Context) (result, error) {
		e, err := b.runBare(ctx)
		return result{exited: e}, err
	}}
}

// ownContestants are the builds of batch.
func (b *bench) ownContestants() (all []*contestant) {
	for _, p := range b.programs() {
		all = append(all, &contestant{name: p.name, run: func(ctx context.Context) (result, error) {
			return b.runBatch(ctx, job{vehicles: b.vehicles, program: p.path})
		}})
	}
	return all
}

func (b *bench) printBeside(title string, all []*contestant) {
	fmt.Fprintf(b.out, "\n### %s: %d vehicles, %d connections, %d runs of each in turn\n", title, b.vehicles, b.connections, b.runs)
	var rates, each, peaks, shares []line
	for k, c := range all {
		rates = append(rates, line{c.name + ", whole process", c.rate, "%.0f"})
		each = append(each, line{c.name, c.each, "%.3f"})
		peaks = append(peaks, line{c.name, c.peak, "%.0f"})
		if len(c.calls) == 0 {
			continue
		}
		rates = append(rates, line{c.name + ", calls alone", c.calls, "%.0f"})
		each = append(each, line{"the simulator, beside " + c.name, c.vendor, "%.3f"})
		for _, other := range slices.Concat(all[:k], all[k+1:]) {
			if len(other.calls) == 0 || k < slices.Index(all, other) {
				shares = append(shares, c.against(other)...)
			}
		}
	}
	printTable(b.out, "lookups a second", rates...)
	printTable(b.out, "pair by pair", shares...)
	printTable(b.out, "processor time a lookup, ms", each...)
	printTable(b.out, "peak resident memory, MiB", peaks...)
}

// against holds one contestant's runs against another's. Those that are not of
// batch know the whole process alone.
func (c *contestant) against(other *contestant) []line {
	calls := line{c.name + ", calls alone, in percent of the whole process of " + other.name, ratios(c.calls, other.rate), "%.0f%%"}
	if len(other.calls) > 0 {
		calls = line{c.name + ", calls alone, in percent of those of " + other.name, ratios(c.calls, other.calls), "%.0f%%"}
	}
	return []line{{c.name + " in percent of " + other.name, ratios(c.rate, other.rate), "%.0f%%"}, calls,
		{c.name + ", processor time a lookup in percent of " + other.name, ratios(c.each, other.each), "%.0f%%"}}
}

// buildBento builds Bento from the module beside this package.
func (b *bench) buildBento(ctx context.Context) error {
	dir, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", "vehiclebatch/cmd/batch/bench").Output()
	if err != nil {
		return fmt.Errorf("find this module's folder: %w", err)
	}
	peer := filepath.Join(strings.TrimSpace(string(dir)), "peer")
	b.say("peer: building Bento")
	if text, err := exec.CommandContext(ctx, "go", "build", "-C", peer, "-o", b.path("bento"), ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build Bento: %w\n%s", err, text)
	}
	return nil
}

// runBento does the job once, and checks that every vehicle has its report and
// none was bought twice.
func (b *bench) runBento(ctx context.Context, keep int) (result, error) {
	var r result
	dir, err := os.MkdirTemp(b.dir, "bento-")
	if err != nil {
		return r, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it lies in the temporary folder
	v, err := startVendor(ctx, b.batch)
	if err != nil {
		return r, err
	}
	defer func() { _ = v.Stop() }()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "bento.yaml"), bentoJob, 0o600), writeFleet(filepath.Join(dir, "fleet.csv"), b.vehicles)); err != nil {
		return r, fmt.Errorf("write Bento's job: %w", err)
	}
	k := simulator.DefaultCredentials()
	env := []string{"PEER_URL=" + v.URL, "PEER_ID=" + k.TencentSecretID, "PEER_KEY=" + k.TencentKey, "PEER_THREADS=" + strconv.Itoa(b.connections)}
	if keep > 0 {
		env = append(env, "PEER_CONNECTIONS="+strconv.Itoa(keep))
	}
	if r.exited, err = runProcess(ctx, start{program: b.path("bento"), dir: dir, env: env, args: []string{"-c", "bento.yaml"}}); err != nil {
		return r, err
	}
	if r.book, err = v.book(ctx); err != nil {
		return r, err
	}
	if orders := r.book.Requests[simulator.TencentOrder]; orders != int64(b.vehicles) || len(r.book.Doubles) > 0 {
		return r, fmt.Errorf("%d orders for %d vehicles, %d are bought twice", orders, b.vehicles, len(r.book.Doubles))
	}
	f, err := os.Open(filepath.Join(dir, "reports.ndjson"))
	if err != nil {
		return r, fmt.Errorf("read what Bento wrote: %w", err)
	}
	return r, errors.Join(checkReports(f, b.vehicles), f.Close())
}

// checkReports reads lines of a VIN and its report: each of the fleet's first n
// vehicles must be there once, with a report or the word that there is none.
func checkReports(lines io.Reader, n int) error {
	seen := make(map[string]bool, n)
	for d := json.NewDecoder(lines); ; {
		var l struct {
			VIN    string `json:"vin"`
			Report struct {
				Data struct {
					Detail struct {
						Code any `json:"resultCode"`
					} `json:"detail"`
				} `json:"data"`
			} `json:"report"`
		}
		err := d.Decode(&l)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", len(seen)+1, err)
		}
		if code := l.Report.Data.Detail.Code; code != reportThere && code != reportNone || seen[l.VIN] {
			return fmt.Errorf("%q has no report, or two: its result is %v", l.VIN, code)
		}
		seen[l.VIN] = true
	}
	for i := range n {
		if !seen[harness.VIN(i)] {
			return fmt.Errorf("%d of %d vehicles have an answer; %s has none", len(seen), n, harness.VIN(i))
		}
	}
	return nil
}

// What tencent says of a report that is there, and of a vehicle without any.
const (
	reportThere = "1205"
	reportNone  = "1206"
)

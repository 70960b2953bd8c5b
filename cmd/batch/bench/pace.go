package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

// trial is a way of a vendor's gateway to let itself be called.
type trial struct {
	name  string
	terms terms
	calls int // 0: as many as last for the span
	runs  int // 0: as many as the flag says
}

// trials are the ways that matter: what a strict vendor allows, and what was
// met at real gateways.
func trials() []trial {
	return []trial{
		{name: "10/s, burst 1", terms: terms{perSecond: 10, burst: 1}},
		{name: "50/s, burst 1", terms: terms{perSecond: 50, burst: 1}},
		{name: "200/s, burst 1", terms: terms{perSecond: 200, burst: 1}},
		{name: "1000/s, burst 1", terms: terms{perSecond: 1000, burst: 1}},
		{name: "200/s, burst 10", terms: terms{perSecond: 200, burst: 10}},
		{name: "nginx, 200 r/s without burst, 503", terms: terms{perSecond: 200, burst: 1, nginx: true}},
		{name: "200/s, one 429 in 1,000 calls", terms: terms{perSecond: 200, burst: 10, refuse: 500}, calls: 1000},
		{name: "10/s, burst 1, https, 60 ms handshake", terms: terms{perSecond: 10, burst: 1, handshake: 60 * time.Millisecond}, calls: 100, runs: 10},
	}
}

// pace holds batch against gateways that refuse every call beyond exactly what
// they allow, judged when the first byte of it comes.
func pace(ctx context.Context, b *bench) error {
	w := b.out
	fmt.Fprintf(w, "\n### Pace: about %s each\n\n", b.span)
	fmt.Fprintln(w, "| allowed | runs | calls each | share used, least | median | most | refused | in doubt |\n| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |")
	for _, t := range trials() {
		if !strings.Contains(t.name, b.only) {
			continue
		}
		if t.calls == 0 {
			t.calls = int(t.terms.perSecond * b.span.Seconds())
		}
		if t.runs == 0 {
			t.runs = b.runs
		}
		if err := b.try(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

// try does all runs of a trial and prints its row.
func (b *bench) try(ctx context.Context, t trial) error {
	var shares, refused figures
	doubts := 0
	for range t.runs {
		f, doubt, err := b.runPaced(ctx, t)
		if err != nil {
			return err
		}
		shares, refused = append(shares, 100*f.share(t.terms.perSecond, t.terms.burst)), append(refused, float64(f.Refused))
		doubts += doubt
		b.say("pace, %s: %.2f%%, %d refused", t.name, shares[len(shares)-1], f.Refused)
	}
	fmt.Fprintf(b.out, "| %s | %d | %d %s %s | %d |\n", t.name, t.runs, t.calls, shares.row("%.1f%%"), refused.each("%.0f"), doubts)
	return nil
}

// runPaced runs batch once against a fresh gateway. Orders may end in doubt, but
// nothing may be bought twice.
func (b *bench) runPaced(ctx context.Context, t trial) (wireFigures, int, error) {
	var f wireFigures
	dir, err := os.MkdirTemp(b.dir, "pace-")
	if err != nil {
		return f, 0, fmt.Errorf("make a workspace: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it lies in the temporary folder
	certificate := filepath.Join(dir, "certificate.pem")
	s, err := harness.Start(exec.CommandContext(ctx, b.self, append(t.terms.words(), "-certificate", certificate)...))
	if err != nil {
		return f, 0, err
	}
	v := &vendor{Server: s, certificate: certificate}
	defer func() { _ = v.Stop() }() // the figures are read by then
	j := job{vehicles: max(1, t.calls/callsPerVehicle), perSecond: t.terms.perSecond, burst: t.terms.burst}
	if t.terms.nginx {
		j.gateway = ", gateway: nginx"
	}
	if err := b.prepare(dir, v.URL, j); err != nil {
		return f, 0, err
	}
	e, err := runProcess(ctx, start{program: b.batch, dir: dir, mayFail: true, env: []string{"SSL_CERT_FILE=" + certificate},
		args: []string{"run", "fleet.csv", "--dataset", "maintenance", "--config", "batch.yaml", "--json"}})
	if err != nil {
		return f, 0, err
	}
	doubt, err := readPaced(ctx, v, e, &f)
	return f, doubt, err
}

// readPaced reads what came of a run, and checks that nothing was bought twice.
func readPaced(ctx context.Context, v *vendor, e exited, f *wireFigures) (doubt int, err error) {
	var m manifest
	if err := json.Unmarshal(e.out, &m); err != nil {
		return 0, fmt.Errorf("read what batch printed: %w", err)
	}
	book, err := v.book(ctx)
	if err != nil {
		return 0, err
	}
	if len(book.Doubles) > 0 || book.Requests[simulator.TencentOrder] == 0 {
		return 0, fmt.Errorf("%d are bought twice, %d orders", len(book.Doubles), book.Requests[simulator.TencentOrder])
	}
	statuses := m.Lookups["maintenance"]
	if statuses["pending"] > 0 {
		err = errors.New("the run ended before its work was done")
	}
	return int(statuses["in_doubt"]), errors.Join(err, v.read(ctx, figuresPath, func(r io.Reader) error { return json.NewDecoder(r).Decode(f) }))
}

// callsPerVehicle are an order and a report.
const callsPerVehicle = 2

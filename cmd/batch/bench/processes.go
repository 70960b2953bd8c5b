package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

// exited is what is known of a process that has ended.
type exited struct {
	began time.Time
	wall  time.Duration
	cpu   time.Duration // user and system
	peak  int64         // resident memory at its highest, in bytes
	out   []byte
}

// start names what runs, its folder and its arguments.
type start struct {
	program string
	dir     string
	args    []string
	env     []string // beside this process's own
	mayFail bool     // to settle everything: exit codes 3 and 4 are no error
}

// runProcess runs a program to its end. The kernel counts the memory of the
// process that starts another one into the latter's peak: the benchmark has to
// stay smaller than what it measures.
func runProcess(ctx context.Context, s start) (exited, error) {
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, s.program, s.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = s.dir, &out, &errs, append(os.Environ(), s.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	begin := time.Now()
	err := cmd.Run()
	e := exited{began: begin, wall: time.Since(begin), out: out.Bytes()}
	if code := cmd.ProcessState.ExitCode(); err != nil && (!s.mayFail || code != 3 && code != 4) {
		return e, fmt.Errorf("%s %v: %w\n%s", s.program, s.args, err, errs.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return e, errors.New("this system does not tell what a process used")
	}
	e.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	e.peak = usage.Maxrss * maxrssUnit
	return e, nil
}

// vendor is a simulator that serves in a process of its own.
type vendor struct {
	*harness.Server
	certificate string // file with the one that it shows, over https
}

// startVendor starts a fresh simulator whose reports are ready at once.
func startVendor(ctx context.Context, program string, args ...string) (*vendor, error) {
	s, err := harness.StartSimulator(ctx, program, args...)
	return &vendor{Server: s}, err
}

// book is what the simulator knows, without the lists.
func (v *vendor) book(ctx context.Context) (simulator.BookPage, error) {
	var b simulator.BookPage
	return b, v.read(ctx, "/_simulator/book?lists=0", func(r io.Reader) error { return json.NewDecoder(r).Decode(&b) })
}

// firstOrder is when the simulator took its first order. The rest of the list
// is left unread, to keep the benchmark small.
func (v *vendor) firstOrder(ctx context.Context) (time.Time, error) {
	var first time.Time
	return first, v.read(ctx, "/_simulator/book", func(r io.Reader) error {
		d := json.NewDecoder(r)
		for {
			token, err := d.Token()
			if err != nil {
				return fmt.Errorf("look for the first order: %w", err)
			}
			if token != "orders" {
				continue
			}
			if _, err := d.Token(); err != nil {
				return fmt.Errorf("look for the first order: %w", err)
			}
			var order struct{ At time.Time }
			err = d.Decode(&order)
			first = order.At
			return err
		}
	})
}

func (v *vendor) read(ctx context.Context, path string, do func(io.Reader) error) error {
	client, err := v.client()
	if err != nil {
		return err
	}
	return harness.Read(ctx, client, v.URL+path, do)
}

// client is one that knows the vendor's certificate.
func (v *vendor) client() (*http.Client, error) {
	if !strings.HasPrefix(v.URL, "https:") {
		return http.DefaultClient, nil
	}
	text, err := os.ReadFile(v.certificate)
	if err != nil {
		return nil, fmt.Errorf("read the simulator's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}}, nil
}

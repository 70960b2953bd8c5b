package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vehiclebatch/cmd/batch/harness"
)

// lab is what the trials share: the program under test, the fault proxy's
// server and a folder that goes when all is well. Safe for concurrent use.
type lab struct {
	settings
	trouble string
	out     io.Writer
	log     io.Writer
	toxi    *process // nil until a trial wants it

	mu    sync.Mutex
	proxy *toxiproxy
}

const toxiproxyVersion = "v2.5.0"

func newLab(ctx context.Context, name string, s settings, out, log io.Writer) (*lab, error) {
	dir, err := os.MkdirTemp(s.dir, "batch-reliability-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	l := &lab{settings: s, trouble: name, out: out, log: log}
	l.dir = dir
	if l.batch == "" {
		l.batch = filepath.Join(dir, "batch")
		if err := harness.Build(ctx, l.batch); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	return l, nil
}

func (l *lab) say(format string, args ...any) {
	if !l.quiet {
		l.mu.Lock()
		defer l.mu.Unlock()
		fmt.Fprintf(l.log, format+"\n", args...)
	}
}

// stop ends the server of the proxies.
func (l *lab) stop() error {
	if l.toxi == nil {
		return nil
	}
	return l.toxi.end()
}

// close ends the lab, and removes what it left.
func (l *lab) close() error { return errors.Join(l.stop(), os.RemoveAll(l.dir)) }

// proxies is the server of the fault proxies, started once.
func (l *lab) proxies(ctx context.Context) (*toxiproxy, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.proxy != nil {
		return l.proxy, nil
	}
	program, err := l.proxyProgram(ctx)
	if err != nil {
		return nil, err
	}
	address, err := harness.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(address) // it is one
	// Its life is the lab's, not that of the trial that asked first.
	l.toxi, err = startProcess(context.WithoutCancel(ctx), start{program: program, args: []string{"-host", host, "-port", port}, log: filepath.Join(l.dir, "toxiproxy.log")})
	if err != nil {
		return nil, err
	}
	l.proxy = &toxiproxy{url: "http://" + address}
	return l.proxy, l.proxy.await(ctx)
}

// proxyProgram finds toxiproxy's server, or says how to get it.
func (l *lab) proxyProgram(ctx context.Context) (string, error) {
	if l.settings.proxy != "" {
		return l.settings.proxy, nil
	}
	text, err := exec.CommandContext(ctx, "go", "env", "GOBIN", "GOPATH").Output()
	if err != nil {
		return "", fmt.Errorf("ask where go puts programs: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	bin := lines[0]
	if bin == "" {
		bin = filepath.Join(lines[1], "bin")
	}
	path := filepath.Join(bin, "server")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("toxiproxy is not there (%w): go install github.com/Shopify/toxiproxy/v2/cmd/server@%s", err, toxiproxyVersion)
	}
	return path, nil
}

// chance is the randomness of one trial.
func chance(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6261746368)) }

// between is a length of time from low to high.
func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Int64N(int64(high-low)+1))
}

// failure is what one trial found, and how to see it again.
type failure struct {
	words string // that begin it once more, but for the seed
	seed  uint64
	err   error
}

func (f *failure) Error() string {
	return fmt.Sprintf("trial of seed %d: %v\n  repeat it: go run ./cmd/batch/reliability %s -workers 1 -seed %d", f.seed, f.err, f.words, f.seed)
}

func (f *failure) Unwrap() error { return f.err }

// trials runs trials with rising seeds, several side by side, until enough says so. It
// ends at the first that fails.
func (l *lab) trials(ctx context.Context, enough func() bool, do func(ctx context.Context, seed uint64) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	var mu sync.Mutex
	next := l.seed
	for range l.workers {
		group.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				seed := next
				next++
				done := enough()
				mu.Unlock()
				if done {
					return
				}
				if err := do(ctx, seed); err != nil {
					if known := new(failure); !errors.As(err, &known) {
						err = &failure{words: l.trouble + " -n 1", seed: seed, err: err}
					}
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

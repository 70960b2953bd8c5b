// Package harness is what the measures and the trials of whole processes share: the
// program that is tried, its simulator in a process of its own, and fleets.
package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"vehiclebatch/vendors/simulator"
)

// Main runs a measure or a trial until it has done what its words say, or is interrupted.
func Main(name string, run func(ctx context.Context, words []string, out, log io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Build builds batch from the source.
func Build(ctx context.Context, path string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "vehiclebatch/cmd/batch")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build batch (run this in the module's folder): %w\n%s", err, text)
	}
	return nil
}

// Server is a program that serves in a process of its own.
type Server struct {
	Cmd *exec.Cmd
	URL string
}

// StartSimulator starts a fresh simulator whose reports are ready at once, but for what the words say.
func StartSimulator(ctx context.Context, batch string, words ...string) (*Server, error) {
	words = append([]string{"simulate", "--listen", "127.0.0.1:0", "--latency-min", "0", "--latency-max", "0"}, words...)
	return Start(exec.CommandContext(ctx, batch, words...))
}

// Start starts a program that prints its address first.
func Start(cmd *exec.Cmd) (*Server, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the simulator's address: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	return &Server{Cmd: cmd, URL: strings.TrimSpace(line)}, nil
}

// Stop ends the server. It may be called more than once.
func (s *Server) Stop() error {
	if s.Cmd.ProcessState != nil {
		return nil
	}
	if err := errors.Join(s.Cmd.Process.Signal(os.Interrupt), s.Cmd.Wait()); err != nil {
		return fmt.Errorf("stop the simulator: %w", err)
	}
	return nil
}

// CPU is what the server took of the processor, once it is stopped.
func (s *Server) CPU() time.Duration {
	return s.Cmd.ProcessState.UserTime() + s.Cmd.ProcessState.SystemTime()
}

// Read reads a page of a simulator.
func Read(ctx context.Context, client *http.Client, address string, do func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	return errors.Join(do(resp.Body), resp.Body.Close())
}

// Book is what the vendors of a simulator know, with the lists of orders and charges.
func Book(ctx context.Context, url string) (simulator.BookPage, error) {
	var b simulator.BookPage
	return b, Read(ctx, http.DefaultClient, url+"/_simulator/book", func(r io.Reader) error { return json.NewDecoder(r).Decode(&b) })
}

// FreeAddress is a loopback address that nobody listens at just now.
func FreeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"

	"vehiclebatch/cmd/batch/harness"
)

// fronts are the limiters' own files: configurations, and small servers around
// those that are libraries. Each writes the status of every answer, a line each,
// into calls.log or on stdout.
//
//go:embed fronts
var fronts embed.FS

// place is where a limiter stands, as its files name it.
type place struct {
	Dir    string
	Listen string // HOST:PORT
	Vendor string // HOST:PORT of the simulator
	Rate   int
}

// render writes a limiter's files, each named as in fronts/ or FROM>TO.
func (at *lab) render(l limiter, p place) error {
	for _, name := range l.files {
		from, to, renamed := strings.Cut(name, ">")
		if !renamed {
			to = from
		}
		t, err := template.ParseFS(fronts, "fronts/"+from)
		if err != nil {
			return fmt.Errorf("read %s: %w", from, err)
		}
		var text bytes.Buffer
		if err := t.Execute(&text, p); err != nil {
			return fmt.Errorf("fill in %s: %w", from, err)
		}
		if err := os.WriteFile(filepath.Join(p.Dir, to), text.Bytes(), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", to, err)
		}
	}
	return nil
}

// front is a limiter that serves.
type front struct {
	cmd *exec.Cmd
	dir string
	url string
}

// startFront starts a limiter before the simulator and waits until it listens.
func (at *lab) startFront(ctx context.Context, l limiter, vendor string) (*front, error) {
	listen, err := harness.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p := place{Dir: at.home(l), Listen: listen, Vendor: strings.TrimPrefix(vendor, "http://"), Rate: at.rate}
	if err := at.render(l, p); err != nil {
		return nil, err
	}
	calls, err := os.Create(filepath.Join(p.Dir, "calls.log"))
	if err != nil {
		return nil, fmt.Errorf("make the log: %w", err)
	}
	defer func() { _ = calls.Close() }()
	words := make([]string, len(l.program))
	for i, w := range l.program {
		words[i] = strings.ReplaceAll(w, "{{.Dir}}", p.Dir)
	}
	f := &front{cmd: exec.CommandContext(ctx, words[0], words[1:]...), dir: p.Dir, url: "http://" + listen}
	f.cmd.Dir, f.cmd.Stdout = p.Dir, calls
	f.cmd.Env = append(os.Environ(), "LISTEN="+listen, "VENDOR="+p.Vendor, "RATE="+strconv.Itoa(p.Rate), "BURST="+strconv.Itoa(l.burst))
	var said bytes.Buffer
	f.cmd.Stderr = &said
	if err := f.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start it: %w", err)
	}
	if err := awaitListener(ctx, listen); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, said.String()), f.stop())
	}
	return f, nil
}

func awaitListener(ctx context.Context, address string) error {
	for range 200 {
		if c, err := new(net.Dialer).DialContext(ctx, "tcp", address); err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("it does not listen after 10 s")
}

func (f *front) stop() error {
	_ = f.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	late := time.AfterFunc(10*time.Second, func() { _ = f.cmd.Process.Kill() })
	defer late.Stop()
	var exit *exec.ExitError
	if err := f.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("stop it: %w", err)
	}
	return nil
}

// refused counts the answers, of those that it has logged, that are none of the vendor's.
func (f *front) refused() (int, error) {
	file, err := os.Open(filepath.Join(f.dir, "calls.log"))
	if err != nil {
		return 0, fmt.Errorf("read the log: %w", err)
	}
	defer func() { _ = file.Close() }()
	n := 0
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if status, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil && status != http.StatusOK {
			n++
		}
	}
	return n, lines.Err()
}

// refusal calls, often at most, until a call is refused, and says how.
func (f *front) refusal(ctx context.Context, often int) (string, error) {
	for range often {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url+"/_simulator/book?lists=0", nil)
		if err != nil {
			return "", fmt.Errorf("ask for a refusal: %w", err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", fmt.Errorf("ask for a refusal: %w", err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return "", fmt.Errorf("read a refusal: %w", err)
		}
		if resp.StatusCode == http.StatusOK {
			continue
		}
		kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		text := strings.TrimSuffix(fmt.Sprintf("%d, %s", resp.StatusCode, kind), ", ")
		if after := resp.Header.Get("Retry-After"); after != "" {
			text += ", Retry-After: " + after
		}
		return text, nil
	}
	return "", fmt.Errorf("it refused none of %d calls at once: it limits nothing", often)
}

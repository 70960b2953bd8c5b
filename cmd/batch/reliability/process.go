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
	"strings"
	"syscall"
	"time"

	"vehiclebatch/cmd/batch/harness"
	"vehiclebatch/vendors/simulator"
)

// patience is how long anything may take that must end by itself.
const patience = 90 * time.Second

// start names what runs, where, and the file that its words go to.
type start struct {
	program string
	dir     string
	args    []string
	env     []string // besides the own ones
	log     string
	stdout  io.Writer // nil: the log
}

// process is one that was started and has to end.
type process struct {
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
	err   error // of Wait, once ended
}

func startProcess(ctx context.Context, s start) (*process, error) {
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep what %s says: %w", s.program, err)
	}
	cmd := exec.CommandContext(ctx, s.program, s.args...)
	cmd.Dir, cmd.Stderr, cmd.Stdout = s.dir, log, log
	cmd.Env = append(os.Environ(), s.env...)
	// Nothing that is started outlives this program, however it ends.
	cmd.SysProcAttr = orphaned()
	if s.stdout != nil {
		cmd.Stdout = s.stdout
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", s.program, err), log.Close())
	}
	p := &process{cmd: cmd, log: s.log, ended: make(chan struct{})}
	go func() {
		p.err = errors.Join(cmd.Wait(), log.Close())
		close(p.ended)
	}()
	return p, nil
}

// running tells whether the process has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill ends the process as kill -9 does. It tells whether it was still running.
func (p *process) kill() bool {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
	return p.cmd.ProcessState.ExitCode() == -1
}

// end stops a server.
func (p *process) end() error {
	if p.running() {
		_ = p.cmd.Process.Kill() // it may have ended by itself
	}
	<-p.ended
	return nil
}

// wait waits for the end and returns the exit code.
func (p *process) wait(longest time.Duration) (int, error) {
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(longest):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // the log shows where it hangs
		time.Sleep(time.Second)
		p.kill()
		return -1, fmt.Errorf("it does not end within %s; see %s", longest, p.log)
	}
}

// said is what the process has said, for a message.
func (p *process) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text))
}

// vendor is a simulator that serves in a process of its own.
type vendor struct {
	*process
	url string
}

func startVendor(ctx context.Context, l *lab, log string, args ...string) (*vendor, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	defer read.Close() //nolint:errcheck // it was read
	p, err := startProcess(ctx, start{program: l.batch, args: append([]string{"simulate", "--listen", "127.0.0.1:0"}, args...), log: log, stdout: write})
	if err = errors.Join(err, write.Close()); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the simulator's address: %w: %s", err, p.said()), p.end())
	}
	return &vendor{process: p, url: strings.TrimSpace(line)}, nil
}

// book is what the vendors know.
func (v *vendor) book(ctx context.Context) (simulator.BookPage, error) {
	return harness.Book(ctx, v.url)
}

// breaks lays a plan of faults on the vendors, in place of the last one.
func (v *vendor) breaks(ctx context.Context, f simulator.Faults) error {
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write the plan of faults: %w", err)
	}
	return v.tell(ctx, "faults", bytes.NewReader(text))
}

// tell posts to the simulator what only a simulator takes.
func (v *vendor) tell(ctx context.Context, what string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url+"/_simulator/"+what, body)
	if err != nil {
		return fmt.Errorf("tell the simulator %s: %w", what, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("tell the simulator %s: %w", what, err)
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("the simulator says %s to %s: %s", resp.Status, what, text)
	}
	return err
}

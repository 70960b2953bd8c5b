package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// background is what a script has running beside it.
type background struct {
	cmd            *exec.Cmd
	stdout, stderr output
}

// output is what a process has said so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

type backgroundKey struct{}

// prepared is a command of the script's own environment, folder and path.
func prepared(ts *testscript.TestScript, name string, args ...string) *exec.Cmd {
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if path := filepath.Join(dir, name); isFile(path) {
			name = path
			break
		}
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "HOME", "TMPDIR", "SIM", "HOOK", "BATCH_LEDGER", "WAPI_SECRET", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"} {
		cmd.Env = append(cmd.Env, key+"="+ts.Getenv(key))
	}
	return cmd
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// cmdSimulator starts `batch simulate`, quick unless the arguments say
// otherwise, puts its address into $SIM, and a configuration that asks it into
// batch.yaml.
func cmdSimulator(ts *testscript.TestScript, neg bool, args []string) {
	args = append([]string{"simulate", "--listen", "127.0.0.1:0", "--latency-min", "1ms", "--latency-max", "20ms"}, args...)
	cmd := prepared(ts, "batch", args...)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = errors.Join(cmd.Process.Kill(), cmd.Wait()) }) // killed is what it should be
	address, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	ts.Setenv("SIM", strings.TrimSpace(address))
	ts.Check(os.WriteFile(ts.MkAbs("batch.yaml"), []byte(ts.ReadFile(ts.Getenv("CONFIG"))), 0o600))
}

// cmdAccount makes the simulator refuse a vendor's calls with an account code,
// or none: account wapi 10022.
func cmdAccount(ts *testscript.TestScript, neg bool, args []string) {
	q := url.Values{"vendor": {argument(args, 0)}, "code": {argument(args, 1)}}
	res, err := http.Post(ts.Getenv("SIM")+"/_simulator/account?"+q.Encode(), "", nil)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if res.StatusCode != http.StatusNoContent {
		ts.Fatalf("the simulator says %s", res.Status)
	}
}

// cmdStart starts a program in the background: start batch run fleet.csv.
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	b := ts.Value(backgroundKey{}).(*background)
	b.stdout.text.Reset()
	b.stderr.text.Reset()
	cmd := prepared(ts, argument(args, 0), args[1:]...)
	cmd.Stdout, cmd.Stderr = &b.stdout, &b.stderr
	ts.Check(cmd.Start())
	b.cmd = cmd
	ts.Defer(func() {
		if cmd.ProcessState == nil {
			_ = errors.Join(cmd.Process.Kill(), cmd.Wait()) // the script has failed already
		}
	})
}

// cmdSays waits until what start started has said a text, on stdout or stderr.
func cmdSays(ts *testscript.TestScript, neg bool, args []string) {
	b := ts.Value(backgroundKey{}).(*background)
	until(ts, argument(args, 0), func() bool { return strings.Contains(b.stdout.String()+b.stderr.String(), argument(args, 0)) })
}

// cmdSignal sends what start started a signal.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP,
		"KILL": syscall.SIGKILL, "QUIT": syscall.SIGQUIT}
	s, ok := signals[argument(args, 0)]
	if !ok {
		ts.Fatalf("usage: signal INT|TERM|HUP|KILL|QUIT")
	}
	ts.Check(ts.Value(backgroundKey{}).(*background).cmd.Process.Signal(s))
}

// cmdEnded waits for what start started and holds its exit code, -1 after a
// KILL, against the argument. `stdout` and `stderr` then look at what it said.
func cmdEnded(ts *testscript.TestScript, neg bool, args []string) {
	b := ts.Value(backgroundKey{}).(*background)
	late := time.AfterFunc(patience, func() { _ = b.cmd.Process.Kill() }) // the code says so
	err := b.cmd.Wait()
	late.Stop()
	_, outErr := io.WriteString(ts.Stdout(), b.stdout.String())
	_, errErr := io.WriteString(ts.Stderr(), b.stderr.String())
	ts.Check(errors.Join(outErr, errErr))
	checkExit(ts, err, argument(args, 0))
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vehiclebatch/cmd/batch/app"

	"golang.org/x/sys/unix"
)

// terminalPair opens a terminal: what is written to one end is typed at the other.
func terminalPair(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("this machine has no terminals: ", err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	n, err := unix.IoctlGetInt(int(ours.Fd()), unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	if theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Skip("this machine has no terminals: ", err)
	}
	return ours, theirs
}

// atTerminal runs batch at a terminal. Once it asks, answer is called with the
// process and the terminal; the exit code and all that it said come back.
func atTerminal(t *testing.T, dir string, answer func(*os.Process, io.Writer), args ...string) (int, string) {
	t.Helper()
	ours, theirs := terminalPair(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: exe, Args: append([]string{"batch"}, args...), Dir: dir, Stdin: theirs, Stdout: io.Discard, Stderr: theirs}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	stop := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	said, asked, buf := "", false, make([]byte, 4096)
	for {
		n, err := ours.Read(buf) // ends with an error when nobody has the other end
		said += string(buf[:n])
		if !asked && strings.Contains(said, "Type yes to go on: ") {
			asked = true
			answer(cmd.Process, ours)
		}
		if err != nil {
			break
		}
	}
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode(), said
}

// So it does before it buys for what the list sets apart.
func TestRunAsksForWhatIsSetApart(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"no\n", "yes\n"} {
		dir := t.TempDir()
		list := "vin,plate,engine_no,状态\nLSVFF66R2J2205718,粤B12345,E1,在用\nLSVFF66R1J2205718,粤B12346,E2,已报废\n"
		if err := os.WriteFile(filepath.Join(dir, "odd.csv"), []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		code, said := atTerminal(t, dir, func(_ *os.Process, w io.Writer) { _, _ = io.WriteString(w, answer) }, "run", "odd.csv", "--simulate", "--dataset", "violations")
		for _, part := range []string{"1 VIN has a wrong check digit", "1 row is set apart by the list", "buying its lookups costs ¥0.14; take it out"} {
			if !strings.Contains(said, part) {
				t.Errorf("%q is not in %s", part, said)
			}
		}
		no := code == app.ExitUsage && strings.Contains(said, "take out of the list the rows that it sets apart")
		if yes := code == app.ExitSettled; answer == "yes\n" && !yes || answer == "no\n" && !no {
			t.Errorf("with %q it ended with %d and said\n%s", answer, code, said)
		}
	}
}

// On a terminal a run asks before it buys for wrong check digits, and not again.
func TestRunAsksAtATerminal(t *testing.T) {
	t.Parallel()
	types := func(text string) func(*os.Process, io.Writer) {
		return func(_ *os.Process, w io.Writer) { _, _ = io.WriteString(w, text) }
	}
	sends := func(s syscall.Signal) func(*os.Process, io.Writer) {
		return func(p *os.Process, _ io.Writer) { _ = p.Signal(s) }
	}
	run := []string{"run", "odd.csv", "--simulate", "--dataset", "violations"}
	for name, c := range map[string]struct {
		args   []string
		answer func(*os.Process, io.Writer)
		code   int
		asks   bool
		begun  bool
	}{
		"no":           {run, types("no\n"), app.ExitUsage, true, false},
		"nothing":      {run, types("\n"), app.ExitUsage, true, false},
		"end of input": {run, types("\x04"), app.ExitUsage, true, false},
		"yes":          {run, types("yes\n"), app.ExitSettled, true, true},
		"interrupted":  {run, sends(syscall.SIGINT), app.ExitUnfinished, true, false},
		"killed":       {run, sends(syscall.SIGKILL), -1, true, false},
		"--yes":        {append(run, "--yes"), nil, app.ExitSettled, false, true},
		"strict":       {append(run, "--strict-vin"), nil, app.ExitFailures, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "odd.csv"), []byte("vin,plate,engine_no\nLSVFF66R2J2205718,粤B12345,E1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			code, said := atTerminal(t, dir, c.answer, c.args...)
			if asked := strings.Contains(said, "1 VIN has a wrong check digit: buying its lookups costs ¥0.14") && strings.Contains(said, "Type yes"); code != c.code || asked != c.asks {
				t.Errorf("it ended with %d and said\n%s", code, said)
			}
			left := app.ExitUsage // no run
			if c.begun {
				left = app.ExitSettled // nothing to do
			}
			code, said = atTerminal(t, dir, nil, "resume", "--simulate")
			if begun := strings.Contains(said, "the last run"); code != left || begun != c.begun || strings.Contains(said, "Type yes") {
				t.Errorf("resume ended with %d and said\n%s", code, said)
			}
		})
	}
}

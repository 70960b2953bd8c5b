package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script run the real program, as processes of their
// own: this test binary, under the name batch.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"batch": main})
}

var whole = flag.Bool("whole", false, "run the scripts that begin with [!whole], too")

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, scriptParams("testdata/script"))
}

// scriptParams are what the scripts of a folder run with.
func scriptParams(dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		Setup:               setUpScript,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           scriptCondition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      cmdExits,
			"simulator":  cmdSimulator,
			"account":    cmdAccount,
			"start":      cmdStart,
			"says":       cmdSays,
			"signal":     cmdSignal,
			"ended":      cmdEnded,
			"book":       cmdBook,
			"bill":       cmdBill,
			"json":       cmdJSON,
			"keep":       cmdKeep,
			"sametables": cmdSameTables,
			"flip":       cmdFlip,
			"repeat":     cmdRepeat,
			"holds":      cmdHolds,
			"secretless": cmdSecretless,
			"harmless":   cmdHarmless,
			"private":    cmdPrivate,
			"workbook":   cmdWorkbook,
			"setcell":    cmdSetCell,
			"hascell":    cmdHasCell,
			"setcsv":     cmdSetCSV,
			"samemoney":  cmdSameMoney,
			"readonly":   cmdReadOnly,
			"closed":     cmdClosed,
			"receiver":   cmdReceiver,
			"disk":       cmdDisk,
			"fill":       cmdFill,
		},
	}
}

// scriptCondition knows the conditions of our own. Scripts that begin with whole are
// among the dearest, and run with -whole alone, as .ci/run has it: some are about money.
// Those with server are for the build that opens ledgers in PostgreSQL.
func scriptCondition(name string) (bool, error) {
	switch name {
	case "whole":
		return *whole, nil
	case "disks":
		return mayMount(), nil
	case "server":
		return opensServers, nil
	}
	return false, fmt.Errorf("no condition is called %q", name)
}

// patience is how long a script waits for what must come.
const patience = 30 * time.Second

// setUpScript gives every script the sample inputs and the keys that the
// simulator takes.
func setUpScript(env *testscript.Env) error {
	samples, err := filepath.Glob("../../sample_inputs/*.csv")
	if err != nil || len(samples) == 0 {
		return errors.Join(err, errors.New("there are no sample inputs"))
	}
	for _, s := range samples {
		text, err := os.ReadFile(s)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(env.WorkDir, filepath.Base(s)), text, 0o600); err != nil {
			return err
		}
	}
	config, err := filepath.Abs("testdata/batch.yaml")
	env.Setenv("CONFIG", config)
	env.Setenv("WAPI_SECRET", "5f4dcc3b5aa765d61d8327deb882cf99")
	env.Setenv("TENCENT_SECRET_ID", "AKIDsimulatorsimulatorsimulatorsimulator")
	env.Setenv("TENCENT_SECRET_KEY", "simulator-secret-key")
	env.Setenv("BAD", steering)
	env.Values[backgroundKey{}] = &background{}
	return err
}

// cmdExits runs a program and holds its exit code against the first argument,
// which may name several: exits 3 batch run fleet.csv.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE[|CODE...] PROGRAM [ARGUMENT...]")
	}
	checkExit(ts, ts.Exec(args[1], args[2:]...), args[0])
}

func checkExit(ts *testscript.TestScript, err error, want string) {
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if !slices.Contains(strings.Split(want, "|"), strconv.Itoa(got)) {
		ts.Fatalf("the exit code is %d, want %s", got, want)
	}
}

func argument(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

// until looks again and again until ok, for as long as patience lasts.
func until(ts *testscript.TestScript, what string, ok func() bool) {
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

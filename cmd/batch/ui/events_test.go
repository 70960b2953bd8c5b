package ui

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sources"
)

// events are one of each that a command may tell.
func events() []any {
	again := retry.Reopening{Lookups: 1, PollAgain: 1, NotTaken: 1, Kept: 1, Rebought: 1, AtStake: 100}
	return []any{app.ClockBehind{}, app.CutShort{Doubts: 1}, app.GoesOn{RunID: "R1"}, app.RunPurged{RunID: "R1"},
		app.InputRead{Name: "fleet.csv", Rows: 1, Info: sources.Info{Kind: sources.KindCSV}}, app.CorrectionRead{Name: "fix.csv", RunID: "R1"},
		app.Reopened{RunID: "R1", Reopening: again}, app.Rebuying{Reopening: again}, app.Doubtful{WrongDigits: &app.DigitsCost{VINs: 1}}}
}

// What a command tells while it works is said, and with --quiet nothing is.
func TestEveryEventIsSaid(t *testing.T) {
	t.Parallel()
	said := map[string]bool{"Running": true} // which is followed, not told
	for _, quiet := range []bool{false, true} {
		for _, e := range events() {
			var out, err bytes.Buffer
			s := &Screen{Out: &out, Err: &err, Quiet: quiet}
			if problem := s.Speak(""); problem != nil {
				t.Fatal(problem)
			}
			s.Tell(e)
			said[reflect.TypeOf(e).Name()] = true
			if (err.Len() == 0) != quiet || out.Len() > 0 {
				t.Errorf("%T, quiet %t: %q, and on stdout %q", e, quiet, err.String(), out.String())
			}
		}
	}
	for _, name := range typesOf(t, "../app/watcher.go") {
		if !said[name] && name != "Watcher" {
			t.Errorf("the event %s is not tried here", name)
		}
	}
}

// typesOf are the types that a file declares.
func typesOf(t *testing.T, path string) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.TypeSpec); ok {
			names = append(names, s.Name.Name)
		}
		return true
	})
	if len(names) < 3 {
		t.Fatalf("%s declares %v: is the search broken?", path, names)
	}
	return names
}

// Whatever is asked, somebody must type yes; a text that ends is a no.
func TestOnlyAYesIsAYes(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{"yes\n": true, " YES \n": true, "yes": true, "y\n": false, "no\n": false, "": false} {
		var out bytes.Buffer
		s := &Screen{In: bytes.NewBufferString(typed), Err: &out}
		if err := s.Speak(""); err != nil {
			t.Fatal(err)
		}
		got, err := s.Ask(t.Context(), app.Rebuying{Reopening: retry.Reopening{Rebought: 2, AtStake: 6400}})
		if err != nil || got != want || !bytes.Contains(out.Bytes(), []byte("¥64.00")) {
			t.Errorf("%q is %t, %v, after %q", typed, got, err, out.String())
		}
	}
}

// A drive is followed by lines where there is no terminal, until it is stopped.
func TestFollowingEnds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := &Screen{Err: &out, Now: noon}
	if err := s.Speak(""); err != nil {
		t.Fatal(err)
	}
	snapshot := snapshotOf(1, 2)
	snapshot.Vendors[0].Halts = []ledger.Halt{{Vendor: "wapi", Message: "no money"}}
	s.Follow(still{snapshot}, ledger.Run{}, viewAt(noon()).budget)()
	if !bytes.Contains(out.Bytes(), []byte("no money")) {
		t.Errorf("it says %q", out.String())
	}
}

// still is a drive that does not move.
type still struct{ at runner.Snapshot }

func (d still) Snapshot() runner.Snapshot { return d.at }

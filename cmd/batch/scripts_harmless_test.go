package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"vehiclebatch/cmd/batch/app"

	"github.com/rogpeppe/go-internal/testscript"
)

// steering is a name that retitles a window, moves the cursor and turns the reading
// order round, were it printed as it is.
const steering = "n\x1b]0;x\a\x9b2J\u009b1A\u202eend\u2066\x7f"

// cmdHarmless holds that the last program printed nothing that steers a terminal but
// what the live display draws with, and that it did print the name. harmless; harmless
// json, tty or unnamed
func cmdHarmless(ts *testscript.TestScript, neg bool, args []string) {
	said := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	if argument(args, 0) == "tty" {
		said += drawing.ReplaceAllString(ts.ReadFile("ttyout"), "")
	}
	if !strings.Contains(said, "]0;") && argument(args, 0) != "unnamed" {
		ts.Fatalf("the name was not printed: %q", said)
	}
	if where := strings.IndexFunc(said, func(r rune) bool { return app.Steers(r) && r != '\n' && r != '\t' }); where >= 0 || strings.ToValidUTF8(said, "") != said {
		ts.Fatalf("at %d it steers: %q", where, said)
	}
	if argument(args, 0) == "json" && !json.Valid([]byte(ts.ReadFile("stdout"))) {
		ts.Fatalf("that is no JSON")
	}
}

// drawing is what the live display moves and colours with, and the ends of a terminal's lines.
var drawing = regexp.MustCompile("\x1b\\[[0-9]*[AJKm]|\r")

// Every command stands in the script that gives it such names.
func TestEveryCommandIsGivenNamesThatSteer(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("testdata/script/terminal.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range newApp(environment{}).Commands {
		if !regexp.MustCompile(`(?m)^(exits|start) .*batch ` + c.Name + ` .*\$BAD`).Match(script) {
			t.Errorf("terminal.txtar lacks batch %s", c.Name)
		}
	}
}

package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/urfave/cli/v2"
)

// TestAllHelpHasChineseWords reads the help of the program and of every command: each flag is there, each text has its wording,
// and no heading of the library is left.
func TestAllHelpHasChineseWords(t *testing.T) {
	t.Parallel()
	var screen bytes.Buffer
	library := newApp(environment{stdout: &screen})
	missing, err := helpInChinese(library)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range missing {
		t.Errorf("the help says %q, which has no wording in pipeline/messages/wording_help.go", text)
	}
	read := func(flags []cli.Flag, args ...string) {
		t.Helper()
		screen.Reset()
		if err := library.Run(append([]string{"batch"}, args...)); err != nil {
			t.Fatal(err)
		}
		help := screen.String()
		for _, f := range withHelp(flags) {
			names, _, _ := strings.Cut(f.String(), "\t")
			line := regexp.MustCompile(`(?m)^   ` + regexp.QuoteMeta(names) + ` .*$`).FindString(help)
			if !strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("batch %v: the flag %s has the line %q", args, names, line)
			}
		}
		if heading := regexp.MustCompile(`(?m)^[A-Z ]+:|\(default: `).FindString(help); heading != "" {
			t.Errorf("batch %v: the help says %q", args, heading)
		}
	}
	read(library.Flags, "--help")
	for _, c := range library.Commands {
		read(c.Flags, c.Name, "--help")
	}
}

// TestHelpTellsOfMissingWords holds the test above to what it is for.
func TestHelpTellsOfMissingWords(t *testing.T) {
	t.Parallel()
	library := newApp(environment{})
	library.Commands = append(library.Commands, &cli.Command{
		Name: "new", Usage: "a new usage", Description: "   batch new   a new example\n\nA new\nparagraph.",
		Flags: []cli.Flag{&cli.StringFlag{Name: "flag", Usage: "a new `FLAG`", DefaultText: "a new default"}},
	})
	missing, err := helpInChinese(library)
	want := "a new usage|a new example|A new paragraph.|a new FLAG|a new default"
	if got := strings.Join(missing, "|"); err != nil || got != want {
		t.Errorf("missing: %s (%v), want %s", got, err, want)
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/all"
)

// The documents are held against the program: what they show must work.

const root = "../.."

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents are all Markdown files but those of test data.
func documents(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			name, rerr := filepath.Rel(root, path)
			found, err = append(found, name), rerr
		}
		return err
	})
	if err != nil || !slices.Contains(found, "README.md") {
		t.Fatalf("found %v: %v", found, err)
	}
	return found
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// blocks are the fenced blocks of a language; "" is all of them.
func blocks(text, language string) []string {
	var out []string
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		if language == "" || m[1] == language {
			out = append(out, m[2])
		}
	}
	return out
}

func TestConfigurationsInDocuments(t *testing.T) {
	t.Parallel()
	variable := func(name string) (string, bool) { return "value-of-" + name, true }
	for _, name := range []string{"README.md", "docs/configuration.md"} {
		examples := blocks(document(t, name), "yaml")
		if len(examples) == 0 {
			t.Errorf("%s shows no configuration", name)
		}
		for _, text := range examples {
			c, err := config.Parse("batch.yaml", []byte(text), variable, all.Descriptors())
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if len(c.Warnings) > 0 || len(c.Datasets) != len(record.Datasets()) {
				t.Errorf("%s: datasets %v, warnings %q", name, c.Datasets, c.Warnings)
			}
		}
	}
}

// commandLine finds calls of the program: in code between backticks, and at
// the beginning of a command in a block.
var (
	inlineCommand = regexp.MustCompile("`(?:\\./)?batch( [^`]*)`")
	blockCommand  = regexp.MustCompile(`(?m)(?:^|&& |\$ ) *(?:\./batch|batch|go run \./cmd/batch)( [a-z-][^#|>;&\n]*)`)
)

func TestCommandLinesInDocuments(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range documents(t) {
		text := document(t, name)
		var lines [][]string
		for _, block := range blocks(text, "") {
			lines = append(lines, blockCommand.FindAllStringSubmatch(block, -1)...)
		}
		lines = append(lines, inlineCommand.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1)...)
		for _, m := range lines {
			seen++
			if err := parses(strings.Fields(m[1])); err != nil {
				t.Errorf("%s: batch%s: %v", name, m[1], err)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d command lines were found: is the search broken?", seen)
	}
}

// parses runs a command line through the real flags, doing nothing.
func parses(words []string) error {
	if words[0] == "COMMAND" {
		return nil
	}
	var out bytes.Buffer
	app := newApp(environment{stdin: &out, stdout: &out, stderr: &out, getenv: os.LookupEnv})
	for _, c := range app.Commands {
		c.Action = func(c *cli.Context) error {
			if takes := len(strings.Fields(c.Command.ArgsUsage)); c.NArg() > takes {
				return fmt.Errorf("takes %d arguments, not %q", takes, c.Args().Slice())
			}
			return nil
		}
	}
	return app.RunContext(context.Background(), flagsFirst(app, append([]string{"batch"}, words...)))
}

func TestCommandLinesCanBeWrong(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"walk", "run fleet.csv --speed 3", "resume fleet.csv", "run a.csv b.csv", "run a.csv --wait soon"} {
		if parses(strings.Fields(line)) == nil {
			t.Errorf("batch %s is taken for good", line)
		}
	}
}

// table returns the cells of the rows of every Markdown table whose header
// begins with a word.
func table(text, header string) [][]string {
	var rows [][]string
	in := false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			in = false
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == header:
			in = true
		case in && !strings.HasPrefix(cells[0], "---"):
			rows = append(rows, cells)
		}
	}
	return rows
}

func TestReadmeTables(t *testing.T) {
	t.Parallel()
	readme := document(t, "README.md")

	var codes, wantCodes []string
	for _, row := range table(readme, "code") {
		codes = append(codes, row[0]+" "+row[1])
	}
	for _, e := range exitTable {
		wantCodes = append(wantCodes, fmt.Sprint(e.code, " ", e.meaning))
	}
	if !slices.Equal(codes, wantCodes) {
		t.Errorf("exit codes: %q, want %q", codes, wantCodes)
	}

	var commands, wantCommands []string
	for _, row := range table(readme, "command") {
		commands = append(commands, strings.Trim(row[0], "`"))
	}
	for _, c := range newApp(environment{}).Commands {
		wantCommands = append(wantCommands, strings.TrimSpace("batch "+c.Name+" "+c.ArgsUsage))
	}
	if !slices.Equal(commands, wantCommands) {
		t.Errorf("commands: %q, want %q", commands, wantCommands)
	}

	var classes []string
	for _, row := range table(readme, "class") {
		for word := range strings.SplitSeq(row[0], ",") {
			classes = append(classes, strings.Trim(word, " `"))
		}
	}
	var wantClasses []string
	for _, c := range record.Classes() {
		wantClasses = append(wantClasses, string(c))
	}
	slices.Sort(classes)
	slices.Sort(wantClasses)
	if !slices.Equal(classes, wantClasses) {
		t.Errorf("classes: %q, want %q", classes, wantClasses)
	}
}

var flagWord = regexp.MustCompile("`--([a-z-]+)")

// Every flag that the documents name is one of the program, and the README
// names those that most commands share.
func TestFlagsInDocuments(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"help": true}
	for _, c := range newApp(environment{}).Commands {
		for _, f := range c.Flags {
			known[f.Names()[0]] = true
		}
	}
	named := map[string]bool{}
	for _, name := range documents(t) {
		for _, m := range flagWord.FindAllStringSubmatch(document(t, name), -1) {
			if !known[m[1]] {
				t.Errorf("%s: there is no flag --%s", name, m[1])
			}
			named[m[1]] = named[m[1]] || name == "README.md"
		}
	}
	for _, f := range append(workFlags(), datasetFlag()) {
		if !named[f.Names()[0]] {
			t.Errorf("README.md does not name --%s", f.Names()[0])
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

func TestLinksInDocuments(t *testing.T) {
	t.Parallel()
	for _, name := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(document(t, name), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
	}
}

// Every folder with Go files stands in the table of packages, and no other.
func TestPackagesInArchitecture(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, row := range table(document(t, "docs/ARCHITECTURE.md"), "package") {
		for word := range strings.SplitSeq(row[0], ",") {
			listed = append(listed, strings.Trim(word, " `"))
		}
	}
	var folders []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			dir, rerr := filepath.Rel(root, filepath.Dir(path))
			folders, err = append(folders, filepath.ToSlash(dir)), rerr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(listed)
	slices.Sort(folders)
	if folders = slices.Compact(folders); !slices.Equal(listed, folders) {
		t.Errorf("the table lists %q, the packages are %q", listed, folders)
	}
}

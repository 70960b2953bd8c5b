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

// inChinese are the pages that say the same in two languages, by their path in English.
func inChinese(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"README.md": "README.zh-CN.md"}
	for _, name := range documents(t) {
		if page, ok := strings.CutPrefix(filepath.ToSlash(name), "docs/zh/"); ok {
			out["docs/"+page] = "docs/zh/" + page
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %v have a page in Chinese", out)
	}
	return out
}

// inBoth are a page in English and the one in Chinese.
func inBoth(t *testing.T, page string) []string {
	t.Helper()
	other, ok := inChinese(t)[page]
	if !ok {
		t.Fatalf("%s has no page in Chinese", page)
	}
	return []string{page, other}
}

func TestConfigurationsInDocuments(t *testing.T) {
	t.Parallel()
	variable := func(name string) (string, bool) {
		if name == "BATCH_DATABASE" {
			return "postgres://user@host:5432/database", true
		}
		return "value-of-" + name, true
	}
	for _, name := range append(inBoth(t, "docs/first-run.md"), "docs/configuration.md") {
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

// What the units of systemd start are commands of the program.
func TestCommandLinesInUnits(t *testing.T) {
	t.Parallel()
	units, err := filepath.Glob(filepath.Join(root, "deploy/systemd/*.service"))
	if err != nil || len(units) != 2 {
		t.Fatalf("found %v: %v", units, err)
	}
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			t.Fatal(err)
		}
		line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/batch (.*)$`).FindSubmatch(text)
		if line == nil {
			t.Fatalf("%s starts no batch", unit)
		}
		if err := parses(strings.Fields(string(line[1]))); err != nil {
			t.Errorf("%s: batch %s: %v", unit, line[1], err)
		}
	}
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

// cells are the first cells of the tables whose header begins with a word,
// lists of them taken apart.
func cells(text, header string) []string {
	var out []string
	for _, row := range table(text, header) {
		for _, word := range strings.FieldsFunc(row[0], func(r rune) bool { return r == ',' || r == '、' }) {
			out = append(out, strings.Trim(word, " `"))
		}
	}
	return out
}

func TestTablesOfCommandsCodesAndClasses(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, row := range table(document(t, "docs/commands.md"), "code") {
		codes = append(codes, row[0]+" "+row[1])
	}
	var wantCodes, wantNumbers, wantCommands, wantClasses []string
	for _, e := range exitTable {
		wantCodes = append(wantCodes, fmt.Sprint(e.code, " ", e.meaning))
		wantNumbers = append(wantNumbers, fmt.Sprint(e.code))
	}
	if !slices.Equal(codes, wantCodes) {
		t.Errorf("exit codes: %q, want %q", codes, wantCodes)
	}
	for _, c := range newApp(environment{}).Commands {
		wantCommands = append(wantCommands, strings.TrimSpace("batch "+c.Name+" "+c.ArgsUsage))
	}
	for _, c := range record.Classes() {
		wantClasses = append(wantClasses, string(c))
	}
	slices.Sort(wantClasses)
	for folder, headers := range map[string][3]string{"docs/": {"code", "command", "class"}, "docs/zh/": {"退出码", "命令", "类别"}} {
		name := folder + "commands.md"
		commands := document(t, name)
		if got := cells(commands, headers[0]); !slices.Equal(got, wantNumbers) {
			t.Errorf("%s: exit codes %q, want %q", name, got, wantNumbers)
		}
		if got := cells(commands, headers[1]); !slices.Equal(got, wantCommands) {
			t.Errorf("%s: commands %q, want %q", name, got, wantCommands)
		}
		name = folder + "failures.md"
		got := cells(document(t, name), headers[2])
		slices.Sort(got)
		if !slices.Equal(got, wantClasses) {
			t.Errorf("%s: classes %q, want %q", name, got, wantClasses)
		}
	}
}

var (
	heading  = regexp.MustCompile(`(?m)^#+`)
	listItem = regexp.MustCompile(`(?m)^(?:-|\d+\.) `)
	comment  = regexp.MustCompile(` *#.*`)
	spanned  = regexp.MustCompile("`[^`\n]+`")
)

// plainBlocks are the blocks of a language without comments and what makes the
// program speak Chinese.
func plainBlocks(text, language string) []string {
	out := blocks(text, language)
	for i := range out {
		out[i] = comment.ReplaceAllString(strings.NewReplacer(" --lang zh", "", "lang: zh\n", "").Replace(out[i]), "")
	}
	return out
}

// sameShape is what two pages that say the same in two languages have in common.
func sameShape(t *testing.T, name string) map[string][]string {
	t.Helper()
	whole := document(t, name)
	text := fence.ReplaceAllString(whole, "")
	out := map[string][]string{"headings": heading.FindAllString(text, -1), "list items": {fmt.Sprint(len(listItem.FindAllString(text, -1)))},
		"rows of tables": {fmt.Sprint(strings.Count(text, "\n|"))}, "blocks": {fmt.Sprint(len(blocks(whole, "")))}}
	for _, language := range []string{"sh", "sql", "python", "yaml"} {
		out[language] = plainBlocks(whole, language)
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		to := filepath.ToSlash(filepath.Join(filepath.Dir(name), m[1]))
		out["links"] = append(out["links"], strings.NewReplacer("docs/zh/", "docs/", "README.zh-CN.md", "README.md").Replace(to))
	}
	for _, code := range spanned.FindAllString(strings.ReplaceAll(text, " --lang zh`", "`"), -1) {
		if !strings.Contains(code, "¥") { // what the program says
			out["code"] = append(out["code"], code)
		}
	}
	for _, kind := range []string{"links", "code"} {
		slices.Sort(out[kind])
		out[kind] = slices.Compact(out[kind])
	}
	return out
}

// Pages in two languages have the same sections with the same lists, tables, links and examples, and name the same
// files, keys, flags and codes. Each has the other at its top.
func TestPagesInChineseSayTheSame(t *testing.T) {
	t.Parallel()
	for page, chinese := range inChinese(t) {
		got := sameShape(t, chinese)
		for kind, want := range sameShape(t, page) {
			if !slices.Equal(got[kind], want) {
				t.Errorf("%s, %s: in Chinese alone %q, in English alone %q", page, kind, without(got[kind], want), without(want, got[kind]))
			}
		}
		for name, other := range map[string]string{page: chinese, chinese: page} {
			to, err := filepath.Rel(filepath.Dir(name), other)
			if top, _, _ := strings.Cut(document(t, name), "\n## "); err != nil || !strings.Contains(top, "]("+filepath.ToSlash(to)+")") {
				t.Errorf("%s has no link to %s at its top", name, other)
			}
		}
	}
}

// The README is short: what else is to be said has a page, and the index names every page.
func TestReadmeIsShortAndTheIndexWhole(t *testing.T) {
	t.Parallel()
	for _, name := range inBoth(t, "README.md") {
		if lines := strings.Count(document(t, name), "\n"); lines > 180 {
			t.Errorf("%s has %d lines, at most 180", name, lines)
		}
	}
	index := document(t, "docs/README.md")
	for _, name := range documents(t) {
		if page, ok := strings.CutPrefix(filepath.ToSlash(name), "docs/"); ok && page != "README.md" && !strings.Contains(page, "/") && !strings.Contains(index, "]("+page) {
			t.Errorf("docs/README.md does not name %s", page)
		}
	}
}

// without is a list without the elements of another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

var flagWord = regexp.MustCompile("`--([a-z-]+)")

// Every flag that the documents name is one of the program, and docs/commands.md
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
			named[m[1]] = named[m[1]] || filepath.ToSlash(name) == "docs/commands.md"
		}
	}
	for _, f := range append(workFlags(), datasetFlag()) {
		if !named[f.Names()[0]] {
			t.Errorf("docs/commands.md does not name --%s", f.Names()[0])
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
		if strings.HasSuffix(path, ".go") && !strings.Contains(filepath.ToSlash(path), "/testdata/") {
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

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

var renewManual = flag.Bool("manual", false, "write deploy/batch.1 anew")

// The manual page says what --help says. It is written anew with `go test ./cmd/batch -run TestManualIsCurrent -args -manual`.
func TestManualIsCurrent(t *testing.T) {
	t.Parallel()
	got, name := manual(newApp(environment{getenv: os.LookupEnv})), filepath.Join("..", "..", "deploy", "batch.1")
	if *renewManual {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(name); err != nil || string(want) != got {
		t.Errorf("%s is not what --help says (%v): write it anew with -args -manual", name, err)
	}
}

// manual is the page for man, in the macros that every man knows. The library's own leaves out the descriptions of
// commands and runs their examples together.
func manual(library *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH BATCH 1 \"\" batch \"User commands\"\n.SH NAME\nbatch \\- %s\n", roff(library.Usage))
	b.WriteString(".SH SYNOPSIS\n.B batch\n.I COMMAND\n[\\fIFLAGS\\fR] [\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n")
	describe(&b, library.Description)
	options(&b, library.Flags)
	b.WriteString(".SH COMMANDS\n")
	for _, c := range library.Commands {
		fmt.Fprintf(&b, ".SS batch %s\n", strings.TrimSpace(roff(c.Name+" "+c.ArgsUsage)))
		b.WriteString(sentence(c.Usage) + "\n")
		if c.Description != "" {
			b.WriteString(".PP\n")
			describe(&b, c.Description)
		}
		options(&b, c.Flags)
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitTable {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", e.code, sentence(e.meaning))
	}
	b.WriteString(".SH FILES\n.TP\n.I batch.yaml\nThe configuration: vendors, prices, datasets. `batch init` writes one.\n" +
		".TP\n.I out/\nThe workspace: the ledger with all that was bought, and a folder of outputs for each run.\n")
	return b.String()
}

// describe writes paragraphs; what is indented stays as it is.
func describe(b *strings.Builder, text string) {
	for i, part := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		plain := true
		for _, line := range strings.Split(part, "\n") {
			if indented := strings.HasPrefix(line, "   "); indented == plain {
				b.WriteString(map[bool]string{true: ".RS\n.nf\n", false: ".fi\n.RE\n"}[indented])
				plain = !indented
			}
			b.WriteString(roff(strings.TrimPrefix(line, "   ")) + "\n")
		}
		if !plain {
			b.WriteString(".fi\n.RE\n")
		}
	}
}

var value = regexp.MustCompile("`([^`]+)`")

func options(b *strings.Builder, flags []cli.Flag) {
	for _, f := range flags {
		doc, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		usage, names, takes := doc.GetUsage(), doc.Names(), ""
		if doc.TakesValue() {
			takes = " \\fIVALUE\\fR"
			if m := value.FindStringSubmatch(usage); m != nil {
				takes = " \\fI" + roff(m[1]) + "\\fR"
			}
		}
		b.WriteString(".TP\n")
		for i, name := range names {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "\\fB%s\\fR", roff(map[bool]string{true: "-", false: "--"}[len(name) == 1]+name))
		}
		usage = value.ReplaceAllString(usage, "$1")
		if preset := doc.GetValue(); doc.TakesValue() && preset != "" && preset != "0" && !strings.Contains(usage, "(default") {
			usage += " (default: " + preset + ")"
		}
		fmt.Fprintf(b, "%s\n%s\n", takes, sentence(usage))
	}
}

// sentence begins a text with a capital letter and ends it.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return roff(strings.ToUpper(text[:1]) + text[1:])
}

// roff is a text of which nothing is a request or an escape.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "¥", `\[Ye]`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

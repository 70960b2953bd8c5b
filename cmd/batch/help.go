package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline/messages"
)

// helpWords puts the help of a command line into another language, and keeps what it has no words for.
type helpWords struct {
	printer *messages.Printer
	missing []string
}

// helpInChinese words the help of the program and of all its commands, and returns the texts that stay in English for want of
// a wording. Names, flags and what is typed stay as they are.
func helpInChinese(library *cli.App) ([]string, error) {
	printer, err := messages.New(messages.Chinese)
	if err != nil {
		return nil, err
	}
	w := &helpWords{printer: printer}
	library.Usage, library.Description = w.say(library.Usage), w.description(library.Description)
	library.CustomAppHelpTemplate = "名称：\n   {{template \"helpNameTemplate\" .}}\n\n用法：\n   {{.HelpName}} [全局参数] 命令 [命令参数]\n\n" +
		"说明：\n   {{template \"descriptionTemplate\" .}}\n\n命令：{{template \"visibleCommandCategoryTemplate\" .}}\n\n" +
		"全局参数：\n" + w.flags(library.Flags) + "\n退出码：\n" + w.exitCodes()
	for _, c := range library.Commands {
		c.Usage, c.Description = w.say(c.Usage), w.description(c.Description)
		c.CustomHelpTemplate = "名称：\n   {{template \"helpNameTemplate\" .}}\n\n用法：\n   {{.HelpName}} [参数]{{if .ArgsUsage}} {{.ArgsUsage}}{{end}}\n\n" +
			"说明：\n   {{template \"descriptionTemplate\" .}}\n\n参数：\n" + w.flags(c.Flags)
	}
	return w.missing, nil
}

func (w *helpWords) say(text string) string {
	said, ok := w.printer.Help(text)
	if !ok {
		w.missing = append(w.missing, text)
	}
	return said
}

// example is a line with a command, and behind at least two spaces what the command does.
var example = regexp.MustCompile(`^(   .*?\S {2,})(\S.*)$`)

// description words paragraphs whole, and of examples what explains them.
func (w *helpWords) description(text string) string {
	var out, prose []string
	end := func() {
		if len(prose) > 0 {
			out, prose = append(out, w.say(strings.Join(prose, " "))), nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, "   ") {
			prose = append(prose, line)
			continue
		}
		end()
		if m := example.FindStringSubmatch(line); m != nil {
			line = m[1] + w.say(m[2])
		}
		out = append(out, line)
	}
	end()
	return strings.Join(out, "\n")
}

// flags lists flags, as text for a template: the library has no other place for the words around
// a default.
func (w *helpWords) flags(flags []cli.Flag) string {
	var b strings.Builder
	for _, f := range (&cli.Command{Flags: withHelp(flags)}).VisibleFlags() {
		fmt.Fprintf(&b, "   {{%s}}\n", strconv.Quote(w.flag(f)))
	}
	return b.String()
}

// withHelp adds --help, which the library itself adds to a command only when it runs.
func withHelp(flags []cli.Flag) []cli.Flag {
	for _, f := range flags {
		if f == cli.HelpFlag {
			return flags
		}
	}
	return append(flags[:len(flags):len(flags)], cli.HelpFlag)
}

// flag is the line of one flag.
func (w *helpWords) flag(f cli.Flag) string {
	documented, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return f.String()
	}
	names, text, _ := strings.Cut(f.String(), "\t")
	usage := strings.ReplaceAll(documented.GetUsage(), "`", "")
	line := names + "\t" + w.say(usage)
	byDefault, ok := strings.CutPrefix(strings.TrimPrefix(text, usage), " (default: ")
	if !ok {
		return line
	}
	byDefault = strings.TrimSuffix(byDefault, ")")
	if strings.Contains(byDefault, " ") || byDefault == "today" || byDefault == "all" {
		byDefault = w.say(byDefault)
	}
	return line + "（默认：" + byDefault + "）"
}

func (w *helpWords) exitCodes() string {
	var b strings.Builder
	for _, e := range exitTable {
		fmt.Fprintf(&b, "   %d  %s\n", e.code, w.say(e.meaning))
	}
	return b.String()
}

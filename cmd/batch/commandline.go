package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/spelling"
)

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, env environment, args []string) int {
	library := newApp(env)
	var err error
	if cmp.Or(langTyped(args), messages.LangOfLocale(env.getenv)) == messages.Chinese {
		_, err = helpInChinese(library)
	}
	if err == nil {
		err = library.RunContext(ctx, flagsFirst(library, args))
	}
	if err == nil {
		err = app.AsNoRoom(ui.Unwritten(env.stdout), "", false)
	}
	if err == nil {
		return app.ExitSettled
	}
	if text := message(err, args); text != "" {
		fmt.Fprintln(env.stderr, env.worded(text, args))
	}
	return app.ExitCode(err)
}

func newApp(env environment) *cli.App {
	return &cli.App{
		Name:  "batch",
		Usage: "buy vehicle data for a fleet, and nothing twice",
		Description: "Takes a file of vehicles (VIN, plate, engine number), submits to and polls vehicle-data\n" +
			"vendors, and writes maintenance records, valuations and violations as Parquet and CSV.\n\n" +
			"First run, no keys, no money:\n   batch run sample_inputs/fleet.csv --simulate\n\n" +
			"Then, with your own file and keys:\n   batch init fleet.csv                   writes a batch.yaml, and says what to fill in\n" +
			"   batch doctor                           tries the keys, free of charge\n" +
			"   batch plan fleet.csv                   what it would cost\n   batch run fleet.csv --max-spend 20     a careful first run",
		CustomAppHelpTemplate: cli.AppHelpTemplate + "\nEXIT CODES:\n" + exitHelp() + "\n",
		EnableBashCompletion:  true,
		HideHelpCommand:       true,
		Reader:                env.stdin,
		Writer:                env.stdout,
		ErrWriter:             env.stderr,
		ExitErrHandler:        func(*cli.Context, error) {},
		OnUsageError:          onUsageError,
		CommandNotFound:       nil,
		// The library adds --help only where no command is called help.
		Flags: []cli.Flag{cli.HelpFlag, &cli.BoolFlag{Name: "version", Aliases: []string{"V"}, Usage: "print the version", DisableDefaultText: true}, langFlag()},
		Before: func(c *cli.Context) error {
			if !c.Bool("version") {
				return nil
			}
			return errors.Join(printVersion(env), &app.CodeError{Code: app.ExitSettled})
		},
		Action: noCommand,
		Commands: []*cli.Command{
			initCommand(env),
			runCommand(env), planCommand(env), resumeCommand(env), retryCommand(env), statusCommand(env), runsCommand(env), failuresCommand(env), showCommand(env), diffCommand(env), fixCommand(env),
			spendCommand(env), reconcileCommand(env), exportCommand(env), reportCommand(env), verifyCommand(env), purgeCommand(env), doctorCommand(env),
			simulateCommand(env), vendorsCommand(env), completionCommand(env), versionCommand(env), helpCommand(),
		},
	}
}

func noCommand(c *cli.Context) error {
	if c.NArg() > 0 {
		return app.UsageError("there is no command %q%s; `batch --help` lists them", c.Args().First(), didYouMean(c.App.Commands, c.Args().First()))
	}
	return cli.ShowAppHelp(c)
}

func helpCommand() *cli.Command {
	return command(&cli.Command{
		Name: "help", Usage: "what --help prints, of the program or of a command", ArgsUsage: "[COMMAND]",
		Description: "   batch help\n   batch help run",
		Action: func(c *cli.Context) error {
			switch {
			case c.NArg() > 1:
				return app.UsageError("batch help takes one command")
			case c.NArg() == 0 || c.App.Command(c.Args().First()) == nil:
				return noCommand(c)
			}
			return cli.ShowCommandHelp(c, c.Args().First())
		},
	})
}

// meant is the name that a mistyped word probably meant, or "": the nearest one, else one of the same letters.
func meant(word string, names []string) string {
	if name, _ := spelling.Nearest(word, names, 1+len(word)/4); name != "" {
		return name
	}
	letters := func(s string) string { return string(slices.Sorted(slices.Values([]rune(s)))) }
	for _, name := range names {
		if letters(name) == letters(word) {
			return name
		}
	}
	return ""
}

func didYouMean(commands []*cli.Command, word string) string {
	names := make([]string, 0, len(commands))
	for _, c := range commands {
		names = append(names, c.Name)
	}
	if s := meant(word, names); s != "" {
		return fmt.Sprintf(" (did you mean `batch %s`?)", s)
	}
	return ""
}

func onUsageError(c *cli.Context, err error, _ bool) error {
	where := "batch"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != "batch" {
		where += " " + c.Command.Name
	}
	text := strings.TrimSpace(err.Error())
	if m := notADuration.FindStringSubmatch(text); m != nil {
		return app.UsageError("--%s %q: want a length of time with its unit, such as 30m, 2h or 90s; `%s --help` lists the flags", m[2], m[1], where)
	}
	if flag, unknown := strings.CutPrefix(text, unknownFlag); unknown {
		text = where + " has no flag --" + flag + similarFlag(c, flag)
	}
	return app.UsageError("%s; `%s --help` lists the flags", text, where)
}

// notADuration is how the library says that the value of a flag is no length of time.
var notADuration = regexp.MustCompile(`^invalid value "(.*)" for flag -(wait): parse error$`)

// unknownFlag is how the library begins to say that a flag is unknown.
const unknownFlag = "flag provided but not defined: -"

func similarFlag(c *cli.Context, flag string) string {
	var names []string
	if c.Command != nil {
		for _, f := range c.Command.Flags {
			names = append(names, f.Names()[0])
		}
	}
	if s := meant(flag, names); s != "" {
		return " (did you mean --" + s + "?)"
	}
	return ""
}

// buyers are the commands that call vendors with what costs money.
func buyers() []string { return []string{"run", "resume", "retry"} }

// command fills in what every command has.
func command(c *cli.Command) *cli.Command {
	c.OnUsageError = onUsageError
	if !slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return f.Names()[0] == langName }) {
		c.Flags = append(c.Flags, langFlag())
	}
	c.HideHelpCommand = true
	c.Before = func(c *cli.Context) error {
		if c.Bool("json") && c.Bool("csv") {
			return app.UsageError("--json and --csv: choose one")
		}
		return nil
	}
	if act := c.Action; act != nil && !slices.Contains(buyers(), c.Name) {
		c.Action = func(c *cli.Context) error {
			return app.AsNoRoom(app.AsUsageError(act(c)), c.String("out"), false)
		}
	}
	return c
}

// flagsFirst moves a command's flags before its arguments: the library stops
// reading flags at the first argument, users do not.
func flagsFirst(library *cli.App, args []string) []string {
	args = langAfter(args)
	if len(args) < 2 {
		return args
	}
	cmd := library.Command(args[1])
	if cmd == nil {
		return args
	}
	valued := valuedFlags(cmd)
	var flags, rest []string
	for i := 2; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--":
			return slices.Concat(args[:2], flags, []string{"--"}, rest, args[i+1:])
		case len(word) < 2 || word[0] != '-':
			rest = append(rest, word)
		case valued[strings.TrimLeft(word, "-")] && i+1 < len(args):
			flags = append(flags, word, args[i+1])
			i++
		default:
			flags = append(flags, word)
		}
	}
	return slices.Concat(args[:2], flags, rest)
}

// langAfter moves --lang from before the command to behind it: `batch --lang zh status` is `batch status --lang zh`.
func langAfter(args []string) []string {
	const flag = "--lang"
	switch {
	case len(args) > 3 && args[1] == flag:
		return slices.Concat(args[:1], args[3:4], args[1:3], args[4:])
	case len(args) > 2 && strings.HasPrefix(args[1], flag+"="):
		return slices.Concat(args[:1], args[2:3], args[1:2], args[3:])
	}
	return args
}

// langTyped is the language that --lang names, "" when it names none.
func langTyped(args []string) messages.Lang {
	for i, word := range args {
		value, ok := strings.CutPrefix(word, "--lang=")
		if word == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if l, err := messages.ParseLang(value); ok && err == nil {
			return l
		}
	}
	return ""
}

// valuedFlags names the flags of a command that take a value.
func valuedFlags(cmd *cli.Command) map[string]bool {
	out := map[string]bool{}
	for _, f := range cmd.Flags {
		if _, isBool := f.(*cli.BoolFlag); isBool {
			continue
		}
		for _, name := range f.Names() {
			out[name] = true
		}
	}
	return out
}

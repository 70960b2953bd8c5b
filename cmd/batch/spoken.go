package main

import (
	"cmp"
	"errors"
	"io"
	"log/slog"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
)

// spoken is the screen of a command and what its flags say of outputs.
func spoken(c *cli.Context, env environment) (*ui.Screen, app.OutputOptions, error) {
	lang, err := langGiven(c)
	screen := &ui.Screen{In: env.stdin, Out: env.stdout, Err: env.stderr, Quiet: c.Bool("quiet"), Now: env.clock.Now, Getenv: env.getenv, Log: &ui.LogWriter{Stderr: env.stderr}, Prefer: lang}
	o := app.OutputOptions{Dir: c.String("out"), Formats: c.String("format"), Given: c.IsSet("format"), Partition: partitionOf(c), Lang: lang}
	return screen, o, errors.Join(err, screen.Speak(""))
}

// worded takes over what a configuration says of words.
func worded(screen *ui.Screen, o *app.OutputOptions, conf *config.Config) error {
	o.Wording, screen.Prefer = conf.Wording, cmp.Or(o.Lang, conf.Wording.Lang)
	return screen.Speak("")
}

// formOf is the form that is asked for.
func formOf(c *cli.Context) ui.Form {
	switch {
	case c.Bool("json"):
		return ui.JSON
	case c.Bool("csv"):
		return ui.CSV
	}
	return ui.Text
}

// againOf are the flags that a next command needs to work as this one does.
func againOf(c *cli.Context, simulated bool) string {
	flags := ""
	if config := c.String("config"); config != "" {
		flags += " --config " + config
	}
	if simulated {
		flags += " --simulate"
	}
	if day := c.String("day"); day != "" {
		flags += " --day " + day
	}
	return flags
}

// commandName is what a command is called where it holds a workspace.
func commandName(c *cli.Context) string { return "batch " + c.Command.Name }

// inputOf is an input as the user names it.
func inputOf(c *cli.Context, env environment, path string) app.Input {
	return app.Input{Path: path, Sheet: c.String("sheet"), Stdin: env.stdin}
}

func newLogger(c *cli.Context, to io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case c.Bool("verbose"):
		level = slog.LevelDebug
	case c.Bool("quiet"):
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level, ReplaceAttr: ui.RedactAttr}))
}

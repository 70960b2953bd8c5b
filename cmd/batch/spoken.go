package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// spoken is the screen of a command and what its flags say of outputs.
func spoken(c *cli.Context, env environment) (*ui.Screen, app.OutputOptions, error) {
	lang, err := langGiven(c)
	screen := &ui.Screen{In: env.stdin, Out: env.stdout, Err: env.stderr, Quiet: c.Bool("quiet"), Now: env.clock.Now, Getenv: env.getenv, Log: &ui.LogWriter{Stderr: env.stderr}, Prefer: lang, Locale: messages.LangOfLocale(env.getenv), Tongue: env.tongue}
	o := app.OutputOptions{Dir: c.String("out"), Ledger: env.ledgerOf(c), Formats: c.String("format"), Given: c.IsSet("format"), Partition: partitionOf(c), Lang: lang}
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

// inputFlags are those of the commands that read an input.
func inputFlags() []cli.Flag {
	return []cli.Flag{sheetFlag(),
		&cli.IntFlag{Name: "limit", DefaultText: "all", Usage: "read the first `NUMBER` of rows that can be bought for, and leave the rest"},
		&cli.StringFlag{Name: "vin", Usage: "instead of INPUT: the vehicle with this `VIN`"},
		&cli.StringFlag{Name: "plate", Usage: "instead of INPUT, or with --vin: the vehicle's `PLATE`"},
		&cli.StringFlag{Name: "engine-no", Usage: "with --vin or --plate: its `ENGINE_NUMBER`"}}
}

// inputOf is the input that a command is given: a file, or one vehicle.
func inputOf(c *cli.Context, env environment) (app.Input, error) {
	in := app.Input{Sheet: c.String("sheet"), Stdin: env.stdin, Limit: c.Int("limit")}
	if c.IsSet("limit") && in.Limit < 1 {
		return in, app.UsageError("--limit %d: give a number from 1", in.Limit)
	}
	if !c.IsSet("vin") && !c.IsSet("plate") {
		if c.IsSet("engine-no") {
			return in, app.UsageError("--engine-no is of no vehicle: give --vin or --plate as well")
		}
		path, err := oneArgument(c, "the INPUT file")
		if err != nil {
			return in, err
		}
		in.Path = path
		return in, app.CheckInput(c.Context, path, in.Sheet, c.String("out"), env.ledgerOf(c))
	}
	if c.NArg() > 0 {
		return in, app.UsageError("%s and --vin or --plate: give a file, or one vehicle", c.Args().First())
	}
	return typedVehicle(c, in)
}

// typedVehicle makes an input of the one vehicle that the flags name: a list of one row.
func typedVehicle(c *cli.Context, in app.Input) (app.Input, error) {
	columns := []struct{ flag, column string }{{"vin", record.ColVIN}, {"plate", record.ColPlate}, {"engine-no", record.ColEngineNo}}
	var names, values, flags []string
	for _, f := range columns {
		if value := strings.TrimSpace(c.String(f.flag)); value != "" {
			names, values, flags = append(names, f.column), append(values, value), append(flags, "--"+f.flag)
		}
	}
	var list bytes.Buffer
	if err := csv.NewWriter(&list).WriteAll([][]string{names, values}); err != nil {
		return in, fmt.Errorf("make a list of the vehicle: %w", err)
	}
	in.Path, in.Name, in.Stdin = "-", strings.Join(flags, " "), &list
	return in, nil
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

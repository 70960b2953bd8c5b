package main

import (
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/vendors/all"
)

func initCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "init", ArgsUsage: "[INPUT]", Usage: "write a batch.yaml with what can be found out, and say what is left to fill in",
		Description: "   batch init                        a commented batch.yaml in this folder\n" +
			"   batch init fleet.csv              leaves out what fleet.csv has no columns for\n" +
			"   batch init --vendor tencent       for the vendors that you have an account with\n\n" +
			"Keys are named, as ${WAPI_SECRET}, and never written. A vendor none of whose variables is set is left out when\n" +
			"another one's are. On a terminal it asks for what only you can know; else that stays " + config.Placeholder + ".",
		Flags: []cli.Flag{configFlag(), sheetFlag(),
			&cli.StringSliceFlag{Name: "vendor", Usage: "buy from this `VENDOR`; repeatable (default: those whose keys are set)"},
			&cli.BoolFlag{Name: "force", Usage: "write over a file that is there", DisableDefaultText: true}},
		Action: func(c *cli.Context) error { return initAction(c, env) },
	})
}

func initAction(c *cli.Context, env environment) error {
	if c.NArg() > 1 {
		return app.UsageError("batch init takes one INPUT at most, not %d: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
	}
	screen, _, err := spoken(c, env)
	if err != nil {
		return err
	}
	path := defaultConfig
	if c.IsSet("config") {
		path = c.String("config")
	}
	if _, err := os.Lstat(path); err == nil && !c.Bool("force") {
		return app.UsageError("%s is there already and was not touched: --force writes over it, --config FILE writes another", path)
	}
	wish := config.Wish{Getenv: env.getenv, Vendors: splitWords(c.StringSlice("vendor")), Input: c.Args().First(), Values: map[string]string{}}
	if wish.Input != "" {
		if wish.Columns, err = app.ColumnsOf(wish.Input, c.String("sheet")); err != nil {
			return err
		}
	}
	text, blanks, err := config.Draft(all.Descriptors(), wish)
	if err != nil {
		return app.UsageError("%w", err)
	}
	if ui.IsTerminal(env.stdin) {
		if err := screen.FillIn(c.Context, blanks, wish.Values); err != nil {
			return err
		}
		if text, blanks, err = config.Draft(all.Descriptors(), wish); err != nil {
			return app.UsageError("%w", err)
		}
	}
	if err := app.WriteDraft(path, text); err != nil {
		return app.UsageError("cannot write %s: %w", path, err)
	}
	screen.Drafted(path, wish.Input, blanks, c.IsSet("config"))
	return nil
}

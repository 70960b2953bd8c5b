package main

import (
	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
)

func exportCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "export", Usage: "write the outputs of a run again, from the ledger alone",
		Description: "   batch export\n   batch export --run 20260102T030405Z-abcdef --format csv",
		Flags:       []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), formatFlag(), partitionFlag(), langFlag(), jsonFlag(), quietFlag()},
		Action:      func(c *cli.Context) error { return exportAction(c, env) },
	})
}

func exportAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	screen, outputs, err := readingConfig(c, env)
	if err != nil {
		return err
	}
	e, err := app.Export(c.Context, app.Exporting{Command: commandName(c), RunID: c.String("run"), Outputs: outputs}, env.clock.Now)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return screen.Manifest(e.Manifest)
	}
	if err := screen.Speak(app.LangOf(e.Run)); err != nil {
		return err
	}
	screen.Exported(e)
	return nil
}

package main

import (
	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
)

func planCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "plan", ArgsUsage: "INPUT", Usage: "what a run would do and cost; calls nobody",
		Description: "   batch plan fleet.csv\n   batch plan fleet.csv --json",
		Flags:       append(inputFlags(), outFlag(), ledgerFlag(), configFlag(), simulateFlag(), dayFlag(), datasetFlag(), strictVINFlag(), maxSpendFlag(), langFlag(), jsonFlag(), quietFlag(), verboseFlag()),
		Action:      func(c *cli.Context) error { return planAction(c, env) },
	})
}

// planAction says what a run of the input would do and cost.
func planAction(c *cli.Context, env environment) error {
	in, err := inputOf(c, env)
	if err != nil {
		return err
	}
	b, err := newBuying(c, env)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.configure(c, true); err != nil {
		return err
	}
	if err := b.Check(); err != nil {
		return err
	}
	e, err := app.Plan(c.Context, b.Buying, in)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return ui.PrintJSON(env.stdout, e)
	}
	if err := b.screen.Speak(e.Lang); err != nil {
		return err
	}
	return b.screen.Estimate(&e)
}

package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
)

func failuresCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "failures", Usage: "the failure ledger of the last run",
		Description: "   batch failures\n   batch failures --csv > failures.csv\n   batch failures --json | jq .",
		Flags:       []cli.Flag{outFlag(), configFlag(), runFlag(), langFlag(), jsonFlag(), &cli.BoolFlag{Name: "csv", Usage: "print CSV, which is itself an INPUT", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			return withRun(c, env, func(ctx context.Context, screen *ui.Screen, w *app.Workspace, outputs app.OutputOptions, run ledger.Run) error {
				return printFailures(ctx, formOf(c), screen, w, outputs, run)
			})
		},
	})
}

func printFailures(ctx context.Context, form ui.Form, screen *ui.Screen, w *app.Workspace, outputs app.OutputOptions, run ledger.Run) error {
	screen.Purged(run)
	said := screen.Said()
	if form != ui.Text { // as in the run's files
		var err error
		if said, err = outputs.Words(run); err != nil {
			return err
		}
	}
	p := screen.Failures(form, said, run, outputs.MarksCSV(run))
	if err := w.Failures(ctx, run, said, p.Add); err != nil {
		return err
	}
	if err := p.End(); err != nil || form != ui.Text {
		return err
	}
	return stillOpen(ctx, screen, w, run)
}

// stillOpen says that lookups are not settled yet.
func stillOpen(ctx context.Context, screen *ui.Screen, w *app.Workspace, run ledger.Run) error {
	open, err := w.Open(ctx, run)
	if err == nil {
		screen.StillOpen(open, w.Dir)
	}
	return err
}

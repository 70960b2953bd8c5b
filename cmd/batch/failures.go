package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
)

func failuresCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "failures", Usage: "the failure ledger of the last run",
		Description: "   batch failures\n   batch failures --csv > failures.csv\n   batch failures --json | jq .",
		Flags:       []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), langFlag(), jsonFlag(), &cli.BoolFlag{Name: "csv", Usage: "print CSV, which is itself an INPUT", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			return withRun(c, env, func(ctx context.Context, l looking, run ledger.Run) error {
				return printFailures(ctx, formOf(c), l, run)
			})
		},
	})
}

func printFailures(ctx context.Context, form ui.Form, l looking, run ledger.Run) error {
	l.screen.Purged(run)
	said := l.screen.Said()
	if form != ui.Text { // as in the run's files
		var err error
		if said, err = l.outputs.Words(run); err != nil {
			return err
		}
	}
	p := l.screen.Failures(form, said, run, l.outputs.MarksCSV(run))
	if err := l.Failures(ctx, run, said, p.Add); err != nil {
		return err
	}
	if err := p.End(); err != nil || form != ui.Text {
		return err
	}
	return stillOpen(ctx, l, run)
}

// stillOpen says that lookups are not settled yet.
func stillOpen(ctx context.Context, l looking, run ledger.Run) error {
	open, err := l.Open(ctx, run)
	if err == nil {
		l.screen.StillOpen(open, l.Dir)
	}
	return err
}

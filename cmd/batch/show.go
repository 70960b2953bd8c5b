package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
)

func showCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "show", ArgsUsage: "VEHICLE", Usage: "all that a workspace knows of one vehicle: a VIN or the end of it, a plate, or a ticket",
		Description: "   batch show LSVAM4187C2184847\n   batch show 184847                        a part of the VIN, 6 characters at least\n" +
			"   batch show LSV…4847                      as progress and logs shorten it\n" +
			"   batch show 粤B12345\n   batch show e192e8de8e666046f41b          a vendor's number of an order\n" +
			"   batch show LSVAM4187C2184847 --raw       the answers that are kept, as they came\n\n" +
			"Its rows, lookups, submissions and answers, what they cost, and its rows of every table, run by run. Works from the\n" +
			"ledger alone, also while another process runs there. Several vehicles that fit are listed instead.\n\n" +
			"--raw prints bytes and nothing else; several answers are apart by a byte 0, as `xargs -0` reads them, and stderr names\n" +
			"each. --raw --json prints them in a list, each with its body as text, or in base64 where it is no UTF-8.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), datasetFlag(), langFlag(), jsonFlag(),
			&cli.BoolFlag{Name: "raw", Usage: "print the answers that are kept, as they came", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			wanted, err := oneArgument(c, "VEHICLE")
			if err != nil {
				return err
			}
			datasets, err := datasetsOf(c)
			if err != nil {
				return err
			}
			o := app.Showing{Wanted: wanted, RunID: c.String("run"), Datasets: datasets, OneAlone: c.Bool("raw")}
			return lookInto(c, env, func(ctx context.Context, l looking) error {
				return show(ctx, c, env, l, o)
			})
		},
	})
}

func show(ctx context.Context, c *cli.Context, env environment, l looking, o app.Showing) error {
	newest, err := l.Run(ctx, "")
	if err != nil {
		return err
	}
	if err := l.screen.Speak(app.LangOf(newest)); err != nil {
		return err
	}
	known, err := knownTerms(c, env, l.Simulated)
	if err != nil {
		return err
	}
	// Next steps are as in the run's files for a script, else as on the screen.
	o.Words = func(ledger.Run) (*messages.Printer, error) { return l.screen.Said(), nil }
	if c.Bool("json") {
		o.Words = l.outputs.Words
	}
	shown, err := l.Show(ctx, o, known)
	if err != nil {
		return err
	}
	return l.screen.Show(shown, formOf(c), c.Bool("raw"))
}

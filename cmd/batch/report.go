package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks/report"
)

func reportCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "report", Usage: "make a report of a run for people: one HTML file, from the ledger alone",
		Description: "   batch report > fleet.html\n   batch report --lang zh --top 50 --to fleet.html\n\n" +
			"Totals, money, coverage, failures with what to do, and the vehicles that need attention with their\n" +
			"mileage. The file asks no network for anything. `--format parquet,csv,html` on a run writes it beside\n" +
			"the tables. Works while another process runs there.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), langFlag(),
			&cli.IntFlag{Name: "top", Usage: "show this `NUMBER` of vehicles in detail, the most pressing ones", DefaultText: fmt.Sprintf("report.top in batch.yaml, else that of the run, else %d", report.DefaultTop)},
			&cli.StringFlag{Name: "to", Value: "-", Usage: "`FILE` to write, - is stdout; of what is there, only a report is replaced", TakesFile: true}, quietFlag()},
		Action: func(c *cli.Context) error {
			if c.Int("top") < 0 {
				return app.UsageError("--top %d: give a number from 0", c.Int("top"))
			}
			return withRun(c, env, func(ctx context.Context, l looking, run ledger.Run) error {
				o, err := l.outputs.Report(run, record.Opt[int]{V: c.Int("top"), OK: c.IsSet("top")})
				if err != nil {
					return err
				}
				said, err := messages.New(o.Lang) // a file's language is never the terminal's
				if err != nil {
					return err
				}
				to := c.String("to")
				if err = l.Report(ctx, run, o, said, to, l.screen.FileOut); err == nil && to != "-" {
					l.screen.ReportWritten(run, to)
				}
				return err
			})
		},
	})
}

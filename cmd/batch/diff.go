package main

import (
	"context"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
)

func diffCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "diff", ArgsUsage: "[RUN_A [RUN_B]]", Usage: "what the answers of one run say that those of another did not",
		Description: "   batch diff                                  the last finished run against the one before\n" +
			"   batch diff RUN_A                            the last finished run against RUN_A\n" +
			"   batch diff RUN_A RUN_B --csv > diff.csv     RUN_B against RUN_A\n\n" +
			"New, paid and vanished violations, new workshop visits, flags that turned, odometers that went back,\n" +
			"prices that moved. Works from the ledger alone. The table changes of a run's outputs says the same\n" +
			"against each vehicle's latest earlier answer, whichever run had it.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(), configFlag(), jsonFlag(), csvFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 2 {
				return app.UsageError("batch diff takes two runs at most, not %d: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
			}
			return lookInto(c, env, func(ctx context.Context, l looking) error {
				earlier, later, err := l.ToCompare(ctx, c.Args().Get(0), c.Args().Get(1))
				if err != nil {
					return err
				}
				p := l.screen.Changes(formOf(c), earlier, later)
				sum, err := l.Compare(ctx, earlier, later, p.Add)
				if err != nil {
					return err
				}
				return p.End(sum)
			})
		},
	})
}

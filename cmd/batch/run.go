package main

import (
	"context"

	"vehiclebatch/cmd/batch/app"

	"github.com/urfave/cli/v2"
)

func runCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "run", ArgsUsage: "INPUT", Usage: "plan, submit, poll, normalise, write; run again, it goes on where it was",
		Description: "INPUT is a file of vehicles, CSV, Excel (xlsx) or Parquet, or - for stdin.\n\n" +
			"   batch run fleet.csv --simulate              try it: no keys, no money\n" +
			"   batch run fleet.csv --max-spend 500         buy for at most ¥500\n" +
			"   batch run fleet.csv --dataset violations    one dataset alone\n" +
			"   batch run fleet.csv --limit 3               the first three vehicles that can be bought for\n" +
			"   batch run --vin LSVAM4187C2184847           one vehicle, without a file\n" +
			"   batch run fleet.csv --dry-run               what it would cost, as batch plan\n" +
			"   batch run fix.csv                           a corrected copy of failures.csv: mends the run that it is of",
		Flags: append(append(workFlags(), inputFlags()...), datasetFlag(), strictVINFlag(),
			&cli.BoolFlag{Name: "yes", Usage: "buy for VINs with a wrong check digit without asking", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what it would do and cost, and call nobody", DisableDefaultText: true}),
		Action: func(c *cli.Context) error {
			if c.Bool("dry-run") {
				return planAction(c, env)
			}
			return runAction(c, env)
		},
	})
}

func resumeCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "resume", Usage: "go on with the unfinished run of a workspace",
		Description: "   batch resume --out out",
		Flags:       workFlags(),
		Action: func(c *cli.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return buy(c, env, app.Resume)
		},
	})
}

func runAction(c *cli.Context, env environment) error {
	in, err := inputOf(c, env)
	if err != nil {
		return err
	}
	return buy(c, env, func(ctx context.Context, o app.Buying) (*app.Ended, error) {
		return app.Run(ctx, o, in)
	})
}

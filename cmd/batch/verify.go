package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline/ledger"
)

func verifyCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "verify", Usage: "read every output back and hold it against the manifest and the ledger",
		Description: "   batch verify --out out\n\nParquet is read by another implementation than the one that wrote it. Exit 1 when anything differs.",
		Flags:       []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), quietFlag()},
		Action: func(c *cli.Context) error {
			return withRun(c, env, func(ctx context.Context, l looking, run ledger.Run) error {
				v, err := l.Verify(ctx, run)
				if v.Run.ID != "" {
					l.screen.Verified(v)
				}
				return err
			})
		},
	})
}

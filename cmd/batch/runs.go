package main

import (
	"context"

	"github.com/urfave/cli/v2"
)

func runsCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "runs", Usage: "the runs of a workspace: when, of what, how far, for how much",
		Description: "   batch runs\n   batch runs --json\n\nThe newest first. Works while another process runs there.",
		Flags:       []cli.Flag{outFlag(), ledgerFlag(), configFlag(), langFlag(), jsonFlag(), csvFlag()},
		Action: func(c *cli.Context) error {
			return withWorkspace(c, env, func(ctx context.Context, l looking) error {
				runs, err := l.Runs(ctx)
				if err != nil {
					return err
				}
				return l.screen.Runs(formOf(c), runs)
			})
		},
	})
}

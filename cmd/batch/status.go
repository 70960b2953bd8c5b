package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
)

func statusCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "status", Usage: "where a workspace stands: counts, spend, waiting lookups, halted vendors",
		Description: "   batch status --out out\n\nWorks while another process runs there.",
		Flags:       []cli.Flag{outFlag(), ledgerFlag(), configFlag(), langFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withWorkspace(c, env, func(ctx context.Context, l looking) error {
				st, err := l.Status(ctx)
				if err != nil {
					return err
				}
				if c.Bool("json") {
					return l.screen.StatusJSON(&st)
				}
				if err := l.screen.Speak(app.LangOf(st.Run)); err != nil {
					return err
				}
				l.screen.Status(&st, l.Dir, againOf(c, l.Simulated))
				return nil
			})
		},
	})
}

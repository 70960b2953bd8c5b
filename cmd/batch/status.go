package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
)

func statusCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "status", Usage: "where a workspace stands: counts, spend, waiting lookups, halted vendors",
		Description: "   batch status --out out\n\nWorks while another process runs there.",
		Flags:       []cli.Flag{outFlag(), configFlag(), langFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withWorkspace(c, env, func(ctx context.Context, screen *ui.Screen, w *app.Workspace, _ app.OutputOptions) error {
				st, err := w.Status(ctx)
				if err != nil {
					return err
				}
				if c.Bool("json") {
					return screen.StatusJSON(&st)
				}
				if err := screen.Speak(app.LangOf(st.Run)); err != nil {
					return err
				}
				screen.Status(&st, w.Dir, againOf(c, w.Simulated))
				return nil
			})
		},
	})
}

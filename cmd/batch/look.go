package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
)

// withWorkspace is lookInto for a command that takes no arguments.
func withWorkspace(c *cli.Context, env environment, do func(context.Context, *ui.Screen, *app.Workspace, app.OutputOptions) error) error {
	if err := noArguments(c); err != nil {
		return err
	}
	return lookInto(c, env, do)
}

// lookInto opens a workspace for looking, also while another process works there.
func lookInto(c *cli.Context, env environment, do func(context.Context, *ui.Screen, *app.Workspace, app.OutputOptions) error) error {
	screen, outputs, err := looking(c, env)
	if err != nil {
		return err
	}
	w, err := app.Look(c.Context, outputs.Dir, env.clock.Now)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	if w.Stale != "" {
		fmt.Fprintf(env.stderr, "batch: warning: the ledger %s; `batch doctor --out %s` says more\n", w.Stale, w.Dir)
	}
	if err := w.HasRun(c.Context); err != nil {
		return err
	}
	return do(c.Context, screen, w, outputs)
}

// withRun is withWorkspace for the run that --run names, in whose language the screen speaks.
func withRun(c *cli.Context, env environment, do func(context.Context, *ui.Screen, *app.Workspace, app.OutputOptions, ledger.Run) error) error {
	return withWorkspace(c, env, func(ctx context.Context, screen *ui.Screen, w *app.Workspace, outputs app.OutputOptions) error {
		run, err := w.Run(ctx, c.String("run"))
		if err != nil {
			return err
		}
		if err := screen.Speak(app.LangOf(run)); err != nil {
			return err
		}
		return do(ctx, screen, w, outputs, run)
	})
}

// looking reads what a command that only looks is told of words and outputs, by its
// flags and by the configuration if it can be read.
func looking(c *cli.Context, env environment) (*ui.Screen, app.OutputOptions, error) {
	screen, outputs, err := spoken(c, env)
	if err != nil || !takes(c, "lang") {
		return screen, outputs, err
	}
	conf, err := readConfig(c, env)
	if err != nil || conf == nil {
		return screen, outputs, err
	}
	return screen, outputs, worded(screen, &outputs, conf)
}

// takes tells whether a command has a flag.
func takes(c *cli.Context, flag string) bool {
	for _, f := range c.Command.Flags {
		if f.Names()[0] == flag {
			return true
		}
	}
	return false
}

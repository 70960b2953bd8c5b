package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
)

// looking is a command that looks into a workspace.
type looking struct {
	*app.Workspace
	screen  *ui.Screen
	outputs app.OutputOptions
}

// withRun is withWorkspace for the run that --run names, in whose language the screen speaks.
func withRun(c *cli.Context, env environment, do func(context.Context, looking, ledger.Run) error) error {
	return withWorkspace(c, env, func(ctx context.Context, l looking) error {
		run, err := l.Run(ctx, c.String("run"))
		if err != nil {
			return err
		}
		if err := l.screen.Speak(app.LangOf(run)); err != nil {
			return err
		}
		return do(ctx, l, run)
	})
}

// withWorkspace is lookInto for a command that takes no arguments.
func withWorkspace(c *cli.Context, env environment, do func(context.Context, looking) error) error {
	if err := noArguments(c); err != nil {
		return err
	}
	return lookInto(c, env, do)
}

// lookInto opens a workspace for looking, also while another process works there.
func lookInto(c *cli.Context, env environment, do func(context.Context, looking) error) error {
	screen, outputs, err := readingConfig(c, env)
	if err != nil {
		return err
	}
	w, err := app.Look(c.Context, outputs.Dir, outputs.Ledger, env.clock.Now)
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
	return do(c.Context, looking{w, screen, outputs})
}

// readingConfig is spoken with what the configuration says of words, if it can be read.
func readingConfig(c *cli.Context, env environment) (*ui.Screen, app.OutputOptions, error) {
	screen, outputs, err := spoken(c, env)
	if err != nil {
		return screen, outputs, err
	}
	conf, err := readConfig(c, env)
	if err != nil || conf == nil {
		return screen, outputs, err
	}
	return screen, outputs, worded(screen, &outputs, conf)
}

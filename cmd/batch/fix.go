package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/ledger"
)

func fixCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "fix", Usage: "the failures of the last run by their cause, what would mend each, and what that costs",
		Description: "   batch fix\n   batch fix --json | jq '.causes[] | select(.free)'\n\n" +
			"It changes nothing and calls nobody: it prints the commands to give, and the columns to fill in.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(), configFlag(), runFlag(), langFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withRun(c, env, func(ctx context.Context, l looking, run ledger.Run) error {
				return fix(ctx, c, env, l, run)
			})
		},
	})
}

func fix(ctx context.Context, c *cli.Context, env environment, l looking, run ledger.Run) error {
	if err := app.CanFix(run); err != nil {
		return err
	}
	known, err := knownTerms(c, env, l.Simulated)
	if err != nil {
		return err
	}
	causes, err := l.Causes(ctx, run, known)
	if err != nil {
		return err
	}
	said := l.screen.Said()
	if c.Bool("json") { // as in the run's files
		if said, err = l.outputs.Words(run); err != nil {
			return err
		}
	}
	f := ui.NewFixes(causes, said, ui.Fixing{Run: run, Folder: l.Folder(run), Out: l.Dir, Flags: againOf(c, l.Simulated), Config: c.String("config"), Named: c.String("run") != "", Terms: known})
	if c.Bool("json") {
		return l.screen.FixesJSON(f)
	}
	l.screen.Fixes(f)
	return stillOpen(ctx, l, run)
}

// knownTerms are those of the configuration, if there is one, or those at which a
// simulated workspace was asked.
func knownTerms(c *cli.Context, env environment, simulated bool) (app.Terms, error) {
	path, given := configPath(c)
	if path == "" && !simulated {
		return app.Terms{}, nil
	}
	conf, err := keylessConfig(path, env, app.Sold(), app.SimulatedSettings("http://127.0.0.1"))
	if err != nil {
		if !given {
			return app.Terms{}, nil //nolint:nilerr // the prices of the ledger will do
		}
		return app.Terms{}, err
	}
	return app.TermsOf(path, conf), nil
}

package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
)

func purgeCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "purge", Usage: "forget the vehicles and answers of old runs, and keep the money",
		Description: "   batch purge --older-than 90d --dry-run      what it would forget\n" +
			"   batch purge --older-than 90d                says so, then asks\n" +
			"   batch purge --run 20260102T030405Z-abcdef --yes\n\n" +
			"Forgets raw answers, identifiers and tickets of finished runs, in the ledger and on the disk,\n" +
			"and removes their outputs. Runs, counts, days and charges stay. What is in doubt, and what a\n" +
			"run that stays has its answer from, is left. An answer that is forgotten is bought again\n" +
			"when somebody asks for it again.",
		Flags: []cli.Flag{outFlag(), ledgerFlag(),
			&cli.StringFlag{Name: "older-than", Usage: "runs finished longer than this `AGE` ago: 90d, 90 (days) or 2160h"},
			&cli.StringFlag{Name: "run", Usage: "this run alone, by its `ID`"},
			&cli.BoolFlag{Name: "keep-outputs", Usage: "leave the folders of outputs", DisableDefaultText: true},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what it would forget, and forget nothing", DisableDefaultText: true},
			&cli.BoolFlag{Name: "yes", Usage: "forget without asking", DisableDefaultText: true},
			quietFlag()},
		Action: func(c *cli.Context) error { return purgeAction(c, env) },
	})
}

func purgeAction(c *cli.Context, env environment) error {
	if err := noArguments(c); err != nil {
		return err
	}
	screen, outputs, err := spoken(c, env)
	if err != nil {
		return err
	}
	before, err := olderThan(c, env.clock.Now())
	if err != nil {
		return err
	}
	o := app.Purging{Dir: outputs.Dir, Ledger: outputs.Ledger, Command: commandName(c), Before: before, RunID: c.String("run"), KeepOutputs: c.Bool("keep-outputs")}
	return app.Purge(c.Context, o, env.clock.Now, func(p *app.PurgePlan) error {
		screen.PurgePlan(p)
		switch {
		case p.Nothing():
			return nil
		case c.Bool("dry-run"):
			screen.Linef("Nothing was forgotten.")
			return nil
		case !c.Bool("yes") && len(p.Forget) > 0 && !screen.Consents("This cannot be undone."):
			return app.UsageError("nothing was forgotten: say --yes to forget without asking")
		}
		if err := p.CarryOut(context.WithoutCancel(c.Context)); err != nil {
			return err
		}
		screen.Linef("Forgotten.")
		return nil
	})
}

// olderThan is the moment before which a run must have ended; none where the run is
// named and no age is: then it is that run, even one that ended on a day to come.
func olderThan(c *cli.Context, now time.Time) (record.Opt[time.Time], error) {
	var none record.Opt[time.Time]
	if !c.IsSet("older-than") && !c.IsSet("run") {
		return none, app.UsageError("say which runs: --older-than AGE (90d, 2160h) or --run ID; `batch status` shows the last one")
	}
	if !c.IsSet("older-than") {
		return none, nil
	}
	age, err := parseAge(c.String("older-than"))
	if err != nil {
		return none, err
	}
	return record.Some(now.Add(-age)), nil
}

// mostDays keeps an age within what a duration can hold.
const mostDays = 36500

// parseAge reads 90d and 90, which are days, and 2160h.
func parseAge(text string) (time.Duration, error) {
	if days, err := strconv.ParseUint(strings.TrimSuffix(text, "d"), 10, 32); err == nil && days <= mostDays {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	age, err := time.ParseDuration(text)
	if err != nil || age < 0 {
		return 0, app.UsageError("--older-than %q: want an age such as 90d, 90 (days) or 2160h", text)
	}
	return age, nil
}

package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/normalise"
)

func csvFlag() cli.Flag {
	return &cli.BoolFlag{Name: "csv", Usage: "print CSV", DisableDefaultText: true}
}

// sinceFlags bound a time; a day that is named with --until is inside.
func sinceFlags(what string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "since", Usage: what + " from this `DAY` or time on, e.g. 2026-01-31 or \"2026-01-31 18:00:00\", China time"},
		&cli.StringFlag{Name: "until", Usage: what + " up to this `DAY`, or before this time"},
	}
}

func spendCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "spend", Usage: "what a workspace has charged, reserved and left in doubt",
		Description: "   batch spend                                 by vendor and dataset, over all runs\n" +
			"   batch spend --by day --since 2026-01-01     a line for each day of China\n" +
			"   batch spend --by run,vendor --csv\n\n" +
			"The sums are the configured prices of what was ordered; `batch reconcile` holds them against the\n" +
			"vendor's bill. Reused lookups were answered by an answer bought before, and cost nothing: saved is\n" +
			"what that answer cost, while it is kept (`batch purge`). Works while another process runs there.",
		Flags: append([]cli.Flag{outFlag(), ledgerFlag(), configFlag(),
			&cli.StringFlag{Name: "by", Value: "vendor,dataset", Usage: "add up by these, comma-separated `LIST` of vendor, dataset, day and run"},
			&cli.StringFlag{Name: "run", Usage: "the run's `ID` (default: all runs)"},
			jsonFlag(), csvFlag()}, sinceFlags("orders")...),
		Action: func(c *cli.Context) error {
			q, err := spendQuery(c)
			if err != nil {
				return err
			}
			return withWorkspace(c, env, func(ctx context.Context, l looking) error {
				spent, err := l.Spend(ctx, q, c.String("run"))
				if err != nil {
					return err
				}
				return l.screen.Spend(formOf(c), spent)
			})
		},
	})
}

// spendQuery reads what is asked for, but for the run.
func spendQuery(c *cli.Context) (ledger.SpendQuery, error) {
	var q ledger.SpendQuery
	for _, word := range splitWords([]string{c.String("by")}) {
		by := ledger.SpendBy(word)
		if !slices.Contains(ledger.SpendGroups(), by) {
			return q, app.UsageError("--by %q: want a list of vendor, dataset, day and run, comma-separated", word)
		}
		if !slices.Contains(q.By, by) {
			q.By = append(q.By, by)
		}
	}
	var err error
	q.Since, q.Until, err = sinceUntil(c)
	return q, err
}

// sinceUntil reads --since and --until; zero is no bound.
func sinceUntil(c *cli.Context) (since, until time.Time, err error) {
	if since, _, err = chinaSpan(c, "since"); err != nil {
		return since, until, err
	}
	if _, until, err = chinaSpan(c, "until"); err != nil {
		return since, until, err
	}
	if !since.IsZero() && !until.IsZero() && !since.Before(until) {
		return since, until, app.UsageError("--until %s is before --since %s", c.String("until"), c.String("since"))
	}
	return since, until, nil
}

// chinaSpan reads a day of China, or a moment, of a flag: where it begins and
// where it ends.
func chinaSpan(c *cli.Context, flag string) (from, until time.Time, err error) {
	text := strings.TrimSpace(c.String(flag))
	if text == "" {
		return from, until, nil
	}
	if at, err := normalise.ParseMoment(text); err == nil && at.OK {
		return at.V, at.V, nil
	}
	day, err := normalise.ParseDay(text)
	if err != nil || !day.OK {
		return from, until, app.UsageError("--%s %q: want a day or a time of China, e.g. 2026-01-31 or \"2026-01-31 18:00:00\"", flag, text)
	}
	from = day.V.Begin()
	return from, from.AddDate(0, 0, 1), nil
}

package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// simulatedDay is the day on which a simulation takes place.
type simulatedDay struct {
	text  string // as --day says it, "" without it
	ahead int    // days from today to it, negative for the past
	lived int    // days that have changed what the simulated vendors say
}

func dayFlag() cli.Flag {
	return &cli.StringFlag{Name: "day", DefaultText: "today",
		Usage: "with --simulate: as if `N` days had passed, to see what changes from night to night; or a date, 2026-03-01, or 2026-03-01+N, and the answers are the same whenever it is run"}
}

// dayOf reads --day: days from today, or a date and days from there.
func dayOf(c *cli.Context, now time.Time) (simulatedDay, error) {
	if !c.IsSet("day") {
		return simulatedDay{}, nil
	}
	if !c.Bool("simulate") {
		return simulatedDay{}, app.UsageError("--day %s: only a simulation can be at another time: add --simulate", c.String("day"))
	}
	return parseSimulatedDay(c.String("day"), now)
}

func parseSimulatedDay(text string, now time.Time) (simulatedDay, error) {
	date, days, dated := dateAndDays(text)
	d := simulatedDay{text: text}
	if dated {
		start, err := pastOrNear(date)
		if err != nil {
			return d, err
		}
		d.ahead = int(start) - int(record.DateOf(now))
	}
	var err error
	if d.lived, err = strconv.Atoi(days); err != nil {
		return d, app.UsageError("--day %q: want a number of days, a date such as 2026-03-01, or both: 2026-03-01+7", text)
	}
	if err := (simulator.Options{Days: d.lived}).Check(); err != nil {
		return d, app.UsageError("--day: %w", err)
	}
	d.ahead += d.lived
	return d, nil
}

// dateAndDays takes 2026-03-01+7 apart; what is no date is days alone.
func dateAndDays(text string) (date, days string, dated bool) {
	date, days, plus := strings.Cut(text, "+")
	if !plus && strings.Count(strings.TrimPrefix(text, "-"), "-") == 0 {
		return "", text, false
	}
	if !plus {
		days = "0"
	}
	return date, days, true
}

// pastOrNear reads a date that ledger and vendors can live in, with ten years to go.
func pastOrNear(text string) (record.Date, error) {
	day, err := normalise.ParseDay(text)
	if err != nil || !day.OK || day.V.Time().Year() < 2015 || day.V.Time().Year() > 2089 {
		return 0, app.UsageError("--day: %q is not a date from 2015-01-01 to 2089-12-31, written as 2026-03-01", text)
	}
	return day.V, nil
}

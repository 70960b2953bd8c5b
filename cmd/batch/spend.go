package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
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
		Flags: append([]cli.Flag{outFlag(),
			&cli.StringFlag{Name: "by", Value: "vendor,dataset", Usage: "add up by these, comma-separated `LIST` of vendor, dataset, day and run"},
			&cli.StringFlag{Name: "run", Usage: "the run's `ID` (default: all runs)"},
			jsonFlag(), csvFlag()}, sinceFlags("orders")...),
		Action: func(c *cli.Context) error {
			q, err := spendQuery(c)
			if err != nil {
				return err
			}
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, _ ledger.Run) error {
				return s.spend(ctx, c, l, q)
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
			return q, usageError("--by %q: want a list of vendor, dataset, day and run, comma-separated", word)
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
		return since, until, usageError("--until %s is before --since %s", c.String("until"), c.String("since"))
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
		return from, until, usageError("--%s %q: want a day or a time of China, e.g. 2026-01-31 or \"2026-01-31 18:00:00\"", flag, text)
	}
	from = day.V.Begin()
	return from, from.AddDate(0, 0, 1), nil
}

func (s *setup) spend(ctx context.Context, c *cli.Context, l *ledger.Ledger, q ledger.SpendQuery) error {
	if id := c.String("run"); id != "" {
		run, err := (&session{setup: s, ledger: l}).chosenRun(ctx, id)
		if err != nil {
			return err
		}
		q.Run = run.Seq
	}
	lines, total, err := l.SpendOver(ctx, q)
	if err != nil {
		return fmt.Errorf("add up the money: %w", err)
	}
	switch {
	case s.json:
		return spendJSON(ui.AsJSON(s.env.stdout), q.By, lines, total)
	case c.Bool("csv"):
		if len(q.By) == 0 {
			lines = []ledger.SpendLine{total}
		}
		return spendCSV(ui.AsData(s.env.stdout), q.By, lines)
	}
	printSpendTable(s.env.stdout, q.By, lines, total)
	return nil
}

// groupOf is a line's value of a group.
func groupOf(l *ledger.SpendLine, by ledger.SpendBy) string {
	switch by {
	case ledger.ByVendor:
		return l.Vendor
	case ledger.ByDataset:
		return string(l.Dataset)
	case ledger.ByDay:
		return l.Day
	}
	return l.Run
}

// spendColumns are what is known of every line, in the order of the columns.
func spendColumns() []string {
	return []string{"charged_cny", "reserved_cny", "unknown_cny", "lookups", "reused", "saved_cny"}
}

func spendCells(l *ledger.SpendLine) []string {
	return []string{l.Charged.String(), l.Reserved.String(), l.Unknown.String(), strconv.FormatInt(l.Lookups, 10), strconv.FormatInt(l.Reused, 10), l.Saved.String()}
}

// header names the columns of the groups: a run by its id, as everywhere.
func spendHeader(by []ledger.SpendBy) []string {
	var out []string
	for _, b := range by {
		name := string(b)
		if b == ledger.ByRun {
			name = "run_id"
		}
		out = append(out, name)
	}
	return out
}

func spendCSV(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine) error {
	w := csv.NewWriter(to)
	rows := [][]string{append(spendHeader(by), spendColumns()...)}
	for i := range lines {
		var row []string
		for _, b := range by {
			row = append(row, groupOf(&lines[i], b))
		}
		rows = append(rows, append(row, spendCells(&lines[i])...))
	}
	return w.WriteAll(rows)
}

func spendJSON(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine, total ledger.SpendLine) error {
	object := func(l *ledger.SpendLine, by []ledger.SpendBy) ui.Fields {
		var o ui.Fields
		for i, name := range spendHeader(by) {
			o = append(o, ui.Field{name, groupOf(l, by[i])})
		}
		for i, cell := range spendCells(l) {
			o = append(o, ui.Field{spendColumns()[i], json.Number(cell)})
		}
		return o
	}
	groups := []ui.Fields{}
	for i := range lines {
		groups = append(groups, object(&lines[i], by))
	}
	return ui.WriteJSON(to, ui.Fields{{"spend", groups}, {"total", object(&total, nil)}})
}

func printSpendTable(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine, total ledger.SpendLine) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, b := range by {
		fmt.Fprintf(w, "%s\t", b)
	}
	fmt.Fprintln(w, "charged\treserved\tin doubt\tlookups\treused\tsaved\t")
	row := func(l *ledger.SpendLine) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\t\n", l.Charged.Yuan(), l.Reserved.Yuan(), l.Unknown.Yuan(), l.Lookups, l.Reused, l.Saved.Yuan())
	}
	for i := range lines {
		for _, b := range by {
			fmt.Fprintf(w, "%s\t", groupOf(&lines[i], b))
		}
		row(&lines[i])
	}
	if len(by) > 0 {
		fmt.Fprint(w, strings.Repeat("\t", len(by)-1)+"total\t")
	}
	row(&total)
	w.Flush() //nolint:errcheck // a terminal
}

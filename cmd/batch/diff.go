package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

func diffCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "diff", ArgsUsage: "[RUN_A [RUN_B]]", Usage: "what the answers of one run say that those of another did not",
		Description: "   batch diff                                  the last finished run against the one before\n" +
			"   batch diff RUN_A                            the last finished run against RUN_A\n" +
			"   batch diff RUN_A RUN_B --csv > diff.csv     RUN_B against RUN_A\n\n" +
			"New, paid and vanished violations, new workshop visits, flags that turned, odometers that went back,\n" +
			"prices that moved. Works from the ledger alone. The table changes of a run's outputs says the same\n" +
			"against each vehicle's latest earlier answer, whichever run had it.",
		Flags: []cli.Flag{outFlag(), jsonFlag(), csvFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 2 {
				return usageError("batch diff takes two runs at most, not %d: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
			}
			return lookInto(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, _ ledger.Run) error {
				return (&session{setup: s, ledger: l}).diff(ctx, c)
			})
		},
	})
}

func (s *session) diff(ctx context.Context, c *cli.Context) error {
	earlier, later, err := s.diffRuns(ctx, c.Args().Get(0), c.Args().Get(1))
	if err != nil {
		return err
	}
	for _, r := range []ledger.Run{earlier, later} {
		if err := notPurged(r, "compared"); err != nil {
			return err
		}
	}
	p := changePrinter(c, s.env, earlier, later)
	sum, err := export.Diff(ctx, s.ledger, earlier, later, readers(), p.add)
	if err != nil {
		return fmt.Errorf("compare run %s with run %s: %w", later.ID, earlier.ID, err)
	}
	return p.end(sum)
}

// diffRuns finds the runs that were named, or the last finished ones.
func (s *session) diffRuns(ctx context.Context, a, b string) (earlier, later ledger.Run, err error) {
	if a != "" {
		if earlier, err = s.chosenRun(ctx, a); err != nil {
			return earlier, later, err
		}
	}
	if b != "" {
		later, err = s.chosenRun(ctx, b)
		return earlier, later, err
	}
	runs, err := s.ledger.Runs(ctx)
	if err != nil {
		return earlier, later, err
	}
	var finished []ledger.Run // the newest first
	for _, r := range runs {
		if r.State == ledger.RunFinished && r.PurgedAt.IsZero() && r.ID != a {
			finished = append(finished, r)
		}
	}
	need := 2
	if a != "" {
		need = 1
	}
	if len(finished) < need {
		return earlier, later, usageError("the workspace %s has %s that can be compared, and it takes two: run again another day",
			s.out, record.Counted(int64(len(finished)), "finished run"))
	}
	if a == "" {
		earlier = finished[1]
	}
	return earlier, finished[0], nil
}

// diffPrinter prints changes as they come.
type diffPrinter interface {
	add(sinks.ChangeRow) error
	end(export.Compared) error
}

func changePrinter(c *cli.Context, env environment, earlier, later ledger.Run) diffPrinter {
	switch {
	case c.Bool("json"):
		lead := fmt.Sprintf(`{"earlier": %q, "later": %q, "changes": `, earlier.ID, later.ID)
		return &jsonChanges{&ui.JsonRows{Out: ui.AsJSON(env.stdout), Columns: sinks.ChangeColumns(), Lead: lead}, later.ID}
	case c.Bool("csv"):
		return &csvChanges{&ui.CsvRows{W: csv.NewWriter(ui.AsData(env.stdout)), Columns: sinks.ChangeColumns()}, later.ID}
	}
	return &textChanges{out: env.stdout, earlier: earlier, later: later, counts: map[record.ChangeKind]int64{}}
}

// jsonChanges prints one object: the runs, what was compared and the changes,
// one a line.
type jsonChanges struct {
	rows *ui.JsonRows
	run  string
}

func (p *jsonChanges) add(r sinks.ChangeRow) error { return p.rows.Add(sinks.ChangeValues(p.run, r)) }

func (p *jsonChanges) end(sum export.Compared) error {
	return p.rows.End(fmt.Sprintf(`, "compared": %d, "same_answer": %d, "not_in_earlier": %d}`, sum.Lookups, sum.Same, sum.Alone))
}

// csvChanges prints rows as changes.csv has them.
type csvChanges struct {
	rows *ui.CsvRows
	run  string
}

func (p *csvChanges) add(r sinks.ChangeRow) error { return p.rows.Add(sinks.ChangeCells(p.run, r)) }

func (p *csvChanges) end(export.Compared) error { return p.rows.End() }

// textChanges prints a table for people, in pages: the widths of a page are
// those of its rows, and no more than a page is kept.
type textChanges struct {
	out            io.Writer
	earlier, later ledger.Run
	w              *tabwriter.Writer
	n              int64
	counts         map[record.ChangeKind]int64
}

const changesPage = 1000

func (p *textChanges) add(r sinks.ChangeRow) error {
	if p.w == nil {
		p.w = tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(p.w, "vehicle\tplate\tchange\twhat\tbefore\tafter\tamount")
	}
	p.n++
	p.counts[r.Change.Kind]++
	amount := ""
	if r.Change.Amount.OK {
		amount = r.Change.Amount.V.Yuan()
	}
	note := ""
	if r.Note != "" {
		note = " (" + r.Note + ")"
	}
	fmt.Fprintf(p.w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", ui.Printable(cmp.Or(r.VIN, r.VehicleID)), ui.Printable(r.Plate), r.Change.Kind,
		shortened(r.Change.What+note, 70), shortened(r.Change.Before, 30), shortened(r.Change.After, 30), amount)
	if p.n%changesPage == 0 {
		return p.w.Flush()
	}
	return nil
}

// shortened is a text for a cell of the screen.
func shortened(s string, most int) string {
	runes := []rune(ui.Printable(s))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func (p *textChanges) end(sum export.Compared) error {
	if p.w != nil {
		if err := p.w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(p.out)
	}
	fmt.Fprintf(p.out, "Run %s (%s) against run %s (%s)\n", p.later.ID, app.ChinaClock(p.later.StartedAt), p.earlier.ID, app.ChinaClock(p.earlier.StartedAt))
	fmt.Fprintf(p.out, "%s compared, %d with the same answer in both, %d without an answer in the earlier run\n", record.Counted(sum.Lookups, "lookup"), sum.Same, sum.Alone)
	var words []string
	for _, k := range record.ChangeKinds() {
		if p.counts[k] > 0 {
			words = append(words, fmt.Sprintf("%s %d", k, p.counts[k]))
		}
	}
	if len(words) == 0 {
		words = []string{"nothing has changed"}
	}
	_, err := fmt.Fprintln(p.out, strings.Join(words, ", "))
	return err
}

package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/sinks"
)

// withLedger opens a workspace for looking, also while another process works there.
func withLedger(c *cli.Context, env environment, do func(context.Context, *setup, *ledger.Ledger, ledger.Run) error) error {
	if err := noArguments(c); err != nil {
		return err
	}
	return lookInto(c, env, do)
}

// lookInto is withLedger for a command that takes arguments.
func lookInto(c *cli.Context, env environment, do func(context.Context, *setup, *ledger.Ledger, ledger.Run) error) error {
	s, err := newSetup(c, env)
	if err != nil {
		return err
	}
	if err := s.looksWith(c); err != nil {
		return err
	}
	l, err := ledger.OpenReadOnly(c.Context, s.out, env.clock.Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
	if s.simulated, err = l.Simulated(c.Context); err != nil {
		return err
	}
	what, err := l.CheckFreshness(c.Context, s.out)
	if err != nil {
		return err
	}
	if what != "" {
		fmt.Fprintf(env.stderr, "batch: warning: the ledger %s; `batch doctor --out %s` says more\n", what, s.out)
	}
	runs, err := l.Runs(c.Context)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State != ledger.RunPlanning {
			return do(c.Context, s, l, r)
		}
	}
	return usageError("the workspace %s has no run yet: start one with `batch run INPUT --out %s`", s.out, s.out)
}

func failuresCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "failures", Usage: "the failure ledger of the last run",
		Description: "   batch failures\n   batch failures --csv > failures.csv\n   batch failures --json | jq .",
		Flags:       []cli.Flag{outFlag(), configFlag(), runFlag(), langFlag(), jsonFlag(), &cli.BoolFlag{Name: "csv", Usage: "print CSV, which is itself an INPUT", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, _ ledger.Run) error {
				run, err := (&session{setup: s, ledger: l}).chosenRun(ctx, c.String("run"))
				if err != nil {
					return err
				}
				return s.printFailures(ctx, c, l, run)
			})
		},
	})
}

func (s *setup) printFailures(ctx context.Context, c *cli.Context, l *ledger.Ledger, run ledger.Run) error {
	if err := s.Speak(langOf(run)); err != nil {
		return err
	}
	if !run.PurgedAt.IsZero() {
		fmt.Fprintln(s.env.stderr, s.Said().Say("stand_purged_short", run.ID, s.ChinaTime(run.PurgedAt)))
	}
	said := s.Said()
	if c.Bool("json") || c.Bool("csv") { // as in the run's files
		var err error
		if said, err = s.writes(run); err != nil {
			return err
		}
	}
	p := failurePrinter(c, s.env, said, run, s.marksCSV(run))
	if err := export.Failures(ctx, l, run, said, p.add); err != nil {
		return err
	}
	if err := p.end(); err != nil || c.Bool("json") || c.Bool("csv") {
		return err
	}
	return s.printOpen(ctx, l, run)
}

// printer prints failures as they come.
type printer interface {
	add(sinks.FailureRow) error
	end() error
}

func failurePrinter(c *cli.Context, env environment, said *messages.Printer, run ledger.Run, mark bool) printer {
	switch {
	case c.Bool("json"):
		return &jsonFailures{&ui.JsonRows{Out: ui.AsJSON(env.stdout), Columns: sinks.FailureColumns()}, run.ID}
	case c.Bool("csv"):
		columns := sinks.FailureColumns()
		if mark {
			columns[0] = sinks.ByteOrderMark + columns[0]
		}
		return &csvFailures{&ui.CsvRows{W: csv.NewWriter(ui.AsData(env.stdout)), Columns: columns}, run.ID}
	}
	return &textFailures{out: env.stdout, said: said, sheet: isWorkbook(run)}
}

// jsonFailures prints a JSON array, one failure a line.
type jsonFailures struct {
	rows *ui.JsonRows
	run  string
}

func (p *jsonFailures) add(r sinks.FailureRow) error {
	return p.rows.Add(sinks.FailureValues(p.run, r))
}

func (p *jsonFailures) end() error { return p.rows.End("") }

// csvFailures prints failures.csv.
type csvFailures struct {
	rows *ui.CsvRows
	run  string
}

func (p *csvFailures) add(r sinks.FailureRow) error { return p.rows.Add(sinks.FailureCells(p.run, r)) }

func (p *csvFailures) end() error { return p.rows.End() }

// textFailures prints a table for people.
type textFailures struct {
	out   io.Writer
	said  *messages.Printer
	sheet bool // the run's list is a workbook
	table ui.Columns
}

// isWorkbook tells whether the list of a run is a workbook, by its name.
func isWorkbook(run ledger.Run) bool {
	ext := strings.ToLower(filepath.Ext(run.InputPath))
	return ext == ".xlsx" || ext == ".xlsm"
}

// where says where a row stands in the list, as whoever opens it counts; "" when
// nobody knows.
func (p *textFailures) where(r *sinks.FailureRow) string {
	switch {
	case r.FileRow == 0:
		return ""
	case p.sheet:
		return p.said.Say("failed_row", r.FileRow)
	}
	return p.said.Say("failed_line", r.FileRow)
}

func (p *textFailures) add(r sinks.FailureRow) error {
	if len(p.table.Rows) == 0 {
		p.table.Add(p.said.Say("head_row"), p.said.Say("head_vehicle"), p.said.Say("head_dataset"), p.said.Say("head_vendor"), p.said.Say("head_class"), p.said.Say("head_why"))
	}
	vehicle := cmp.Or(r.VIN, r.Plate, p.said.Say("failed_unknown"))
	p.table.Add(strconv.FormatInt(r.Row, 10), ui.Printable(vehicle), ui.DatasetName(p.said, r.Dataset), r.Vendor, string(r.Class), ui.Printable(r.Message))
	p.table.Add(p.where(&r), "", "", "", "", "→ "+ui.Printable(r.NextStep))
	return nil
}

func (p *textFailures) end() error {
	if len(p.table.Rows) == 0 {
		_, err := fmt.Fprintln(p.out, p.said.Say("failed_none"))
		return err
	}
	return p.table.Write(p.out)
}

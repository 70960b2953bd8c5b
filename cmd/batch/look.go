package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/sinks"
)

// withLedger opens a workspace for looking, also while another process works there.
func withLedger(c *cli.Context, env environment, do func(context.Context, *setup, *ledger.Ledger, ledger.Run) error) error {
	if err := noArguments(c); err != nil {
		return err
	}
	s, err := newSetup(c, env)
	if err != nil {
		return err
	}
	l, err := ledger.OpenReadOnly(c.Context, s.out, env.clock.Now)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // nothing was written
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
		Flags:       []cli.Flag{outFlag(), jsonFlag(), &cli.BoolFlag{Name: "csv", Usage: "print CSV, which is itself an INPUT", DisableDefaultText: true}},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, run ledger.Run) error {
				if !run.PurgedAt.IsZero() {
					fmt.Fprintf(env.stderr, "Run %s was purged %s: of what is not in doubt, vehicles and messages are forgotten.\n", run.ID, chinaTime(run.PurgedAt))
				}
				p := failurePrinter(c, env.stdout)
				if err := export.Failures(ctx, l, run, p.add); err != nil {
					return err
				}
				return p.end()
			})
		},
	})
}

// printer prints failures as they come.
type printer interface {
	add(sinks.FailureRow) error
	end() error
}

func failurePrinter(c *cli.Context, out io.Writer) printer {
	switch {
	case c.Bool("json"):
		return &jsonFailures{out: out}
	case c.Bool("csv"):
		return &csvFailures{w: csv.NewWriter(out)}
	}
	return &textFailures{out: out}
}

// jsonFailures prints a JSON array, one failure a line.
type jsonFailures struct {
	out io.Writer
	n   int
}

func (p *jsonFailures) add(r sinks.FailureRow) error {
	text, err := json.Marshal(failureFields(r))
	if err != nil {
		return err
	}
	lead := ",\n "
	if p.n == 0 {
		lead = "[\n "
	}
	p.n++
	_, err = fmt.Fprintf(p.out, "%s%s", lead, text)
	return err
}

func (p *jsonFailures) end() error {
	if p.n == 0 {
		_, err := fmt.Fprintln(p.out, "[]")
		return err
	}
	_, err := fmt.Fprint(p.out, "\n]\n")
	return err
}

// csvFailures prints the columns of failures.csv that a clerk needs.
type csvFailures struct {
	w *csv.Writer
	n int
}

func (p *csvFailures) add(r sinks.FailureRow) error {
	f := failureFields(r)
	if p.n == 0 {
		if err := p.w.Write(failureHeader); err != nil {
			return err
		}
	}
	p.n++
	row := make([]string, len(failureHeader))
	for i, name := range failureHeader {
		switch v := f[name].(type) {
		case nil:
		case string:
			row[i] = sinks.Harmless(v)
		default:
			row[i] = fmt.Sprint(v)
		}
	}
	return p.w.Write(row)
}

func (p *csvFailures) end() error {
	if p.n == 0 {
		if err := p.w.Write(failureHeader); err != nil {
			return err
		}
	}
	p.w.Flush()
	return p.w.Error()
}

// textFailures prints a table for people.
type textFailures struct {
	out io.Writer
	w   *tabwriter.Writer
	n   int
}

func (p *textFailures) add(r sinks.FailureRow) error {
	if p.n == 0 {
		p.w = tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(p.w, "row\tvehicle\tdataset\tvendor\tclass\twhy")
	}
	p.n++
	vehicle := r.VIN
	if vehicle == "" {
		vehicle = cmp.Or(r.Plate, "(unknown)")
	}
	_, err := fmt.Fprintf(p.w, "%d\t%s\t%s\t%s\t%s\t%s\n\t\t\t\t\t→ %s\n", r.Row, printable(vehicle), r.Dataset, r.Vendor, r.Class, printable(r.Message), printable(r.NextStep))
	return err
}

func (p *textFailures) end() error {
	if p.n == 0 {
		_, err := fmt.Fprintln(p.out, "No failures.")
		return err
	}
	return p.w.Flush()
}

// failureHeader names the columns of the table failures that are printed.
var failureHeader = []string{"row", "vehicle_id", "vin", "plate", "engine_no", "dataset", "vendor", "stage", "class", "code", "message",
	"attempts", "ticket", "billed", "cost_cny", "retryable", "next_step"}

func failureFields(r sinks.FailureRow) map[string]any {
	f := map[string]any{"row": r.Row, "vehicle_id": r.VehicleID, "vin": r.VIN, "plate": r.Plate, "engine_no": r.EngineNo,
		"dataset": r.Dataset, "vendor": r.Vendor, "stage": r.Stage, "class": r.Class, "code": r.Code, "message": r.Message,
		"attempts": r.Attempts, "ticket": r.Ticket, "billed": r.Billed, "cost_cny": nil, "retryable": r.Retryable, "next_step": r.NextStep}
	if r.Cost.OK {
		f["cost_cny"] = json.Number(r.Cost.V.String())
	}
	return f
}

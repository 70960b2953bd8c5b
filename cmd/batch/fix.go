package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/all"
)

func fixCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "fix", Usage: "the failures of the last run by their cause, what would mend each, and what that costs",
		Description: "   batch fix\n   batch fix --json | jq '.causes[] | select(.free)'\n\n" +
			"It changes nothing and calls nobody: it prints the commands to give, and the columns to fill in.",
		Flags: []cli.Flag{outFlag(), configFlag(), runFlag(), jsonFlag()},
		Action: func(c *cli.Context) error {
			return withLedger(c, env, func(ctx context.Context, s *setup, l *ledger.Ledger, _ ledger.Run) error {
				run, err := (&session{setup: s, ledger: l}).chosenRun(ctx, c.String("run"))
				if err != nil {
					return err
				}
				if err := notPurged(run, "looked into"); err != nil {
					return err
				}
				prices, err := configuredPrices(c, env)
				if err != nil {
					return err
				}
				causes, err := export.Causes(ctx, l, run)
				if err != nil {
					return err
				}
				f := fixes{run: run, out: s.out, flags: s.sameFlags(), named: c.String("run") != "", prices: prices}
				for _, cause := range causes {
					f.add(cause)
				}
				if c.Bool("json") {
					return writeJSON(env.stdout, f.fields())
				}
				f.print(env.stdout)
				return nil
			})
		},
	})
}

// offerKey is a dataset at a vendor.
type offerKey struct {
	vendor  string
	dataset record.Dataset
}

// configuredPrices are the prices of the configuration, if there is one.
func configuredPrices(c *cli.Context, env environment) (map[offerKey]record.Fen, error) {
	path, given := configPath(c)
	if path == "" {
		return nil, nil
	}
	conf, err := config.LoadKeyless(path, env.getenv, all.Descriptors())
	if err != nil {
		if !given {
			return nil, nil //nolint:nilerr // the prices of the ledger will do
		}
		return nil, configError(path, err)
	}
	out := map[offerKey]record.Fen{}
	for _, v := range conf.Vendors {
		for d, price := range v.Prices {
			out[offerKey{v.Name, d}] = price
		}
	}
	return out, nil
}

// fixes are the causes of a run's failures, with what would mend them.
type fixes struct {
	run    ledger.Run
	out    string
	flags  string
	named  bool // the run was named by --run
	prices map[offerKey]record.Fen
	list   []fix
}

type fix struct {
	export.Cause
	cost  record.Opt[record.Fen] // of mending all of them; unknown where no price is known
	how   string
	steps []string // commands
}

func (f *fixes) add(c export.Cause) {
	x := fix{Cause: c, cost: f.cost(&c)}
	file := filepath.Join(runDir(f.out, f.run.ID), "failures.csv")
	const copied = "fix.csv" // the file of the run is in its manifest
	rerun := []string{fmt.Sprintf("cp %s %s", file, copied), fmt.Sprintf("batch run %s --dataset %s --out %s%s", copied, c.Dataset, f.out, f.flags)}
	retry := fmt.Sprintf("batch retry --class %s --vendor %s --dataset %s --out %s%s", c.Class, c.Vendor, c.Dataset, f.out, f.flags)
	if f.named {
		retry += " --run " + f.run.ID
	}
	switch {
	case c.Class == record.MissingInput:
		x.how, x.steps = fmt.Sprintf("fill in %s in a copy of the failures (add the column if it is not there), then run it", strings.Join(c.Columns, ", ")), rerun
	case c.Class == record.InvalidInput && len(c.Columns) > 0:
		x.how, x.steps = fmt.Sprintf("correct %s in a copy of the failures, then run it", strings.Join(c.Columns, ", ")), rerun
	case c.Class == record.InvalidInput:
		x.how = fmt.Sprintf("correct these rows in %s and run it again", f.run.InputPath)
	case c.Class == record.Rejected && c.Paid:
		x.how = fmt.Sprintf("ask %s for the money back: it charged and gives no report", c.Vendor)
	case c.Class == record.Rejected:
		x.how, x.steps = "check the identifiers, correct them in a copy of the failures, then run it", rerun
	case c.Class == record.DoubtfulOrder:
		x.how = fmt.Sprintf("hold %s's bill against the ledger; what was not bought can be bought again", c.Vendor)
		x.steps = []string{fmt.Sprintf("batch reconcile BILL --vendor %s --out %s", c.Vendor, f.out), retry}
	case c.Free:
		x.how, x.steps = "ask again, free of charge", []string{retry}
	default:
		x.how, x.steps = fmt.Sprintf("try again when %s is in order", c.Vendor), []string{retry}
	}
	f.list = append(f.list, x)
}

// cost is what it costs to mend all lookups of a cause, at the configured
// price, else at that of the last order.
func (f *fixes) cost(c *export.Cause) record.Opt[record.Fen] {
	if c.Free || c.Paid {
		return record.Some[record.Fen](0)
	}
	price, ok := f.prices[offerKey{c.Vendor, c.Dataset}]
	if !ok {
		price, ok = c.Last, c.Last > 0
	}
	return record.Opt[record.Fen]{V: price * record.Fen(c.Lookups), OK: ok}
}

func (f *fixes) sum() (lookups int64, cost record.Fen, all bool) {
	all = true
	for _, x := range f.list {
		lookups += x.Lookups
		cost += x.cost.V
		all = all && x.cost.OK
	}
	return lookups, cost, all
}

func (f *fixes) fields() fields {
	causes := make([]fields, 0, len(f.list))
	for _, x := range f.list {
		var cost any
		if x.cost.OK {
			cost = json.Number(x.cost.V.String())
		}
		causes = append(causes, fields{{"dataset", x.Dataset}, {"vendor", x.Vendor}, {"class", x.Class}, {"code", x.Code}, {"message", x.Message},
			{"lookups", x.Lookups}, {"columns", append([]string{}, x.Columns...)}, {"retryable", x.Retry()}, {"free", x.Free}, {"cost_cny", cost},
			{"next_step", x.how}, {"commands", append([]string{}, x.steps...)}})
	}
	lookups, cost, all := f.sum()
	var sum any
	if all {
		sum = json.Number(cost.String())
	}
	return fields{{"run_id", f.run.ID}, {"lookups", lookups}, {"cost_cny", sum}, {"causes", causes}}
}

func (f *fixes) print(out io.Writer) {
	if len(f.list) == 0 {
		fmt.Fprintln(out, "No failures.")
		return
	}
	for _, x := range f.list {
		cost := "price not known"
		if x.cost.OK {
			cost = yuan(x.cost.V)
		}
		fmt.Fprintf(out, "%s, %s at %s, %s: %s\n  %s\n  → %s", counted(x.Lookups, "lookup"), x.Dataset, x.Vendor, x.Class, cost,
			printable(x.Message), printable(x.how))
		for _, step := range x.steps {
			fmt.Fprintf(out, "\n    %s", printable(step))
		}
		fmt.Fprint(out, "\n\n")
	}
	lookups, cost, all := f.sum()
	if all {
		fmt.Fprintf(out, "%s; to mend all costs at most %s. Nothing was called.\n", counted(lookups, "failed lookup"), yuan(cost))
		return
	}
	fmt.Fprintf(out, "%s; to mend those with a known price costs at most %s. Nothing was called.\n", counted(lookups, "failed lookup"), yuan(cost))
}

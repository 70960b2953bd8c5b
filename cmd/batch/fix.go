package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

func fixCommand(env environment) *cli.Command {
	return command(&cli.Command{
		Name: "fix", Usage: "the failures of the last run by their cause, what would mend each, and what that costs",
		Description: "   batch fix\n   batch fix --json | jq '.causes[] | select(.free)'\n\n" +
			"It changes nothing and calls nobody: it prints the commands to give, and the columns to fill in.",
		Flags: []cli.Flag{outFlag(), configFlag(), runFlag(), langFlag(), jsonFlag()},
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
				said, err := s.fixWords(run)
				if err != nil {
					return err
				}
				f := fixes{run: run, said: said, out: s.out, flags: s.sameFlags(), named: c.String("run") != "", prices: prices}
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

// fixWords are the words of fix: the screen's, or those of the run's files for JSON.
func (s *setup) fixWords(run ledger.Run) (*messages.Printer, error) {
	if s.json {
		return s.writes(run)
	}
	err := s.speak(langOf(run))
	return s.screen, err
}

// offerKey is a dataset at a vendor.
type offerKey struct {
	vendor  string
	dataset record.Dataset
}

// configuredPrices are the prices of the configuration, if there is one.
func configuredPrices(c *cli.Context, env environment) (map[offerKey]record.Fen, error) {
	conf, err := readConfig(c, env)
	if err != nil || conf == nil { // the prices of the ledger will do
		return nil, err
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
	said   *messages.Printer
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
		x.how, x.steps = f.said.Say("fix_fill_in", strings.Join(c.Columns, ", ")), rerun
	case c.Class == record.InvalidInput && len(c.Columns) > 0:
		x.how, x.steps = f.said.Say("fix_correct", strings.Join(c.Columns, ", ")), rerun
	case c.Class == record.InvalidInput:
		x.how = f.said.Say("fix_correct_row", f.run.InputPath)
	case c.Class == record.Rejected && c.Paid:
		x.how = f.said.Say("fix_money_back", c.Vendor)
	case c.Class == record.Rejected:
		x.how, x.steps = f.said.Say("fix_identifiers"), rerun
	case c.Class == record.DoubtfulOrder:
		x.how = f.said.Say("fix_bill", c.Vendor)
		x.steps = []string{fmt.Sprintf("batch reconcile BILL --vendor %s --out %s", c.Vendor, f.out), retry}
	case c.Free:
		x.how, x.steps = f.said.Say("fix_free"), []string{retry}
	default:
		x.how, x.steps = f.said.Say("fix_later", c.Vendor), []string{retry}
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
		fmt.Fprintln(out, f.said.Say("failed_none"))
		return
	}
	for _, x := range f.list {
		cost := f.said.Say("fix_no_price")
		if x.cost.OK {
			cost = yuan(x.cost.V)
		}
		head := f.said.Say("fix_cause", x.Lookups, datasetName(f.said, x.Dataset), x.Vendor, f.said.Say("class_name_"+string(x.Class)), cost)
		fmt.Fprintf(out, "%s\n  %s\n  → %s", head, printable(x.Message), printable(x.how))
		for _, step := range x.steps {
			fmt.Fprintf(out, "\n    %s", printable(step))
		}
		fmt.Fprint(out, "\n\n")
	}
	lookups, cost, all := f.sum()
	if all {
		fmt.Fprintln(out, f.said.Say("fix_sum", lookups, cost))
		return
	}
	fmt.Fprintln(out, f.said.Say("fix_sum_known", lookups, cost))
}

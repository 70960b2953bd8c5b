package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/all"
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
				known, err := s.knownTerms(c)
				if err != nil {
					return err
				}
				causes, err := export.Causes(ctx, l, run, known.readers)
				if err != nil {
					return err
				}
				said, err := s.fixWords(run)
				if err != nil {
					return err
				}
				f := fixes{run: run, said: said, out: s.out, flags: s.sameFlags(), config: s.configFlag, named: c.String("run") != "", prices: known.prices, path: known.path}
				f.addAll(causes)
				if c.Bool("json") {
					return ui.WriteJSON(ui.AsJSON(env.stdout), f.fields())
				}
				f.print(env.stdout)
				return s.printOpen(ctx, l, run)
			})
		},
	})
}

// fixWords are the words of fix: the screen's, or those of the run's files for JSON.
func (s *setup) fixWords(run ledger.Run) (*messages.Printer, error) {
	if s.json {
		return s.writes(run)
	}
	err := s.Speak(langOf(run))
	return s.Said(), err
}

// offerKey is a dataset at a vendor.
type offerKey struct {
	vendor  string
	dataset record.Dataset
}

// terms are what is known of the vendors without calling any.
type terms struct {
	path    string // of the configuration
	prices  map[offerKey]record.Fen
	readers map[string]export.AnswerReader
}

// knownTerms are those of the configuration, if there is one, or those at which a
// simulated workspace was asked.
func (s *setup) knownTerms(c *cli.Context) (terms, error) {
	path, given := configPath(c)
	if path == "" && !s.simulated {
		return terms{}, nil
	}
	sold := withoutDiscontinued(all.Descriptors())
	conf, err := keylessConfig(path, s.env, sold, simulatedSettings(sold, "http://127.0.0.1"))
	if err != nil {
		if !given {
			return terms{}, nil //nolint:nilerr // the prices of the ledger will do
		}
		return terms{}, err
	}
	out := terms{path: path, prices: map[offerKey]record.Fen{}, readers: map[string]export.AnswerReader{}}
	for _, v := range conf.Vendors {
		for d, price := range v.Prices {
			out.prices[offerKey{v.Name, d}] = price
		}
		out.readers[v.Name] = export.AnswerReader{Reader: v.Descriptor.Reader, NotTaken: notTaken(v)}
	}
	return out, nil
}

// allReaders reads the answers of every vendor, as its adapter does where it is not configured.
func (t *terms) allReaders() map[string]export.AnswerReader {
	readers := map[string]export.AnswerReader{}
	for _, d := range all.Descriptors() {
		readers[d.Name] = export.AnswerReader{Reader: d.Reader, NotTaken: d.NotTaken}
	}
	maps.Copy(readers, t.readers)
	return readers
}

// fixes are the causes of a run's failures, with what would mend them.
type fixes struct {
	run    ledger.Run
	said   *messages.Printer
	out    string
	flags  string
	config string // --config, as it was given
	named  bool   // the run was named by --run
	prices map[offerKey]record.Fen
	path   string // of the configuration; "" when there is none
	list   []fix
	again  map[offerKey]record.Opt[record.Fen] // what buying all that is in doubt there again costs
}

type fix struct {
	export.Cause
	cost  record.Opt[record.Fen] // of mending all of them; unknown where no price is known
	how   string
	lines []string // of the configuration, to be added under the vendor
	steps []string // commands
	file  bool     // they correct a copy of the failures: all causes in one go
}

// corrected is what the copy of the failures is called: the file of the run is in
// its manifest.
const corrected = "fix"

// correct are the commands by which all that is corrected in a copy of the
// failures is run. A workbook keeps identifiers as they are, so it goes first.
func (f *fixes) correct() []string {
	ending := ".csv"
	for format := range strings.SplitSeq(f.run.Formats, ",") {
		if sinks.Format(format) == sinks.XLSX {
			ending = ".xlsx"
		}
	}
	return []string{fmt.Sprintf("cp %s %s", filepath.Join(runDir(f.out, f.run.ID), "failures"+ending), corrected+ending),
		fmt.Sprintf("batch run %s --out %s%s", corrected+ending, f.out, f.flags)}
}

// retry is the command that opens the lookups of a cause again.
func (f *fixes) retry(c *export.Cause) string {
	at := c.Asked[0]
	return f.retryOf(fmt.Sprintf("--class %s --vendor %s --dataset %s", c.Class, at.Vendor, at.Dataset))
}

// settle are the commands that settle what is in doubt at a vendor. The first holds its
// bill against the ledger, and prints how to buy what is not on the bill; the second
// buys all of it again.
func (f *fixes) settle(c *export.Cause) []string {
	return []string{f.bill(c.Asked[0].Vendor), f.retry(c)}
}

// bill is the command that holds a vendor's bill against the ledger.
func (f *fixes) bill(vendor string) string {
	bill := fmt.Sprintf("batch reconcile BILL --vendor %s --out %s", vendor, f.out)
	if f.config != "" {
		bill += " --config " + f.config
	}
	return bill
}

// addAll adds the causes of a run.
func (f *fixes) addAll(causes []export.Cause) {
	f.again = map[offerKey]record.Opt[record.Fen]{}
	for i := range causes {
		c := &causes[i]
		if c.Class != record.DoubtfulOrder {
			continue
		}
		at := offerKey{c.Asked[0].Vendor, c.Asked[0].Dataset}
		sum, seen := f.again[at]
		price := f.price(c)
		f.again[at] = record.Opt[record.Fen]{V: sum.V + price.V, OK: price.OK && (sum.OK || !seen)}
	}
	for _, c := range causes {
		f.add(c)
	}
}

// rebuying is the price of buying again all that is in doubt at the vendor of a cause.
func (f *fixes) rebuying(c *export.Cause) string {
	if sum := f.again[offerKey{c.Asked[0].Vendor, c.Asked[0].Dataset}]; sum.OK {
		return sum.V.Yuan()
	}
	return f.said.Say("fix_no_price")
}

func (f *fixes) retryOf(which string) string {
	retry := fmt.Sprintf("batch retry %s --out %s%s", which, f.out, f.flags)
	if f.named {
		retry += " --run " + f.run.ID
	}
	return retry
}

func (f *fixes) add(c export.Cause) {
	x := fix{Cause: c, cost: f.cost(&c), steps: []string{f.retry(&c)}}
	vendor := c.Asked[0].Vendor
	switch {
	case c.InRows():
		x.file, x.how = true, ui.Mending(f.said, &c, ui.FixWordsOf())
	case c.Class == record.Rejected && c.Paid:
		x.how, x.steps = f.said.Say("fix_money_back", vendor), nil
	case c.Class == record.Rejected:
		x.file, x.how = true, f.said.Say("fix_identifiers")
	case c.Class == record.DoubtfulOrder && c.Paid:
		x.how, x.steps = f.said.Say("fix_paid_lost", vendor, f.retry(&c)), nil
	case c.Class == record.DoubtfulOrder && c.NotTaken:
		x.how = f.said.Say("fix_not_taken", vendor)
	case c.Class == record.DoubtfulOrder && c.Page.Upstream():
		x.how, x.steps = f.said.Say("fix_upstream", vendor, c.Page.String(), c.AtStake, f.rebuying(&c)), f.settle(&c)
	case c.Class == record.DoubtfulOrder && c.Page.Status > 0:
		x.how, x.lines = f.said.Say("fix_limiter", vendor, c.Page.String(), c.AtStake, f.configured(), f.bill(vendor)), declaring(c.Page)
	case c.Class == record.DoubtfulOrder:
		x.how, x.steps = f.said.Say("fix_bill", vendor, f.rebuying(&c)), f.settle(&c)
	case c.Free:
		x.how = f.said.Say("fix_free")
	default:
		x.how = f.said.Say("fix_later", vendor)
	}
	if x.file {
		x.steps = f.correct()
	}
	f.list = append(f.list, x)
}

// configured is the file in which something can be declared.
func (f *fixes) configured() string { return cmp.Or(f.path, "batch.yaml") }

// declaring are the lines that declare a page as not taken, as they stand under a vendor.
func declaring(p vendors.Page) []string {
	return []string{"    not_taken:", "      - " + p.Rule}
}

// cost is what it costs to mend all lookups of a cause, at the configured
// prices, else at those of the last orders.
func (f *fixes) cost(c *export.Cause) record.Opt[record.Fen] {
	if c.Free || c.Paid {
		return record.Some[record.Fen](0)
	}
	return f.price(c)
}

// price is what all lookups of a cause cost when they are bought.
func (f *fixes) price(c *export.Cause) record.Opt[record.Fen] {
	sum := record.Some[record.Fen](0)
	for _, at := range c.Asked {
		price, ok := f.prices[offerKey{at.Vendor, at.Dataset}]
		if !ok {
			price, ok = at.Last, at.Last > 0
		}
		sum.V += price * record.Fen(at.Lookups)
		sum.OK = sum.OK && ok
	}
	return sum
}

func (f *fixes) sum() (lookups int64, cost record.Fen, all bool) {
	all = true
	for _, x := range f.list {
		lookups += x.Lookups
		if all = all && x.cost.OK; x.cost.OK {
			cost += x.cost.V
		}
	}
	return lookups, cost, all
}

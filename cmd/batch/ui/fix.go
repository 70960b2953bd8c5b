package ui

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

// Fixing is what the commands that mend the failures of a run need.
type Fixing struct {
	Run    ledger.Run
	Folder string // of its outputs
	Out    string // the workspace
	Flags  string // that a next command needs to work as this one does
	Config string // --config, as it was given
	Named  bool   // the run was named by --run
	Terms  app.Terms
}

// Fixes are the causes of a run's failures, with what would mend them.
type Fixes struct {
	Fixing
	said  *messages.Printer
	list  []fix
	again map[app.Offer]record.Opt[record.Fen] // what buying all that is in doubt there again costs
}

// NewFixes says what would mend each cause.
func NewFixes(causes []export.Cause, said *messages.Printer, about Fixing) *Fixes {
	f := &Fixes{Fixing: about, said: said}
	f.addAll(causes)
	return f
}

// Fixes prints them.
func (s *Screen) Fixes(f *Fixes) { f.print(s.Out) }

// FixesJSON prints them as one object.
func (s *Screen) FixesJSON(f *Fixes) error { return writeJSON(asJSON(s.Out), f.fields()) }

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
func (f *Fixes) correct() []string {
	ending := ".csv"
	for format := range strings.SplitSeq(f.Run.Formats, ",") {
		if sinks.Format(format) == sinks.XLSX {
			ending = ".xlsx"
		}
	}
	return []string{fmt.Sprintf("cp %s %s", filepath.Join(f.Folder, "failures"+ending), corrected+ending),
		fmt.Sprintf("batch run %s --out %s%s", corrected+ending, f.Out, f.Flags)}
}

// retry is the command that opens the lookups of a cause again.
func (f *Fixes) retry(c *export.Cause) string {
	at := c.Asked[0]
	return f.retryOf(fmt.Sprintf("--class %s --vendor %s --dataset %s", c.Class, at.Vendor, at.Dataset))
}

// settle are the commands that settle what is in doubt at a vendor. The first holds its
// bill against the ledger, and prints how to buy what is not on the bill; the second
// buys all of it again.
func (f *Fixes) settle(c *export.Cause) []string {
	return []string{f.bill(c.Asked[0].Vendor), f.retry(c)}
}

// bill is the command that holds a vendor's bill against the ledger.
func (f *Fixes) bill(vendor string) string {
	bill := fmt.Sprintf("batch reconcile BILL --vendor %s --out %s", vendor, f.Out)
	if f.Config != "" {
		bill += " --config " + f.Config
	}
	return bill
}

// addAll adds the causes of a run.
func (f *Fixes) addAll(causes []export.Cause) {
	f.again = map[app.Offer]record.Opt[record.Fen]{}
	for i := range causes {
		c := &causes[i]
		if c.Class != record.DoubtfulOrder {
			continue
		}
		at := offerOf(c)
		sum, seen := f.again[at]
		price := f.price(c)
		f.again[at] = record.Opt[record.Fen]{V: sum.V + price.V, OK: price.OK && (sum.OK || !seen)}
	}
	for _, c := range causes {
		f.add(c)
	}
}

// rebuying is the price of buying again all that is in doubt at the vendor of a cause.
func (f *Fixes) rebuying(c *export.Cause) string {
	if sum := f.again[offerOf(c)]; sum.OK {
		return sum.V.Yuan()
	}
	return f.said.Say("fix_no_price")
}

func (f *Fixes) retryOf(which string) string {
	retry := fmt.Sprintf("batch retry %s --out %s%s", which, f.Out, f.Flags)
	if f.Named {
		retry += " --run " + f.Run.ID
	}
	return retry
}

func (f *Fixes) add(c export.Cause) {
	x := fix{Cause: c, cost: f.cost(&c), steps: []string{f.retry(&c)}}
	vendor := c.Asked[0].Vendor
	switch {
	case c.InRows():
		x.file, x.how = true, mending(f.said, &c, fixWordsOf())
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
func (f *Fixes) configured() string { return cmp.Or(f.Terms.Path, "batch.yaml") }

// declaring are the lines that declare a page as not taken, as they stand under a vendor.
func declaring(p vendors.Page) []string {
	return []string{"    not_taken:", "      - " + p.Rule}
}

// cost is what it costs to mend all lookups of a cause, at the configured
// prices, else at those of the last orders.
func (f *Fixes) cost(c *export.Cause) record.Opt[record.Fen] {
	if c.Free || c.Paid {
		return record.Some[record.Fen](0)
	}
	return f.price(c)
}

// price is what all lookups of a cause cost when they are bought.
func (f *Fixes) price(c *export.Cause) record.Opt[record.Fen] {
	sum := record.Some[record.Fen](0)
	for _, at := range c.Asked {
		price, ok := f.Terms.Prices[app.Offer{Vendor: at.Vendor, Dataset: at.Dataset}]
		if !ok {
			price, ok = at.Last, at.Last > 0
		}
		sum.V += price * record.Fen(at.Lookups)
		sum.OK = sum.OK && ok
	}
	return sum
}

func (f *Fixes) sum() (lookups int64, cost record.Fen, all bool) {
	all = true
	for _, x := range f.list {
		lookups += x.Lookups
		if all = all && x.cost.OK; x.cost.OK {
			cost += x.cost.V
		}
	}
	return lookups, cost, all
}

// offerOf is the offer that a cause is about.
func offerOf(c *export.Cause) app.Offer {
	return app.Offer{Vendor: c.Asked[0].Vendor, Dataset: c.Asked[0].Dataset}
}

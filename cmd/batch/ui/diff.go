package ui

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// ChangePrinter prints changes as they come.
type ChangePrinter interface {
	Add(sinks.ChangeRow) error
	End(export.Compared) error
}

// Changes is a printer of what a run says that an earlier one did not.
func (s *Screen) Changes(form Form, earlier, later ledger.Run) ChangePrinter {
	switch form {
	case JSON:
		lead := fmt.Sprintf(`{"earlier": %q, "later": %q, "changes": `, earlier.ID, later.ID)
		return &changeRows{&jsonRows{out: asJSON(s.Out), columns: sinks.ChangeColumns(), lead: lead}, later.ID}
	case CSV:
		return &changeRows{&csvRows{w: csv.NewWriter(AsData(s.Out)), columns: sinks.ChangeColumns()}, later.ID}
	}
	return &textChanges{out: s.Out, say: s.lines(), earlier: earlier, later: later, counts: map[record.ChangeKind]int64{}}
}

// changeRows prints rows as changes.csv has them, or one JSON object: the runs, what
// was compared and the changes.
type changeRows struct {
	rows rowPrinter
	run  string
}

func (p *changeRows) Add(r sinks.ChangeRow) error { return p.rows.add(sinks.ChangeCells(p.run, r)) }

func (p *changeRows) End(sum export.Compared) error {
	return p.rows.end(fmt.Sprintf(`, "compared": %d, "same_answer": %d, "not_in_earlier": %d}`, sum.Lookups, sum.Same, sum.Alone))
}

// textChanges prints a table for people, in pages: the widths of a page are
// those of its rows, and no more than a page is kept.
type textChanges struct {
	out, say       io.Writer // of the table, of the lines below it
	earlier, later ledger.Run
	w              *tabwriter.Writer
	n              int64
	counts         map[record.ChangeKind]int64
}

const changesPage = 1000

func (p *textChanges) Add(r sinks.ChangeRow) error {
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
	fmt.Fprintf(p.w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", app.Printable(cmp.Or(r.VIN, r.VehicleID)), app.Printable(r.Plate), r.Change.Kind,
		shortened(r.Change.What+note, 70), shortened(r.Change.Before, 30), shortened(r.Change.After, 30), amount)
	if p.n%changesPage == 0 {
		return p.w.Flush()
	}
	return nil
}

// shortened is a text for a cell of the screen.
func shortened(s string, most int) string {
	runes := []rune(app.Printable(s))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func (p *textChanges) End(sum export.Compared) error {
	if p.w != nil {
		if err := p.w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(p.out)
	}
	fmt.Fprintf(p.say, "Run %s (%s) against run %s (%s)\n", p.later.ID, app.ChinaClock(p.later.StartedAt), p.earlier.ID, app.ChinaClock(p.earlier.StartedAt))
	fmt.Fprintf(p.say, "%s compared, %d with the same answer in both, %d without an answer in the earlier run\n", record.Counted(sum.Lookups, "lookup"), sum.Same, sum.Alone)
	var words []string
	for _, k := range record.ChangeKinds() {
		if p.counts[k] > 0 {
			words = append(words, fmt.Sprintf("%s %d", k, p.counts[k]))
		}
	}
	if len(words) == 0 {
		words = []string{"nothing has changed"}
	}
	_, err := fmt.Fprintln(p.say, strings.Join(words, ", "))
	return err
}

package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"vehiclebatch/cmd/batch/ui"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// unbought is one cause for which lookups are not bought.
type unbought struct {
	Class   record.Class `json:"class"`
	Rows    int64        `json:"rows"`
	Lookups int64        `json:"lookups"`
	Correct []string     `json:"correct"` // the columns with wrong values
	FillIn  []string     `json:"fill_in"` // the columns that are missing
	Asked   []ui.Fields  `json:"asked"`
	Reasons []ui.Fields  `json:"reasons"`

	cause export.Cause
}

// unbought groups what a plan does not buy as fix does the failures of a run. The
// rows are looked through only where there is something of that kind.
func (s *session) unbought(ctx context.Context, run ledger.Run, counts []ledger.Count) ([]unbought, error) {
	if !slices.ContainsFunc(counts, func(c ledger.Count) bool { return c.State == ledger.Failed || c.State == ledger.InDoubt }) {
		return nil, nil
	}
	causes, err := export.Causes(ctx, s.ledger, run, nil)
	if err != nil {
		return nil, fmt.Errorf("look for why lookups are not bought: %w", err)
	}
	out := make([]unbought, len(causes))
	for i, c := range causes {
		out[i] = unbought{Class: c.Class, Rows: c.Rows, Lookups: c.Lookups, Correct: append([]string{}, c.Correct()...), FillIn: append([]string{}, c.Fill...),
			Asked: askedFields(c.Asked), Reasons: ui.ReasonFields(c.Reasons), cause: c}
	}
	return out, nil
}

// printUnbought says why lookups are not bought; the most frequent causes have
// their lines, the others are counted.
func (e *estimate) printUnbought(out io.Writer, said *messages.Printer) {
	if len(e.Unbought) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", said.Say("plan_unbought"))
	shown := e.Unbought
	if len(shown) > few+1 {
		shown = shown[:few]
	}
	for i := range shown {
		c := &shown[i].cause
		fmt.Fprintln(out, said.Say("plan_cause", c.Lookups, said.Say("correct_rows", c.Rows), askedWhere(said, c.Asked), said.Say("class_name_"+string(c.Class))))
		ui.PrintReasons(out, said, c.Reasons)
		if c.InRows() {
			fmt.Fprintf(out, "  → %s\n", ui.Printable(ui.Mending(said, c, ui.PlanWordsOf())))
		}
	}
	var more int64
	for i := range e.Unbought[len(shown):] {
		more += e.Unbought[len(shown)+i].Lookups
	}
	if more > 0 {
		fmt.Fprintln(out, said.Say("plan_causes", more))
	}
}

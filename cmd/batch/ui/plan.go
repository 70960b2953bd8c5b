package ui

import (
	"fmt"
	"io"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/messages"
)

// Estimate prints what a run would do and cost.
func (s *Screen) Estimate(e *app.Estimate) error { return printEstimate(e, s.Out, s.said) }

func printEstimate(e *app.Estimate, out io.Writer, said *messages.Printer) error {
	if e.GoesOn != "" {
		fmt.Fprintln(out, said.Say("plan_goes_on", e.GoesOn))
	}
	fmt.Fprintf(out, "%s\n\n", said.Say("plan_rows", e.Rows.Valid, e.Rows.Invalid, e.Rows.Duplicate))
	t := columns{right: true}
	t.add(said.Say("head_dataset"), said.Say("head_vendor"), said.Say("head_to_buy"), said.Say("head_price"), said.Say("head_cost"),
		said.Say("head_answered"), said.Say("head_awaited"), said.Say("head_in_doubt"), said.Say("head_refused"))
	for _, l := range e.Lookups {
		t.add(datasetName(said, l.Dataset), l.Vendor, fmt.Sprint(l.Buy), l.Price.Yuan(), l.Cost.Yuan(),
			fmt.Sprint(l.Answered), fmt.Sprint(l.Awaited), fmt.Sprint(l.InDoubt), fmt.Sprint(l.Refused))
	}
	if err := t.write(out); err != nil {
		return err
	}
	printUnbought(e.Unbought, out, said, e.Sheet)
	fmt.Fprintf(out, "\n%s\n", sumOf(e, said))
	if e.Awaits > 0 {
		fmt.Fprintln(out, said.Say("plan_awaits", e.Awaits))
	}
	for _, line := range doubtfulLines(e.Doubtful, said) {
		fmt.Fprintln(out, line)
	}
	if !e.WithinIt && e.Buy > 0 { // without a purchase there is nothing to stop at
		fmt.Fprintln(out, said.Say("plan_over", e.MaxSpend.V.Yuan()))
	}
	return nil
}

// sumOf says what all of it comes to, and what may change that.
func sumOf(e *app.Estimate, said *messages.Printer) string {
	cost := e.Cost.Yuan()
	switch {
	case e.Awaits > 0 && e.FallsBack:
		return said.Say("plan_sum_about", e.Buy, cost)
	case e.Awaits > 0:
		return said.Say("plan_sum_about_sure", e.Buy, cost)
	case e.FallsBack:
		return said.Say("plan_sum", e.Buy, cost)
	}
	return said.Say("plan_sum_sure", e.Buy, cost)
}

// printUnbought says why lookups are not bought; the most frequent causes have
// their lines, the others are counted.
func printUnbought(list []app.NotBought, out io.Writer, said *messages.Printer, sheet bool) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", said.Say("plan_unbought"))
	shown := list
	if len(shown) > app.Few+1 {
		shown = shown[:app.Few]
	}
	for i := range shown {
		c := &shown[i].Cause
		fmt.Fprintln(out, said.Say("plan_cause", c.Lookups, said.Say("correct_rows", c.Rows), askedWhere(said, c.Asked), said.Say("class_name_"+string(c.Class))))
		if !c.Nowhere { // what to do names the same columns
			printReasons(out, said, placeIn(said, sheet), c.Reasons)
		}
		if c.InRows() {
			fmt.Fprintf(out, "  → %s\n", app.Printable(mending(said, c, planWordsOf())))
		}
	}
	var more int64
	for i := range list[len(shown):] {
		more += list[len(shown)+i].Lookups
	}
	if more > 0 {
		fmt.Fprintln(out, said.Say("plan_causes", more))
	}
}

// doubtfulLines say it, a line each, with what to do about it.
func doubtfulLines(d app.Doubtful, said *messages.Printer) (lines []string) {
	if w := d.WrongDigits; w != nil {
		lines = append(lines, said.Say("plan_wrong_digits", w.VINs, w.Cost.Yuan()))
	}
	if a := d.SetApart; a != nil {
		lines = append(lines, said.Say("plan_set_apart", a.Rows, a.Cost.Yuan()))
	}
	return lines
}

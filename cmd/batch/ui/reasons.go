package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// rowsNamed names rows: the first of them, and how many there are more.
func rowsNamed(said *messages.Printer, first []int64, all int64) string {
	words := make([]string, len(first))
	for i, row := range first {
		words[i] = strconv.FormatInt(row, 10)
	}
	list := strings.Join(words, said.Say("live_comma"))
	switch more := all - int64(len(first)); {
	case more > 0:
		return said.Say("rows_more", list, more)
	case all == 1:
		return said.Say("rows_one", list)
	}
	return said.Say("rows_few", list)
}

// reasonsShown is how many kinds of message are shown of one cause.
const reasonsShown = 10

// printReasons prints what was said of the rows of a cause, one kind of message a
// line, with the first rows of each and a value as an example. place says where a row stands.
func printReasons(out io.Writer, said *messages.Printer, place func(int64) string, reasons []export.Reason) {
	for i := range reasons {
		if i == reasonsShown && len(reasons) > reasonsShown+1 {
			fmt.Fprintf(out, "  %s\n", said.Say("fix_reasons", len(reasons)-reasonsShown))
			return
		}
		r := &reasons[i]
		rows := rowsNamed(said, r.First, r.Rows)
		if r.Value != "" {
			rows = said.Say("fix_example", rows, place(r.Line), app.Printable(r.Value))
		}
		fmt.Fprintf(out, "  %s\n", said.Say("fix_reason", app.Printable(said.Word(r.Message)), rows))
	}
}

// mendingWords are the names of the messages by which a command says what to do about
// rows.
type mendingWords struct{ correct, row, fill, correctFill, rowFill, nowhere string }

// mending says what to correct and what to fill in of the rows of a cause.
func mending(said *messages.Printer, c *export.Cause, w mendingWords) string {
	fill := said.Columns(c.Fill)
	correct := said.Columns(c.Correct())
	switch {
	case c.Nowhere:
		return said.Say(w.nowhere, fill, datasetName(said, c.Asked[0].Dataset))
	case c.Class == record.MissingInput:
		return said.Say(w.fill, fill)
	case c.WholeRow && fill != "":
		return said.Say(w.rowFill, fill)
	case c.WholeRow:
		return said.Say(w.row)
	case fill != "":
		return said.Say(w.correctFill, correct, fill)
	}
	return said.Say(w.correct, correct)
}

// fixWordsOf are those of fix, about a copy of the failures.
func fixWordsOf() mendingWords {
	return mendingWords{correct: "fix_correct", row: "fix_correct_row", fill: "fix_fill_in", correctFill: "fix_correct_fill", rowFill: "fix_row_fill", nowhere: "fix_nowhere"}
}

// planWordsOf are those of plan, about the list itself.
func planWordsOf() mendingWords {
	return mendingWords{correct: "plan_correct", row: "plan_correct_row", fill: "plan_fill_in", correctFill: "plan_correct_fill", rowFill: "plan_row_fill", nowhere: "plan_nowhere"}
}

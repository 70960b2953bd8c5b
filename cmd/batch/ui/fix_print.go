package ui

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

func (f *Fixes) fields() fields {
	causes := make([]fields, 0, len(f.list))
	for _, x := range f.list {
		causes = append(causes, fields{{"class", x.Class}, {"code", x.Code}, {"message", x.Message}, {"reasons", app.ReasonsOf(&x.Cause)}, {"rows", x.Rows}, {"lookups", x.Lookups}, {"asked", app.AskedOf(&x.Cause)},
			{"columns", append([]string{}, x.Columns...)}, {"fill_in", append([]string{}, x.Fill...)}, {"retryable", x.Retry()}, {"free", x.Free}, {"cost_cny", x.cost},
			{"next_step", x.how}, {"declare", append([]string{}, x.lines...)}, {"commands", append([]string{}, x.steps...)}})
	}
	lookups, cost, all := f.sum()
	return fields{{"run_id", f.Run.ID}, {"lookups", lookups}, {"cost_cny", record.Opt[record.Fen]{V: cost, OK: all}}, {"causes", causes}}
}

func (f *Fixes) print(out io.Writer) {
	if len(f.list) == 0 {
		fmt.Fprintln(out, f.said.Say("failed_none"))
		return
	}
	for i := range f.list {
		x := &f.list[i]
		f.printCause(out, x, f.list[:i])
	}
	if slices.ContainsFunc(f.list, func(x fix) bool { return x.file }) {
		fmt.Fprintln(out, f.said.Say("fix_once"))
		printSteps(out, f.correct())
		fmt.Fprintln(out)
	}
	sum := "fix_sum_known"
	lookups, cost, all := f.sum()
	if all {
		sum = "fix_sum"
	}
	fmt.Fprintln(out, f.said.Say(sum, lookups, cost))
}

// printCause prints a cause behind others: what stands there is not printed again.
func (f *Fixes) printCause(out io.Writer, x *fix, before []fix) {
	cost := f.said.Say("fix_no_price")
	if x.cost.OK {
		cost = x.cost.V.Yuan()
	}
	head := f.said.Say("fix_cause", x.Lookups, f.said.Say("correct_rows", x.Rows), f.where(x), f.said.Say("class_name_"+string(x.Class)), cost)
	fmt.Fprintln(out, head)
	if !x.Nowhere { // what to do names the same columns
		printReasons(out, f.said, placeIn(f.said, app.IsWorkbook(f.Run)), x.Reasons)
	}
	fmt.Fprintf(out, "  → %s\n", app.Printable(x.how))
	for _, line := range x.lines { // as they stand in the file
		fmt.Fprintln(out, app.Printable(line))
	}
	if !x.file { // those that correct the copy come once, at the end
		f.printOwnSteps(out, x.steps, before)
	}
	fmt.Fprintln(out)
}

// printOwnSteps prints the commands of a cause but for those of earlier ones.
func (f *Fixes) printOwnSteps(out io.Writer, steps []string, before []fix) {
	own := slices.DeleteFunc(slices.Clone(steps), func(step string) bool {
		return slices.ContainsFunc(before, func(earlier fix) bool { return !earlier.file && slices.Contains(earlier.steps, step) })
	})
	switch {
	case len(own) == len(steps):
	case len(own) == 0:
		fmt.Fprintf(out, "    %s\n", f.said.Say("fix_same"))
	default: // the bill alone is one command for several causes
		fmt.Fprintf(out, "    %s\n", f.said.Say("fix_same_bill"))
	}
	printSteps(out, own)
}

func printSteps(out io.Writer, steps []string) {
	for _, step := range steps {
		fmt.Fprintf(out, "    %s\n", app.Printable(step))
	}
}

// where names what was asked, and of whom.
func (f *Fixes) where(x *fix) string {
	return askedWhere(f.said, x.Asked)
}

func askedWhere(said *messages.Printer, asked []export.AskedAt) string {
	words := make([]string, len(asked))
	for i, at := range asked {
		words[i] = said.Say("fix_asked", datasetName(said, at.Dataset), at.Vendor)
	}
	return strings.Join(words, said.Say("live_comma"))
}

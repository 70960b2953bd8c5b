package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
)

func (f *fixes) fields() fields {
	causes := make([]fields, 0, len(f.list))
	for _, x := range f.list {
		asked := make([]fields, 0, len(x.Asked))
		for _, at := range x.Asked {
			asked = append(asked, fields{{"dataset", at.Dataset}, {"vendor", at.Vendor}, {"lookups", at.Lookups}})
		}
		causes = append(causes, fields{{"class", x.Class}, {"code", x.Code}, {"message", x.Message}, {"rows", x.Rows}, {"lookups", x.Lookups}, {"asked", asked},
			{"columns", append([]string{}, x.Columns...)}, {"retryable", x.Retry()}, {"free", x.Free}, {"cost_cny", numberOrNull(x.cost)},
			{"next_step", x.how}, {"commands", append([]string{}, x.steps...)}})
	}
	lookups, cost, all := f.sum()
	return fields{{"run_id", f.run.ID}, {"lookups", lookups}, {"cost_cny", numberOrNull(record.Opt[record.Fen]{V: cost, OK: all})}, {"causes", causes}}
}

func numberOrNull(fen record.Opt[record.Fen]) any {
	if !fen.OK {
		return nil
	}
	return json.Number(fen.V.String())
}

func (f *fixes) print(out io.Writer) {
	if len(f.list) == 0 {
		fmt.Fprintln(out, "No failures.")
		return
	}
	for _, x := range f.list {
		x.print(out)
	}
	if slices.ContainsFunc(f.list, func(x fix) bool { return x.file }) {
		fmt.Fprintln(out, "All that is corrected in the copy is one run, which takes everything else over:")
		printSteps(out, f.correct())
		fmt.Fprintln(out)
	}
	lookups, cost, all := f.sum()
	if all {
		fmt.Fprintf(out, "%s; to mend all costs at most %s. Nothing was called.\n", counted(lookups, "failed lookup"), yuan(cost))
		return
	}
	fmt.Fprintf(out, "%s; to mend those with a known price costs at most %s. Nothing was called.\n", counted(lookups, "failed lookup"), yuan(cost))
}

func (x *fix) print(out io.Writer) {
	cost := "price not known"
	if x.cost.OK {
		cost = yuan(x.cost.V)
	}
	fmt.Fprintf(out, "%s of %s, %s, %s: %s\n  %s\n  → %s\n", counted(x.Lookups, "lookup"), counted(x.Rows, "row"), x.where(), x.Class, cost,
		printable(x.Message), printable(x.how))
	if !x.file { // those that correct the copy come once, at the end
		printSteps(out, x.steps)
	}
	fmt.Fprintln(out)
}

func printSteps(out io.Writer, steps []string) {
	for _, step := range steps {
		fmt.Fprintf(out, "    %s\n", printable(step))
	}
}

// where names what was asked, and of whom.
func (x *fix) where() string {
	words := make([]string, len(x.Asked))
	for i, at := range x.Asked {
		words[i] = fmt.Sprintf("%s at %s", at.Dataset, at.Vendor)
	}
	return strings.Join(words, ", ")
}

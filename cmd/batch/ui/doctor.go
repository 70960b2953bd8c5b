package ui

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/record"
)

// Examination is a doctor's visit on a screen.
type Examination struct {
	*Screen
	JSON bool // is printed at the end, as one object
	Yes  bool // what is asked is answered

	findings []finding
}

var _ app.Attendant = (*Examination)(nil)

// finding is one thing that was looked at.
type finding struct {
	About string `json:"about"`
	Grade string `json:"grade"`
	What  string `json:"what"`
}

// Found prints a finding.
func (e *Examination) Found(f app.Finding) {
	e.findings = append(e.findings, finding{f.About, strings.ToLower(f.Grade), f.What})
	if e.JSON {
		return
	}
	if f.About != "workspace" {
		f.What = f.About + ": " + f.What
	}
	f.What = e.said.Error(f.What)
	fmt.Fprintf(e.Out, "%-5s  %s\n", f.Grade, f.What)
}

// Consents says what would be done and tells whether the user types yes, or has said so.
func (e *Examination) Consents(what string) bool { return e.Yes || e.Screen.Consents(what) }

// Ended prints the last line, or all findings as JSON.
func (e *Examination) Ended(halted bool, out string, err error) error {
	if e.JSON {
		enc := json.NewEncoder(asJSON(e.Out))
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			Well     bool      `json:"well"`
			Findings []finding `json:"findings"`
			ExitCode int       `json:"exit_code"`
		}{err == nil, e.findings, app.ExitCode(err)})
	}
	if err != nil {
		return nil
	}
	well := "all is well"
	if halted {
		well = fmt.Sprintf("nothing is broken; what was halted is tried again by `batch resume --out %s`", out)
	}
	fmt.Fprintf(e.Out, "%-5s  %s\n", "ok", e.said.Error(well))
	return nil
}

// Rescued says what a rescue has saved, and what is lost.
func (e *Examination) Rescued(r *app.Rescued, dir string) { printRescue(e.lines(), r, dir) }

func printRescue(out io.Writer, r *app.Rescued, dir string) {
	fmt.Fprintf(out, "\nsaved: %s, %s, %s, %s; %s charged\n", record.Counted(r.Runs-r.LostRuns, "run"), record.Counted(r.Rows-r.LostRows, "row"),
		record.Counted(r.Lookups-r.LostLookups, "lookup"), record.Counted(r.Answers, "answer"), r.Charged.Yuan())
	fmt.Fprintf(out, "lost:  %s, %s, %s, %s\n", record.Counted(r.LostRuns, "run"), record.Counted(r.LostRows, "row"), record.Counted(r.LostLookups, "lookup"), record.Counted(r.LostAnswers, "answer"))
	if r.LostOrders > 0 {
		fmt.Fprintf(out, "%s of which it is not known any more what they cost: they count as perhaps charged, %s in all\n", record.Counted(r.LostOrders, "order"), r.LostFen.Yuan())
	}
	printMoney(out, r, dir)
	switch {
	case r.KindLost && r.Simulated:
		fmt.Fprintln(out, "The ledger did not say clearly whether its answers are simulated: it is a simulated one now, because the simulator gave every answer that is kept.")
	case r.KindLost:
		fmt.Fprintln(out, "The ledger did not say clearly whether its answers are simulated: they count as bought now, because not every one says that the simulator gave it.")
	}
	if r.Truncated {
		fmt.Fprintln(out, "The end of the ledger is missing: all that it had not ordered yet may have been ordered since.")
	}
	if r.AskAgain > 0 {
		fmt.Fprintf(out, "%s paid, whose answer is lost: asked for again, free of charge, by `batch resume --out %s`\n", record.Counted(r.AskAgain, "lookup"), dir)
	}
	for _, d := range r.Doubts {
		printDoubt(out, d, dir)
	}
	if r.Unnamed != "" {
		fmt.Fprintf(out, "Lost beyond naming: %s. For some days, whatever this ledger has never heard of is in doubt and not bought by itself.\n", r.Unnamed)
	}
	fmt.Fprintf(out, "The damaged ledger is kept: %s\n\n", r.Kept)
}

// printMoney says where a rescue counts other money than the damaged ledger did.
func printMoney(out io.Writer, r *app.Rescued, dir string) {
	for _, m := range []struct {
		of   app.RescuedOrders
		what string
	}{
		{r.GivenBack, "whose charge was changed: it is again what it was when it was written down, %s in all"},
		{r.Unsure, "that are not as they were written down: each counts as much as any of its kind, %s in all"},
		{r.More, "more than the lookups counted, %s in all: they are kept, and count; hold them against the vendors' bills"},
		{r.Doubled, "twice in the ledger: each counts once now, and %s less is counted"},
	} {
		if m.of.Orders > 0 {
			fmt.Fprintf(out, "%s "+m.what+"\n", record.Counted(m.of.Orders, "order"), m.of.Fen.Yuan())
		}
	}
	if n := r.Copies - r.Doubled.Orders; n > 0 {
		fmt.Fprintf(out, "%s left out that were copies of others under another number\n", record.Counted(n, "row"))
	}
	for _, id := range r.LostLimits {
		fmt.Fprintf(out, "run %s: it is not known any more how much it may spend, so it spends nothing more until you say how much: batch resume --max-spend YUAN --out %s\n", id, dir)
	}
}

// printDoubt says what a rescue has left in doubt in a run, in the sums that
// spend and retry name.
func printDoubt(out io.Writer, d app.RunDoubt, dir string) {
	if d.LostRows > 0 {
		fmt.Fprintf(out, "run %s: %d of its %s are lost: give the input to `batch run` again; what is answered is used again\n", d.ID, d.LostRows, record.Counted(d.Rows, "row"))
	}
	if d.Lookups > 0 || d.Unknown > 0 {
		fmt.Fprintf(out, "run %s: %s in doubt, perhaps charged %s, which counts against --max-spend: hold them against the vendors' bills\n", d.ID, record.Counted(d.Lookups, "lookup"), d.Unknown.Yuan())
	}
	if d.Rebuy > 0 {
		fmt.Fprintf(out, "  buying %d of them again would cost about %s: batch retry --class in_doubt --run %s --out %s\n", d.Rebuy, d.AtStake.Yuan(), d.ID, dir)
	}
}

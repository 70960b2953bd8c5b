package ui

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// bill prints what a bill has come to.
type bill struct {
	*Screen
	app.Reconciled
}

// Bill prints what a bill has come to.
func (s *Screen) Bill(b app.Reconciled, form Form) error {
	r := &bill{s, b}
	switch form {
	case JSON:
		return r.printJSON()
	case CSV:
		return r.printCSV()
	}
	r.printText(b.Report)
	return nil
}

// BillSettled says what to do after a bill was settled. Flags are those that the next
// command needs.
func (s *Screen) BillSettled(b app.Reconciled, out, flags string) {
	if s.Quiet {
		return
	}
	fmt.Fprintf(s.Out, "\n%s settled.\n", record.Counted(int64(b.Report.Changes()), "charge"))
	if b.Report.Count(reconcile.TicketFound) > 0 {
		fmt.Fprintf(s.Out, "Fetch what is paid with:\n  batch resume --out %s%s\n", out, flags)
	}
	if b.Report.Count(reconcile.NotBought) > 0 {
		fmt.Fprintf(s.Out, "Buy what was not bought with (--run names an older run):\n  batch retry --class unavailable --out %s%s\n", out, flags)
	}
}

// findingCell is a column of the list of findings.
type findingCell struct {
	name string
	// amount is a number with two places; else it is a text. "" is unknown.
	amount bool
	value  string
}

// findingCells are a finding's columns: what the bill says, then the ledger.
func (r *bill) findingCells(f *reconcile.Finding) []findingCell {
	var line, when, product, billTicket, billVIN, billPlate, bill, back string
	if l := f.Line; l != nil {
		line, when, product, billTicket, billVIN, billPlate = strconv.FormatInt(l.No, 10), timeOfLine(l, momentText), l.Product, l.Ticket, l.VIN, l.Plate
		if l.Why == "" {
			bill, back = (l.Fen + l.Back).String(), l.Back.String()
		}
	}
	var run, row, vin, plate, dataset, ticket, ordered, price, before string
	if c := f.Charge; c != nil {
		run, row, vin, plate, dataset, ticket = c.RunID, strconv.FormatInt(c.Row, 10), c.VIN, c.Plate, string(c.Dataset), c.Ticket
		ordered, price, before = momentText(c.IntentAt), c.Fen.String(), string(c.Billed)
	}
	return []findingCell{{name: "kind", value: string(f.Kind)}, {name: "vendor", value: r.Vendor.Name},
		{name: "bill_line", value: line}, {name: "bill_time", value: when}, {name: "bill_product", value: product}, {name: "bill_ticket", value: billTicket},
		{name: "bill_vin", value: billVIN}, {name: "bill_plate", value: billPlate}, {"bill_cny", true, bill}, {"paid_back_cny", true, back},
		{name: "run_id", value: run}, {name: "row", value: row}, {name: "vin", value: vin}, {name: "plate", value: plate}, {name: "dataset", value: dataset},
		{name: "ticket", value: ticket}, {name: "ordered_at", value: ordered}, {"price_cny", true, price}, {name: "billed_before", value: before}, {name: "billed", value: string(f.Billed)}, {name: "why", value: f.Why}}
}

func (r *bill) printCSV() error {
	report := r.Report
	w := csv.NewWriter(AsData(r.Out))
	var header []string
	for _, c := range r.findingCells(&reconcile.Finding{}) {
		header = append(header, c.name)
	}
	rows := [][]string{header}
	for i := range report.Findings {
		var row []string
		for _, c := range r.findingCells(&report.Findings[i]) {
			row = append(row, sinks.Harmless(c.value))
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}

func (r *bill) printJSON() error {
	report := r.Report
	findings := []fields{}
	for i := range report.Findings {
		var o fields
		for _, c := range r.findingCells(&report.Findings[i]) {
			number := c.amount || c.name == "row" || c.name == "bill_line"
			switch {
			case c.value == "":
				o = append(o, field{c.name, nil})
			case number:
				o = append(o, field{c.name, json.Number(c.value)})
			default:
				o = append(o, field{c.name, c.value})
			}
		}
		findings = append(findings, o)
	}
	counts := fields{}
	for _, k := range reconcile.Kinds() {
		counts = append(counts, field{string(k), report.Count(k)})
	}
	return writeJSON(asJSON(r.Out), fields{{"vendor", r.Vendor.Name}, {"bill", r.billFields(report.Bill)},
		{"since", record.At(report.Since)}, {"until", record.At(report.Until)}, {"orders", report.Orders}, {"agreed", report.Agreed},
		{"outside", report.Outside}, {"at_edge", report.AtEdge}, {"silent", append([]record.Dataset{}, report.Silent...)}, {"foreign_tickets", report.Foreign}, {"counts", counts}, {"findings", findings},
		{"changes", report.Changes()}, {"applied", r.Applied}, {"exit_code", r.Code}})
}

// billFields is what a bill holds: every line with text is a charge, a refund, skipped or
// unreadable.
func (r *bill) billFields(b *reconcile.Bill) fields {
	skipped := []fields{}
	for _, a := range b.Skipped {
		skipped = append(skipped, fields{{"line", a.No}, {"why", string(a.Why)}, {"text", a.Text}})
	}
	return fields{{"path", r.Path}, {"lines", len(b.Lines)}, {"passed_over", len(b.Skipped)}, {"total_cny", b.Total},
		{"records", b.Records()}, {"charges", b.Charges}, {"charged_cny", b.Charged}, {"refunds", b.Refunds},
		{"refunded_cny", b.Refunded}, {"unreadable", len(b.Unread)}, {"set_aside", skipped}, {"notes", append([]string{}, b.Notes...)}}
}

// timeOfLine is a line's time, "" when it cannot be read.
func timeOfLine(l *reconcile.Line, form func(time.Time) string) string {
	if l.From.IsZero() {
		return ""
	}
	return form(l.From)
}

// headings say what each kind means, and what it leads to.
func headings() map[reconcile.Kind]string {
	return map[reconcile.Kind]string{
		reconcile.TicketFound:   "without an answer, and on the bill with the ticket: `batch resume` asks for the report, free of charge",
		reconcile.PaidAndLost:   "in doubt, and on the bill without a ticket: paid, and the answer is lost. Ask the vendor for it; `batch retry --class in_doubt` pays again",
		reconcile.NotBought:     "in doubt, and not charged by the bill: not bought. `batch retry --class unavailable` may buy it",
		reconcile.ChargeSettled: "answered or failed otherwise; only the charge was not certain",
		reconcile.OnlyOnBill:    "charged by the vendor, and unknown to this workspace, or charged for the second time",
		reconcile.OnlyInLedger:  "held as charged here, and not on the bill",
		reconcile.PaidBack:      "charged, and paid back by the bill; the ledger keeps its charge",
		reconcile.RefundAlone:   "paid back, and it does not tell of which charge: nothing was changed",
		reconcile.Unreadable:    "of the bill, left out; what they may be of was not changed. Correct them in the bill, and give it again",
		reconcile.Differs:       "charged at another price than the configured one; the ledger keeps its own",
		reconcile.Ambiguous:     "cannot be told apart: nothing was changed about them",
	}
}

// mostShown bounds a list for people.
const mostShown = 20

func (r *bill) printText(report *reconcile.Report) {
	if r.Quiet {
		return
	}
	out, b := r.Out, report.Bill
	fmt.Fprintf(out, "%s, bill of %s: %s for %s%s; it covers %s to %s.\n", r.Path, r.Vendor.Name, record.Counted(int64(b.Charges), "charge"), b.Charged.Yuan(),
		refundsOf(b), app.ChinaTime(report.Since), app.ChinaTime(report.Until))
	fmt.Fprintln(out, linesOf(b))
	for _, note := range b.Notes {
		fmt.Fprintf(out, "Note: %s.\n", note)
	}
	fmt.Fprintf(out, "The ledger has %s in that time; %s.\n", record.Counted(int64(report.Orders), "order"), agreed(report.Agreed))
	if report.Foreign {
		fmt.Fprintln(out, "What the bill has as tickets are not the vendor's tickets: they are passed over, and vehicles compared.")
	}
	if report.Outside > 0 {
		fmt.Fprintf(out, "%s in doubt outside of that time: the bill says nothing of them. If it is complete there, say so with --since and --until.\n", record.Counted(int64(report.Outside), "order"))
	}
	if report.AtEdge > 0 {
		fmt.Fprintf(out, "%s in doubt within %s of the edge of the bill's time (--within): a charge may be booked that much later, so nothing is concluded from what is missing. If it is complete there, say so with --since and --until.\n",
			record.Counted(int64(report.AtEdge), "order"), record.Brief(r.Within))
	}
	if len(report.Silent) > 0 {
		fmt.Fprintf(out, "Of %s the bill has no order that is known here, or lacks one that is certain: what is missing from it proves nothing. Is it %s's, and whole?\n",
			record.Listed(report.Silent, "and"), r.Vendor.Name)
	}
	for _, k := range reconcile.Kinds() {
		if n := report.Count(k); n > 0 {
			fmt.Fprintf(out, "\n%s: %d %s\n", k, n, headings()[k])
			if k == reconcile.PaidAndLost {
				r.printUnused(b)
			}
			r.printFindings(report, k)
		}
	}
}

// printUnused says that what is taken for lost may not be.
func (r *bill) printUnused(b *reconcile.Bill) {
	for _, name := range b.Unused {
		fmt.Fprintf(r.Out, "  Pay for none of them again before it is clear what the column %q holds: with their tickets they are not lost. See the note above.\n", name)
	}
}

func refundsOf(b *reconcile.Bill) string {
	switch {
	case b.Refunded == 0:
		return ""
	case b.Refunds == 0:
		return fmt.Sprintf(", %s of it paid back", b.Refunded.Yuan())
	case b.Within != 0:
		return fmt.Sprintf(", %s of %s, %s more paid back in the lines of charges", record.Counted(int64(b.Refunds), "refund"), (b.Refunded - b.Within).Yuan(), b.Within.Yuan())
	}
	return fmt.Sprintf(", %s of %s", record.Counted(int64(b.Refunds), "refund"), b.Refunded.Yuan())
}

// linesOf says what became of each line of a bill that holds any text.
func linesOf(b *reconcile.Bill) string {
	parts := []string{record.Counted(int64(b.Charges), "charge")}
	if b.Refunds > 0 {
		parts = append(parts, record.Counted(int64(b.Refunds), "refund"))
	}
	if n := len(b.Unread); n > 0 {
		parts = append(parts, fmt.Sprintf("%d unreadable", n))
	}
	parts = append(parts, fmt.Sprintf("%d skipped", len(b.Skipped)))
	var why []string
	for _, w := range reconcile.Whys() {
		n, first := b.Count(w)
		if n == 0 {
			continue
		}
		where := strings.ReplaceAll(strings.Trim(fmt.Sprint(first), "[]"), " ", ", ")
		if n > len(first) {
			where += ", …"
		}
		if n == 1 {
			why = append(why, fmt.Sprintf("%s (line %s)", w, where))
		} else {
			why = append(why, fmt.Sprintf("%s (%d lines: %s)", w, n, where))
		}
	}
	return fmt.Sprintf("%s with text: %s: %s.", record.Counted(int64(b.Records()), "line"), strings.Join(parts, ", "), strings.Join(why, "; "))
}

func agreed(n int) string {
	if n == 1 {
		return "1 charge agrees"
	}
	return fmt.Sprintf("%d charges agree", n)
}

func (r *bill) printFindings(report *reconcile.Report, k reconcile.Kind) {
	w := tabwriter.NewWriter(r.Out, 0, 0, 2, ' ', 0)
	text, head := findingText, "  line\ttime\tvehicle\tdataset\tticket\tbill\tledger\tbilled\trun and row"
	if k == reconcile.Unreadable {
		text, head = unreadText, "  line\ttime\tvehicle\tticket\twhy"
	}
	fmt.Fprintln(w, head)
	shown := 0
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Kind != k {
			continue
		}
		if shown++; shown <= mostShown {
			fmt.Fprintln(w, "  "+text(f))
		}
	}
	w.Flush() //nolint:errcheck // a terminal
	if shown > mostShown {
		fmt.Fprintf(r.Out, "  and %d more: --csv lists them all\n", shown-mostShown)
	}
}

// findingText is a finding as a line of a table with tabs.
func findingText(f *reconcile.Finding) string {
	line, when, vehicle, dataset, ticket, bill := "-", "", "", record.Dataset(""), "", "-"
	if l := f.Line; l != nil {
		line, when, vehicle, dataset, ticket, bill = strconv.FormatInt(l.No, 10), timeOfLine(l, app.ChinaClock), cmp.Or(l.VIN, l.Plate), l.Dataset, l.Ticket, l.Fen.Yuan()
	}
	price, billed, where := "-", "", app.Printable(f.Why)
	if c := f.Charge; c != nil {
		price, billed, where = c.Fen.Yuan(), string(c.Billed), strings.TrimSuffix(fmt.Sprintf("%s row %d; %s", c.RunID, c.Row, where), "; ")
		if f.Billed != c.Billed {
			billed += " → " + string(f.Billed)
		}
		vehicle, dataset = cmp.Or(c.VIN, c.Plate), c.Dataset
		if f.Line == nil {
			when, ticket = app.ChinaClock(c.IntentAt), c.Ticket
		}
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", line, when, app.Printable(vehicle), dataset, app.Printable(ticket), bill, price, billed, where)
}

// unreadText is a line that cannot be read, as a line of a table with tabs.
func unreadText(f *reconcile.Finding) string {
	l := f.Line
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s", l.No, timeOfLine(l, app.ChinaClock), app.Printable(cmp.Or(l.VIN, l.Plate)), app.Printable(l.Ticket), app.Printable(l.Why))
}

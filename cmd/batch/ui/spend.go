package ui

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"vehiclebatch/cmd/batch/app"
	"vehiclebatch/pipeline/ledger"
)

// Spend prints what was spent.
func (s *Screen) Spend(form Form, spent app.Spent) error {
	switch form {
	case JSON:
		return spendJSON(asJSON(s.Out), spent.By, spent.Lines, spent.Total)
	case CSV:
		lines := spent.Lines
		if len(spent.By) == 0 {
			lines = []ledger.SpendLine{spent.Total}
		}
		return spendCSV(AsData(s.Out), spent.By, lines)
	}
	printSpendTable(s.Out, spent.By, spent.Lines, spent.Total)
	return nil
}

// groupOf is a line's value of a group.
func groupOf(l *ledger.SpendLine, by ledger.SpendBy) string {
	switch by {
	case ledger.ByVendor:
		return l.Vendor
	case ledger.ByDataset:
		return string(l.Dataset)
	case ledger.ByDay:
		return l.Day
	}
	return l.Run
}

// spendColumns are what is known of every line, in the order of the columns.
func spendColumns() []string {
	return []string{"charged_cny", "reserved_cny", "unknown_cny", "lookups", "reused", "saved_cny"}
}

func spendCells(l *ledger.SpendLine) []string {
	return []string{l.Charged.String(), l.Reserved.String(), l.Unknown.String(), strconv.FormatInt(l.Lookups, 10), strconv.FormatInt(l.Reused, 10), l.Saved.String()}
}

// header names the columns of the groups: a run by its id, as everywhere.
func spendHeader(by []ledger.SpendBy) []string {
	var out []string
	for _, b := range by {
		name := string(b)
		if b == ledger.ByRun {
			name = "run_id"
		}
		out = append(out, name)
	}
	return out
}

func spendCSV(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine) error {
	w := csv.NewWriter(to)
	rows := [][]string{append(spendHeader(by), spendColumns()...)}
	for i := range lines {
		var row []string
		for _, b := range by {
			row = append(row, groupOf(&lines[i], b))
		}
		rows = append(rows, append(row, spendCells(&lines[i])...))
	}
	return w.WriteAll(rows)
}

func spendJSON(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine, total ledger.SpendLine) error {
	object := func(l *ledger.SpendLine, by []ledger.SpendBy) fields {
		var o fields
		for i, name := range spendHeader(by) {
			o = append(o, field{name, groupOf(l, by[i])})
		}
		for i, cell := range spendCells(l) {
			o = append(o, field{spendColumns()[i], json.Number(cell)})
		}
		return o
	}
	groups := []fields{}
	for i := range lines {
		groups = append(groups, object(&lines[i], by))
	}
	return writeJSON(to, fields{{"spend", groups}, {"total", object(&total, nil)}})
}

func printSpendTable(to io.Writer, by []ledger.SpendBy, lines []ledger.SpendLine, total ledger.SpendLine) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, b := range by {
		fmt.Fprintf(w, "%s\t", b)
	}
	fmt.Fprintln(w, "charged\treserved\tin doubt\tlookups\treused\tsaved\t")
	row := func(l *ledger.SpendLine) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\t\n", l.Charged.Yuan(), l.Reserved.Yuan(), l.Unknown.Yuan(), l.Lookups, l.Reused, l.Saved.Yuan())
	}
	for i := range lines {
		for _, b := range by {
			fmt.Fprintf(w, "%s\t", groupOf(&lines[i], b))
		}
		row(&lines[i])
	}
	if len(by) > 0 {
		fmt.Fprint(w, strings.Repeat("\t", len(by)-1)+"total\t")
	}
	row(&total)
	w.Flush() //nolint:errcheck // a terminal
}

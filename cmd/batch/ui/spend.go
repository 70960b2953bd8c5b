package ui

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

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
	return s.spendTable(spent.By, spent.Lines, spent.Total)
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

// spendTable prints the lines, and their sum below.
func (s *Screen) spendTable(by []ledger.SpendBy, lines []ledger.SpendLine, total ledger.SpendLine) error {
	table := columns{right: true}
	var head []string
	for _, b := range by {
		head = append(head, map[ledger.SpendBy]string{ledger.ByVendor: s.said.Say("head_vendor"), ledger.ByDataset: s.said.Say("head_dataset"),
			ledger.ByDay: s.said.Say("head_day"), ledger.ByRun: s.said.Say("head_run")}[b])
	}
	table.add(append(head, s.said.Say("head_charged"), s.said.Say("head_reserved"), s.said.Say("head_in_doubt"), s.said.Say("head_lookups"), s.said.Say("head_reused"), s.said.Say("head_saved"))...)
	row := func(groups []string, l *ledger.SpendLine) {
		table.add(append(groups, l.Charged.Yuan(), l.Reserved.Yuan(), l.Unknown.Yuan(), strconv.FormatInt(l.Lookups, 10), strconv.FormatInt(l.Reused, 10), l.Saved.Yuan())...)
	}
	for i := range lines {
		var groups []string
		for _, b := range by {
			name := groupOf(&lines[i], b)
			if b == ledger.ByDataset {
				name = datasetName(s.said, lines[i].Dataset)
			}
			groups = append(groups, name)
		}
		row(groups, &lines[i])
	}
	sum := make([]string, len(by))
	if len(by) > 0 {
		sum[len(by)-1] = s.said.Say("head_total")
	}
	row(sum, &total)
	return table.write(s.Out)
}

package sinks

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A collector holds the rows that the files hold, in their order.
func TestCollectorHoldsWhatTheFilesHold(t *testing.T) {
	t.Parallel()
	c := NewCollector("one")
	must(t, feedSample(c))
	dir := t.TempDir()
	w, err := Create(dir, Options{RunID: "one", Formats: []Format{CSV}})
	must(t, err)
	must(t, feedSample(w))
	_, err = w.Finish(Manifest{RunID: "one"})
	must(t, err)
	if len(c.Tables()) != len(tableSpecs()) {
		t.Errorf("%d tables", len(c.Tables()))
	}
	for _, table := range c.Tables() {
		f, err := os.Open(filepath.Join(dir, table.Table+".csv"))
		must(t, err)
		want, err := csv.NewReader(f).ReadAll()
		must(t, err)
		must(t, f.Close())
		got := append([][]string{table.Columns}, table.Texts...)
		if len(got) != len(want) || len(table.Texts) == 0 || len(table.JSON) != len(table.Texts) {
			t.Fatalf("%s: %d rows, %d in JSON, %d in the file", table.Table, len(got), len(table.JSON), len(want))
		}
		for i := range want {
			if !slices.Equal(plainBreaks(got[i]), plainBreaks(want[i])) {
				t.Errorf("%s, row %d:\n%q\nin the file\n%q", table.Table, i, got[i], want[i])
			}
		}
		for i, values := range table.JSON {
			for n, v := range values {
				if (v == nil) != (table.Texts[i][n] == "") && table.Columns[n] != "problems" && table.Columns[n] != "condition_source" && table.Columns[n] != "accident_seqs" {
					t.Errorf("%s.%s: %v in JSON, %q as text", table.Table, table.Columns[n], v, table.Texts[i][n])
				}
			}
		}
	}
}

// plainBreaks are cells whose line breaks are those that a CSV reader gives back.
func plainBreaks(cells []string) []string {
	out := slices.Clone(cells)
	for i, c := range out {
		out[i] = string(slices.DeleteFunc([]rune(c), func(r rune) bool { return r == '\r' }))
	}
	return out
}

func TestCollectorRefusesWhatTheTablesRefuse(t *testing.T) {
	t.Parallel()
	r := ReportRow{VehicleID: "v1"}
	r.Report.ServicesPerYear = "many"
	if err := NewCollector("one").Report(r); err == nil {
		t.Error("services a year that are no number are taken")
	}
}

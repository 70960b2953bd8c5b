package main

import (
	"bytes"
	"strings"
	"testing"

	"vehiclebatch/pipeline/export"
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// One bill settles all that is in doubt at a vendor, whatever the causes: its
// commands are printed once, with the flags that the next ones have.
func TestFixPrintsTheCommandsOfABillOnce(t *testing.T) {
	t.Parallel()
	said, err := messages.New(messages.English)
	if err != nil {
		t.Fatal(err)
	}
	f := fixes{run: ledger.Run{ID: "R1", Formats: "csv"}, said: said, out: "out", flags: " --config a.yaml --day 2026-03-01", config: "a.yaml", named: true}
	for _, at := range []export.AskedAt{{Dataset: record.DatasetValuation, Vendor: "wapi"}, {Dataset: record.DatasetViolations, Vendor: "wapi"}, {Dataset: record.DatasetMaintenance, Vendor: "tencent"}} {
		f.add(export.Cause{Class: record.DoubtfulOrder, Message: "cut off", Rows: 1, Lookups: 1, Asked: []export.AskedAt{at}})
	}
	var out bytes.Buffer
	f.print(&out)
	for text, want := range map[string]int{
		"batch reconcile BILL --vendor wapi --out out --config a.yaml\n":                                      1,
		"batch retry --class unavailable --vendor wapi --out out --config a.yaml --day 2026-03-01 --run R1\n": 1,
		"batch reconcile BILL --vendor tencent --out out --config a.yaml\n":                                   1,
		"the commands are those above\n":                                                                      1,
	} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q stands there %d times, want %d:\n%s", text, got, want, out.String())
		}
	}
}

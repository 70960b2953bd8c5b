package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/reconcile"
)

// What may hold the tickets of orders that seem lost is named where they are listed.
func TestColumnThatIsNotReadIsNamedBesideWhatIsLost(t *testing.T) {
	t.Parallel()
	report := &reconcile.Report{Bill: &reconcile.Bill{Unused: []string{"业务编码"}}, Findings: []reconcile.Finding{{Kind: reconcile.PaidAndLost, Line: &reconcile.Line{No: 2}}}}
	var out bytes.Buffer
	r := &reconciling{setup: &setup{env: environment{stdout: &out}}, path: "bill.csv"}
	r.printText(report)
	_, lost, _ := strings.Cut(out.String(), "\npaid_and_lost: 1 ")
	if !strings.Contains(lost, `before it is clear what the column "业务编码" holds`) {
		t.Errorf("it says %s", out.String())
	}
}

func TestBriefly(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{"0s": 0, "1h": time.Hour, "30m": 30 * time.Minute, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "20h": 20 * time.Hour, "1m30s": 90 * time.Second, "1h0m1s": time.Hour + time.Second, "100ms": 100 * time.Millisecond} {
		if got := briefly(d); got != want {
			t.Errorf("%s is written %s, want %s", d, got, want)
		}
	}
}

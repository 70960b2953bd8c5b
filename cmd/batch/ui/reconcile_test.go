package ui

import (
	"bytes"
	"strings"
	"testing"

	"vehiclebatch/pipeline/reconcile"
)

// What may hold the tickets of orders that seem lost is named where they are listed.
func TestColumnThatIsNotReadIsNamedBesideWhatIsLost(t *testing.T) {
	t.Parallel()
	report := &reconcile.Report{Bill: &reconcile.Bill{Unused: []string{"业务编码"}}, Findings: []reconcile.Finding{{Kind: reconcile.PaidAndLost, Line: &reconcile.Line{No: 2}}}}
	var out bytes.Buffer
	r := &bill{Screen: &Screen{Out: &out}}
	r.printText(report)
	_, lost, _ := strings.Cut(out.String(), "\npaid_and_lost: 1 ")
	if !strings.Contains(lost, `before it is clear what the column "业务编码" holds`) {
		t.Errorf("it says %s", out.String())
	}
}

package ui

import (
	"bytes"
	"strings"
	"testing"

	"vehiclebatch/cmd/batch/app"
)

// Each difference in money that a rescue has found is said with its sum, and none that it has not.
func TestARescueSaysWhatItCountsOtherwise(t *testing.T) {
	t.Parallel()
	some := app.RescuedOrders{Orders: 2, Fen: 3400}
	for want, r := range map[string]app.Rescued{
		"2 orders of which it is not known any more what they cost: they count as perhaps charged, ¥34.00 in all":                                            {LostOrders: 2, LostFen: 3400},
		"2 orders whose charge was changed: it is again what it was when it was written down, ¥34.00 in all":                                                 {GivenBack: some},
		"2 orders that are not as they were written down: each counts as much as any of its kind, ¥34.00 in all":                                             {Unsure: some},
		"2 orders more than the lookups counted, ¥34.00 in all: they are kept, and count; hold them against the vendors' bills":                              {More: some},
		"2 orders twice in the ledger: each counts once now, and ¥34.00 less is counted":                                                                     {Doubled: some, Copies: 2},
		"3 rows left out that were copies of others under another number":                                                                                    {Copies: 5, Doubled: some},
		"run one: it is not known any more how much it may spend, so it spends nothing more until you say how much: batch resume --max-spend YUAN --out out": {LostLimits: []string{"one"}},
	} {
		var with, without bytes.Buffer
		printRescue(&with, &r, "out")
		printRescue(&without, &app.Rescued{}, "out")
		if !strings.Contains(with.String(), want+"\n") || strings.Contains(without.String(), want[2:]) {
			t.Errorf("%q is not in %q, or is in %q", want, with.String(), without.String())
		}
	}
}

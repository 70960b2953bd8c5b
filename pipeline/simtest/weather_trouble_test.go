package simtest

import (
	"fmt"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// everyFault breaks a share of all calls, by every fault alike.
func everyFault(share float64) map[simulator.Fault]float64 {
	rates := map[simulator.Fault]float64{}
	all := simulator.AllFaults()
	for _, f := range all {
		rates[f] = share / float64(len(all))
	}
	return rates
}

// At 12% random failures of every kind 600 vehicles, or in a quick test 200, and three datasets end
// complete in one life.
func TestOneCallInEightFails(t *testing.T) {
	t.Parallel()
	for seed := range uint64(few(1, 10)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := slowly(seed)
			o.Faults = simulator.Faults{Rates: everyFault(0.12)}
			inWorld(t, morning, few(200, 600), o, func(w *world) {
				w.terms.limits.InFlight = 64
				out := w.finish(fate{formats: "csv"})
				t.Logf("%s, %d in doubt, %d failed, %v", out.took, out.out.count(record.InDoubt), out.out.count(record.Failed), out.out.statuses())
			})
		})
	}
}

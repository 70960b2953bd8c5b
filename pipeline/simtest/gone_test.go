package simtest

import (
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// A ticket that the vendor no longer knows concerns itself alone: the others are
// fetched, and it goes to the failure ledger with those words, not after three days.
// Another process asks for it once more, as the user wants, and comes to the same.
func TestTicketsThatAreGone(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0.1, 0.5, 1} {

		o := slowly(8)
		o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{simulator.GoneTicket: share}, Endpoints: []string{simulator.TencentReport}}
		inWorld(t, morning, 20, o, func(w *world) {
			w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
			out := w.finish(fate{})
			gone := len(out.out.failures)
			if gone == 0 || gone > 15 && share < 1 || out.out.count(record.Failed) != gone {
				t.Errorf("%g: %d failed", share, gone)
			}
			for _, f := range out.out.failures {
				if f.Class != record.BadResponse || f.Ticket == "" || !strings.Contains(f.Message, "404") && f.Code != "http 404" {
					t.Errorf("failed as %+v", f)
				}
			}
			again := w.finish(fate{retry: true})
			if len(again.out.failures) != gone {
				t.Errorf("%g: retried, and %d failed", share, len(again.out.failures))
			}
			w.checkExact(again)
		})
	}
}

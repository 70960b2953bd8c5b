package simtest

import (
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// A few tickets that are gone, the first ones that are asked about, stop nobody: they
// are asked about a bounded number of times and go to the failure ledger, all others
// are fetched in the same life, and those that are gone are the last ones left.
func TestFewTicketsAreGone(t *testing.T) {
	t.Parallel()
	for gone := 1; gone <= 5; gone++ {
		inWorld(t, morning, 60, slowly(8), func(w *world) {
			w.terms.datasets = []record.Dataset{record.DatasetMaintenance}
			asked := map[string]int{}
			w.weather.lose(func(ticket string) bool {
				if _, known := asked[ticket]; !known && len(asked) < gone && w.isTicketOf(simulator.Tencent, ticket) {
					asked[ticket] = 0
				}
				if _, is := asked[ticket]; !is {
					return false
				}
				asked[ticket]++
				return true
			})
			out := w.finish(fate{})
			if n := out.out.count(record.Found); len(out.out.failures) != gone || n != 60-gone {
				t.Errorf("%d are gone: %d found, and %d failed", gone, n, len(out.out.failures))
			}
			for _, f := range out.out.failures {
				if f.Class != record.BadResponse || f.Code != "http 404" || asked[f.Ticket] != 10 {
					t.Errorf("%d are gone: asked %d times, and failed as %+v", gone, asked[f.Ticket], f)
				}
			}
			if out.took > time.Hour {
				t.Errorf("%d are gone: took %s", gone, out.took)
			}
		})
	}
}

func (w *world) isTicketOf(vendor, ticket string) bool {
	return slices.ContainsFunc(w.sim.Book().Orders(), func(o simulator.Order) bool { return o.Vendor == vendor && o.Ticket == ticket })
}

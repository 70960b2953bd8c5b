package simtest

import (
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// What tencent's newer gateway answers from HTTP 300 on is not billed: such an order is
// never in doubt, and sent again until it is taken.
func TestNewerGatewayLeavesNoDoubtByStatus(t *testing.T) {
	t.Parallel()
	for _, f := range []simulator.Fault{simulator.GatewayAfter, simulator.DeadUpstream, simulator.ServerError, simulator.BadGateway, simulator.Unavailable,
		simulator.Limit503, simulator.Limit500, simulator.TooMany} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			o := slowly(5)
			o.Faults = simulator.Faults{Rates: map[simulator.Fault]float64{f: 0.15}, Endpoints: []string{simulator.TencentOrder}}
			inWorld(t, morning, 25, o, func(w *world) {
				w.terms.newGateway = true
				out := w.finishWell(fate{})
				if n := w.sim.Book().Total(""); record.Fen(n) != out.money.Charged || out.money.Unknown > 0 {
					t.Errorf("%d fen are on the book, and %+v in the ledger", n, out.money)
				}
				if orders := w.sim.Book().Requests()[simulator.TencentOrder]; orders <= 25 {
					t.Errorf("%d orders: none of them met the fault", orders)
				}
			})
		})
	}
}

// A break that is none of its answers is in doubt there as well.
func TestNewerGatewayThatBreaksOffIsInDoubt(t *testing.T) {
	t.Parallel()
	o := slowly(5)
	o.Faults = simulator.Faults{Script: []simulator.Step{{Endpoint: simulator.TencentOrder, Nth: 3, Fault: simulator.CutAfter}}}
	inWorld(t, morning, 10, o, func(w *world) {
		w.terms.newGateway = true
		out := w.finish(fate{})
		if n := out.out.count(record.InDoubt); n != 1 || out.money.Unknown != tencentMaintenance {
			t.Errorf("%d in doubt, %+v", n, out.money)
		}
	})
}

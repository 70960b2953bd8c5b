package simtest

import (
	"math/rand/v2"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors/simulator"
)

// emptied is a world whose account at wapi ends after some orders of reports, with
// as many calls on the wire as there may be.
func emptied(t *testing.T, f simulator.Faults, do func(w *world)) {
	t.Helper()
	inWorld(t, morning, 200, slowly(5), func(w *world) {
		w.sim.SetFaults(f)
		w.terms.datasets, w.terms.maintenance = []record.Dataset{record.DatasetMaintenance}, []string{simulator.WAPI}
		w.terms.limits = ratelimit.Limits{InFlight: 64}
		do(w)
	})
}

// An account that is empty buys nothing more, at once, and what was bought is
// fetched in the same life.
func TestEmptyAccountFetchesItsTickets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults simulator.Faults
		class  record.Class
	}{
		"balance": {simulator.Faults{Balance: map[string]int64{simulator.WAPI: 40 * int64(wapiMaintenance)}}, record.Balance},
		"quota":   {simulator.Faults{Quota: map[string]int64{simulator.WAPI: 40}}, record.Quota},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onlyWhole(t, name != "balance")
			emptied(t, c.faults, func(w *world) {
				out := w.live(fate{})
				h := out.ending.Halts
				if out.ending.Reason != runner.Halted || len(h) != 1 || h[0].Class != c.class || h[0].Stops != ledger.StopsOrders {
					t.Fatalf("ended with %+v", out.ending)
				}
				taken := len(w.sim.Book().Orders())
				s := out.out.statuses()[record.DatasetMaintenance]
				if settled := 200 - s[record.Pending]; taken < 40 || settled < taken-64 || s[record.Found] == 0 || len(out.out.failures) > 0 {
					t.Errorf("%d orders were taken, and it ended with %v", taken, s)
				}
				if refused := w.sim.Book().Requests()[simulator.WAPISubmit] - int64(taken); refused < 1 || refused > 64 {
					t.Errorf("%d orders were refused", refused)
				}
				w.sim.TopUp(simulator.WAPI, 1_000_000, 1000)
				out = w.live(fate{})
				if out.ending.Reason != runner.AllSettled || len(out.out.failures) > 0 {
					t.Errorf("topped up, it ended with %+v", out.ending)
				}
				w.checkExact(out)
			})
		})
	}
}

// The same while its polls fail for a while: tickets that were read and held back are
// not forgotten.
func TestEmptyAccountWaitsForItsPolls(t *testing.T) {
	t.Parallel()
	emptied(t, simulator.Faults{Balance: map[string]int64{simulator.WAPI: 40 * int64(wapiMaintenance)}}, func(w *world) {
		dead := &trouble{share: 1, kinds: []breakage{deadUpstream}, rng: rand.New(rand.NewPCG(1, 1)), polls: true}
		w.weather.begin(dead)
		w.terms.poll.First = 5 * time.Minute // so that they are read from the ledger
		out := w.live(fate{happens: []happening{{25 * time.Minute, func() { w.weather.end(dead) }}}})
		if out.ending.Reason != runner.Halted || out.took < 25*time.Minute || out.out.count(record.Found) == 0 {
			t.Errorf("ended after %s with %+v: %v", out.took, out.ending, out.out.statuses())
		}
	})
}

package simtest

import (
	"sync/atomic"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/vendors/simulator"
)

// within wants the money, in the vendors' book, in memory and now and then on
// disk, within the budget at every event of a life.
func (w *world) within(most record.Fen) func(*process, moment) {
	var events atomic.Int64
	return func(p *process, _ moment) {
		if booked := record.Fen(w.sim.Book().Total("")); booked > most {
			w.t.Errorf("the vendors have booked %s, over %s", booked, most)
		}
		if sum := p.ledger.Money().Sum(); sum > most {
			w.t.Errorf("%s are charged, reserved or unknown, over %s", sum, most)
		}
		if events.Add(1)%8 > 0 {
			return
		}
		spend, err := p.ledger.Spend(w.t.Context(), p.run)
		must(w.t, err)
		var sum record.Fen
		for _, s := range spend {
			sum += s.Sum()
		}
		if sum > most {
			w.t.Errorf("on disk %s are charged, reserved or unknown, over %s", sum, most)
		}
	}
}

func (w *world) budget(fen record.Fen) fate {
	w.terms.maxSpend = record.Some(fen)
	return fate{seen: w.within(fen)}
}

func TestBudgetHoldsAndGoesOn(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(3), func(w *world) {
		for _, most := range []record.Fen{100, 5_000, 20_000, 40_000} {
			out := w.live(w.budget(most))
			if out.ending.Reason != runner.OutOfBudget || out.money.Sum() > most || most-out.money.Sum() > wapiMaintenance {
				t.Errorf("with %s it ended with %+v and %+v", most, out.ending, out.money)
			}
			if len(out.out.failures) > 0 {
				t.Errorf("failed: %+v", out.out.failures)
			}
		}
		w.finishWell(w.budget(1_000_000))
	})
}

// What an order reserves and does not cost is spent on another: the budget is
// exactly what the reports cost that there are.
func TestBudgetUsesWhatComesBack(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 60, slowly(3), func(w *world) {
		w.terms.maintenance, w.terms.datasets = []string{simulator.WAPI}, []record.Dataset{record.DatasetMaintenance}
		var reports record.Fen
		for _, c := range w.cars {
			if w.sim.Outcome(simulator.WAPI, c.VIN, c.EngineNo) == string(record.Found) {
				reports++
			}
		}
		if reports > 58 {
			t.Fatalf("%d of 60 vehicles have a report: nothing comes back", reports)
		}
		f := w.budget(reports * wapiMaintenance)
		out := w.live(f)
		if out.ending.Reason != runner.AllSettled || out.money.Charged != reports*wapiMaintenance {
			t.Errorf("ended with %+v and %+v: %v", out.ending, out.money, out.out.statuses())
		}
		w.checkExact(out)
	})
}

// Unknown charges count against the budget as well.
func TestBudgetCountsWhatIsUnknown(t *testing.T) {
	t.Parallel()
	o := slowly(3)
	o.Faults.Rates = map[simulator.Fault]float64{simulator.CutAfter: 0.3}
	o.Faults.Endpoints = []string{simulator.TencentOrder, simulator.WAPISubmit}
	inWorld(t, morning, 40, o, func(w *world) {
		out := w.live(w.budget(30_000))
		for lives := 0; out.ending.Reason == runner.Halted && lives < 10; lives++ {
			out = w.live(w.budget(30_000))
		}
		if out.ending.Reason != runner.OutOfBudget || out.money.Unknown == 0 {
			t.Errorf("ended with %+v and %+v", out.ending, out.money)
		}
		w.sim.SetFaults(simulator.Faults{})
		w.finish(w.budget(1_000_000))
	})
}

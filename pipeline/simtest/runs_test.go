package simtest

import (
	"fmt"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/simulator"
)

// Two runs ask about the same vehicles while the reports of the first are still
// in the making. Everything is bought once, whichever run goes on first.
func TestRunsShareWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(few(1, 6)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 60, slowly(seed), func(w *world) {
				all := w.cars
				w.terms.wait = record.Some[time.Duration](0)
				if out := w.live(fate{}); out.ending.Reason != runner.Parked {
					t.Fatalf("ended with %+v", out.ending)
				}
				w.terms.wait = record.Opt[time.Duration]{}
				w.file, w.cars = "other.csv", all[20:]
				if seed%2 == 1 { // the second run is parked as well, and goes on last
					w.terms.wait = record.Some[time.Duration](0)
					w.live(fate{})
					w.terms.wait = record.Opt[time.Duration]{}
				}
				var first, second life
				if seed%2 == 0 {
					second = w.live(fate{})
				}
				w.file, w.cars = "fleet.csv", all
				first = w.live(fate{})
				if seed%2 == 1 {
					w.file, w.cars = "other.csv", all[20:]
					second = w.live(fate{})
				}
				if first.ending.Open+second.ending.Open > 0 {
					t.Errorf("ended with %+v and %+v", first.ending, second.ending)
				}
				w.cars = all
				w.checkTruth(second.out)
				w.checkTruth(first.out)
				w.checkAgainst(first.out, second.out.withRows(20))
				if book := record.Fen(w.sim.Book().Total("")); first.money.Sum()+second.money.Sum() != book {
					t.Errorf("the runs cost %+v and %+v, the book says %s", first.money, second.money, book)
				}
			})
		})
	}
}

// withRows moves the rows of vehicles back to where they stand in another input.
func (o *outputs) withRows(earlier int) *outputs {
	moved := *o
	moved.vehicles = append(make([]sinks.VehicleRow, earlier), o.vehicles...)
	return &moved
}

// A run that the budget ended uses what a later run bought meanwhile.
func TestRunGoesOnWithWhatAnotherBought(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 30, slowly(4), func(w *world) {
		w.terms.maxSpend = record.Some[record.Fen](9_000)
		if out := w.live(fate{}); out.ending.Reason != runner.OutOfBudget {
			t.Fatalf("ended with %+v", out.ending)
		}
		w.terms.maxSpend = record.Opt[record.Fen]{}
		w.file = "again.csv"
		w.finish(fate{})
		w.file = "fleet.csv"
		calls := w.sim.Book().Requests()[simulator.TencentOrder]
		w.finish(fate{})
		if now := w.sim.Book().Requests()[simulator.TencentOrder]; now != calls {
			t.Errorf("%d orders, then %d", calls, now)
		}
	})
}

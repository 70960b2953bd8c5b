package simtest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// fixFile is the name of a failure ledger that is given back.
const fixFile = "fix.csv"

// planCorrection plans a run that corrects the failures of the newest finished
// one; the fleet has been corrected meanwhile.
func (p *process) planCorrection(policy *policy.Policy, run ledger.Run, runs []ledger.Run) error {
	base := runs[slices.IndexFunc(runs, func(r ledger.Run) bool { return r.State == ledger.RunFinished })]
	type name struct {
		row     int64
		dataset record.Dataset
	}
	named := map[name]bool{}
	err := p.ledger.Rows(p.ctx, base, func(row *ledger.Row) error {
		for _, a := range row.Lookups {
			if a.Owner(row) && (a.Lookup.State == ledger.Failed || a.Lookup.State == ledger.InDoubt) {
				named[name{row.Vehicle.Row, a.Lookup.Dataset}] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	run.Datasets, run.Corrects, run.Corrected = base.Datasets, base.ID, base.Datasets
	if run, err = p.ledger.NewRun(run); err != nil {
		return err
	}
	c := planner.Correction{Base: base, Named: func(row int64, d record.Dataset) bool { return named[name{row, d}] }}
	p.run, err = planner.Correct(p.ctx, p.ledger, policy, run, c, &input{source: p.world.source()}, func(int64) {})
	return err
}

// correct gives the failures of a settled run back with the rows corrected, and
// works on them through more of the same. Nothing is bought twice, and what was
// answered stays as it is.
func (w *world) correct(rng *rand.Rand, before life) life {
	w.t.Helper()
	w.file, w.unaskable, w.terms.maxSpend = fixFile, 0, record.Opt[record.Fen]{} // of one run
	corrected := map[int64]bool{}
	for i := range w.cars {
		v := &w.cars[i]
		if len(v.Faults) == 0 && v.Plate != "" {
			continue
		}
		n := 701 // the car without a plate, else the one with a wrong VIN
		if len(v.Faults) > 0 {
			n = 700
		}
		row, line := v.Row, v.Line
		*v = car(n)
		v.Row, v.Line = row, line
		corrected[row] = true
	}
	out := w.untilSettled(rng, w.live(w.randomFate(rng)))
	for i := range before.out.vehicles {
		was, now := &before.out.vehicles[i], &out.out.vehicles[i]
		for d, s := range statusesOf(was) {
			answered := s == record.Found || s == record.NoRecord || s == record.Unsupported
			if answered && !corrected[was.Vehicle.Row] && statusesOf(now)[d] != s {
				w.t.Errorf("row %d: %s was %s, and is %s after a correction of others", was.Vehicle.Row, d, s, statusesOf(now)[d])
			}
		}
	}
	w.checkTruth(out.out)
	return out
}

// A correction in fair weather buys what was corrected and nothing else.
func TestCorrectionBuysWhatWasCorrected(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 20, slowly(3), func(w *world) {
		right := slices.Clone(w.cars)
		for i := range w.cars[:3] {
			w.cars[i].VIN, w.cars[i].Faults = "WRONG", []record.Fault{{Column: record.ColVIN, Reason: "the VIN has 5 characters, it must have 17"}}
		}
		w.cars[0].VIN, w.cars[1].VIN = "WRONG0", "WRONG1"
		first := w.live(fate{})
		if first.ending.Open > 0 || len(first.out.failures) != 9 {
			t.Fatalf("ended with %+v and %d failures", first.ending, len(first.out.failures))
		}
		w.cars, w.file = right, fixFile
		requests := w.sim.Book().Requests()[simulator.WAPIViolations]
		second := w.live(fate{})
		if second.ending.Open > 0 || len(second.out.failures) > 0 {
			t.Fatalf("ended with %+v and %+v", second.ending, second.out.failures)
		}
		if now := w.sim.Book().Requests()[simulator.WAPIViolations]; now != requests+3 {
			t.Errorf("%d violations were asked for, want 3", now-requests)
		}
		if book := record.Fen(w.sim.Book().Total("")); first.money.Sum()+second.money.Sum() != book {
			t.Errorf("the runs cost %+v and %+v, the book says %s", first.money, second.money, book)
		}
		w.checkTruth(second.out)
	})
}

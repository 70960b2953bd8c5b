package simtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/simulator"
)

// deriving makes a world whose cars lack mileage, accident code or both, and whose
// valuations take them from maintenance answers.
func (w *world) deriving(rng *rand.Rand) {
	w.terms.derive, w.terms.defaults = []string{record.ColMileageKM, record.ColAccident}, record.Condition{Accident: "0"}
	for i := range w.cars {
		c := &w.cars[i]
		if c.Condition.Accident = ""; rng.IntN(4) > 0 {
			c.MileageKM = record.Opt[int64]{}
		}
		if rng.IntN(4) == 0 {
			c.Condition.Accident = "1"
		}
	}
}

// checkDerived wants each valuation to be asked with what the input has, else with
// what the car's own report says, and none to be asked without its mileage.
func (w *world) checkDerived(out *outputs) {
	w.t.Helper()
	for i := range out.vehicles {
		v := &out.vehicles[i]
		row, ok := out.valuations[v.Vehicle.VIN]
		if !ok || v.DuplicateOf.OK {
			continue
		}
		sources := strings.Join(row.Asked.Sources(), "; ")
		_, reported := out.reports[v.Vehicle.VIN]
		switch {
		case v.Vehicle.MileageKM.OK:
			if row.Asked.MileageKM != v.Vehicle.MileageKM || strings.Contains(sources, record.ColMileageKM) {
				w.t.Errorf("%s has %v km and was asked about with %v (%s)", row.VIN, v.Vehicle.MileageKM, row.Asked.MileageKM, sources)
			}
		case !reported || !strings.Contains(sources, record.ColMileageKM+": "):
			w.t.Errorf("%s was asked about with %v km (%s), a report: %v", row.VIN, row.Asked.MileageKM, sources, reported)
		case row.Valuation.MileageKM.OK && row.Valuation.MileageKM != row.Asked.MileageKM && len(v.Problems) == 0:
			w.t.Errorf("%s was valued with %v km, and is said to have been asked about with %v", row.VIN, row.Valuation.MileageKM, row.Asked.MileageKM)
		}
		w.checkAccident(out, v, &row)
	}
}

func (w *world) checkAccident(out *outputs, v *sinks.VehicleRow, row *sinks.ValuationRow) {
	w.t.Helper()
	want := v.Vehicle.Condition.Accident
	if want == "" {
		want = "0"
		if r, ok := out.reports[row.VIN]; ok {
			for code, flag := range []record.Flag{1: r.Report.Structural, 2: r.Report.Flood, 3: r.Report.Fire} {
				if flag.OK && flag.V {
					want = fmt.Sprint(code)
				}
			}
		}
	}
	if w.byDefault(v, row) {
		want = w.terms.defaults.Accident
	}
	if row.Asked.Condition.Accident != want {
		w.t.Errorf("%s was asked about with accident code %q, want %q", row.VIN, row.Asked.Condition.Accident, want)
	}
}

// byDefault tells whether a valuation was asked with the default because its
// car's report had failed by then: a retry has bought that since.
func (w *world) byDefault(v *sinks.VehicleRow, row *sinks.ValuationRow) bool {
	derived := strings.Contains(strings.Join(row.Asked.Sources(), "; "), record.ColAccident+": ")
	return v.Vehicle.Condition.Accident == "" && !derived && w.allowed[bookName(record.DatasetMaintenance, &v.Vehicle)] > 0
}

// checkValuedOnce wants no car to be valued twice, whatever the mileage was, but by
// the user's word.
func (w *world) checkValuedOnce() {
	w.t.Helper()
	orders := map[bought]int{}
	for _, e := range w.sim.Book().Entries() {
		if e.Dataset == string(record.DatasetValuation) {
			name, _, _ := strings.Cut(e.Vehicle, "&")
			orders[bought{e.Dataset, name}]++
		}
	}
	for b, n := range orders {
		most := 1 + w.allowed[b]
		if wapiValuation < w.terms.resubmitBelow {
			most *= mostBought * max(w.runs, 1)
		}
		if n > most {
			w.t.Errorf("%s was valued %d times, want %d at most", b.vehicle, n, most)
		}
	}
}

// withoutValuations leaves out what depends on the day on which it was derived.
func (o *outputs) withoutValuations() *outputs {
	out := *o
	out.valuations = nil
	return &out
}

// TestRandomDerived is TestRandom in worlds whose valuations need maintenance
// answers.
func TestRandomDerived(t *testing.T) {
	t.Parallel()
	fair := &fairRuns{}
	if *oneSeed >= 0 {
		randomlyDerived(t, fair, uint64(*oneSeed))
		return
	}
	for seed := *from; seed < *from+max(*seeds/4, 1); seed++ { // a quarter: they are much the same
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomlyDerived(t, fair, uint64(seed))
		})
	}
}

func randomlyDerived(t *testing.T, fair *fairRuns, seed uint64) {
	t.Helper()
	undisturbed := fair.of(t, seed%vendorSeeds).withoutValuations()
	rng := rand.New(rand.NewPCG(seed, 11))
	o := slowly(seed % vendorSeeds)
	o.Desk.Share, o.Desk.Closed = rng.Float64()/2, "18:30-09:00"
	inWorld(t, morning.Add(time.Duration(rng.Int64N(int64(24*time.Hour)))), 1+rng.IntN(5), o, func(w *world) {
		defer func() { t.Logf("%v", w.ends) }()
		w.deriving(rng)
		w.oddRows(rng)
		w.randomTerms(rng)
		out := w.live(w.randomFate(rng))
		for lives := 1; out.killed || out.ending.Open > 0; lives++ {
			if lives == mostLives {
				w.t.Fatalf("not settled after %d lives: %+v", lives, out.ending)
			}
			w.checkValuedOnce()
			w.between(rng, out, lives)
			f := fate{formats: randomFormats(rng)}
			if lives < stormyLives {
				f = w.randomFate(rng)
			}
			out = w.live(f)
		}
		w.checkSettledDerived(undisturbed, out.out)
		w.clear()
		w.terms.maxSpend, w.terms.wait, w.terms.poll.Closed = record.Opt[record.Fen]{}, record.Opt[time.Duration]{}, ratelimit.Hours{}
		out = w.live(fate{retry: true})
		if out.ending.Open > 0 {
			w.t.Fatalf("retried, ended with %+v", out.ending)
		}
		// What failed for want of a mileage may have one now that its report is there.
		out = w.live(fate{retry: true})
		w.checkSettledDerived(undisturbed, out.out)
		w.checkLeft(out.out)
		w.anotherNight(out.out)
	})
}

func (w *world) checkSettledDerived(undisturbed, out *outputs) {
	w.t.Helper()
	w.checkTruth(out)
	w.checkAgainst(undisturbed, out.withoutValuations())
	w.checkDerived(out)
	w.checkValuedOnce()
}

// checkLeft wants nothing to fail any more but what cannot be asked, and what lacks
// a mileage that no report tells.
func (w *world) checkLeft(out *outputs) {
	w.t.Helper()
	for _, f := range out.failures {
		_, reported := out.reports[f.VIN]
		lacks := f.Dataset == record.DatasetValuation && f.Class == record.MissingInput && strings.Contains(f.Code, record.ColMileageKM)
		if lacks && (!reported || len(out.reports[f.VIN].Report.Visits) == 0) || f.Class == record.InvalidInput || f.Code == "plate plate_type" || f.Code == "plate" {
			continue
		}
		w.t.Errorf("still failed: %+v", f)
	}
}

// anotherNight asks about the same cars the next day: mileages have moved by a
// day, and nothing is bought but violations.
func (w *world) anotherNight(before *outputs) {
	w.t.Helper()
	time.Sleep(24 * time.Hour)
	paid := w.paid()
	w.file, w.boughtAgain = "again.csv", record.DatasetViolations
	out := w.live(fate{formats: "csv"})
	now := w.paid()
	for i := range before.vehicles {
		v := &before.vehicles[i]
		row, valued := before.valuations[v.Vehicle.VIN]
		again, ok := out.out.valuations[v.Vehicle.VIN]
		if v.DuplicateOf.OK || !valued {
			continue
		}
		if w.byDefault(v, &row) {
			if again.Asked.Condition.Accident != row.Asked.Condition.Accident { // another question
				paid[record.DatasetValuation] += wapiValuation
			}
			continue
		}
		if !ok || !slices.Equal(again.Asked.Sources(), row.Asked.Sources()) || again.Asked.MileageKM != row.Asked.MileageKM {
			w.t.Errorf("%s was valued as %+v, and the night after as %+v (%v)", row.VIN, row.Asked, again.Asked, ok)
		}
	}
	for _, d := range []record.Dataset{record.DatasetMaintenance, record.DatasetValuation} {
		if now[d] != paid[d] {
			w.t.Errorf("the second night has cost %s for %s", now[d]-paid[d], d)
		}
	}
	w.checkDerived(out.out)
}

// A parked report keeps one vehicle's valuation waiting, and nothing else.
func TestParkedReportKeepsItsValuation(t *testing.T) {
	t.Parallel()
	o := slowly(3)
	o.Desk.Share, o.Desk.Closed = 0.5, "18:30-09:00"
	evening := morning.Add(9 * time.Hour)
	inWorld(t, evening, 20, o, func(w *world) {
		w.terms.poll.Closed, _ = ratelimit.ParseHours("18:30-09:00")
		w.terms.derive, w.terms.defaults = []string{record.ColMileageKM}, record.Condition{Accident: "0"}
		for i := range w.cars {
			w.cars[i].MileageKM = record.Opt[int64]{}
		}
		out := w.live(fate{})
		byStatus := out.out.statuses()
		parked := byStatus[record.DatasetMaintenance][record.Pending]
		if out.ending.Reason != runner.Parked || !out.ending.NextAt.OK || parked == 0 || parked == len(w.cars) {
			t.Fatalf("ended with %+v: %v", out.ending, byStatus)
		}
		if n := byStatus[record.DatasetValuation][record.Pending]; n != parked || byStatus[record.DatasetViolations][record.Pending] != 0 {
			t.Errorf("%d reports are parked: %v", parked, byStatus)
		}
		time.Sleep(time.Until(out.ending.NextAt.V))
		w.mustCall = true
		out = w.finish(fate{})
		w.checkDerived(out.out)
		w.checkExact(out)
		if len(out.out.valuations) < parked {
			t.Errorf("%d valuations", len(out.out.valuations))
		}
	})
}

// Where the budget ends between a report and its valuation, the valuation is bought
// later, with what the report says.
func TestBudgetEndsBeforeTheValuation(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 10, slowly(5), func(w *world) {
		w.terms.derive = []string{record.ColMileageKM}
		w.terms.maintenance = []string{simulator.Tencent}
		for i := range w.cars {
			w.cars[i].MileageKM = record.Opt[int64]{}
		}
		w.terms.maxSpend = record.Some[record.Fen](10*tencentMaintenance + 10*wapiViolations + 2*wapiValuation)
		out := w.live(fate{})
		if out.ending.Reason != runner.OutOfBudget {
			t.Fatalf("ended with %+v", out.ending)
		}
		w.terms.maxSpend = record.Opt[record.Fen]{}
		out = w.live(fate{})
		if out.ending.Open > 0 {
			t.Errorf("ended with %+v", out.ending)
		}
		w.checkDerived(out.out)
		w.checkValuedOnce()
		w.checkExact(out)
	})
}

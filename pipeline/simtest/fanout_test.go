package simtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/simulator"
)

func (w *world) asksAll(d record.Dataset) bool {
	return d == record.DatasetMaintenance && w.terms.mode == policy.RouteAll
}

// checkTruthOfAll wants every vendor's report to be what that vendor knows.
func (w *world) checkTruthOfAll(out *outputs, v *sinks.VehicleRow) {
	w.t.Helper()
	car := v.Vehicle
	if v.Maintenance == record.Pending || v.Maintenance == record.NotRequested || v.DuplicateOf.OK {
		return
	}
	failed := slices.ContainsFunc(out.failures, func(f sinks.FailureRow) bool { return f.VIN == car.VIN && f.Dataset == record.DatasetMaintenance })
	known := 0
	for _, vendor := range w.terms.maintenance {
		want := w.sim.Outcome(vendor, car.VIN, car.EngineNo) == string(record.Found)
		first, has := out.reports[car.VIN]
		if has = has && first.Vendor == vendor; !has {
			_, has = out.beside[car.VIN+" "+vendor]
		}
		if want {
			known++
		}
		if has && !want || want && !has && !failed && v.Maintenance != record.Found {
			w.t.Errorf("%s: a report of %s: %v, it knows one: %v", car.VIN, vendor, has, want)
		}
	}
	if !failed && (known > 0) != (v.Maintenance == record.Found) {
		w.t.Errorf("%s is %s, and %d vendors know it", car.VIN, v.Maintenance, known)
	}
}

// Every vendor of the route is asked about every vehicle once, and neither
// another run nor the other mode buys anything again.
func TestEveryVendorIsAskedOnce(t *testing.T) {
	t.Parallel()
	inWorld(t, morning, 60, slowly(4), func(w *world) {
		w.terms.mode = policy.RouteAll
		out := w.finishWell(fate{formats: "parquet,csv"})
		if r := w.sim.Book().Requests(); r[simulator.TencentOrder] != 60 || r[simulator.WAPISubmit] != 60 {
			t.Errorf("calls: %v", r)
		}
		if len(out.out.beside) < 40 {
			t.Errorf("only %d vehicles are told of by both", len(out.out.beside))
		}
		w.checkTruth(out.out)
		paid := w.paid()
		for i, mode := range []policy.RouteMode{policy.RouteFirst, policy.RouteAll} {
			w.mixed = true
			w.file, w.terms.mode, w.boughtAgain = fmt.Sprint("again", i), mode, record.DatasetViolations
			again := w.finish(fate{})
			w.checkTruth(again.out)
			if now := w.paid(); now[record.DatasetMaintenance] != paid[record.DatasetMaintenance] {
				t.Errorf("reports for %s were bought again in mode %s", now[record.DatasetMaintenance]-paid[record.DatasetMaintenance], mode)
			}
		}
	})
}

// The user changes the mode while orders are on their way: what one run waits
// for the other one follows, and each vendor is paid once.
func TestTheModeChangesWhileOrdersAreOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(few(1, 8)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			inWorld(t, morning, 60, slowly(seed), func(w *world) {
				modes := []policy.RouteMode{policy.RouteFirst, policy.RouteAll}
				if seed%2 == 1 {
					slices.Reverse(modes)
				}
				w.terms.mode, w.terms.wait = modes[0], record.Some[time.Duration](0)
				if out := w.live(fate{}); out.ending.Reason != runner.Parked {
					t.Fatalf("ended with %+v", out.ending)
				}
				w.terms.wait = record.Opt[time.Duration]{}
				if seed%4 > 1 { // some are answered by then
					w.terms.wait = record.Some(time.Minute)
					w.live(fate{})
					w.terms.wait = record.Opt[time.Duration]{}
				}
				w.terms.mode, w.file, w.boughtAgain, w.mixed = modes[1], "other.csv", record.DatasetViolations, true
				out := w.finish(fate{})
				w.checkTruth(out.out)
				w.terms.mode, w.file = modes[0], "fleet.csv"
				out = w.finish(fate{})
				w.checkTruth(out.out)
				if r := w.sim.Book().Requests(); r[simulator.TencentOrder] != 60 || r[simulator.WAPISubmit] != 60 {
					t.Errorf("calls: %v", r)
				}
			})
		})
	}
}

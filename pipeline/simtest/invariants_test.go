package simtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/runner"
	"vehiclebatch/ratelimit"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors/simulator"
)

// settledIn reads what is settled on disk, by lookup.
func (w *world) settledIn(l *sqlite.Ledger) map[int64]string {
	w.t.Helper()
	ctx := context.Background()
	runs, err := l.Runs(ctx)
	must(w.t, err)
	now := map[int64]string{}
	for _, r := range runs {
		if r.State == ledger.RunPlanning { // it will be planned anew
			continue
		}
		must(w.t, l.Rows(ctx, r, func(row *ledger.Row) error {
			for _, a := range row.Lookups {
				if k := a.Lookup; !k.State.Open() {
					now[k.ID] = fmt.Sprintln(k.State, k.Vendor, k.Ticket, k.Answer, k.AnsweredAt, k.Stage, k.Class, k.Code, a.Charged, a.Unknown)
				}
			}
			return nil
		}))
	}
	return now
}

// checkSettled holds what is settled on disk against what was settled before.
func (w *world) checkSettled(l *sqlite.Ledger) {
	w.t.Helper()
	now := w.settledIn(l)
	for id, was := range w.settled {
		if now[id] != was && !w.reopened[id] {
			w.t.Errorf("lookup %d was settled as %q and is now %q", id, was, now[id])
		}
	}
	w.settled = now
}

// rememberSettled is called when a process dies, with others of its goroutines
// at work: a row may change while it is read. What is read twice alike was
// committed before the death, and the next life must find it.
func (w *world) rememberSettled(l *sqlite.Ledger) {
	w.t.Helper()
	once, twice := w.settledIn(l), w.settledIn(l)
	for id, text := range once {
		if _, known := w.settled[id]; !known && twice[id] == text {
			w.settled[id] = text
		}
	}
}

// checkBooks holds the ledger of a life that ended by itself against the
// vendors' book and against its own outputs.
func (w *world) checkBooks(l *sqlite.Ledger, run ledger.Run, out *life) {
	w.t.Helper()
	ctx := context.Background()
	w.checkStates(l, run, out)
	unresolved, err := l.Unresolved(ctx)
	must(w.t, err)
	if len(unresolved) > 0 {
		w.t.Errorf("%d calls are still under way after the end", len(unresolved))
	}
	released, err := l.Unblocked(ctx, run, 0, 9)
	must(w.t, err)
	if len(released) > 0 {
		w.t.Errorf("lookup %d still waits for one that is settled", released[0].Lookup.ID)
	}
	w.checkMoney(l)
	w.checkDoubles()
	w.checkDoubts(out)
	w.checkEmpty(out)
	w.checkAsked(l, out)
	spend, err := l.Spend(ctx, run)
	must(w.t, err)
	var sum ledger.Totals
	for _, s := range spend {
		sum.Charged, sum.Reserved, sum.Unknown = sum.Charged+s.Charged, sum.Reserved+s.Reserved, sum.Unknown+s.Unknown
	}
	if sum != out.money {
		w.t.Errorf("the ledger's file says %+v, its memory %+v", sum, out.money)
	}
	if out.ending.Open == 0 && sum.Reserved != 0 {
		w.t.Errorf("everything is settled and %s still reserved", sum.Reserved)
	}
}

// checkStates wants every lookup of the input in exactly one state, and the
// ending to agree with the rows.
func (w *world) checkStates(l *sqlite.Ledger, run ledger.Run, out *life) {
	w.t.Helper()
	if n := len(out.out.vehicles); n != len(w.cars) {
		w.t.Errorf("%d rows of vehicles, want %d", n, len(w.cars))
	}
	cars := w.differentCars()
	for d, byStatus := range out.out.statuses() {
		n := 0
		for _, of := range byStatus {
			n += of
		}
		if wanted := slices.Contains(w.terms.datasets, d); n != cars || wanted == (byStatus[record.NotRequested] > 0) {
			w.t.Errorf("%s: %v for %d vehicles", d, byStatus, cars)
		}
	}
	counts, err := l.Counts(context.Background(), run)
	must(w.t, err)
	w.checkEnding(runner.SumStatuses(counts), out)
	for d, byStatus := range runner.SumStatuses(counts) {
		if w.asksAll(d) {
			continue // a row has one status of several lookups
		}
		for s, n := range byStatus {
			if int(n) != out.out.statuses()[d][s] {
				w.t.Errorf("%s %s: the ledger counts %d, the outputs %d", d, s, n, out.out.statuses()[d][s])
			}
		}
	}
	w.checkReason(out)
	w.checkNextAt(l, out)
	w.checkPlaces(out.out)
}

// checkEnding wants the ending and the failure ledger to agree with the lookups.
func (w *world) checkEnding(counts runner.Statuses, out *life) {
	w.t.Helper()
	var pending int64
	failures := 0
	for _, byStatus := range counts {
		pending += byStatus[record.Pending]
		failures += int(byStatus[record.Failed] + byStatus[record.InDoubt])
	}
	if pending != out.ending.Open || (pending == 0) != (out.ending.Reason == runner.AllSettled) {
		w.t.Errorf("%d lookups are pending after %+v", pending, out.ending)
	}
	if len(out.out.failures) != failures {
		w.t.Errorf("%d rows of failures, want %d", len(out.out.failures), failures)
	}
}

// checkReason wants a drive to end for a reason that there was.
func (w *world) checkReason(out *life) {
	w.t.Helper()
	reasons := map[runner.Reason]bool{
		runner.AllSettled:  true,
		runner.Parked:      w.terms.wait.OK || w.terms.poll.Closed != ratelimit.Hours{} && out.ending.NextAt.OK,
		runner.OutOfBudget: w.terms.maxSpend.OK,
		runner.Halted:      len(out.ending.Halts) > 0,
		runner.Interrupted: out.stopped,
		runner.OutOfRoom:   w.space != nil,
	}
	if !reasons[out.ending.Reason] {
		w.t.Errorf("ended for no reason that there is: %+v", out.ending)
	}
}

// checkNextAt wants the moment at which a parked drive says to go on to be the
// one at which the next ticket is due.
func (w *world) checkNextAt(l *sqlite.Ledger, out *life) {
	w.t.Helper()
	next := out.ending.NextAt
	if out.ending.Reason != runner.Parked || !next.OK {
		return
	}
	var due record.Opt[time.Time]
	for vendor := range prices() {
		at, err := l.NextPoll(context.Background(), vendor, time.UnixMicro(1))
		must(w.t, err)
		if takesNoCalls(out, vendor) {
			continue
		}
		if at.OK && (!due.OK || at.V.Before(due.V)) {
			due = at
		}
	}
	if !due.OK || next.V.UnixMicro() != due.V.UnixMicro() {
		w.t.Errorf("parked until %s, and the next ticket is due at %s (%v)", next.V, due.V, due.OK)
	}
}

// takesNoCalls tells whether a vendor was halted wholly: without money it takes no
// orders, and its tickets are asked for all the same.
func takesNoCalls(out *life, vendor string) bool {
	return slices.ContainsFunc(out.ending.Halts, func(h ledger.Halt) bool { return h.Vendor == vendor && h.Stops == ledger.StopsCalls })
}

// checkCalled wants a life that begins when a ticket is due, and that nothing
// ends early, to call.
func (w *world) checkCalled(f fate, out *life) {
	w.t.Helper()
	if w.mustCall && !out.stopped && len(f.happens) == 0 && out.events[callLeaves] == 0 {
		w.t.Errorf("a ticket was due, and nobody was called: %+v", out.ending)
	}
	w.mustCall = false
}

// checkPlaces wants every lookup in one place: in the table of its dataset, in
// the failure ledger, or, while it is pending, in neither.
func (w *world) checkPlaces(o *outputs) {
	w.t.Helper()
	type place struct {
		row     int64
		dataset record.Dataset
	}
	failures := map[place]int{}
	for _, f := range o.failures {
		failures[place{f.Row, f.Dataset}]++
	}
	for i := range o.vehicles {
		v := &o.vehicles[i]
		if v.DuplicateOf.OK {
			continue
		}
		for d, s := range statusesOf(v) {
			failed, tabled := s == record.Failed || s == record.InDoubt, o.inTable(d, v.Vehicle.VIN)
			n := failures[place{v.Vehicle.Row, d}]
			if w.asksAll(d) && n > 0 && n <= len(w.terms.maintenance) {
				n, failed = 1, true // one vendor may have failed beside another
			}
			if (n == 1) != failed || n > 1 || tabled && s != record.Found ||
				!tabled && s == record.Found && d != record.DatasetViolations {
				w.t.Errorf("row %d, %s is %s: %d rows in the failure ledger, in its table: %v", v.Vehicle.Row, d, s, n, tabled)
			}
		}
	}
}

func (o *outputs) inTable(d record.Dataset, vin string) (ok bool) {
	switch d {
	case record.DatasetMaintenance:
		_, ok = o.reports[vin]
	case record.DatasetValuation:
		_, ok = o.valuations[vin]
	default:
		ok = len(o.violations[vin]) > 0
	}
	return ok
}

// differentCars counts the cars of the input, but for those that come again.
func (w *world) differentCars() int {
	vins := map[string]bool{}
	for _, c := range w.cars {
		vins[c.VIN] = true
	}
	return len(vins)
}

// question is what the simulator's book knows of a lookup.
type question struct{ vendor, dataset string }

// checkMoney wants every charge in the book to be charged, reserved or unknown
// in the ledger, and every charge that the ledger is sure of in the book.
func (w *world) checkMoney(l *sqlite.Ledger) {
	w.t.Helper()
	ctx := context.Background()
	booked := map[question]record.Fen{}
	for _, e := range w.sim.Book().Entries() {
		booked[question{e.Vendor, e.Dataset}] += record.Fen(e.Fen)
	}
	ours := map[question]ledger.Totals{}
	runs, err := l.Runs(ctx)
	must(w.t, err)
	w.runs = len(runs)
	for _, r := range runs {
		spend, err := l.Spend(ctx, r)
		must(w.t, err)
		for _, s := range spend {
			t := ours[question{s.Vendor, string(s.Dataset)}]
			t.Charged, t.Reserved, t.Unknown = t.Charged+s.Charged, t.Reserved+s.Reserved, t.Unknown+s.Unknown
			ours[question{s.Vendor, string(s.Dataset)}] = t
		}
	}
	for _, q := range slices.Collect(maps.Keys(ours)) {
		booked[q] += 0
	}
	for q, fen := range booked {
		if t := ours[q]; fen > t.Sum() || t.Charged > fen {
			w.t.Errorf("%s %s: the vendor booked %s, the ledger says %+v", q.vendor, q.dataset, fen, t)
		}
	}
}

// mostBought is how often a run may buy a lookup that is cheap enough to be
// bought again unasked.
const mostBought = 3

// bought is a lookup as the vendors' book names it.
type bought struct{ dataset, vehicle string }

// bookName is how the book names what a lookup is about: a valuation knows no
// vehicle, but no two cars of a fleet have the same model.
func bookName(d record.Dataset, v *record.Vehicle) bought {
	if d == record.DatasetValuation {
		return bought{string(d), "car_type_id=" + v.ModelID}
	}
	return bought{string(d), v.VIN}
}

// letReopen allows what failed, or is in doubt, to change and to be bought once
// more: the user has said so.
func (w *world) letReopen(ctx context.Context, l *sqlite.Ledger, run ledger.Run) error {
	w.reopened = map[int64]bool{}
	return l.Failures(ctx, run, ledger.Filter{}, func(k ledger.Work) error {
		w.reopened[k.Lookup.ID] = true
		w.allowed[bookName(k.Lookup.Dataset, &k.Vehicle)]++
		return nil
	})
}

// checkDoubles wants nothing bought twice but what the user's words and the
// terms allow.
func (w *world) checkDoubles() {
	w.t.Helper()
	doubles := w.sim.Book().Doubles()
	for _, d := range doubles[:min(len(doubles), 5)] {
		if d.Dataset == string(w.boughtAgain) {
			continue
		}
		name, _, _ := strings.Cut(d.Vehicle, "&")
		most := 1 + w.allowed[bought{d.Dataset, name}]
		if prices()[d.Vendor][record.Dataset(d.Dataset)] < w.terms.resubmitBelow {
			most *= mostBought * w.runs
		}
		if d.Orders > most || d.Charges > most {
			w.t.Errorf("bought more often than %d times: %+v", most, d)
		}
	}
}

// checkExact wants the ledger to be sure of every charge, and right.
func (w *world) checkExact(out life) {
	w.t.Helper()
	if book := record.Fen(w.sim.Book().Total("")); out.money != (ledger.Totals{Charged: book}) {
		w.t.Errorf("the ledger says %+v, the book %s", out.money, book)
	}
}

// checkTruth wants the settled reports to be what the vendors know.
func (w *world) checkTruth(out *outputs) {
	w.t.Helper()
	for i := range out.vehicles {
		v := &out.vehicles[i]
		car := v.Vehicle
		if w.asksAll(record.DatasetMaintenance) {
			w.checkTruthOfAll(out, v)
			continue
		}
		vendor, want := simulator.Tencent, w.sim.Outcome(simulator.Tencent, car.VIN, car.EngineNo)
		if want != string(record.Found) {
			vendor, want = simulator.WAPI, w.sim.Outcome(simulator.WAPI, car.VIN, car.EngineNo)
		}
		if v.Maintenance == record.Pending || v.Maintenance == record.Failed || v.Maintenance == record.InDoubt || v.Maintenance == record.NotRequested {
			continue
		}
		if string(v.Maintenance) != want {
			w.t.Errorf("%s is %s, the vendors say %s", car.VIN, v.Maintenance, want)
		}
		if r := out.reports[car.VIN]; w.mixed && w.sim.Outcome(r.Vendor, car.VIN, car.EngineNo) == string(record.Found) {
			vendor = r.Vendor
		}
		if r, ok := out.reports[car.VIN]; ok != (v.Maintenance == record.Found) || ok && r.Vendor != vendor {
			w.t.Errorf("%s: a report %v of %s, want one of %s", car.VIN, ok, r.Vendor, vendor)
		}
	}
}

// checkAgainst holds the settled answers against those of an undisturbed run.
func (w *world) checkAgainst(undisturbed, out *outputs) {
	w.t.Helper()
	known := map[string]bool{}
	for _, v := range undisturbed.vehicles {
		known[v.Vehicle.VIN] = true
	}
	for vin, r := range out.reports {
		if !known[vin] {
			continue
		}
		want := undisturbed.reports[vin]
		if w.mixed || w.asksAll(record.DatasetMaintenance) {
			if r.Vendor != want.Vendor {
				continue
			}
			r.Report.OdometerRollback = want.Report.OdometerRollback // it rests on what all say
		}
		if got, want := reportText(&r), reportText(&want); !strings.HasPrefix(want, got) {
			w.t.Errorf("the report on %s differs from an undisturbed run's:\n%s\n%s", vin, got, want)
		}
	}
	for i, v := range out.vehicles {
		if !known[v.Vehicle.VIN] || v.DuplicateOf.OK {
			continue
		}
		r, ok := out.valuations[v.Vehicle.VIN]
		want := undisturbed.valuations[v.Vehicle.VIN]
		// A valuation names no vehicle: one that answers another question is
		// kept, with a remark.
		if ok && r.Valuation != want.Valuation && len(v.Problems) == len(undisturbed.vehicles[i].Problems) {
			w.t.Errorf("the valuation of %s is %+v, in an undisturbed run %+v", r.VIN, r.Valuation, want.Valuation)
		}
	}
	for i, v := range out.vehicles {
		if !known[v.Vehicle.VIN] || v.DuplicateOf.OK {
			continue
		}
		got, want := out.violations[v.Vehicle.VIN], undisturbed.violations[v.Vehicle.VIN]
		if v.Violations != record.Found {
			continue
		}
		if fmt.Sprint(violationsText(got)) != fmt.Sprint(violationsText(want)) || undisturbed.vehicles[i].Violations != record.Found {
			w.t.Errorf("the violations of %s are %v, in an undisturbed run %v", v.Vehicle.VIN, got, want)
		}
	}
}

// reportText is what a report says of the car's past. What a vendor works out
// for the day of the order is left out. A car that has been to a workshop since
// the world began has another report: what it says of the visits before counts.
func reportText(r *sinks.ReportRow) string {
	p := r.Report
	p.MileageEstimateKM, p.ServicesPerYear = record.Opt[int64]{}, ""
	text := fmt.Sprintf("%s %s %s %+v", r.Vendor, p.Brand, p.Model, p.FirstVisit)
	for _, v := range p.Visits {
		if v.Date.V < record.DateOf(morning) {
			text += fmt.Sprintf(" %s:%d", v.Date.V, v.MileageKM.V)
		}
	}
	if p.LastVisit.V < record.DateOf(morning) {
		text += fmt.Sprintf(" %+v", p)
	}
	return text
}

func violationsText(rows []sinks.ViolationRow) []record.Violation {
	var out []record.Violation
	for _, r := range rows {
		out = append(out, r.Violation)
	}
	return out
}

package pipeline

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/ratelimit"
	"vehiclebatch/vendors"
)

// A bill that has the ticket of a lookup whose place another has taken.
func TestBillOfPassedLookup(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	fallBackOn(b.p, record.DatasetMaintenance, record.NoRecord, record.Failed)
	b.knows()
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "answered unknown garbled") // failed, no ticket; goes on to bolt
	b.wants(run, "1 | maintenance bolt planned\n")
	b.buy(run, "bolt", "answered yes")
	run = b.finish(run)
	b.settlesBill(billLine(car().VIN, "T9")+billLine(witness().VIN, ""), reconcileOptions())
	for id := int64(1); id < 5; id++ {
		if k, err := b.l.LookupByID(t.Context(), id); err == nil {
			t.Logf("lookup %d: %s %s lead %d passed %d ticket %q", id, k.Vendor, k.State, k.Lead, k.Passed, k.Ticket)
			if k.Passed != 0 && k.State.Open() {
				t.Errorf("lookup %d is open though lookup %d has taken its place: the rule StrayPass refuses the ledger", id, k.Passed)
			}
		}
	}
	b.wants(run, "1 | maintenance bolt found\n")
	// and if it is polled and ends without a record, a third one is asked
	due, err := b.l.Due(t.Context(), "acme", b.now.Add(time.Hour), 10)
	b.must(err)
	for _, w := range due {
		b.answer(w, vendors.Poll, "no_record yes")
	}
	b.wants(run, "1 | maintenance bolt found\n")
}

// A valuation failed for want of its maintenance answer, which failed at the second vendor.
func TestRetryOfBothAfterFallback(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	b.derivesWithoutDefault()
	run := b.plan(both, unreadCar())
	b.buy(run, "acme", "no_record no")
	b.buy(run, "bolt", "refused no")
	b.goOn(run)
	t.Log("\n" + b.describe(run))
	got, err := PlanRetry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	if got.Lookups != 2 || got.Kept != 0 {
		t.Errorf("retry would open %+v, want both", got)
	}
	run, err = Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	t.Log("\n" + b.describe(run))
	b.goOn(run)
	b.buy(run, "bolt", history)
	b.goOn(run)
	if d := b.describe(run); !strings.Contains(d, "valuation acme planned") {
		t.Errorf("stands\n%s", d)
	}
}

// The route is changed to and fro.
func TestRouteToAndFro(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	w := b.intend(run, "acme")
	b.answer(w, vendors.Submit, "busy no") // not taken
	b.wants(run, "1 | maintenance acme planned\n")
	b.routes("bolt")
	b.must(Refresh(t.Context(), b.l, b.p, run))
	b.wants(run, "1 | maintenance bolt planned\n")
	b.routes("acme")
	b.must(Refresh(t.Context(), b.l, b.p, run))
	b.wants(run, "1 | maintenance acme planned\n")
	b.now = b.now.Add(24 * time.Hour)
	// what would be sent to bolt, which the user has taken off the route
	work, err := b.l.Sendable(t.Context(), run.Seq, "bolt", b.now, nil, 1)
	b.must(err)
	for _, w := range work {
		r := &resolver{b.l, b.p}
		_, elsewhere, err := r.lastLook(t.Context(), w)
		b.must(err)
		if !elsewhere {
			t.Errorf("lookup %d is sent to %s, which is not on the route", w.Lookup.ID, w.Lookup.Vendor)
		}
	}
}

// A purge and a doubt at the second vendor of a dataset that is not maintenance.
func TestPurgeKeepsTheVehicleOfADoubt(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	bolt := b.p.Sellers["bolt"]
	st := bolt.Vendor.(*stub)
	st.offers = append(st.offers, vendors.Offer{Dataset: record.DatasetViolations, Requires: []string{record.ColPlate}})
	bolt.Offers = st.offers
	bolt.Prices[record.DatasetViolations] = 3000
	b.p.Routes[record.DatasetViolations] = Route{Vendors: []string{"acme", "bolt"}, FallbackOn: []record.Status{record.NoRecord}, MaxAge: 20 * time.Hour}
	run := b.plan(only(record.DatasetViolations), car())
	b.buy(run, "acme", "no_record no")
	b.buy(run, "bolt", "unknown")
	run = b.finish(run)
	b.must(repair.Purge(t.Context(), b.l, []ledger.Run{run}))
	rows := b.rows(run)
	k := rows[0].Lookups[0].Lookup
	if k.State != ledger.InDoubt || rows[0].Vehicle.VIN == "" {
		t.Errorf("after the purge the lookup is %s at %s, about VIN %q", k.State, k.Vendor, rows[0].Vehicle.VIN)
	}
}

// What a row has cost whose second vendor is in doubt in another run.
func TestCostOfARequestHeldByAnothersDoubt(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "no_record yes") // ¥17
	b.routes("bolt")
	other := b.plan(only(record.DatasetMaintenance), car())
	b.buy(other, "bolt", "unknown")
	b.routes("acme", "bolt")
	b.must(Refresh(t.Context(), b.l, b.p, run))
	a := b.rows(run)[0].Lookups[0]
	b.must(b.l.WatchMoney(t.Context(), run))
	t.Logf("%s %s; spent by the run %+v", a.Lookup.Vendor, a.Lookup.State, b.l.Money())
	if a.Charged != 1700 {
		t.Errorf("the row has cost %d, the run %d", a.Charged, b.l.Money().Charged)
	}
}

// One of this run that follows an order of another whose request goes on, and is in doubt at once.
func TestFollowersAreWoken(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	w := b.buy(first, "acme", "ticket T1 yes")
	run := b.plan(only(record.DatasetMaintenance), car())
	b.wants(run, "1 | maintenance acme following\n")
	b.now = b.now.Add(time.Hour)
	b.p.Loss = ledger.Loss{At: b.now, What: "something"}
	b.now = b.now.Add(time.Hour)
	for _, s := range b.p.Sellers {
		s.Pace, s.InFlight = ratelimit.New(ratelimit.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, still{noon}, 0), 4
	}
	d, err := NewDrive(t.Context(), b.l, b.p, run, still{noon}, slog.New(slog.DiscardHandler))
	b.must(err)
	d.calls = t.Context()
	s := d.stations["acme"]
	s.window.sendsAt = never // it has looked, and found nothing to send
	r := lookup.Result{Received: b.now, Outcome: vendors.Outcome{Kind: vendors.NoRecord, Billed: vendors.BilledYes}}
	b.must(s.decide(w, vendors.Poll, r, b.l.Advance))
	t.Log("\n" + b.describe(first) + b.describe(run))
	if s.window.sendsAt.Equal(never) {
		t.Error("the station does not know that there is something to send")
	}
}

// The user's word, and the route that changes afterwards, before it was sent (0) and after it was not taken (1).
func TestTheUsersWordSurvivesARoute(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{false, true} {
		b := newBed(t)
		other := b.plan(only(record.DatasetMaintenance), car())
		b.routes("bolt")
		third := b.plan(only(record.DatasetMaintenance), car())
		b.buy(other, "acme", "unknown")
		b.buy(third, "bolt", "unknown")
		b.routes("acme", "bolt")
		b.now = b.now.Add(time.Minute)
		run := b.plan(only(record.DatasetMaintenance), car())
		b.wants(run, "1 | maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown\n")
		run = b.finish(run)
		run, err := Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
		b.must(err)
		if sent {
			b.answer(b.intend(run, "acme"), vendors.Submit, "busy no")
		}
		b.routes("bolt")
		b.must(Refresh(t.Context(), b.l, b.p, run))
		b.wants(run, "1 | maintenance bolt planned\n")
		work, err := b.l.Sendable(t.Context(), run.Seq, "bolt", b.now.Add(time.Hour), nil, 1)
		b.must(err)
		if len(work) == 1 {
			step, elsewhere, err := (&resolver{b.l, b.p}).lastLook(t.Context(), work[0])
			b.must(err)
			if elsewhere {
				t.Errorf("sent before %v: it is %s: %s", sent, step.Stands().State, step.Stands().Message)
			}
		}
	}
}

// A lookup that was sent stays with its vendor: also where retry derives.
func TestRetryThatDerivesKeepsTheVendor(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	bolt := b.p.Sellers["bolt"]
	st := bolt.Vendor.(*stub)
	st.offers = append(st.offers, vendors.Offer{Dataset: record.DatasetValuation, Requires: []string{record.ColVIN, record.ColMileageKM}})
	bolt.Offers = st.offers
	bolt.Prices[record.DatasetValuation] = 700
	run := b.plan(both, unreadCar())
	work, err := b.l.Sendable(t.Context(), run.Seq, "acme", b.now, nil, 10)
	b.must(err)
	for _, w := range work {
		body := history
		if w.Lookup.Dataset == record.DatasetValuation {
			body = "refused yes"
		}
		w, err := b.l.Intend(w, 500, b.p.MaxSpend)
		b.must(err)
		b.answer(w, vendors.Submit, body)
	}
	run = b.finish(run)
	b.p.Routes[record.DatasetValuation] = Route{Vendors: []string{"bolt"}, MaxAge: 720 * time.Hour, Derive: []string{record.ColMileageKM}}
	t.Log("\n" + b.describe(run))
	run, err = Retry(t.Context(), b.l, b.p, run, ledger.Filter{})
	b.must(err)
	b.goOn(run)
	t.Log("\n" + b.describe(run))
	for id := int64(1); id < 6; id++ {
		if k, err := b.l.LookupByID(t.Context(), id); err == nil && k.Dataset == record.DatasetValuation && k.Attempts > 0 && k.Vendor != "acme" {
			t.Errorf("lookup %d was sent to acme and is at %s now (%s)", id, k.Vendor, k.State)
		}
	}
}

// Without an age, one that followed buys what it was just told.
func TestWhatFollowedIsNotBoughtAgainAtTheSameVendor(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	r := b.p.Routes[record.DatasetMaintenance]
	r.MaxAge = 0
	b.p.Routes[record.DatasetMaintenance] = r
	first := b.plan(only(record.DatasetMaintenance), car())
	w := b.buy(first, "acme", "ticket T1 yes")
	run := b.plan(only(record.DatasetMaintenance), car())
	b.wants(run, "1 | maintenance acme following\n")
	b.answer(w, vendors.Poll, "no_record yes")
	t.Log("\n" + b.describe(first) + b.describe(run))
	for _, vendor := range []string{"acme", "bolt"} {
		work, err := b.l.Sendable(t.Context(), run.Seq, vendor, b.now, nil, 1)
		b.must(err)
		for _, w := range work {
			step, elsewhere, err := (&resolver{b.l, b.p}).lastLook(t.Context(), w)
			b.must(err)
			if at := step.Stands(); elsewhere && at.Vendor != "bolt" || !elsewhere && vendor != "bolt" {
				t.Errorf("it is %s at %s", at.State, at.Vendor)
			}
		}
	}
}

func reconcileOptions() reconcile.Options {
	return reconcile.Options{Since: noon.Add(-48 * time.Hour), Until: noon.Add(48 * time.Hour)}
}

func (b *bed) print(run ledger.Run) string {
	b.t.Helper()
	text, err := b.l.Fingerprint(b.t.Context(), run, "this program")
	b.must(err)
	return text
}

// A failure that was taken over tells of the order that another run made: what a bill says of that changes the outputs.
func TestFingerprintOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.knows()
	base := b.plan(only(record.DatasetMaintenance), car(), with(car(), func(v *record.Vehicle) { v.VIN, v.Plate = "", ""; v.EngineNo = "1" }))
	b.buy(base, "acme", "answered unknown garbled")
	base = b.finish(base)
	run := b.correct(base, only(record.DatasetMaintenance), nil, nil)
	run = b.finish(run)
	was, before := b.rows(run)[0].Lookups[0].Last.Billed, b.print(run)
	b.settlesBill(billLine(car().VIN, "")+billLine(witness().VIN, ""), reconcile.Options{Since: noon.Add(-48 * time.Hour), Until: noon.Add(48 * time.Hour)})
	is, after := b.rows(run)[0].Lookups[0].Last.Billed, b.print(run)
	t.Logf("the failure's last order was billed %q, and is billed %q", was, is)
	if was != is && before == after {
		t.Error("the fingerprint is the same")
	}
}

// An answer that another run reads again is none that came since, and what is told against it is another change.
func TestFingerprintOfAnEarlierAnswerReadAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	r := b.p.Routes[record.DatasetMaintenance]
	r.MaxAge = time.Second
	b.p.Routes[record.DatasetMaintenance] = r
	first := b.plan(only(record.DatasetMaintenance), car())
	b.buy(first, "acme", "answered yes garbled")
	first = b.finish(first)
	b.now = b.now.Add(always)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "answered yes")
	run = b.finish(run)
	span, err := b.l.Before(t.Context(), run)
	b.must(err)
	earlier := func() (found bool) {
		b.must(b.l.RowsSince(t.Context(), run, span, func(r *ledger.Row) error { found = r.Lookups[0].Earlier != nil; return nil }))
		return found
	}
	was, before := earlier(), b.print(run)
	b.p.Sellers["acme"].Vendor = wiser{b.p.Sellers["acme"].Vendor}
	_, err = Retry(t.Context(), b.l, b.p, first, ledger.Filter{})
	b.must(err)
	is, after := earlier(), b.print(run)
	t.Logf("an earlier answer: %v, then %v", was, is)
	if was != is && before == after {
		t.Error("the fingerprint is the same")
	}
}

// The order behind a doubt that an older run has taken over from a younger one.
func TestSenderOfAnOlderRun(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	second := b.plan(only(record.DatasetMaintenance), car())
	b.buy(second, "acme", "unknown")
	b.must(Refresh(t.Context(), b.l, b.p, first))
	k := b.lookup(first)
	s, err := b.l.Sender(t.Context(), k)
	b.must(err)
	if s.Attempts == 0 {
		t.Errorf("lookup %d (%s, source %d): its sender is %d, which has sent nothing", k.ID, k.State, k.Source, s.ID)
	}
}

// What retry would pay again, where the vendor of the last lookup is gone and the first one was paid.
func TestRetryCountsWhatTheFirstVendorWasPaid(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	fallBackOn(b.p, record.DatasetMaintenance, record.Failed)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "answered yes garbled")
	b.buy(run, "bolt", "refused no")
	t.Log(b.describe(run))
	b.routes("acme")
	b.retries(run, ledger.Filter{}, Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	t.Log(b.describe(run))
}
func TestLedgerOpensAfterABill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := newBed(t)
	open := func() {
		l, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: func() time.Time { return b.now }, Command: "test"})
		b.must(err)
		b.l = l
	}
	old := b.l
	open()
	fallBackOn(b.p, record.DatasetMaintenance, record.NoRecord, record.Failed)
	b.knows()
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "answered unknown garbled")
	b.buy(run, "bolt", "answered yes")
	b.finish(run)
	b.settlesBill(billLine(car().VIN, "T9")+billLine(witness().VIN, ""), reconcile.Options{Since: noon.Add(-48 * time.Hour), Until: noon.Add(48 * time.Hour)})
	b.must(b.l.Close())
	b.l = old
	l, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: func() time.Time { return b.now }, Command: "test"})
	if err != nil {
		t.Fatal(err)
	}
	b.must(l.Close())
}

// A purge gives new checksums to what it has changed, and to nothing else: a row of another run that was changed
// on the disk is still found.
func TestPurgeBelievesNoOtherRow(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	b.buy(first, "acme", "answered yes")
	first = b.finish(first)
	second := b.plan(only(record.DatasetMaintenance), witness())
	b.buy(second, "acme", "answered yes")
	b.finish(second)
	b.must(b.l.Maintain(func(c sqlite.Changes) error { return c.Exec("UPDATE lookups SET state='no_record' WHERE id=2") }))
	if _, err := b.l.LookupByID(t.Context(), 2); err == nil {
		t.Fatal("what was changed is believed at once")
	}
	b.must(repair.Purge(t.Context(), b.l, []ledger.Run{first}))
	if k, err := b.l.LookupByID(t.Context(), 2); err == nil {
		t.Errorf("after the purge of another run it is believed: %s", k.State)
	}
}

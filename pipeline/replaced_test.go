package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/reconcile"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/resolve"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// A bill that has the ticket of a lookup whose place another has taken.
func TestBillOfReplacedLookup(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.NoRecord, record.Failed)
	b.Knows()
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "answered unknown garbled") // failed, no ticket; goes on to bolt
	b.Wants(run, "1 | maintenance bolt planned\n")
	b.Buy(run, "bolt", "answered yes")
	run = b.Finish(run)
	b.SettlesBill(stagetest.BillLine(stagetest.Car().VIN, "T9")+stagetest.BillLine(stagetest.Witness().VIN, ""), reconcileOptions())
	for id := int64(1); id < 5; id++ {
		if k, err := b.Ledger.LookupByID(t.Context(), id); err == nil {
			t.Logf("lookup %d: %s %s group %d replaced by %d ticket %q", id, k.Vendor, k.State, k.GroupID, k.ReplacedBy, k.Ticket)
			if k.ReplacedBy != 0 && k.State.Open() {
				t.Errorf("lookup %d is open though lookup %d has taken its place: the rule StrayReplacement refuses the ledger", id, k.ReplacedBy)
			}
		}
	}
	b.Wants(run, "1 | maintenance bolt found\n")
	// and if it is polled and ends without a record, a third one is asked
	due, err := b.Ledger.Due(t.Context(), "acme", b.Now.Add(time.Hour), 10)
	b.Must(err)
	for _, w := range due {
		b.Answer(w, vendors.Poll, "no_record yes")
	}
	b.Wants(run, "1 | maintenance bolt found\n")
}

// A valuation failed for want of its maintenance answer, which failed at the second vendor.
func TestRetryOfBothAfterFallback(t *testing.T) {
	t.Parallel()
	b := newDerivingBed(t)
	b.DerivesWithoutDefault()
	run := b.Plan(both, unreadCar())
	b.Buy(run, "acme", "no_record no")
	b.Buy(run, "bolt", "refused no")
	b.GoOn(run)
	t.Log("\n" + b.Describe(run))
	got, err := retry.PlanRetry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	if got.Lookups != 2 || got.Kept != 0 {
		t.Errorf("retry would open %+v, want both", got)
	}
	run, err = retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	t.Log("\n" + b.Describe(run))
	b.GoOn(run)
	b.Buy(run, "bolt", history)
	b.GoOn(run)
	if d := b.Describe(run); !strings.Contains(d, "valuation acme planned") {
		t.Errorf("stands\n%s", d)
	}
}

// The route is changed to and fro.
func TestRouteToAndFro(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Intend(run, "acme")
	b.Answer(w, vendors.Submit, "busy no") // not taken
	b.Wants(run, "1 | maintenance acme planned\n")
	b.Routes("bolt")
	b.Must(planner.Refresh(t.Context(), b.Ledger, b.Policy, run))
	b.Wants(run, "1 | maintenance bolt planned\n")
	b.Routes("acme")
	b.Must(planner.Refresh(t.Context(), b.Ledger, b.Policy, run))
	b.Wants(run, "1 | maintenance acme planned\n")
	b.Now = b.Now.Add(24 * time.Hour)
	// what would be sent to bolt, which the user has taken off the route
	work, err := b.Ledger.Sendable(t.Context(), run.Seq, "bolt", b.Now, nil, 1)
	b.Must(err)
	for _, w := range work {
		r := resolve.New(b.Ledger, b.Policy)
		_, movesOn, err := r.LastLook(t.Context(), w)
		b.Must(err)
		if !movesOn {
			t.Errorf("lookup %d is sent to %s, which is not on the route", w.Lookup.ID, w.Lookup.Vendor)
		}
	}
}

// A purge and a doubt at the second vendor of a dataset that is not maintenance.
func TestPurgeKeepsTheVehicleOfADoubt(t *testing.T) {
	t.Parallel()
	b, l := stagetest.NewOnDisk(t)
	bolt := b.Policy.Vendors["bolt"]
	st := bolt.Vendor.(*stagetest.Stub)
	st.Offers = append(st.Offers, vendors.Offer{Dataset: record.DatasetViolations, Requires: []string{record.ColPlate}})
	bolt.Offers = st.Offers
	bolt.Prices[record.DatasetViolations] = 3000
	b.Policy.Routes[record.DatasetViolations] = policy.Route{Vendors: []string{"acme", "bolt"}, FallbackOn: []record.Status{record.NoRecord}, MaxAge: 20 * time.Hour}
	run := b.Plan(stagetest.Only(record.DatasetViolations), stagetest.Car())
	b.Buy(run, "acme", "no_record no")
	b.Buy(run, "bolt", "unknown")
	run = b.Finish(run)
	b.Must(repair.Purge(t.Context(), l, []ledger.Run{run}))
	rows := b.Rows(run)
	k := rows[0].Lookups[0].Lookup
	if k.State != ledger.InDoubt || rows[0].Vehicle.VIN == "" {
		t.Errorf("after the purge the lookup is %s at %s, about VIN %q", k.State, k.Vendor, rows[0].Vehicle.VIN)
	}
}

// What a row has cost whose second vendor is in doubt in another run.
func TestCostOfARequestHeldByAnothersDoubt(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "no_record yes") // ¥17
	b.Routes("bolt")
	other := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(other, "bolt", "unknown")
	b.Routes("acme", "bolt")
	b.Must(planner.Refresh(t.Context(), b.Ledger, b.Policy, run))
	a := b.Rows(run)[0].Lookups[0]
	b.Must(b.Ledger.WatchMoney(t.Context(), run))
	t.Logf("%s %s; spent by the run %+v", a.Lookup.Vendor, a.Lookup.State, b.Ledger.Money())
	if a.Charged != 1700 {
		t.Errorf("the row has cost %d, the run %d", a.Charged, b.Ledger.Money().Charged)
	}
}

// The user's word, and the route that changes afterwards, before it was sent and after it was not taken.
func TestTheUsersWordSurvivesARoute(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{false, true} {
		b := stagetest.New(t)
		other := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		b.Routes("bolt")
		third := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		b.Buy(other, "acme", "unknown")
		b.Buy(third, "bolt", "unknown")
		b.Routes("acme", "bolt")
		b.Now = b.Now.Add(time.Minute)
		run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		b.Wants(run, "1 | maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown\n")
		run = b.Finish(run)
		run, err := retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
		b.Must(err)
		if sent {
			b.Answer(b.Intend(run, "acme"), vendors.Submit, "busy no")
		}
		b.Routes("bolt")
		b.Must(planner.Refresh(t.Context(), b.Ledger, b.Policy, run))
		b.Wants(run, "1 | maintenance bolt planned\n")
		work, err := b.Ledger.Sendable(t.Context(), run.Seq, "bolt", b.Now.Add(time.Hour), nil, 1)
		b.Must(err)
		if len(work) == 1 {
			step, movesOn, err := resolve.New(b.Ledger, b.Policy).LastLook(t.Context(), work[0])
			b.Must(err)
			if movesOn {
				t.Errorf("sent before %v: it is %s: %s", sent, step.Stands().State, step.Stands().Message)
			}
		}
	}
}

// A lookup that was sent stays with its vendor: also where retry derives.
func TestRetryThatDerivesKeepsTheVendor(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	bolt := b.Policy.Vendors["bolt"]
	st := bolt.Vendor.(*stagetest.Stub)
	st.Offers = append(st.Offers, vendors.Offer{Dataset: record.DatasetValuation, Requires: []string{record.ColVIN, record.ColMileageKM}})
	bolt.Offers = st.Offers
	bolt.Prices[record.DatasetValuation] = 700
	run := b.Plan(both, unreadCar())
	work, err := b.Ledger.Sendable(t.Context(), run.Seq, "acme", b.Now, nil, 10)
	b.Must(err)
	for _, w := range work {
		body := history
		if w.Lookup.Dataset == record.DatasetValuation {
			body = "refused yes"
		}
		w, err := b.Ledger.Intend(w, 500, b.Policy.MaxSpend)
		b.Must(err)
		b.Answer(w, vendors.Submit, body)
	}
	run = b.Finish(run)
	b.Policy.Routes[record.DatasetValuation] = policy.Route{Vendors: []string{"bolt"}, MaxAge: 720 * time.Hour, Derive: []string{record.ColMileageKM}}
	t.Log("\n" + b.Describe(run))
	run, err = retry.Retry(t.Context(), b.Ledger, b.Policy, run, ledger.Filter{})
	b.Must(err)
	b.GoOn(run)
	t.Log("\n" + b.Describe(run))
	for id := int64(1); id < 6; id++ {
		if k, err := b.Ledger.LookupByID(t.Context(), id); err == nil && k.Dataset == record.DatasetValuation && k.Attempts > 0 && k.Vendor != "acme" {
			t.Errorf("lookup %d was sent to acme and is at %s now (%s)", id, k.Vendor, k.State)
		}
	}
}

// Without an age, one that followed buys what it was just told.
func TestWhatFollowedIsNotBoughtAgainAtTheSameVendor(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	r := b.Policy.Routes[record.DatasetMaintenance]
	r.MaxAge = 0
	b.Policy.Routes[record.DatasetMaintenance] = r
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Buy(first, "acme", "ticket T1 yes")
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Wants(run, "1 | maintenance acme following\n")
	b.Answer(w, vendors.Poll, "no_record yes")
	t.Log("\n" + b.Describe(first) + b.Describe(run))
	for _, vendor := range []string{"acme", "bolt"} {
		work, err := b.Ledger.Sendable(t.Context(), run.Seq, vendor, b.Now, nil, 1)
		b.Must(err)
		for _, w := range work {
			step, movesOn, err := resolve.New(b.Ledger, b.Policy).LastLook(t.Context(), w)
			b.Must(err)
			if at := step.Stands(); movesOn && at.Vendor != "bolt" || !movesOn && vendor != "bolt" {
				t.Errorf("it is %s at %s", at.State, at.Vendor)
			}
		}
	}
}

func reconcileOptions() reconcile.Options {
	return reconcile.Options{Since: stagetest.Noon.Add(-48 * time.Hour), Until: stagetest.Noon.Add(48 * time.Hour)}
}

// A failure that was taken over tells of the order that another run made: what a bill says of that changes the outputs.
func TestFingerprintOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Knows()
	base := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car(), stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN, v.Plate = "", ""; v.EngineNo = "1" }))
	b.Buy(base, "acme", "answered unknown garbled")
	base = b.Finish(base)
	run := b.Correct(base, stagetest.Only(record.DatasetMaintenance), nil, nil)
	run = b.Finish(run)
	was, before := b.Rows(run)[0].Lookups[0].Last.Billed, b.Print(run)
	b.SettlesBill(stagetest.BillLine(stagetest.Car().VIN, "")+stagetest.BillLine(stagetest.Witness().VIN, ""), reconcile.Options{Since: stagetest.Noon.Add(-48 * time.Hour), Until: stagetest.Noon.Add(48 * time.Hour)})
	is, after := b.Rows(run)[0].Lookups[0].Last.Billed, b.Print(run)
	t.Logf("the failure's last order was billed %q, and is billed %q", was, is)
	if was != is && before == after {
		t.Error("the fingerprint is the same")
	}
}

// An answer that another run reads again is none that came since, and what is told against it is another change.
func TestFingerprintOfAnEarlierAnswerReadAgain(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	r := b.Policy.Routes[record.DatasetMaintenance]
	r.MaxAge = time.Second
	b.Policy.Routes[record.DatasetMaintenance] = r
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(first, "acme", "answered yes garbled")
	first = b.Finish(first)
	b.Now = b.Now.Add(always)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "answered yes")
	run = b.Finish(run)
	span, err := b.Ledger.Before(t.Context(), run)
	b.Must(err)
	earlier := func() (found bool) {
		b.Must(b.Ledger.RowsSince(t.Context(), run, span, func(r *ledger.Row) error { found = r.Lookups[0].Earlier != nil; return nil }))
		return found
	}
	was, before := earlier(), b.Print(run)
	b.Policy.Vendors["acme"].Vendor = wiser{b.Policy.Vendors["acme"].Vendor}
	_, err = retry.Retry(t.Context(), b.Ledger, b.Policy, first, ledger.Filter{})
	b.Must(err)
	is, after := earlier(), b.Print(run)
	t.Logf("an earlier answer: %v, then %v", was, is)
	if was != is && before == after {
		t.Error("the fingerprint is the same")
	}
}

// The order behind a doubt that an older run has taken over from a younger one.
func TestSenderOfAnOlderRun(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(second, "acme", "unknown")
	b.Must(planner.Refresh(t.Context(), b.Ledger, b.Policy, first))
	k := b.Lookup(first)
	s, err := b.Ledger.Sender(t.Context(), k)
	b.Must(err)
	if s.Attempts == 0 {
		t.Errorf("lookup %d (%s, source %d): its sender is %d, which has sent nothing", k.ID, k.State, k.Source, s.ID)
	}
}

// What retry would pay again, where the vendor of the last lookup is gone and the first one was paid.
func TestRetryCountsWhatTheFirstVendorWasPaid(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.Failed)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "answered yes garbled")
	b.Buy(run, "bolt", "refused no")
	t.Log(b.Describe(run))
	b.Routes("acme")
	b.Retries(run, ledger.Filter{}, retry.Reopening{Lookups: 1, Rebought: 1, AtStake: 1700})
	t.Log(b.Describe(run))
}

// The ledger on disk keeps its rules when a bill has settled what went on: it opens again.
func TestLedgerOpensAfterABill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := stagetest.New(t)
	l := b.OpenOnDisk(dir)
	b.Ledger = l
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.NoRecord, record.Failed)
	b.Knows()
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "answered unknown garbled")
	b.Buy(run, "bolt", "answered yes")
	b.Finish(run)
	b.SettlesBill(stagetest.BillLine(stagetest.Car().VIN, "T9")+stagetest.BillLine(stagetest.Witness().VIN, ""), reconcile.Options{Since: stagetest.Noon.Add(-48 * time.Hour), Until: stagetest.Noon.Add(48 * time.Hour)})
	b.Must(l.Close())
	b.Must(b.OpenOnDisk(dir).Close())
}

// A purge gives new checksums to what it has changed, and to nothing else: a row of another run that was changed
// on the disk is still found.
func TestPurgeBelievesNoOtherRow(t *testing.T) {
	t.Parallel()
	b, l := stagetest.NewOnDisk(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(first, "acme", "answered yes")
	first = b.Finish(first)
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Witness())
	b.Buy(second, "acme", "answered yes")
	b.Finish(second)
	b.Must(l.Maintain(func(c sqlite.Changes) error { return c.Exec("UPDATE lookups SET state='no_record' WHERE id=2") }))
	if _, err := b.Ledger.LookupByID(t.Context(), 2); err == nil {
		t.Fatal("what was changed is believed at once")
	}
	b.Must(repair.Purge(t.Context(), l, []ledger.Run{first}))
	if k, err := b.Ledger.LookupByID(t.Context(), 2); err == nil {
		t.Errorf("after the purge of another run it is believed: %s", k.State)
	}
}

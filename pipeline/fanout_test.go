package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/retry"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

const (
	atBoth  = "maintenance acme planned | maintenance bolt planned"
	doubted = " in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"
)

func TestEveryVendorIsAskedBesideTheOthers(t *testing.T) {
	t.Parallel()
	bare := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.EngineNo = "" })
	other := stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.Plate = "粤B00000" })
	for _, c := range []struct {
		name string
		rows []record.Vehicle
		want string
	}{
		{"all there", []record.Vehicle{stagetest.Car()}, "1 | " + atBoth + "\n"},
		{"one lacks something", []record.Vehicle{bare}, "1 | maintenance acme planned | maintenance: not asked at bolt: it needs engine_no\n"},
		{"nobody can be asked", []record.Vehicle{stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "" })}, "1 | maintenance acme failed validate missing_input: acme needs vin\n"},
		{"twice the same", []record.Vehicle{stagetest.Car(), stagetest.Car()}, `
			1 | ` + atBoth + `
			2 = 1 | maintenance acme planned of row 1 | maintenance bolt planned of row 1
		`},
		{"the later row says more", []record.Vehicle{bare, stagetest.Car()}, `
			1 | ` + atBoth + ` | engine_no taken from row 2
			2 = 1 | maintenance acme planned of row 1 | maintenance bolt planned of row 1
		`},
		{"the same VIN with another plate", []record.Vehicle{stagetest.Car(), other}, `
			1 | ` + atBoth + `
			2 | maintenance acme planned of row 1 | maintenance bolt planned of row 1 | row 1 has the same VIN and another plate
		`},
		{"which can be asked at more", []record.Vehicle{bare, other}, `
			1 | maintenance acme planned | maintenance bolt planned of row 2 | maintenance: not asked at bolt: it needs engine_no
			2 | maintenance acme planned of row 1 | maintenance bolt planned | row 1 has the same VIN and another plate
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			b.Wants(b.Reports(policy.RouteAll, c.rows...), c.want)
		})
	}
}

// A lookup beside others stays with its vendor, whatever that says.
func TestNobodyFallsBackBesideOthers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"no_record yes": "no_record", "unsupported no": "unsupported", "refused no": "failed submit rejected: refused no"} {
		b := stagetest.New(t)
		stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.NoRecord, record.Unsupported, record.Failed)
		run := b.Reports(policy.RouteAll)
		b.Buy(run, "acme", body)
		b.Wants(run, "1 | maintenance acme "+want+" | maintenance bolt planned\n")
	}
}

// What was bought in one mode is not bought again in the other.
func TestNothingIsBoughtTwiceWhenTheModeChanges(t *testing.T) {
	t.Parallel()
	type does = func(b *stagetest.Fixture, run ledger.Run)
	buys := func(calls ...string) does {
		return func(b *stagetest.Fixture, run ledger.Run) {
			for i := 0; i < len(calls); i += 2 {
				b.Buy(run, calls[i], calls[i+1])
			}
		}
	}
	late := func(vendor string) does { // paid, and never answered
		return func(b *stagetest.Fixture, run ledger.Run) {
			w := b.Buy(run, vendor, "ticket T1 yes")
			b.Now = b.Now.Add(73 * time.Hour)
			b.Answer(w, vendors.Poll, "pending")
		}
	}
	pollSays := func(ticket, poll string) does {
		return func(b *stagetest.Fixture, run ledger.Run) {
			w := b.Buy(run, "acme", ticket)
			b.Answer(w, vendors.Poll, poll)
		}
	}
	for _, c := range []struct {
		name     string
		was, now policy.RouteMode
		before   does
		after    time.Duration
		want     string
	}{
		{"one after the other, then all: found", policy.RouteFirst, policy.RouteAll, buys("acme", "answered yes"), time.Hour, "maintenance acme found | maintenance bolt planned"},
		{"the same, too old", policy.RouteFirst, policy.RouteAll, buys("acme", "answered yes"), 2160 * time.Hour, atBoth},
		{"found at the second vendor", policy.RouteFirst, policy.RouteAll, buys("acme", "no_record yes", "bolt", "answered yes"), time.Hour, "maintenance acme no_record | maintenance bolt found"},
		{"found at the second, unsupported at the first", policy.RouteFirst, policy.RouteAll, buys("acme", "unsupported no", "bolt", "answered yes"), time.Hour, "maintenance acme unsupported | maintenance bolt found"},
		{"no record after a ticket", policy.RouteFirst, policy.RouteAll, pollSays("ticket T1", "no_record yes"), time.Hour, "maintenance acme no_record | maintenance bolt planned"},
		{"past the first vendor, too old", policy.RouteFirst, policy.RouteAll, buys("acme", "no_record yes", "bolt", "answered yes"), 2160 * time.Hour, atBoth},
		{"the first had nothing, the second is open", policy.RouteFirst, policy.RouteAll, buys("acme", "no_record yes", "bolt", "ticket T1"), time.Hour, "maintenance acme no_record | maintenance bolt following"},
		{"the first had nothing, the second is in doubt", policy.RouteFirst, policy.RouteAll, buys("acme", "no_record yes", "bolt", "unknown"), time.Hour, "maintenance acme no_record | maintenance bolt" + doubted},
		{"in doubt", policy.RouteFirst, policy.RouteAll, buys("acme", "unknown"), time.Hour, "maintenance acme" + doubted + " | maintenance bolt planned"},
		{"in doubt for too long", policy.RouteFirst, policy.RouteAll, buys("acme", "unknown"), 2160 * time.Hour, atBoth},
		{"a ticket is out", policy.RouteFirst, policy.RouteAll, buys("acme", "ticket T1"), time.Hour, "maintenance acme following | maintenance bolt planned"},
		{"paid and never answered", policy.RouteFirst, policy.RouteAll, late("acme"), time.Hour, "maintenance acme waiting | maintenance bolt planned"},
		{"paid and not readable", policy.RouteFirst, policy.RouteAll, buys("acme", "answered yes garbled"), time.Hour, "maintenance acme failed normalise bad_response: the report is garbled | maintenance bolt planned"},
		{"refused", policy.RouteFirst, policy.RouteAll, buys("acme", "refused no"), time.Hour, atBoth},
		{"not sent", policy.RouteFirst, policy.RouteAll, buys(), time.Hour, atBoth},

		{"all, then all", policy.RouteAll, policy.RouteAll, buys("acme", "answered yes", "bolt", "no_record yes"), time.Hour, "maintenance acme found | maintenance bolt no_record"},
		{"all, then all: one in doubt", policy.RouteAll, policy.RouteAll, buys("acme", "unknown", "bolt", "answered yes"), time.Hour, "maintenance acme" + doubted + " | maintenance bolt found"},

		{"all, then one after the other: both found", policy.RouteAll, policy.RouteFirst, buys("acme", "answered yes", "bolt", "answered yes"), time.Hour, "maintenance acme found"},
		{"only the second found", policy.RouteAll, policy.RouteFirst, buys("acme", "no_record yes", "bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"the second found, the first not sent", policy.RouteAll, policy.RouteFirst, buys("bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"too old", policy.RouteAll, policy.RouteFirst, buys("acme", "answered yes", "bolt", "answered yes"), 2160 * time.Hour, "maintenance acme planned"},
		{"no record at the first", policy.RouteAll, policy.RouteFirst, buys("acme", "no_record yes"), time.Hour, "maintenance bolt planned"},
		{"no record anywhere", policy.RouteAll, policy.RouteFirst, buys("acme", "unsupported no", "bolt", "no_record yes"), time.Hour, "maintenance bolt no_record"},
		{"a ticket at the second", policy.RouteAll, policy.RouteFirst, buys("acme", "no_record yes", "bolt", "ticket T1"), time.Hour, "maintenance bolt following"},
		{"in doubt at the first", policy.RouteAll, policy.RouteFirst, buys("acme", "unknown"), time.Hour, "maintenance acme" + doubted},
		{"in doubt at the second", policy.RouteAll, policy.RouteFirst, buys("bolt", "unknown"), time.Hour, "maintenance bolt" + doubted},
		{"in doubt at the first, found at the second", policy.RouteAll, policy.RouteFirst, buys("acme", "unknown", "bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"paid at the first and never answered", policy.RouteAll, policy.RouteFirst, late("acme"), time.Hour, "maintenance acme waiting"},
		{"nothing was sent", policy.RouteAll, policy.RouteFirst, buys(), time.Hour, "maintenance acme planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			c.before(b, b.Reports(c.was))
			b.Now = b.Now.Add(c.after)
			run := b.Reports(c.now)
			b.Wants(run, "1 | "+c.want+"\n")
			b.Costs(run, 0)
			b.ResolveAgain(run)
			b.Wants(run, "1 | "+c.want+"\n")
			b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
			b.Wants(run, "1 | "+c.want+"\n")
			third := b.Reports(c.now) // which takes over what the second has
			if now, was := strings.Count(b.Describe(third), "planned"), strings.Count(c.want, "planned"); now != was {
				b.T.Errorf("a third run would buy %d, the second %d", now, was)
			}
		})
	}
}

// What one run follows in another, bound otherwise than itself, may end without
// an answer for it: it is looked at again before it is sent.
func TestFollowersThatAreBoundOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		was, now     policy.RouteMode
		first        []string // what the earlier run buys, by vendor
		poll         string
		let, settles string
	}{
		{"a bound one, of what falls back", policy.RouteFirst, policy.RouteAll, []string{"acme", "ticket T1"}, "no_record yes", "maintenance acme no_record | maintenance bolt planned", "maintenance acme no_record | maintenance bolt planned"},
		{"a bound one, of what is found", policy.RouteFirst, policy.RouteAll, []string{"acme", "ticket T1"}, "answered yes", "maintenance acme found | maintenance bolt planned", "maintenance acme found | maintenance bolt planned"},
		{"a free one, of what has no record", policy.RouteAll, policy.RouteFirst, []string{"acme", "ticket T1"}, "no_record yes", "maintenance acme planned", "maintenance bolt planned"},
		{"the same, and the other vendor is open", policy.RouteAll, policy.RouteFirst, []string{"acme", "ticket T1", "bolt", "ticket T2"}, "no_record yes", "maintenance acme planned", "maintenance bolt following"},
		{"the same, and the other vendor has nothing", policy.RouteAll, policy.RouteFirst, []string{"acme", "ticket T1", "bolt", "no_record yes"}, "unsupported no", "maintenance acme planned", "maintenance bolt no_record"},
		{"a free one, of what is found", policy.RouteAll, policy.RouteFirst, []string{"acme", "ticket T1"}, "answered yes", "maintenance acme found", "maintenance acme found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			first := b.Reports(c.was)
			var w ledger.Work
			for i := 0; i < len(c.first); i += 2 {
				if next := b.Buy(first, c.first[i], c.first[i+1]); i == 0 {
					w = next
				}
			}
			run := b.Reports(c.now)
			b.Answer(w, vendors.Poll, c.poll)
			b.Wants(run, "1 | "+c.let+"\n")
			b.ResolveAgain(run)
			b.Wants(run, "1 | "+c.settles+"\n")
			b.Costs(run, 0)
		})
	}
}

// A free lookup that falls back comes to a vendor that a bound one has asked.
func TestFallingBackFindsWhatWasBoughtBeside(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"answered yes": "bolt found", "ticket T1": "bolt following", "unknown": "bolt" + doubted, "no_record yes": "bolt no_record"} {
		b := stagetest.New(t)
		run := b.Reports(policy.RouteFirst)
		b.Buy(b.Reports(policy.RouteAll), "bolt", body)
		b.Buy(run, "acme", "no_record yes")
		b.Wants(run, "1 | maintenance bolt planned\n")
		b.ResolveAgain(run)
		b.Wants(run, "1 | maintenance "+want+"\n")
		b.Costs(run, 1700)
	}
}

// A vendor that leaves the route takes the lookups that are bound to it along,
// and brings them back.
func TestABoundLookupWhoseVendorLeavesTheRoute(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	run := b.Reports(policy.RouteAll)
	setRoute(b.Policy, "bolt")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
	b.Wants(run, "1 | maintenance acme failed validate unavailable: acme is no longer on the route of maintenance | maintenance bolt planned\n")
	_, err := retry.Retry(context.Background(), b.Ledger, b.Policy, run, ledger.Filter{Vendors: []string{"acme"}})
	b.Must(err)
	b.Wants(run, "1 | maintenance acme failed validate unavailable: acme is no longer on the route of maintenance | maintenance bolt planned\n")
	setRoute(b.Policy, "acme", "bolt")
	_, err = retry.Retry(context.Background(), b.Ledger, b.Policy, run, ledger.Filter{Vendors: []string{"acme"}})
	b.Must(err)
	b.Wants(run, "1 | "+atBoth+"\n")
	b.Buy(run, "acme", "answered yes")
	b.Wants(b.Reports(policy.RouteAll), "1 | maintenance acme found | maintenance bolt planned\n")
}

// Retry opens what one vendor is in doubt about, by the user's word, and nobody
// takes that back.
func TestRetryOfOneVendorOfSeveral(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	old := b.Reports(policy.RouteAll)
	b.Buy(old, "acme", "unknown")
	b.Buy(old, "bolt", "answered yes")
	run := b.Reports(policy.RouteAll)
	b.Wants(run, "1 | maintenance acme"+doubted+" | maintenance bolt found\n")
	_, err := retry.Retry(context.Background(), b.Ledger, b.Policy, run, ledger.Filter{Vendors: []string{"acme"}})
	b.Must(err)
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
	b.ResolveAgain(run)
	b.Wants(run, "1 | maintenance acme planned | maintenance bolt found\n")
}

// After a rescue that could not name what it lost, each vendor is in doubt for itself.
func TestFearBesideOthers(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	b.Buy(b.Reports(policy.RouteAll), "bolt", "answered yes")
	b.Policy.Loss = ledger.Loss{At: b.Now, What: "some"}
	b.Wants(b.Reports(policy.RouteAll), "1 | maintenance acme in_doubt submit in_doubt: the ledger was damaged and has lost some | maintenance bolt found\n")
}

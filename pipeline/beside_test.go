package pipeline

import (
	"context"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

func setMode(p *Policy, m RouteMode) {
	r := p.Routes[record.DatasetMaintenance]
	r.Mode = m
	p.Routes[record.DatasetMaintenance] = r
}

// reports plans a run of maintenance alone in a mode.
func (b *bed) reports(m RouteMode, rows ...record.Vehicle) ledger.Run {
	b.t.Helper()
	if len(rows) == 0 {
		rows = []record.Vehicle{car()}
	}
	setMode(b.p, m)
	return b.plan(only(record.DatasetMaintenance), rows...)
}

// lookAgain does what is done before the lookups of a run that are planned are sent.
func (b *bed) lookAgain(run ledger.Run) {
	b.t.Helper()
	r := resolver{b.l, b.p}
	for range 4 { // one that comes to another vendor is looked at there
		work, err := b.l.PlannedWork(context.Background(), run, 0, 100)
		b.must(err)
		for _, w := range work {
			w.Contested = true
			step, elsewhere, err := r.lastLook(context.Background(), w)
			b.must(err)
			if elsewhere {
				b.must(b.l.Advance(step))
			}
		}
	}
}

const (
	atBoth  = "maintenance acme planned | maintenance bolt planned"
	doubted = " in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"
)

func TestEveryVendorIsAskedBesideTheOthers(t *testing.T) {
	t.Parallel()
	bare := with(car(), func(v *record.Vehicle) { v.EngineNo = "" })
	other := with(car(), func(v *record.Vehicle) { v.Plate = "粤B00000" })
	for _, c := range []struct {
		name string
		rows []record.Vehicle
		want string
	}{
		{"all there", []record.Vehicle{car()}, "1 | " + atBoth + "\n"},
		{"one lacks something", []record.Vehicle{bare}, "1 | maintenance acme planned | maintenance: not asked at bolt: it needs engine_no\n"},
		{"nobody can be asked", []record.Vehicle{with(car(), func(v *record.Vehicle) { v.VIN = "" })}, "1 | maintenance acme failed validate missing_input: acme needs vin\n"},
		{"twice the same", []record.Vehicle{car(), car()}, `
			1 | ` + atBoth + `
			2 = 1 | maintenance acme planned of row 1 | maintenance bolt planned of row 1
		`},
		{"the later row says more", []record.Vehicle{bare, car()}, `
			1 | ` + atBoth + ` | engine_no taken from row 2
			2 = 1 | maintenance acme planned of row 1 | maintenance bolt planned of row 1
		`},
		{"the same VIN with another plate", []record.Vehicle{car(), other}, `
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
			b := newBed(t)
			b.wants(b.reports(RouteAll, c.rows...), c.want)
		})
	}
}

// A lookup beside others stays with its vendor, whatever that says.
func TestNobodyFallsBackBesideOthers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"no_record yes": "no_record", "unsupported no": "unsupported", "refused no": "failed submit rejected: refused no"} {
		b := newBed(t)
		fallBackOn(b.p, record.DatasetMaintenance, record.NoRecord, record.Unsupported, record.Failed)
		run := b.reports(RouteAll)
		b.buy(run, "acme", body)
		b.wants(run, "1 | maintenance acme "+want+" | maintenance bolt planned\n")
	}
}

// What was bought in one mode is not bought again in the other.
func TestNothingIsBoughtTwiceWhenTheModeChanges(t *testing.T) {
	t.Parallel()
	type does = func(b *bed, run ledger.Run)
	buys := func(calls ...string) does {
		return func(b *bed, run ledger.Run) {
			for i := 0; i < len(calls); i += 2 {
				b.buy(run, calls[i], calls[i+1])
			}
		}
	}
	late := func(vendor string) does { // paid, and never answered
		return func(b *bed, run ledger.Run) {
			w := b.buy(run, vendor, "ticket T1 yes")
			b.now = b.now.Add(73 * time.Hour)
			b.answer(w, vendors.Poll, "pending")
		}
	}
	pollSays := func(ticket, poll string) does {
		return func(b *bed, run ledger.Run) {
			w := b.buy(run, "acme", ticket)
			b.answer(w, vendors.Poll, poll)
		}
	}
	for _, c := range []struct {
		name     string
		was, now RouteMode
		before   does
		after    time.Duration
		want     string
	}{
		{"one after the other, then all: found", RouteFirst, RouteAll, buys("acme", "answered yes"), time.Hour, "maintenance acme found | maintenance bolt planned"},
		{"the same, too old", RouteFirst, RouteAll, buys("acme", "answered yes"), 2160 * time.Hour, atBoth},
		{"found at the second vendor", RouteFirst, RouteAll, buys("acme", "no_record yes", "bolt", "answered yes"), time.Hour, "maintenance acme no_record | maintenance bolt found"},
		{"found at the second, unsupported at the first", RouteFirst, RouteAll, buys("acme", "unsupported no", "bolt", "answered yes"), time.Hour, "maintenance acme unsupported | maintenance bolt found"},
		{"no record after a ticket", RouteFirst, RouteAll, pollSays("ticket T1", "no_record yes"), time.Hour, "maintenance acme no_record | maintenance bolt planned"},
		{"past the first vendor, too old", RouteFirst, RouteAll, buys("acme", "no_record yes", "bolt", "answered yes"), 2160 * time.Hour, atBoth},
		{"the first had nothing, the second is open", RouteFirst, RouteAll, buys("acme", "no_record yes", "bolt", "ticket T1"), time.Hour, "maintenance acme no_record | maintenance bolt following"},
		{"the first had nothing, the second is in doubt", RouteFirst, RouteAll, buys("acme", "no_record yes", "bolt", "unknown"), time.Hour, "maintenance acme no_record | maintenance bolt" + doubted},
		{"in doubt", RouteFirst, RouteAll, buys("acme", "unknown"), time.Hour, "maintenance acme" + doubted + " | maintenance bolt planned"},
		{"in doubt for too long", RouteFirst, RouteAll, buys("acme", "unknown"), 2160 * time.Hour, atBoth},
		{"a ticket is out", RouteFirst, RouteAll, buys("acme", "ticket T1"), time.Hour, "maintenance acme following | maintenance bolt planned"},
		{"paid and never answered", RouteFirst, RouteAll, late("acme"), time.Hour, "maintenance acme waiting | maintenance bolt planned"},
		{"paid and not readable", RouteFirst, RouteAll, buys("acme", "answered yes garbled"), time.Hour, "maintenance acme failed normalise bad_response: the report is garbled | maintenance bolt planned"},
		{"refused", RouteFirst, RouteAll, buys("acme", "refused no"), time.Hour, atBoth},
		{"not sent", RouteFirst, RouteAll, buys(), time.Hour, atBoth},

		{"all, then all", RouteAll, RouteAll, buys("acme", "answered yes", "bolt", "no_record yes"), time.Hour, "maintenance acme found | maintenance bolt no_record"},
		{"all, then all: one in doubt", RouteAll, RouteAll, buys("acme", "unknown", "bolt", "answered yes"), time.Hour, "maintenance acme" + doubted + " | maintenance bolt found"},

		{"all, then one after the other: both found", RouteAll, RouteFirst, buys("acme", "answered yes", "bolt", "answered yes"), time.Hour, "maintenance acme found"},
		{"only the second found", RouteAll, RouteFirst, buys("acme", "no_record yes", "bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"the second found, the first not sent", RouteAll, RouteFirst, buys("bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"too old", RouteAll, RouteFirst, buys("acme", "answered yes", "bolt", "answered yes"), 2160 * time.Hour, "maintenance acme planned"},
		{"no record at the first", RouteAll, RouteFirst, buys("acme", "no_record yes"), time.Hour, "maintenance bolt planned"},
		{"no record anywhere", RouteAll, RouteFirst, buys("acme", "unsupported no", "bolt", "no_record yes"), time.Hour, "maintenance bolt no_record"},
		{"a ticket at the second", RouteAll, RouteFirst, buys("acme", "no_record yes", "bolt", "ticket T1"), time.Hour, "maintenance bolt following"},
		{"in doubt at the first", RouteAll, RouteFirst, buys("acme", "unknown"), time.Hour, "maintenance acme" + doubted},
		{"in doubt at the second", RouteAll, RouteFirst, buys("bolt", "unknown"), time.Hour, "maintenance bolt" + doubted},
		{"in doubt at the first, found at the second", RouteAll, RouteFirst, buys("acme", "unknown", "bolt", "answered yes"), time.Hour, "maintenance bolt found"},
		{"paid at the first and never answered", RouteAll, RouteFirst, late("acme"), time.Hour, "maintenance acme waiting"},
		{"nothing was sent", RouteAll, RouteFirst, buys(), time.Hour, "maintenance acme planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			c.before(b, b.reports(c.was))
			b.now = b.now.Add(c.after)
			run := b.reports(c.now)
			b.wants(run, "1 | "+c.want+"\n")
			b.costs(run, 0)
			b.lookAgain(run)
			b.wants(run, "1 | "+c.want+"\n")
			b.must(Refresh(context.Background(), b.l, b.p, run))
			b.wants(run, "1 | "+c.want+"\n")
			third := b.reports(c.now) // which takes over what the second has
			if now, was := strings.Count(b.describe(third), "planned"), strings.Count(c.want, "planned"); now != was {
				b.t.Errorf("a third run would buy %d, the second %d", now, was)
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
		was, now     RouteMode
		first        []string // what the earlier run buys, by vendor
		poll         string
		let, settles string
	}{
		{"a bound one, of what falls back", RouteFirst, RouteAll, []string{"acme", "ticket T1"}, "no_record yes", "maintenance acme no_record | maintenance bolt planned", "maintenance acme no_record | maintenance bolt planned"},
		{"a bound one, of what is found", RouteFirst, RouteAll, []string{"acme", "ticket T1"}, "answered yes", "maintenance acme found | maintenance bolt planned", "maintenance acme found | maintenance bolt planned"},
		{"a free one, of what has no record", RouteAll, RouteFirst, []string{"acme", "ticket T1"}, "no_record yes", "maintenance acme planned", "maintenance bolt planned"},
		{"the same, and the other vendor is open", RouteAll, RouteFirst, []string{"acme", "ticket T1", "bolt", "ticket T2"}, "no_record yes", "maintenance acme planned", "maintenance bolt following"},
		{"the same, and the other vendor has nothing", RouteAll, RouteFirst, []string{"acme", "ticket T1", "bolt", "no_record yes"}, "unsupported no", "maintenance acme planned", "maintenance bolt no_record"},
		{"a free one, of what is found", RouteAll, RouteFirst, []string{"acme", "ticket T1"}, "answered yes", "maintenance acme found", "maintenance acme found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			first := b.reports(c.was)
			var w ledger.Work
			for i := 0; i < len(c.first); i += 2 {
				if next := b.buy(first, c.first[i], c.first[i+1]); i == 0 {
					w = next
				}
			}
			run := b.reports(c.now)
			b.answer(w, vendors.Poll, c.poll)
			b.wants(run, "1 | "+c.let+"\n")
			b.lookAgain(run)
			b.wants(run, "1 | "+c.settles+"\n")
			b.costs(run, 0)
		})
	}
}

// A free lookup that falls back comes to a vendor that a bound one has asked.
func TestFallingBackFindsWhatWasBoughtBeside(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"answered yes": "bolt found", "ticket T1": "bolt following", "unknown": "bolt" + doubted, "no_record yes": "bolt no_record"} {
		b := newBed(t)
		run := b.reports(RouteFirst)
		b.buy(b.reports(RouteAll), "bolt", body)
		b.buy(run, "acme", "no_record yes")
		b.wants(run, "1 | maintenance bolt planned\n")
		b.lookAgain(run)
		b.wants(run, "1 | maintenance "+want+"\n")
		b.costs(run, 1700)
	}
}

// A vendor that leaves the route takes the lookups that are bound to it along,
// and brings them back.
func TestABoundLookupWhoseVendorLeavesTheRoute(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	run := b.reports(RouteAll)
	setRoute(b.p, "bolt")
	b.must(Refresh(context.Background(), b.l, b.p, run))
	b.wants(run, "1 | maintenance acme failed validate unavailable: acme is no longer on the route of maintenance | maintenance bolt planned\n")
	_, err := Retry(context.Background(), b.l, b.p, run, ledger.Filter{Vendors: []string{"acme"}})
	b.must(err)
	b.wants(run, "1 | maintenance acme failed validate unavailable: acme is no longer on the route of maintenance | maintenance bolt planned\n")
	setRoute(b.p, "acme", "bolt")
	_, err = Retry(context.Background(), b.l, b.p, run, ledger.Filter{Vendors: []string{"acme"}})
	b.must(err)
	b.wants(run, "1 | "+atBoth+"\n")
	b.buy(run, "acme", "answered yes")
	b.wants(b.reports(RouteAll), "1 | maintenance acme found | maintenance bolt planned\n")
}

// Retry opens what one vendor is in doubt about, by the user's word, and nobody
// takes that back.
func TestRetryOfOneVendorOfSeveral(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	old := b.reports(RouteAll)
	b.buy(old, "acme", "unknown")
	b.buy(old, "bolt", "answered yes")
	run := b.reports(RouteAll)
	b.wants(run, "1 | maintenance acme"+doubted+" | maintenance bolt found\n")
	_, err := Retry(context.Background(), b.l, b.p, run, ledger.Filter{Vendors: []string{"acme"}})
	b.must(err)
	b.must(Refresh(context.Background(), b.l, b.p, run))
	b.lookAgain(run)
	b.wants(run, "1 | maintenance acme planned | maintenance bolt found\n")
}

// After a rescue that could not name what it lost, each vendor is in doubt for itself.
func TestFearBesideOthers(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.buy(b.reports(RouteAll), "bolt", "answered yes")
	b.p.Loss = ledger.Loss{At: b.now, What: "some"}
	b.wants(b.reports(RouteAll), "1 | maintenance acme in_doubt submit in_doubt: the ledger was damaged and has lost some | maintenance bolt found\n")
}

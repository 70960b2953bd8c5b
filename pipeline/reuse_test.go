package pipeline_test

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/pipeline/stagetest"
	"vehiclebatch/vendors"
)

// What an earlier run has bought, waits for or is in doubt about, by what the
// next run makes of the same question.
func TestReuseOfAnEarlierRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before func(b *stagetest.Fixture, run ledger.Run) // what came of the first run
		after  time.Duration
		change func(p *policy.Policy)
		want   string
		reused bool
	}{
		{"found", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, time.Hour, nil, "maintenance acme found", true},
		{"found, a moment before max_age", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, 2160*time.Hour - 1, nil, "maintenance acme found", true},
		{"found, but too old", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, 2160 * time.Hour, nil, "maintenance acme planned", false},
		{"found, but never to be used again", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, 0,
			func(p *policy.Policy) { setMaxAge(p, 0) }, "maintenance acme planned", false},
		{"found at a vendor that has left the route", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, time.Hour,
			func(p *policy.Policy) { setRoute(p, "bolt") }, "maintenance bolt planned", false},
		{"found at a vendor further down the route", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "answered yes") }, time.Hour,
			func(p *policy.Policy) { setRoute(p, "bolt", "acme") }, "maintenance acme found", true},
		{"no record anywhere", func(b *stagetest.Fixture, r ledger.Run) {
			b.Buy(r, "acme", "no_record no")
			b.Buy(r, "bolt", "no_record no")
		}, time.Hour, nil, "maintenance bolt no_record", true},
		{"no record, and now there is another vendor", noRecordAlone, time.Hour,
			func(p *policy.Policy) { stagetest.FallBackOn(p, record.DatasetMaintenance, record.NoRecord) }, "maintenance bolt planned", false},
		{"no record, and the user leaves it at that", noRecordAlone, time.Hour,
			func(p *policy.Policy) { stagetest.FallBackOn(p, record.DatasetMaintenance) }, "maintenance acme no_record", true},
		{"unsupported", func(b *stagetest.Fixture, r ledger.Run) {
			b.Buy(r, "acme", "unsupported no")
			b.Buy(r, "bolt", "answered yes")
		}, time.Hour, nil, "maintenance bolt found", true},
		{"refused", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "refused no") }, time.Hour, nil, "maintenance acme planned", false},
		{"not sent yet", func(*stagetest.Fixture, ledger.Run) {}, time.Hour, nil, "maintenance acme planned", false},
		{"a ticket is out", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "ticket T1") }, time.Hour, nil, "maintenance acme following", true},
		{"in doubt", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, time.Hour, nil,
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", true},
		{"in doubt for longer than max_age", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, 2160 * time.Hour, nil, "maintenance acme planned", false},
		{"in doubt for two days with a short max_age", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, lookup.DoubtHold - 1, func(p *policy.Policy) { setMaxAge(p, time.Hour) },
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", true},
		{"in doubt for three days with a short max_age", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, lookup.DoubtHold, func(p *policy.Policy) { setMaxAge(p, time.Hour) },
			"maintenance acme planned", false},
		{"in doubt, but cheap enough now", func(b *stagetest.Fixture, r ledger.Run) { b.Buy(r, "acme", "unknown") }, time.Hour, func(p *policy.Policy) { p.ResubmitBelow = 1701 },
			"maintenance acme planned", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			c.before(b, first)
			old := b.Lookup(first)
			b.Now = b.Now.Add(c.after)
			if c.change != nil {
				c.change(b.Policy)
			}
			second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			b.Wants(second, "1 | "+c.want+"\n")
			k := b.Lookup(second)
			if c.reused != (k.Source == old.ID) || !c.reused && k.Source != 0 {
				t.Errorf("its source is %d, the earlier lookup %d", k.Source, old.ID)
			}
			if c.reused && (k.Answer != old.Answer && k.State != ledger.InDoubt || !k.AnsweredAt.Equal(old.AnsweredAt)) {
				t.Errorf("takes over %+v as %+v", old, k)
			}
			b.Costs(second, 0)
		})
	}
}

func noRecordAlone(b *stagetest.Fixture, r ledger.Run) {
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance)
	b.Buy(r, "acme", "no_record no")
}

func setRoute(p *policy.Policy, names ...string) {
	r := p.Routes[record.DatasetMaintenance]
	r.Vendors = names
	p.Routes[record.DatasetMaintenance] = r
}

func setMaxAge(p *policy.Policy, age time.Duration) {
	r := p.Routes[record.DatasetMaintenance]
	r.MaxAge = age
	p.Routes[record.DatasetMaintenance] = r
}

// A third run takes over what the second took over: the answer stays the one
// that was bought, and so does its age.
func TestReuseOfAReusedAnswer(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(first, "acme", "answered yes")
	b.Now = b.Now.Add(2000 * time.Hour)
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Now = b.Now.Add(100 * time.Hour)
	third := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	if got, want := b.Lookup(third), b.Lookup(first); got.Answer != want.Answer || got.State != ledger.Found || b.Lookup(second).State != ledger.Found {
		t.Errorf("the third run has %+v", got)
	}
	b.Now = b.Now.Add(60 * time.Hour) // the answer is 2160 hours old, the third run's taking over is not
	b.Wants(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "1 | maintenance acme planned\n")
}

func TestFollowersGetWhatTheTicketBrings(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"answered yes":   "maintenance acme found",
		"unsupported no": "maintenance bolt planned",
		"refused":        "maintenance acme failed poll rejected: refused",
	} {
		b := stagetest.New(t)
		first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		w := b.Buy(first, "acme", "ticket T1")
		second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		third := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
		b.Answer(w, vendors.Poll, body)
		for _, run := range []ledger.Run{first, second, third} {
			b.ResolveAgain(run) // one that followed what goes on is looked at before it is sent
			b.Wants(run, "1 | "+want+"\n")
		}
		b.Costs(second, 0)
	}
}

// A run that goes on looks again at what it has not sent.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		between func(b *stagetest.Fixture)
		want    string
	}{
		{"nothing has changed", func(*stagetest.Fixture) {}, "maintenance acme planned"},
		{"a later run has bought it", func(b *stagetest.Fixture) {
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "answered yes")
		}, "maintenance acme found"},
		{"a later run waits for it", func(b *stagetest.Fixture) {
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "ticket T1")
		}, "maintenance acme following"},
		{"a later run is in doubt about it", func(b *stagetest.Fixture) {
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "unknown")
		},
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"},
		{"a later run was refused", func(b *stagetest.Fixture) {
			b.Buy(b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()), "acme", "refused no")
		}, "maintenance acme planned"},
		{"a later run has planned it as well", func(b *stagetest.Fixture) { b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car()) }, "maintenance acme planned"},
		{"the vendor has left the route", func(b *stagetest.Fixture) { setRoute(b.Policy, "bolt") }, "maintenance bolt planned"},
		{"the vendor is configured no more", func(b *stagetest.Fixture) { delete(b.Policy.Vendors, "acme") }, "maintenance bolt planned"},
		{"nobody is left to ask", func(b *stagetest.Fixture) { setRoute(b.Policy) }, "maintenance acme planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			c.between(b)
			b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
			b.Wants(run, "1 | "+c.want+"\n")
			b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
			b.Wants(run, "1 | "+c.want+"\n")
			b.Costs(run, 0)
		})
	}
}

func TestRefreshOfManyPages(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	rows := make([]record.Vehicle, planner.ChunkRows+5)
	for i := range rows {
		rows[i] = stagetest.With(stagetest.Car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z88" + time.Duration(i).String() })
	}
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), rows...)
	setRoute(b.Policy, "bolt")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
	counts, err := b.Ledger.Counts(context.Background(), run)
	b.Must(err)
	if len(counts) != 1 || counts[0].Vendor != "bolt" || counts[0].N != int64(len(rows)) {
		t.Errorf("counts are %+v", counts)
	}
}

// A follower that went on by itself has bought what its source was about to
// buy at the next vendor: the source takes it over when its run goes on.
func TestRefreshTakesOverWhatAFollowerBought(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	first := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	w := b.Buy(first, "acme", "ticket T1")
	second := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Answer(w, vendors.Poll, "no_record no")
	b.ResolveAgain(second)
	b.Buy(second, "bolt", "answered yes")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, first))
	b.Wants(first, "1 | maintenance bolt found\n")
	b.Costs(first, 0)
	b.Costs(second, 3200)
}

// A lookup that has moved on keeps its place in the route, whatever another
// run was told before.
func TestRefreshKeepsThePlaceOfWhatWasSent(t *testing.T) {
	t.Parallel()
	b := stagetest.New(t)
	old := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	noRecordAlone(b, old)
	stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.NoRecord)
	setMaxAge(b.Policy, 0)
	run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
	b.Buy(run, "acme", "no_record no")
	setMaxAge(b.Policy, time.Hour)
	b.Policy.Vendors["cent"] = b.Policy.Vendors["acme"]
	setRoute(b.Policy, "acme", "cent", "bolt")
	b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
	b.Wants(run, "1 | maintenance bolt planned\n")
}

// A vendor that has had its say on a lookup is not paid for it again, whatever becomes of the route
// between two starts of a run.
func TestARouteThatWasChangedBuysNothingAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first string
		route       []string
		want        string
	}{
		{"it alone is left", "no_record yes", []string{"acme"}, "maintenance acme no_record"},
		{"it is left before another", "no_record yes", []string{"acme", "cent"}, "maintenance cent planned"},
		{"it is left behind another", "no_record yes", []string{"cent", "acme"}, "maintenance cent planned"},
		{"it did not cover the brand", "unsupported no", []string{"acme"}, "maintenance acme unsupported"},
		{"it was paid and not understood", "answered yes garbled", []string{"acme", "cent"}, "maintenance cent planned"},
		{"so was the only one that is left", "answered yes garbled", []string{"acme"}, "maintenance bolt failed validate unavailable: bolt is no longer on the route of maintenance"},
		{"it refused", "refused no", []string{"acme", "cent"}, "maintenance cent planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stagetest.New(t)
			stagetest.FallBackOn(b.Policy, record.DatasetMaintenance, record.NoRecord, record.Unsupported, record.Failed, record.InDoubt)
			run := b.Plan(stagetest.Only(record.DatasetMaintenance), stagetest.Car())
			b.Buy(run, "acme", c.first)
			b.Wants(run, "1 | maintenance bolt planned\n")
			b.Policy.Vendors["cent"] = b.Policy.Vendors["bolt"]
			setRoute(b.Policy, c.route...)
			for range 2 {
				b.Must(planner.Refresh(context.Background(), b.Ledger, b.Policy, run))
				b.ResolveAgain(run)
				b.Wants(run, "1 | "+c.want+"\n")
			}
		})
	}
}

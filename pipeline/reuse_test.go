package pipeline

import (
	"context"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// What an earlier run has bought, waits for or is in doubt about, by what the
// next run makes of the same question.
func TestReuseOfAnEarlierRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before func(b *bed, run ledger.Run) // what came of the first run
		after  time.Duration
		change func(p *Policy)
		want   string
		reused bool
	}{
		{"found", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, time.Hour, nil, "maintenance acme found", true},
		{"found, a moment before max_age", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, 2160*time.Hour - 1, nil, "maintenance acme found", true},
		{"found, but too old", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, 2160 * time.Hour, nil, "maintenance acme planned", false},
		{"found, but never to be used again", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, 0,
			func(p *Policy) { setMaxAge(p, 0) }, "maintenance acme planned", false},
		{"found at a vendor that has left the route", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, time.Hour,
			func(p *Policy) { setRoute(p, "bolt") }, "maintenance bolt planned", false},
		{"found at a vendor further down the route", func(b *bed, r ledger.Run) { b.buy(r, "acme", "answered yes") }, time.Hour,
			func(p *Policy) { setRoute(p, "bolt", "acme") }, "maintenance acme found", true},
		{"no record anywhere", func(b *bed, r ledger.Run) { b.buy(r, "acme", "no_record no"); b.buy(r, "bolt", "no_record no") }, time.Hour, nil, "maintenance bolt no_record", true},
		{"no record, and now there is another vendor", noRecordAlone, time.Hour,
			func(p *Policy) { fallBackOn(p, record.DatasetMaintenance, record.NoRecord) }, "maintenance bolt planned", false},
		{"no record, and the user leaves it at that", noRecordAlone, time.Hour,
			func(p *Policy) { fallBackOn(p, record.DatasetMaintenance) }, "maintenance acme no_record", true},
		{"unsupported", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unsupported no"); b.buy(r, "bolt", "answered yes") }, time.Hour, nil, "maintenance bolt found", true},
		{"refused", func(b *bed, r ledger.Run) { b.buy(r, "acme", "refused no") }, time.Hour, nil, "maintenance acme planned", false},
		{"not sent yet", func(*bed, ledger.Run) {}, time.Hour, nil, "maintenance acme planned", false},
		{"a ticket is out", func(b *bed, r ledger.Run) { b.buy(r, "acme", "ticket T1") }, time.Hour, nil, "maintenance acme following", true},
		{"in doubt", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, time.Hour, nil,
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", true},
		{"in doubt for longer than max_age", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, 2160 * time.Hour, nil, "maintenance acme planned", false},
		{"in doubt for two days with a short max_age", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, lookup.DoubtHold - 1, func(p *Policy) { setMaxAge(p, time.Hour) },
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown", true},
		{"in doubt for three days with a short max_age", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, lookup.DoubtHold, func(p *Policy) { setMaxAge(p, time.Hour) },
			"maintenance acme planned", false},
		{"in doubt, but cheap enough now", func(b *bed, r ledger.Run) { b.buy(r, "acme", "unknown") }, time.Hour, func(p *Policy) { p.ResubmitBelow = 1701 },
			"maintenance acme planned", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			first := b.plan(only(record.DatasetMaintenance), car())
			c.before(b, first)
			old := b.lookup(first)
			b.now = b.now.Add(c.after)
			if c.change != nil {
				c.change(b.p)
			}
			second := b.plan(only(record.DatasetMaintenance), car())
			b.wants(second, "1 | "+c.want+"\n")
			k := b.lookup(second)
			if c.reused != (k.Source == old.ID) || !c.reused && k.Source != 0 {
				t.Errorf("its source is %d, the earlier lookup %d", k.Source, old.ID)
			}
			if c.reused && (k.Answer != old.Answer && k.State != ledger.InDoubt || !k.AnsweredAt.Equal(old.AnsweredAt)) {
				t.Errorf("takes over %+v as %+v", old, k)
			}
			b.costs(second, 0)
		})
	}
}

func noRecordAlone(b *bed, r ledger.Run) {
	fallBackOn(b.p, record.DatasetMaintenance)
	b.buy(r, "acme", "no_record no")
}

func setRoute(p *Policy, names ...string) {
	r := p.Routes[record.DatasetMaintenance]
	r.Vendors = names
	p.Routes[record.DatasetMaintenance] = r
}

func setMaxAge(p *Policy, age time.Duration) {
	r := p.Routes[record.DatasetMaintenance]
	r.MaxAge = age
	p.Routes[record.DatasetMaintenance] = r
}

func (b *bed) costs(run ledger.Run, want record.Fen) {
	b.t.Helper()
	b.must(b.l.WatchMoney(context.Background(), run))
	if got := b.l.Money().Sum(); got != want {
		b.t.Errorf("%s costs ¥%s, want ¥%s", run.ID, got, want)
	}
}

// A third run takes over what the second took over: the answer stays the one
// that was bought, and so does its age.
func TestReuseOfAReusedAnswer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	b.buy(first, "acme", "answered yes")
	b.now = b.now.Add(2000 * time.Hour)
	second := b.plan(only(record.DatasetMaintenance), car())
	b.now = b.now.Add(100 * time.Hour)
	third := b.plan(only(record.DatasetMaintenance), car())
	if got, want := b.lookup(third), b.lookup(first); got.Answer != want.Answer || got.State != ledger.Found || b.lookup(second).State != ledger.Found {
		t.Errorf("the third run has %+v", got)
	}
	b.now = b.now.Add(60 * time.Hour) // the answer is 2160 hours old, the third run's taking over is not
	b.wants(b.plan(only(record.DatasetMaintenance), car()), "1 | maintenance acme planned\n")
}

func TestFollowersGetWhatTheTicketBrings(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"answered yes":   "maintenance acme found",
		"unsupported no": "maintenance bolt planned",
		"refused":        "maintenance acme failed poll rejected: refused",
	} {
		b := newBed(t)
		first := b.plan(only(record.DatasetMaintenance), car())
		w := b.buy(first, "acme", "ticket T1")
		second := b.plan(only(record.DatasetMaintenance), car())
		third := b.plan(only(record.DatasetMaintenance), car())
		b.answer(w, vendors.Poll, body)
		for _, run := range []ledger.Run{first, second, third} {
			b.lookAgain(run) // one that followed what goes on is looked at before it is sent
			b.wants(run, "1 | "+want+"\n")
		}
		b.costs(second, 0)
	}
}

// A run that goes on looks again at what it has not sent.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		between func(b *bed)
		want    string
	}{
		{"nothing has changed", func(*bed) {}, "maintenance acme planned"},
		{"a later run has bought it", func(b *bed) { b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "answered yes") }, "maintenance acme found"},
		{"a later run waits for it", func(b *bed) { b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "ticket T1") }, "maintenance acme following"},
		{"a later run is in doubt about it", func(b *bed) { b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "unknown") },
			"maintenance acme in_doubt submit in_doubt: an earlier run's order is in doubt: unknown"},
		{"a later run was refused", func(b *bed) { b.buy(b.plan(only(record.DatasetMaintenance), car()), "acme", "refused no") }, "maintenance acme planned"},
		{"a later run has planned it as well", func(b *bed) { b.plan(only(record.DatasetMaintenance), car()) }, "maintenance acme planned"},
		{"the vendor has left the route", func(b *bed) { setRoute(b.p, "bolt") }, "maintenance bolt planned"},
		{"the vendor is configured no more", func(b *bed) { delete(b.p.Sellers, "acme") }, "maintenance bolt planned"},
		{"nobody is left to ask", func(b *bed) { setRoute(b.p) }, "maintenance acme planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			run := b.plan(only(record.DatasetMaintenance), car())
			c.between(b)
			b.must(Refresh(context.Background(), b.l, b.p, run))
			b.wants(run, "1 | "+c.want+"\n")
			b.must(Refresh(context.Background(), b.l, b.p, run))
			b.wants(run, "1 | "+c.want+"\n")
			b.costs(run, 0)
		})
	}
}

func TestRefreshOfManyPages(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	rows := make([]record.Vehicle, ChunkRows+5)
	for i := range rows {
		rows[i] = with(car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z88" + time.Duration(i).String() })
	}
	run := b.plan(only(record.DatasetMaintenance), rows...)
	setRoute(b.p, "bolt")
	b.must(Refresh(context.Background(), b.l, b.p, run))
	counts, err := b.l.Counts(context.Background(), run)
	b.must(err)
	if len(counts) != 1 || counts[0].Vendor != "bolt" || counts[0].N != int64(len(rows)) {
		t.Errorf("counts are %+v", counts)
	}
}

// A follower that went on by itself has bought what its source was about to
// buy at the next vendor: the source takes it over when its run goes on.
func TestRefreshTakesOverWhatAFollowerBought(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	first := b.plan(only(record.DatasetMaintenance), car())
	w := b.buy(first, "acme", "ticket T1")
	second := b.plan(only(record.DatasetMaintenance), car())
	b.answer(w, vendors.Poll, "no_record no")
	b.lookAgain(second)
	b.buy(second, "bolt", "answered yes")
	b.must(Refresh(context.Background(), b.l, b.p, first))
	b.wants(first, "1 | maintenance bolt found\n")
	b.costs(first, 0)
	b.costs(second, 3200)
}

// A lookup that has moved on keeps its place in the route, whatever another
// run was told before.
func TestRefreshKeepsThePlaceOfWhatWasSent(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	old := b.plan(only(record.DatasetMaintenance), car())
	noRecordAlone(b, old)
	fallBackOn(b.p, record.DatasetMaintenance, record.NoRecord)
	setMaxAge(b.p, 0)
	run := b.plan(only(record.DatasetMaintenance), car())
	b.buy(run, "acme", "no_record no")
	setMaxAge(b.p, time.Hour)
	b.p.Sellers["cent"] = b.p.Sellers["acme"]
	setRoute(b.p, "acme", "cent", "bolt")
	b.must(Refresh(context.Background(), b.l, b.p, run))
	b.wants(run, "1 | maintenance bolt planned\n")
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
			b := newBed(t)
			fallBackOn(b.p, record.DatasetMaintenance, record.NoRecord, record.Unsupported, record.Failed, record.InDoubt)
			run := b.plan(only(record.DatasetMaintenance), car())
			b.buy(run, "acme", c.first)
			b.wants(run, "1 | maintenance bolt planned\n")
			b.p.Sellers["cent"] = b.p.Sellers["bolt"]
			setRoute(b.p, c.route...)
			for range 2 {
				b.must(Refresh(context.Background(), b.l, b.p, run))
				b.lookAgain(run)
				b.wants(run, "1 | "+c.want+"\n")
			}
		})
	}
}

package storetest

import (
	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func followerPromises() []promise {
	promises := []promise{
		{"followers go on by themselves where their source goes on", followersGoOn},
		{"one that begins to follow later shares the end as well", laterFollowers},
		{"of vendors side by side, one that knows nothing sets followers free", followersOfOneBeside},
		{"followers share the end by AdvanceAll, Conclude and Settle", followersByEveryWay},
	}
	for _, to := range []ledger.State{ledger.Found, ledger.NoRecord, ledger.Unsupported, ledger.Failed, ledger.InDoubt} {
		promises = append(promises, promise{"followers share the end and pay nothing: " + string(to), func(b *bench) { followersShare(b, to) }})
	}
	return promises
}

// follow plans a run whose only lookup follows another, and returns its id.
func (b *bench) follow(id string, source ledger.Work, fanOut bool) int64 {
	b.t.Helper()
	run := b.plan(id, func(run ledger.Run) []ledger.PlannedVehicle {
		pv := rowOf(run, 1)
		k := &pv.Lookups[0]
		k.State, k.Source, k.Key, k.FanOut = ledger.Following, source.Lookup.ID, source.Lookup.Key, fanOut
		return []ledger.PlannedVehicle{pv}
	})
	return run.FirstLookup
}

func followersShare(b *bench, to ledger.State) {
	run, work := b.simple("one", 2)
	source := b.waitUntil(work[0], noon)
	followers := []int64{b.follow("two", source, false), b.follow("three", source, true)}
	stranger := b.follow("four", work[1], false)
	b.goTo(source, ledger.Waiting, ledger.BilledYes)
	b.wantState(ledger.Following, followers...)
	s := step(source, to, ledger.BilledYes)
	s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt = 77, noon
	s.Next.Lookup.Stage, s.Next.Lookup.Class, s.Next.Lookup.Code, s.Next.Lookup.Message = record.StagePoll, record.Expired, "c", "m"
	b.advance(s)
	for _, id := range followers {
		k := b.lookup(id)
		if k.State != to || k.Answer != 77 || k.Ticket != "T" || k.Stage != record.StagePoll || k.Class != record.Expired || k.Code != "c" || k.Message != "m" ||
			k.Source != source.Lookup.ID || !k.AnsweredAt.Equal(noon) || k.Attempts != 0 || !k.NextAt.IsZero() {
			b.t.Errorf("the follower is %+v", k)
		}
	}
	b.wantState(ledger.Following, stranger)
	b.must(b.WatchMoney(ctx(), run))
	if got := b.Money(); got != (ledger.Totals{Charged: 100}) {
		b.t.Errorf("money is %+v", got)
	}
}

func followersGoOn(b *bench) {
	_, work := b.simple("one", 1)
	source := b.waitUntil(work[0], noon)
	follower, beside := b.follow("two", source, false), b.follow("three", source, true)
	s := step(source, ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned, FirstAt: noon.Add(-1000)}
	b.advance(s)
	if k := b.lookup(follower); k.State != ledger.Planned || k.Vendor != "bolt" || k.Source != 0 || k.Ticket != "" || !k.NextAt.IsZero() || !k.FirstAt.Equal(noon.Add(-1000)) {
		b.t.Errorf("the follower is %+v", k)
	}
	b.wantState(ledger.NoRecord, beside) // asks this vendor and no other
}

func followersOfOneBeside(b *bench) {
	for _, to := range []ledger.State{ledger.NoRecord, ledger.Unsupported, ledger.Found} {
		_, work := b.fanOutRun("beside "+string(to), 1)
		source := b.waitUntil(work[0], noon)
		alone, beside := b.follow("alone "+string(to), source, false), b.follow("also beside "+string(to), source, true)
		b.goTo(source, to, ledger.BilledYes)
		want := ledger.Planned
		if to == ledger.Found {
			want = to
		}
		b.wantState(want, alone)
		b.wantState(to, beside)
		if k := b.lookup(alone); want == ledger.Planned && (k.Vendor != "acme" || k.Source != 0) {
			b.t.Errorf("it goes on as %+v", k)
		}
	}
}

func laterFollowers(b *bench) {
	_, first := b.simple("one", 1)
	_, second := b.simple("two", 1)
	source := b.waitUntil(first[0], noon)
	s := step(second[0], ledger.Following, "")
	s.Next.Lookup.Source = source.Lookup.ID
	b.must(b.AdvanceAll([]ledger.Step{s}))
	b.goTo(source, ledger.NoRecord, ledger.BilledNo)
	b.wantState(ledger.NoRecord, second[0].Lookup.ID)
}

func followersByEveryWay(b *bench) {
	_, work := b.simple("one", 3)
	var ids []int64
	for i, end := range []func(w ledger.Work) error{
		func(w ledger.Work) error {
			return b.AdvanceAll([]ledger.Step{step(w, ledger.NoRecord, w.Attempt.Billed)})
		},
		func(w ledger.Work) error {
			return b.Conclude(answer(w, "none"), step(w, ledger.NoRecord, w.Attempt.Billed))
		},
		func(w ledger.Work) error {
			return b.Settle([]ledger.Settlement{{Lookup: w.Lookup.ID, N: 1, Was: ledger.BilledYes, Billed: ledger.BilledYes, Steps: []ledger.Step{step(ledger.Work{Lookup: w.Lookup}, ledger.NoRecord, "")}}})
		},
	} {
		source := b.waitUntil(work[i], noon)
		ids = append(ids, b.follow("follower"+string(rune('a'+i)), source, false))
		b.must(end(source))
	}
	b.wantState(ledger.NoRecord, ids...)
}

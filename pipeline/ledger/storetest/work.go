package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func workPromises() []promise {
	return []promise{
		{"Due lists tickets of every run, the longest due first", dueTickets},
		{"Sendable lists what may be sent now, the longest due first and then as planned", sendableInOrder},
		{"Sendable tells what others ask as well", sendableContested},
		{"PlannedWork lists a run's planned lookups in pages", plannedInPages},
		{"Unresolved lists what is under way in any run", unresolvedOfAnyRun},
		{"OpenCount counts what is not settled", openCounted},
		{"Counts counts by where lookups stand", countsByWhereTheyStand},
		{"Failures come as their requests were planned, and are picked", failuresPicked},
		{"Failures leave out what was replaced, and keep a request together", failuresOfRequests},
		{"what a wrong clock has put off is due", setBackMakesDue},
		{"what is due later than can be is due", setBackOfFarMoments},
		{"moments are kept in microseconds", momentsInMicroseconds},
	}
}

func dueTickets(b *bench) {
	_, first := b.simple("one", 2)
	_, second := b.simple("two", 3)
	all := slices.Concat(first, second)
	for i, after := range []time.Duration{3, 1, 2, 9, 1} {
		b.waitUntil(all[i], noon.Add(after*time.Minute))
	}
	due := func(after time.Duration, limit int) []ledger.Work {
		work, err := b.Due(ctx(), "acme", noon.Add(after*time.Minute), limit)
		b.must(err)
		return work
	}
	b.wantIDs("nothing yet", due(0, 9))
	b.wantIDs("at the minute", due(1, 9), all[1].Lookup.ID, all[4].Lookup.ID)
	b.wantIDs("three minutes on", due(3, 9), all[1].Lookup.ID, all[4].Lookup.ID, all[2].Lookup.ID, all[0].Lookup.ID)
	b.wantIDs("only two", due(9, 2), all[1].Lookup.ID, all[4].Lookup.ID)
	if w := due(1, 1)[0]; w.Lookup.Ticket != "T" || w.Attempt.N != 1 || w.Attempt.Billed != ledger.BilledYes || w.Vehicle.VIN == "" || w.Contested {
		b.t.Errorf("a ticket comes with %+v", w)
	}
	other, err := b.Due(ctx(), "bolt", noon.Add(time.Hour), 9)
	b.must(err)
	b.wantIDs("another vendor", other)
	for after, want := range map[time.Duration]time.Duration{0: 1, 1: 2, 3: 9, 9: 0} {
		next, err := b.NextPoll(ctx(), "acme", noon.Add(after*time.Minute))
		b.must(err)
		if next.OK != (want != 0) || next.OK && !next.V.Equal(noon.Add(want*time.Minute)) {
			b.t.Errorf("after %d minutes the next poll is %v, want %d", after, next, want)
		}
	}
}

func sendableInOrder(b *bench) {
	run, work := b.simple("one", 4)
	b.simple("two", 2) // another run's are not this one's
	later := step(b.intend(work[0], 1), ledger.Planned, ledger.BilledNo)
	later.Next.Lookup.NextAt = noon.Add(time.Minute)
	b.advance(later)
	b.intend(work[2], 1)
	list := func(now time.Time, limit int, skip ...record.Dataset) []ledger.Work {
		got, err := b.Sendable(ctx(), run.Seq, "acme", now, skip, limit)
		b.must(err)
		return got
	}
	b.wantIDs("now", list(noon, 9), work[1].Lookup.ID, work[3].Lookup.ID)
	b.wantIDs("one", list(noon, 1), work[1].Lookup.ID)
	b.wantIDs("in a minute", list(noon.Add(time.Minute), 9), work[1].Lookup.ID, work[3].Lookup.ID, work[0].Lookup.ID)
	b.wantIDs("others skipped", list(noon, 9, record.DatasetValuation, record.DatasetViolations), work[1].Lookup.ID, work[3].Lookup.ID)
	b.wantIDs("skipped", list(noon, 9, record.DatasetMaintenance, record.DatasetValuation))
	if other, err := b.Sendable(ctx(), run.Seq, "bolt", noon, nil, 9); len(other) != 0 || err != nil {
		b.t.Errorf("to another vendor can be sent %+v, %v", other, err)
	}
	for _, c := range []struct {
		after time.Time
		skip  []record.Dataset
		ok    bool
	}{{noon, nil, true}, {noon.Add(time.Minute), nil, false}, {noon, []record.Dataset{record.DatasetMaintenance}, false}} {
		next, err := b.NextSend(ctx(), run.Seq, "acme", c.after, c.skip)
		b.must(err)
		if next.OK != c.ok || c.ok && !next.V.Equal(noon.Add(time.Minute)) {
			b.t.Errorf("after %v, without %v, the next is %v", c.after, c.skip, next)
		}
	}
}

func sendableContested(b *bench) {
	run := b.plan("one", func(run ledger.Run) []ledger.PlannedVehicle {
		return []ledger.PlannedVehicle{rowOf(run, 1), rowOf(run, 2)}
	})
	b.plan("two", func(ledger.Run) []ledger.PlannedVehicle { return []ledger.PlannedVehicle{rowOf(run, 2)} })
	got := b.sendable(run)
	if len(got) != 2 || got[0].Contested || !got[1].Contested {
		b.t.Errorf("to be sent are %+v", got)
	}
	planned, err := b.PlannedWork(ctx(), run, 0, 9)
	if err != nil || planned[1].Contested {
		b.t.Errorf("planned are %+v, %v", planned, err)
	}
}

func plannedInPages(b *bench) {
	run, work := b.simple("one", 5)
	b.simple("two", 1)
	b.intend(work[1], 1)
	later := step(work[4], ledger.Planned, "")
	later.Next.Lookup.NextAt = noon.Add(time.Hour)
	b.advance(later)
	var got []int64
	var after int64
	for {
		page, err := b.PlannedWork(ctx(), run, after, 2)
		b.must(err)
		if len(page) == 0 {
			break
		}
		got = append(got, idsOf(page)...)
		after = got[len(got)-1]
	}
	if want := idsOf([]ledger.Work{work[0], work[2], work[3], work[4]}); !slices.Equal(got, want) {
		b.t.Errorf("planned are %v, want %v", got, want)
	}
}

func unresolvedOfAnyRun(b *bench) {
	_, first := b.simple("one", 2)
	_, second := b.simple("two", 2)
	b.intend(second[0], 7)
	b.intend(first[1], 7)
	b.waitUntil(first[0], noon)
	work, err := b.Unresolved(ctx())
	b.must(err)
	b.wantIDs("under way", work, first[1].Lookup.ID, second[0].Lookup.ID)
	if w := work[0]; w.Attempt.N != 1 || w.Attempt.Billed != ledger.Reserved || w.Attempt.Fen != 7 || !w.Attempt.IntentAt.Equal(noon) || !w.Attempt.EndedAt.IsZero() || w.Lookup.State != ledger.Submitting {
		b.t.Errorf("it is %+v", w)
	}
}

func openCounted(b *bench) {
	run, work := b.simple("one", 8)
	b.simple("two", 1)
	b.intend(work[0], 1)
	b.waitUntil(work[1], noon)
	b.goTo(work[2], ledger.Following, "")
	for i, s := range []ledger.State{ledger.Found, ledger.NoRecord, ledger.Unsupported, ledger.Failed} {
		b.goTo(work[i+3], s, "")
	}
	if n, err := b.OpenCount(ctx(), run); n != 4 || err != nil {
		b.t.Errorf("%d are open, %v, want 4", n, err)
	}
}

func countsByWhereTheyStand(b *bench) {
	run, work := b.simple("one", 7)
	b.goTo(b.intend(work[0], 1), ledger.Found, ledger.BilledYes)
	b.goTo(b.intend(work[1], 1), ledger.Found, ledger.BilledYes)
	reused := step(work[2], ledger.Found, "")
	reused.Next.Lookup.Source = 99
	b.advance(reused)
	failed := step(work[3], ledger.Failed, "")
	failed.Next.Lookup.Class = record.Rejected
	failed.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned, Class: record.Auth}
	b.advance(failed)
	blocked := step(work[4], ledger.Planned, "")
	blocked.Next.Lookup.DependsOn = work[6].Lookup.ID
	b.advance(blocked)
	for i, after := range []time.Duration{2, 1} {
		later := step(work[5+i], ledger.Planned, "")
		later.Next.Lookup.NextAt = noon.Add(after * time.Minute)
		b.advance(later)
	}
	got, err := b.Counts(ctx(), run)
	b.must(err)
	m := record.DatasetMaintenance
	want := []ledger.Count{{Dataset: m, Vendor: "acme", State: ledger.Found, N: 2}, {Dataset: m, Vendor: "acme", State: ledger.Found, Reused: true, N: 1},
		{Dataset: m, Vendor: "acme", State: ledger.Planned, N: 2, NextAt: noon.Add(time.Minute)}, {Dataset: m, Vendor: "acme", State: ledger.Planned, Blocked: true, N: 1},
		{Dataset: m, Vendor: "bolt", State: ledger.Planned, Class: record.Auth, N: 1}}
	if !slices.Equal(got, want) {
		b.t.Errorf("counts are\n%+v, want\n%+v", got, want)
	}
}

func failuresPicked(b *bench) {
	const n = 1203
	run := b.plan("one", func(run ledger.Run) (rows []ledger.PlannedVehicle) {
		for row := range int64(n) {
			pv := rowOf(run, row+1)
			k := &pv.Lookups[0]
			k.State, k.Class, k.Vendor = ledger.Failed, record.Classes()[row%3], []string{"acme", "bolt"}[row%2]
			if row%10 == 9 {
				k.State, k.Class = ledger.InDoubt, record.DoubtfulOrder
			}
			if row%100 == 0 {
				k.State = ledger.Found
			}
			rows = append(rows, pv)
		}
		return rows
	})
	for _, c := range []struct {
		filter ledger.Filter
		want   int
	}{
		{ledger.Filter{}, n - 13}, {ledger.Filter{Classes: []record.Class{record.DoubtfulOrder}}, 120}, {ledger.Filter{Vendors: []string{"acme"}}, 602 - 13},
		{ledger.Filter{Datasets: []record.Dataset{record.DatasetValuation}}, 0},
		{ledger.Filter{Classes: []record.Class{record.DoubtfulOrder}, Vendors: []string{"acme"}}, 0},
	} {
		var rows []int64
		b.must(b.Failures(ctx(), run, c.filter, func(w ledger.Work) error { rows = append(rows, w.Vehicle.Row); return nil }))
		if len(rows) != c.want || !slices.IsSorted(rows) {
			b.t.Errorf("%+v picks %d, want %d", c.filter, len(rows), c.want)
		}
	}
	enough, seen := errors.New("enough"), 0
	if err := b.Failures(ctx(), run, ledger.Filter{}, func(ledger.Work) error { seen++; return enough }); !errors.Is(err, enough) || seen != 1 {
		b.t.Errorf("after an error it went on to %d: %v", seen, err)
	}
}

func failuresOfRequests(b *bench) {
	run, work := b.simple("one", 2)
	failed := step(b.intend(work[0], 1), ledger.Failed, ledger.BilledYes)
	failed.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Failed}
	b.advance(failed)
	b.goTo(work[1], ledger.Failed, "")
	var got []string
	b.must(b.Failures(ctx(), run, ledger.Filter{}, func(w ledger.Work) error {
		got = append(got, fmt.Sprintf("%d %s", w.Vehicle.Row, w.Lookup.Vendor))
		return nil
	}))
	if want := []string{"1 bolt", "2 acme"}; !slices.Equal(got, want) {
		b.t.Errorf("failures are %v", got)
	}
}

func setBackMakesDue(b *bench) {
	b.now = noon.Add(10 * 365 * 24 * time.Hour) // the clock is years ahead
	run, work := b.simple("one", 4)
	wait := func(w ledger.Work, to ledger.State) {
		s := step(w, to, "")
		s.Next.Lookup.NextAt, s.Next.Lookup.TicketAt = b.now.Add(time.Hour), b.now
		b.advance(s)
	}
	wait(work[0], ledger.Waiting)
	wait(work[1], ledger.Planned)
	b.now = noon
	wait(work[2], ledger.Waiting)
	wait(work[3], ledger.Planned)
	b.must(b.SetBack())
	due, err := b.Due(ctx(), "acme", noon, 10)
	b.must(err)
	if len(due) != 1 || due[0].Lookup.ID != work[0].Lookup.ID || !due[0].Lookup.NextAt.Equal(noon) || due[0].Lookup.TicketAt.Before(noon.AddDate(9, 0, 0)) {
		b.t.Errorf("due: %+v", due)
	}
	b.wantIDs("to be sent", b.sendable(run), work[1].Lookup.ID)
}

// A clock that was set back between two looks at it leaves a lookup that was changed
// now and is due in years.
func setBackOfFarMoments(b *bench) {
	_, work := b.simple("one", 3)
	for i, wait := range []time.Duration{record.LongestInterval, record.LongestInterval + 48*time.Hour, 10 * 365 * 24 * time.Hour} {
		s := step(work[i], ledger.Waiting, "")
		s.Next.Lookup.NextAt, s.Next.Lookup.TicketAt = noon.Add(wait), noon
		b.advance(s)
	}
	b.must(b.SetBack())
	due, err := b.Due(ctx(), "acme", noon, 10)
	b.must(err)
	if got := idsOf(due); len(got) != 2 || slices.Contains(got, work[0].Lookup.ID) {
		b.t.Errorf("due: %v", got)
	}
}

func momentsInMicroseconds(b *bench) {
	b.now = noon.Add(1999 * time.Nanosecond).In(time.FixedZone("China", 8*3600))
	want := noon.Add(time.Microsecond)
	run, work := b.simple("one", 1)
	sent := b.intend(work[0], 1)
	s := step(sent, ledger.Waiting, ledger.BilledYes)
	k := &s.Next.Lookup
	k.NextAt, k.TicketAt, k.AnsweredAt, s.Next.Attempt.EndedAt = b.now, b.now, b.now, b.now
	b.advance(s)
	due, err := b.Due(ctx(), "acme", want, 9)
	b.must(err)
	if len(due) != 1 {
		b.t.Fatalf("due are %+v", due)
	}
	got, last := due[0].Lookup, due[0].Attempt
	for name, at := range map[string]time.Time{"NextAt": got.NextAt, "FirstAt": got.FirstAt, "TicketAt": got.TicketAt, "LastAt": got.LastAt, "AnsweredAt": got.AnsweredAt,
		"IntentAt": last.IntentAt, "EndedAt": last.EndedAt} {
		if at != want {
			b.t.Errorf("%s is %v, want %v", name, at, want)
		}
	}
	run.FinishedAt = b.now
	b.must(b.SetRun(run))
	if r, _, err := b.RunByID(ctx(), "one"); err != nil || r.FinishedAt != want {
		b.t.Errorf("the run is finished at %v, %v", r.FinishedAt, err)
	}
	a := answer(sent, "")
	a.ReceivedAt = b.now
	if a, err := b.AnswerByID(ctx(), b.receive(a)); err != nil || a.ReceivedAt != want {
		b.t.Errorf("received at %v, %v", a.ReceivedAt, err)
	}
}

package storetest

import (
	"fmt"
	"reflect"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

func runPromises() []promise {
	return []promise{
		{"a run comes back whole", runsComeBackWhole},
		{"SetRun changes what a run is to become, and not what it is of", setRunKeeps},
		{"the newest run comes first", runsNewestFirst},
		{"a plan that was cut short is forgotten", cutPlansAreForgotten},
		{"a run that is held is forgotten with those that are planned", heldRunsAreDropped},
		{"what was written is kept by run", writtenIsKept},
		{"whatever the outputs depend on changes the fingerprint", fingerprintTells},
		{"the clock is held against the newest moment", aheadOfTheClock},
	}
}

// fullRun has a value in every field that a new run has.
func fullRun(id string) ledger.Run {
	return ledger.Run{ID: id, StartedAt: noon, InputPath: "fleet.csv", InputSHA256: "00ff", Datasets: record.Datasets(), Formats: "parquet,csv", Lang: "zh", ReportLang: "en",
		ReportTop: 7, Partitioned: true, BOM: true, MaxSpend: record.Some[record.Fen](0), StrictVIN: true, Corrects: "base", Corrected: []record.Dataset{record.DatasetViolations}}
}

func runsComeBackWhole(b *bench) {
	run, err := b.NewRun(fullRun("one"))
	b.must(err)
	want := fullRun("one")
	want.Seq, want.State = run.Seq, ledger.RunPlanning
	if got, ok, err := b.RunByID(ctx(), "one"); err != nil || !ok || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(run, want) {
		b.t.Errorf("made as %+v and read as %+v, %v, want %+v", run, got, err, want)
	}
	if _, err := b.NewRun(fullRun("one")); err == nil {
		b.t.Errorf("two runs have the same id")
	}
	for _, id := range []string{"two", "", "../one", "One"} {
		if _, ok, err := b.RunByID(ctx(), id); ok || err != nil {
			b.t.Errorf("there is a run %q: %v", id, err)
		}
	}
	empty, _ := b.simple("empty", 0)
	if n, err := b.OpenCount(ctx(), empty); n != 0 || err != nil || empty.FirstLookup != 0 || empty.LastLookup != -1 {
		b.t.Errorf("a run of no rows has %d open lookups, %v, and is %+v", n, err, empty)
	}
}

func setRunKeeps(b *bench) {
	was, err := b.NewRun(fullRun("one"))
	b.must(err)
	other, _ := b.simple("two", 1)
	b.must(b.SetRun(ledger.Run{Seq: was.Seq, ID: "x", State: ledger.RunFinished, StartedAt: noon.Add(1), FinishedAt: noon.Add(time.Hour + time.Nanosecond), InputPath: "x", InputSHA256: "x",
		InputRows: 5, Datasets: record.Datasets()[:1], Formats: "csv", FirstLookup: 3, LastLookup: 4, PurgedAt: noon, Lang: "en", ReportTop: 1, Corrects: "x"}))
	want := was
	want.State, want.FinishedAt, want.InputRows, want.Formats, want.FirstLookup, want.LastLookup = ledger.RunFinished, noon.Add(time.Hour), 5, "csv", 3, 4
	want.Lang, want.ReportLang, want.ReportTop, want.Partitioned, want.BOM, want.MaxSpend = "en", "", 1, false, false, record.Opt[record.Fen]{}
	if got, _, err := b.RunByID(ctx(), "one"); err != nil || !reflect.DeepEqual(got, want) {
		b.t.Errorf("it is\n%+v, %v, want\n%+v", got, err, want)
	}
	if got, _, err := b.RunByID(ctx(), "two"); err != nil || !reflect.DeepEqual(got, other) {
		b.t.Errorf("the other is %+v, %v, was %+v", got, err, other)
	}
}

func runsNewestFirst(b *bench) {
	for _, id := range []string{"b", "c", "a"} {
		b.start(id)
	}
	runs, err := b.Runs(ctx())
	b.must(err)
	var got []string
	for _, r := range runs {
		got = append(got, r.ID)
	}
	if fmt.Sprint(got) != "[a c b]" || runs[0].Seq <= runs[1].Seq || runs[1].Seq <= runs[2].Seq {
		b.t.Errorf("runs are %v", runs)
	}
}

func cutPlansAreForgotten(b *bench) {
	kept, work := b.simple("one", 2)
	cut, plan := b.start("two")
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, rowOf(cut, 1)) }))
	b.must(b.DropPlanning())
	runs, err := b.Runs(ctx())
	b.must(err)
	if len(runs) != 1 || !reflect.DeepEqual(runs[0], kept) {
		b.t.Errorf("runs are %+v, want %+v", runs, kept)
	}
	if _, ok, err := b.RunByID(ctx(), "two"); ok || err != nil {
		b.t.Errorf("the run that was cut short: %v %v", ok, err)
	}
	if again, _ := b.simple("two", 1); again.FirstLookup != work[1].Lookup.ID+1 || again.LastLookup != again.FirstLookup {
		b.t.Errorf("the next lookups are %d to %d", again.FirstLookup, again.LastLookup)
	}
	if n := len(b.rows(kept)); n != 2 {
		b.t.Errorf("of the other run %d rows are left", n)
	}
}

func heldRunsAreDropped(b *bench) {
	kept, _ := b.simple("one", 2)
	held, _ := b.simple("two", 1)
	b.must(b.HoldRun(held))
	b.must(b.SetRun(held)) // its user has said yes
	b.must(b.DropPlanning())
	if _, ok, err := b.RunByID(ctx(), "two"); !ok || err != nil {
		b.t.Errorf("a run that went on is gone: %v", err)
	}
	b.must(b.DropRun(held))
	if _, ok, err := b.RunByID(ctx(), "two"); ok || err != nil {
		b.t.Errorf("a run that was dropped is there: %v", err)
	}
	if _, err := b.LookupByID(ctx(), held.FirstLookup); err == nil || len(b.rows(held)) != 0 || len(b.rows(kept)) != 2 {
		b.t.Errorf("of the dropped run %d rows and its lookup (%v) are left, of the other %d", len(b.rows(held)), err, len(b.rows(kept)))
	}
}

func writtenIsKept(b *bench) {
	one, _ := b.simple("one", 1)
	two, _ := b.simple("two", 1)
	b.must(b.SetWritten(one, "first"))
	b.must(b.SetWritten(one, "second"))
	b.must(b.SetRun(one))
	for _, c := range []struct {
		run  ledger.Run
		want string
	}{{one, "second"}, {two, ""}} {
		if got, err := b.Written(ctx(), c.run); got != c.want || err != nil {
			b.t.Errorf("of %s was written %q, %v, want %q", c.run.ID, got, err, c.want)
		}
	}
}

func fingerprintTells(b *bench) {
	run, work := b.simple("one", 4)
	seen := map[string]string{}
	is := func(run ledger.Run) string {
		text, err := b.Fingerprint(ctx(), run, "v1")
		b.must(err)
		return text
	}
	last, at := is(run), "at first"
	changes := func(what string) {
		b.t.Helper()
		next := is(run)
		if before, ok := seen[next]; ok || next == last {
			b.t.Errorf("after %s it is as it was %s%s", what, before, at)
		}
		seen[last], last, at = at, next, "after "+what
	}
	w := b.intend(work[0], 1700)
	changes("an intent")
	w.Lookup.Ticket = "T"
	w = b.goTo(w, ledger.Waiting, ledger.BilledYes)
	changes("a ticket")
	b.now = b.now.Add(time.Minute)
	w.Lookup.NextAt = b.now.Add(time.Hour)
	w = b.goTo(w, ledger.Waiting, ledger.BilledYes)
	changes("a poll")
	b.found(w, "report")
	changes("an answer")
	second, third := b.goTo(b.intend(work[1], 1700), ledger.InDoubt, ledger.BilledUnknown), b.goTo(b.intend(work[2], 1700), ledger.InDoubt, ledger.BilledNo)
	changes("two doubts")
	b.must(b.Settle([]ledger.Settlement{{Lookup: second.Lookup.ID, N: 1, Was: ledger.BilledUnknown, Billed: ledger.BilledNo}, {Lookup: third.Lookup.ID, N: 1, Was: ledger.BilledNo, Billed: ledger.BilledUnknown}}))
	changes("a bill that has it the other way round")
	b.must(b.SetPause(ledger.Pause{Vendor: "acme", Since: b.now, NextAt: b.now}))
	if is(run) != last {
		b.t.Errorf("it is another without a change, or since a vendor is waited for")
	}
	finished := run
	finished.State, finished.FinishedAt = ledger.RunFinished, b.now
	if is(finished) == last {
		b.t.Errorf("a run that has finished is as it was")
	}
	b.simple("two", 1)
	changes("another run")
	if other, err := b.Fingerprint(ctx(), run, "v2"); err != nil || other == last {
		b.t.Errorf("what else they depend on is another: %v", err)
	}
}

func aheadOfTheClock(b *bench) {
	is := func(what string, want time.Duration) {
		b.t.Helper()
		if got, err := b.Ahead(ctx()); got != want || err != nil {
			b.t.Errorf("%s: %v, %v, want %v", what, got, err, want)
		}
	}
	is("an empty ledger", 0)
	_, work := b.simple("one", 1) // began at noon
	b.now = noon.Add(-time.Hour)
	is("an hour", 0)
	b.now = noon.Add(-time.Hour - time.Second)
	is("more than an hour", time.Hour+time.Second)
	a := answer(work[0], "")
	a.ReceivedAt = noon.Add(time.Minute)
	b.receive(a)
	is("an answer later still", time.Hour+time.Minute+time.Second)
}

package sqlite

import (
	"context"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// waitUntil gives a planned lookup a ticket that is asked about at a moment.
func waitUntil(t *testing.T, l *Ledger, w ledger.Work, at time.Time) ledger.Work {
	t.Helper()
	s := step(intend(t, l, w, 100), ledger.Waiting, ledger.BilledYes)
	s.Next.Lookup.Ticket, s.Next.Lookup.TicketAt, s.Next.Lookup.NextAt = "T", noon, at
	return advance(t, l, s)
}

func ids(work []ledger.Work) []int64 {
	var out []int64
	for _, w := range work {
		out = append(out, w.Lookup.ID)
	}
	return out
}

func wantIDs(t *testing.T, what string, work []ledger.Work, want ...int64) {
	t.Helper()
	if got := ids(work); !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestDueTicketsOfEveryRunTheLongestDueFirst(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	_, first := planRun(t, l, "one", 2)
	_, second := planRun(t, l, "two", 3)
	all := slices.Concat(first, second)
	for i, after := range []time.Duration{3, 1, 2, 9, 1} {
		waitUntil(t, l, all[i], noon.Add(after*time.Minute))
	}
	due := func(after time.Duration, limit int) []ledger.Work {
		work, err := l.Due(ctx, "acme", noon.Add(after*time.Minute), limit)
		must(t, err)
		return work
	}
	wantIDs(t, "nothing yet", due(0, 9))
	wantIDs(t, "at the minute", due(1, 9), all[1].Lookup.ID, all[4].Lookup.ID)
	wantIDs(t, "three minutes on", due(3, 9), all[1].Lookup.ID, all[4].Lookup.ID, all[2].Lookup.ID, all[0].Lookup.ID)
	wantIDs(t, "only two", due(9, 2), all[1].Lookup.ID, all[4].Lookup.ID)
	if w := due(1, 1)[0]; w.Lookup.Ticket != "T" || w.Attempt.N != 1 || w.Attempt.Billed != ledger.BilledYes || w.Vehicle.VIN == "" {
		t.Errorf("a ticket comes with %+v", w)
	}
	other, err := l.Due(ctx, "bolt", noon.Add(time.Hour), 9)
	must(t, err)
	wantIDs(t, "another vendor", other)

	for after, want := range map[time.Duration]time.Duration{0: 1, 1: 2, 3: 9, 9: 0} {
		next, err := l.NextPoll(ctx, "acme", noon.Add(after*time.Minute))
		must(t, err)
		if next.OK != (want != 0) || next.OK && !next.V.Equal(noon.Add(want*time.Minute)) {
			t.Errorf("after %d minutes the next poll is %v, want %d", after, next, want)
		}
	}
}

func TestSendableInOrderAndWithoutWhatIsTooDear(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 4)
	planRun(t, l, "two", 2) // another run's are not this one's
	later := step(intend(t, l, work[0], 1), ledger.Planned, ledger.BilledNo)
	later.Next.Lookup.NextAt = noon.Add(time.Minute)
	advance(t, l, later)
	intend(t, l, work[2], 1)

	list := func(now time.Time, limit int, skip ...record.Dataset) []ledger.Work {
		got, err := l.Sendable(ctx, run.Seq, "acme", now, skip, limit)
		must(t, err)
		return got
	}
	wantIDs(t, "now", list(noon, 9), work[1].Lookup.ID, work[3].Lookup.ID)
	wantIDs(t, "one", list(noon, 1), work[1].Lookup.ID)
	wantIDs(t, "in a minute", list(noon.Add(time.Minute), 9), work[1].Lookup.ID, work[3].Lookup.ID, work[0].Lookup.ID)
	wantIDs(t, "others skipped", list(noon, 9, record.DatasetValuation, record.DatasetViolations), work[1].Lookup.ID, work[3].Lookup.ID)
	wantIDs(t, "skipped", list(noon, 9, record.DatasetMaintenance, record.DatasetValuation))
	for _, c := range []struct {
		skip []record.Dataset
		ok   bool
	}{{nil, true}, {[]record.Dataset{record.DatasetMaintenance}, false}} {
		next, err := l.NextSend(ctx, run.Seq, "acme", noon, c.skip)
		must(t, err)
		if next.OK != c.ok || c.ok && !next.V.Equal(noon.Add(time.Minute)) {
			t.Errorf("without %v the next is %v", c.skip, next)
		}
	}
	open, err := l.OpenCount(ctx, run)
	must(t, err)
	unresolved, err := l.Unresolved(ctx)
	must(t, err)
	wantIDs(t, "under way", unresolved, work[2].Lookup.ID)
	if open != 4 {
		t.Errorf("%d are open, want 4", open)
	}
}

// follow plans a run whose only lookup follows one of an earlier run.
func follow(t *testing.T, l *Ledger, id string, source ledger.Work) ledger.Work {
	t.Helper()
	run, begun := startRun(t, l, id)
	pv := rowOf(run, 1)
	pv.Lookups[0].State, pv.Lookups[0].Source, pv.Lookups[0].Question = ledger.Following, source.Lookup.ID, source.Lookup.Question
	put(t, begun, func(tx ledger.PlanTx) error { return tx.Put(pv) })
	_, err := begun.End(1)
	must(t, err)
	return ledger.Work{Lookup: ledger.Lookup{ID: begun.(*plan).next - 1}}
}

func TestFollowersShareTheEndAndPayNothing(t *testing.T) {
	t.Parallel()
	for _, to := range []ledger.State{ledger.Found, ledger.NoRecord, ledger.Unsupported, ledger.Failed, ledger.InDoubt} {
		t.Run(string(to), func(t *testing.T) {
			t.Parallel()
			l := openAt(t, t.TempDir())
			run, work := planRun(t, l, "one", 2)
			source := waitUntil(t, l, work[0], noon)
			followers := []ledger.Work{follow(t, l, "two", source), follow(t, l, "three", source)}
			stranger := follow(t, l, "four", work[1])
			again := step(source, ledger.Waiting, ledger.BilledYes)
			advance(t, l, again)
			if k := stateOf(t, l, followers[0].Lookup.ID); k.State != ledger.Following {
				t.Fatalf("a poll that brought nothing made it %s", k.State)
			}
			s := step(source, to, ledger.BilledYes)
			s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt, s.Next.Lookup.Class, s.Next.Lookup.Code = 77, noon, record.Expired, "c"
			advance(t, l, s)
			for _, f := range followers {
				k := stateOf(t, l, f.Lookup.ID)
				if k.State != to || k.Answer != 77 || k.Ticket != "T" || k.Class != record.Expired || k.Code != "c" || k.Source != source.Lookup.ID ||
					!k.AnsweredAt.Equal(noon) || k.Attempts != 0 {
					t.Errorf("the follower is %+v", k)
				}
			}
			if k := stateOf(t, l, stranger.Lookup.ID); k.State != ledger.Following {
				t.Errorf("the follower of another became %s", k.State)
			}
			must(t, l.WatchMoney(context.Background(), run))
			if got := l.Money(); got != (ledger.Totals{Charged: 100}) {
				t.Errorf("money is %+v", got)
			}
		})
	}
}

func TestFollowersGoOnByThemselvesWhenTheirSourceDoes(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "one", 1)
	source := waitUntil(t, l, work[0], noon)
	f := follow(t, l, "two", source)
	s := step(source, ledger.NoRecord, ledger.BilledYes)
	s.Then = &ledger.Lookup{Vendor: "bolt", State: ledger.Planned}
	advance(t, l, s)
	if k := stateOf(t, l, f.Lookup.ID); k.State != ledger.Planned || k.Vendor != "bolt" || k.Source != 0 || !k.NextAt.IsZero() {
		t.Errorf("the follower is %+v", k)
	}
	was, then := stateOf(t, l, source.Lookup.ID), stateOf(t, l, s.Then.ID)
	if was.State != ledger.NoRecord || was.Passed != then.ID || was.Lead != was.ID || then.State != ledger.Planned || then.Lead != was.ID || then.Row != was.Row || !then.Continues() {
		t.Errorf("%+v has gone on as %+v", was, then)
	}
}

// A process that opens the ledger finds those that follow, as does the one
// that made them.
func TestFollowersAreFoundAfterReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := Open(context.Background(), dir, options())
	must(t, err)
	_, work := planRun(t, l, "one", 1)
	source := waitUntil(t, l, work[0], noon)
	f := follow(t, l, "two", source)
	must(t, l.Close())
	l = openAt(t, dir)
	advance(t, l, step(source, ledger.Found, ledger.BilledYes))
	if k := stateOf(t, l, f.Lookup.ID); k.State != ledger.Found {
		t.Errorf("the follower is %s", k.State)
	}
}

// One that begins to follow when its run goes on gets the outcome as well.
func TestFollowersThatBeganToFollowLater(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	_, first := planRun(t, l, "one", 1)
	_, second := planRun(t, l, "two", 1)
	source := waitUntil(t, l, first[0], noon)
	s := step(second[0], ledger.Following, "")
	s.Next.Lookup.Source = source.Lookup.ID
	must(t, l.AdvanceAll([]ledger.Step{s}))
	advance(t, l, step(source, ledger.NoRecord, ledger.BilledNo))
	if k := stateOf(t, l, second[0].Lookup.ID); k.State != ledger.NoRecord {
		t.Errorf("the follower is %s", k.State)
	}
}

package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
)

// clockwork is a ledger whose clock the test moves.
func clockwork(t *testing.T) (*Ledger, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 3, 15, 30, 0, 0, time.UTC) // 23:30 in China
	l, err := Open(context.Background(), t.TempDir(), Options{Now: func() time.Time { return now }, Command: "test"})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return l, &now
}

// spentLines shows what SpendOver says, a line a group, the total last.
func spentLines(t *testing.T, l *Ledger, q ledger.SpendQuery) string {
	t.Helper()
	lines, total, err := l.SpendOver(context.Background(), q)
	must(t, err)
	var out strings.Builder
	for _, s := range append(lines, total) {
		fmt.Fprintf(&out, "%s|%s|%s|%s: %s %s %s, %d, reused %d saved %s\n", s.Vendor, s.Dataset, s.Day, s.Run, s.Charged, s.Reserved, s.Unknown, s.Lookups, s.Reused, s.Saved)
	}
	return out.String()
}

func wantSpent(t *testing.T, l *Ledger, q ledger.SpendQuery, want string) {
	t.Helper()
	if got := spentLines(t, l, q); got != strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "") {
		t.Errorf("by %v: spent\n%swant\n%s", q.By, got, want)
	}
}

// Two runs around midnight in China: one order each is charged, one in doubt,
// one reserved, one withdrawn, and one answer is used again.
func TestSpendByEverything(t *testing.T) {
	t.Parallel()
	l, now := clockwork(t)
	first, work := planRun(t, l, "one", 3)
	found := intend(t, l, work[0], 1700)
	answer, err := l.Receive(ledger.Answer{Lookup: found.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: *now, Body: []byte("report")})
	must(t, err)
	found.Lookup.Answer = answer
	advance(t, l, step(found, ledger.Found, ledger.BilledYes))
	*now = now.Add(time.Hour) // the next day in China
	doubt := intend(t, l, work[1], 1700)
	advance(t, l, step(doubt, ledger.InDoubt, ledger.BilledUnknown))
	withdrawn := step(intend(t, l, work[2], 1700), ledger.Planned, ledger.BilledNo)
	withdrawn.Next.Attempt.Outcome = "withdrawn"
	advance(t, l, withdrawn)

	second, plan := startRun(t, l, "two")
	again := rowOf(second, 1)
	again.Lookups[0].State, again.Lookups[0].Source, again.Lookups[0].Answer = ledger.Found, found.Lookup.ID, answer
	put(t, plan, func(tx *PlanTx) error {
		if err := tx.Put(rowOf(second, 2)); err != nil {
			return err
		}
		return tx.Put(again)
	})
	wantSpent(t, l, ledger.SpendQuery{}, "|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n") // still planning
	second, err = plan.End(2)
	must(t, err)
	intend(t, l, sendableOf(t, l, second)[0], 3200)

	total := "|||: 17.00 32.00 17.00, 3, reused 1 saved 17.00\n"
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor, ledger.ByDataset}}, "acme|maintenance||: 17.00 32.00 17.00, 3, reused 1 saved 17.00\n"+total)
	// startRun begins runs at noon: there the answer is used again.
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}}, `
		||2026-11-03|: 17.00 0.00 0.00, 1, reused 1 saved 17.00
		||2026-11-04|: 0.00 32.00 17.00, 2, reused 0 saved 0.00
		`+total)
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}}, `
		|||one: 17.00 0.00 17.00, 2, reused 0 saved 0.00
		|||two: 0.00 32.00 0.00, 1, reused 1 saved 17.00
		`+total)
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByVendor}, Run: first.Seq}, "acme|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n|||: 17.00 0.00 17.00, 2, reused 0 saved 0.00\n")
	midnight := time.Date(2026, 11, 3, 16, 0, 0, 0, time.UTC)
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}, Since: midnight}, "||2026-11-04|: 0.00 32.00 17.00, 2, reused 0 saved 0.00\n|||: 0.00 32.00 17.00, 2, reused 0 saved 0.00\n")
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByDay}, Until: midnight}, "||2026-11-03|: 17.00 0.00 0.00, 1, reused 1 saved 17.00\n|||: 17.00 0.00 0.00, 1, reused 1 saved 17.00\n")
	wantSpent(t, l, ledger.SpendQuery{By: []ledger.SpendBy{ledger.ByRun}, Until: noon.Add(-time.Hour)}, "|||: 0.00 0.00 0.00, 0, reused 0 saved 0.00\n")
}

func TestSettleIsGuardedAndWhole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openAt(t, t.TempDir())
	_, work := planRun(t, l, "one", 2)
	var doubts []ledger.Work
	for _, w := range work {
		doubts = append(doubts, advance(t, l, step(intend(t, l, w, 1700), ledger.InDoubt, ledger.BilledUnknown)))
	}
	settlement := func(i int, to ledger.State, was, billed ledger.Billed) ledger.Settlement {
		k := doubts[i].Lookup
		k.State, k.Ticket = to, "T1"
		return ledger.Settlement{Lookup: k.ID, N: 1, Was: was, Billed: billed, Ticket: "T1", Steps: []ledger.Step{{From: ledger.InDoubt, Next: ledger.Work{Lookup: k}}}}
	}
	stale := []ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledUnknown, ledger.BilledYes), settlement(1, ledger.Waiting, ledger.BilledNo, ledger.BilledYes)}
	if err := l.Settle(stale); !isGuard(err) {
		t.Fatalf("a stale charge is settled: %v", err)
	}
	if k := stateOf(t, l, doubts[0].Lookup.ID); k.State != ledger.InDoubt {
		t.Errorf("of a settlement that failed, lookup %d is %s", k.ID, k.State)
	}
	must(t, l.Settle([]ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledUnknown, ledger.BilledYes), settlement(1, ledger.Failed, ledger.BilledUnknown, ledger.BilledNo)}))
	charges, err := l.Charges(ctx, "acme", noon.Add(-time.Hour), noon.Add(time.Hour))
	must(t, err)
	var got []string
	for _, c := range charges {
		got = append(got, fmt.Sprintln(c.Lookup, c.N, c.Last, c.RunID, c.Row, c.VIN, c.Dataset, c.Fen, c.Billed, c.Ticket, c.State))
	}
	want := []string{"1 1 true one 1 LSVAL41Z882104202 maintenance 17.00 yes T1 waiting\n", "2 1 true one 2 LSVAL41Z882104202 maintenance 17.00 no T1 failed\n"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("charges %v, want %v", got, want)
	}
	if err := l.Settle([]ledger.Settlement{settlement(0, ledger.Waiting, ledger.BilledYes, ledger.BilledYes)}); !isGuard(err) {
		t.Errorf("a lookup that is no longer in doubt moves: %v", err)
	}
}

func TestAskGivesManyLookupsTheirQuestions(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, work := planRun(t, l, "one", 3)
	must(t, l.Ask([]ledger.NewQuestion{{work[0].Lookup.ID, []byte("new")}, {work[2].Lookup.ID, []byte("third")}}))
	for i, want := range []string{"new", string(digestOf(run.Seq, 2)), "third"} {
		if k := stateOf(t, l, work[i].Lookup.ID); string(k.Question) != want {
			t.Errorf("lookup %d asks %q, want %q", i+1, k.Question, want)
		}
	}
}

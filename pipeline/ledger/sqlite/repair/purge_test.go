package repair

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
)

const purgedVIN = "LSVAM4187C2184841"

// boughtRun is a finished run of n found lookups, each with a raw answer that
// names a VIN.
func boughtRun(t *testing.T, l *sqlite.Ledger, id string, n int64) (ledger.Run, []ledger.Work) {
	t.Helper()
	run, work := planRun(t, l, id, n)
	for i, w := range work {
		w = intend(t, l, w, 1700)
		answer, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: w.Lookup.Vendor, Status: 200,
			ReceivedAt: l.Now(), Body: []byte(`{"vin":"` + purgedVIN + `"}`)})
		must(t, err)
		s := step(w, ledger.Found, ledger.BilledYes)
		s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt, s.Next.Lookup.Ticket = answer, l.Now(), "ticket-of-"+id
		s.Next.Lookup.Derived = record.PackDerived([]record.Derived{{Column: record.ColMileageKM, Value: "77", Source: "history-of-" + id}})
		s.Next.Lookup.Message, s.Next.Attempt.Ticket, s.Next.Attempt.Code = "about "+purgedVIN, "ticket-of-"+id, "10000"
		work[i] = advance(t, l, s)
	}
	return finish(t, l, run), work
}

func finish(t *testing.T, l *sqlite.Ledger, run ledger.Run) ledger.Run {
	t.Helper()
	run.State, run.FinishedAt = ledger.RunFinished, l.Now()
	must(t, l.SetRun(run))
	return run
}

func purgeAll(t *testing.T, l *sqlite.Ledger, runs ...ledger.Run) []PurgePlan {
	t.Helper()
	plan, err := PlanPurge(context.Background(), l, runs)
	must(t, err)
	must(t, Purge(context.Background(), l, runs))
	must(t, Vacuum(context.Background(), l))
	return plan
}

func TestPurgeLeavesNoTraceInTheFilesAndKeepsTheMoney(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, _ := boughtRun(t, l, "one", 40)
	before, err := l.Spend(context.Background(), run)
	must(t, err)
	if !inFiles(t, dir, "ticket-of-one") || !inFiles(t, dir, purgedVIN) || !inFiles(t, dir, "history-of-one") {
		t.Fatal("what shall be forgotten is not there to begin with")
	}
	plan := purgeAll(t, l, run)
	if f := plan[0]; f.Vehicles != 40 || f.Lookups != 40 || f.Answers != 40 || f.Charged != 40*1700 || f.Doubts+f.Held != 0 {
		t.Errorf("the plan says %+v", f)
	}
	for _, trace := range []string{purgedVIN, "LSVAL41Z882104202", "ticket-of-one", "history-of-one", string(digestOf(run.Seq, 1))} {
		if inFiles(t, dir, trace) {
			t.Errorf("%q is still in the files", trace)
		}
	}
	after, err := l.Spend(context.Background(), run)
	must(t, err)
	if len(before) != 1 || len(after) != 1 || before[0] != after[0] {
		t.Errorf("the money was %+v, is %+v", before, after)
	}
	again, ok, err := l.RunByID(context.Background(), "one")
	must(t, err)
	if !ok || again.PurgedAt.IsZero() || again.InputSHA256 != "" {
		t.Errorf("the run is %+v", again)
	}
	if plan, err := PlanPurge(context.Background(), l, []ledger.Run{again}); err != nil || !plan[0].Empty() {
		t.Errorf("a second purge would forget %+v (%v)", plan, err)
	}
}

// What was forgotten on purpose is nothing that is missing.
func TestAPurgedLedgerIsSoundAndARescueDoubtsNothingOfIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, work := boughtRun(t, l, "one", 4)
	run.InputRows = 4
	// One was ordered at a vendor, and found at another by an answer that was there.
	must(t, l.Maintain(func(c sqlite.Changes) error {
		return c.Exec("UPDATE lookups SET vendor='other', source=?, answer=? WHERE id=?", work[0].Lookup.ID, work[0].Lookup.Answer, work[1].Lookup.ID)
	}))
	purgeAll(t, l, finish(t, l, run))
	must(t, l.Close())
	if e, err := Examine(context.Background(), dir); err != nil || len(e.Faults) > 0 {
		t.Errorf("after the purge: %+v, %v", e, err)
	}
	r, err := Rescue(context.Background(), dir, options(), world)
	must(t, err)
	if r.InDoubt+r.LostAnswers+r.AskAgain > 0 || r.Charged != 4*1700 {
		t.Errorf("the rescue came to %+v", r)
	}
}

// inFiles looks for a text in the raw bytes of the workspace.
func inFiles(t *testing.T, dir, text string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		must(t, err)
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

func TestPurgeLeavesWhatIsStillNeeded(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	first, sources := boughtRun(t, l, "first", 3)
	// The second run has its first lookup from the first run, and one in doubt.
	second, work := planRun(t, l, "second", 2)
	reused := ledger.Step{From: ledger.Planned, Next: work[0]}
	reused.Next.Lookup.State, reused.Next.Lookup.Source, reused.Next.Lookup.Answer = ledger.Found, sources[0].Lookup.ID, sources[0].Lookup.Answer
	advance(t, l, reused)
	advance(t, l, step(intend(t, l, work[1], 1700), ledger.InDoubt, ledger.BilledUnknown))
	second = finish(t, l, second)
	// The third stays: it has its lookup from the second, and so from the first.
	third, follower := planRun(t, l, "third", 1)
	chained := ledger.Step{From: ledger.Planned, Next: follower[0]}
	chained.Next.Lookup.State, chained.Next.Lookup.Source, chained.Next.Lookup.Answer = ledger.Found, work[0].Lookup.ID, sources[0].Lookup.Answer
	advance(t, l, chained)

	plan := purgeAll(t, l, first, second)
	if f := plan[0]; f.Vehicles != 2 || f.Lookups != 2 || f.Held != 1 {
		t.Errorf("of the first run it forgets %+v", f)
	}
	if f := plan[1]; f.Vehicles != 0 || f.Lookups != 0 || f.Held != 1 || f.Doubts != 1 {
		t.Errorf("of the second run it forgets %+v", f)
	}
	if a, err := l.AnswerByID(context.Background(), sources[0].Lookup.Answer); err != nil || !strings.Contains(string(a.Body), purgedVIN) {
		t.Errorf("the answer that the third run uses is %q, %v", a.Body, err)
	}
	k, err := l.LookupByID(context.Background(), sources[1].Lookup.ID)
	must(t, err)
	if k.Ticket != "" || k.Answer != 0 || k.Message != "" || k.State != ledger.Found || k.Code != "" {
		t.Errorf("a forgotten lookup is %+v", k)
	}

	// Once the third run may go, all of it may, whatever the order.
	plan = purgeAll(t, l, finish(t, l, third), first, second)
	for _, f := range plan[:2] {
		if f.Held != 0 || f.Empty() {
			t.Errorf("in the end it forgets %+v", f)
		}
	}
	if plan[2].Doubts != 1 {
		t.Errorf("the doubt is gone: %+v", plan[2])
	}
}

func TestPurgeRefusesARunThatIsNotFinished(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := planRun(t, l, "open", 1)
	if _, err := PlanPurge(context.Background(), l, []ledger.Run{run}); err == nil {
		t.Error("PlanPurge takes an open run")
	}
	if err := Purge(context.Background(), l, []ledger.Run{run}); err == nil {
		t.Error("Purge takes an open run")
	}
}

func TestTracesAreRememberedUntilTheFileIsWrittenAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, _ := boughtRun(t, l, "one", 1)
	must(t, Purge(context.Background(), l, []ledger.Run{run}))
	must(t, l.Close()) // the process dies before the vacuum
	l = openAt(t, dir)
	if traces, err := NeedsVacuum(context.Background(), l); err != nil || !traces {
		t.Fatalf("traces %v, %v", traces, err)
	}
	must(t, Vacuum(context.Background(), l))
	if traces, err := NeedsVacuum(context.Background(), l); err != nil || traces {
		t.Errorf("traces %v, %v", traces, err)
	}
}

func TestVacuumSaysWhenSomebodyElseReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, _ := boughtRun(t, l, "one", 1)
	must(t, Purge(context.Background(), l, []ledger.Run{run}))
	if _, err := l.WriterConn().ExecContext(context.Background(), "PRAGMA busy_timeout(1)"); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	must(t, err)
	tx, err := other.Begin()
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT COUNT(*) FROM runs").Scan(&n))
	if err := Vacuum(context.Background(), l); err == nil {
		t.Error("no word of the other process")
	}
	must(t, tx.Rollback())
	must(t, other.Close())
	must(t, Vacuum(context.Background(), l))
}

func TestPlanPurgeCountsPaidReportsThatNeverCame(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := boughtRun(t, l, "one", 3)
	must(t, l.Maintain(func(c sqlite.Changes) error {
		return c.Exec("UPDATE lookups SET state='failed', class='expired', ticket='T1', answer=0 WHERE id=?", run.FirstLookup)
	}))
	plan, err := PlanPurge(context.Background(), l, []ledger.Run{run})
	must(t, err)
	if len(plan) != 1 || plan[0].Unread != 1 || plan[0].Lookups < 2 {
		t.Errorf("%+v", plan)
	}
}

func TestAPurgeKeepsTheCounts(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	first, work := boughtRun(t, l, "one", 1)
	second, plan := startRun(t, l, "two")
	again := rowOf(second, 1)
	again.Lookups[0].State, again.Lookups[0].Source, again.Lookups[0].Answer = ledger.Found, work[0].Lookup.ID, work[0].Lookup.Answer
	put(t, plan, func(tx ledger.PlanTx) error { return tx.Put(again) })
	second, err := plan.End(1)
	must(t, err)
	second = finish(t, l, second)
	saved := func(want record.Fen) {
		t.Helper()
		_, total, err := l.SpendOver(context.Background(), ledger.SpendQuery{})
		must(t, err)
		if total.Charged != 1700 || total.Lookups != 1 || total.Reused != 1 || total.Saved != want {
			t.Errorf("saved %s is wanted of %+v", want, total)
		}
	}
	saved(1700)
	purgeAll(t, l, first, second)
	saved(0)
}

package ledger

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

const purgedVIN = "LSVAM4187C2184841"

// boughtRun is a finished run of n found lookups, each with a raw answer that
// names a VIN.
func boughtRun(t *testing.T, l *Ledger, id string, n int64) (Run, []Work) {
	t.Helper()
	run, work := planRun(t, l, id, n)
	for i, w := range work {
		w = intend(t, l, w, 1700)
		answer, err := l.Receive(Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: w.Lookup.Vendor, Status: 200,
			ReceivedAt: l.Now(), Body: []byte(`{"vin":"` + purgedVIN + `"}`)})
		must(t, err)
		s := step(w, Found, BilledYes)
		s.Next.Lookup.Answer, s.Next.Lookup.AnsweredAt, s.Next.Lookup.Ticket = answer, l.Now(), "ticket-of-"+id
		s.Next.Lookup.Derived = record.PackDerived([]record.Derived{{Column: record.ColMileageKM, Value: "77", Source: "history-of-" + id}})
		s.Next.Lookup.Message, s.Next.Attempt.Ticket, s.Next.Attempt.Code = "about "+purgedVIN, "ticket-of-"+id, "10000"
		work[i] = advance(t, l, s)
	}
	return finish(t, l, run), work
}

func finish(t *testing.T, l *Ledger, run Run) Run {
	t.Helper()
	run.State, run.FinishedAt = RunFinished, l.Now()
	must(t, l.SetRun(run))
	return run
}

func purgeAll(t *testing.T, l *Ledger, runs ...Run) []Forgetting {
	t.Helper()
	plan, err := l.PlanPurge(context.Background(), runs)
	must(t, err)
	must(t, l.Purge(context.Background(), runs))
	must(t, l.Scrub(context.Background()))
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
	if plan, err := l.PlanPurge(context.Background(), []Run{again}); err != nil || !plan[0].Empty() {
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
	must(t, l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "UPDATE lookups SET vendor='other', source=?, answer=? WHERE id=?", work[0].Lookup.ID, work[0].Lookup.Answer, work[1].Lookup.ID)
	}, nil))
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
	reused := Step{From: Planned, Next: work[0]}
	reused.Next.Lookup.State, reused.Next.Lookup.Source, reused.Next.Lookup.Answer = Found, sources[0].Lookup.ID, sources[0].Lookup.Answer
	advance(t, l, reused)
	advance(t, l, step(intend(t, l, work[1], 1700), InDoubt, BilledUnknown))
	second = finish(t, l, second)
	// The third stays: it has its lookup from the second, and so from the first.
	third, follower := planRun(t, l, "third", 1)
	chained := Step{From: Planned, Next: follower[0]}
	chained.Next.Lookup.State, chained.Next.Lookup.Source, chained.Next.Lookup.Answer = Found, work[0].Lookup.ID, sources[0].Lookup.Answer
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
	if k := stateOf(t, l, sources[1].Lookup.ID); k.Ticket != "" || k.Answer != 0 || k.Message != "" || k.State != Found || k.Code != "" {
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
	if _, err := l.PlanPurge(context.Background(), []Run{run}); err == nil {
		t.Error("PlanPurge takes an open run")
	}
	if err := l.Purge(context.Background(), []Run{run}); err == nil {
		t.Error("Purge takes an open run")
	}
}

func TestTracesAreRememberedUntilTheFileIsWrittenAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, _ := boughtRun(t, l, "one", 1)
	must(t, l.Purge(context.Background(), []Run{run}))
	must(t, l.Close()) // the process dies before Scrub
	l = openAt(t, dir)
	if traces, err := l.Traces(context.Background()); err != nil || !traces {
		t.Fatalf("traces %v, %v", traces, err)
	}
	must(t, l.Scrub(context.Background()))
	if traces, err := l.Traces(context.Background()); err != nil || traces {
		t.Errorf("traces %v, %v", traces, err)
	}
}

func TestScrubSaysWhenSomebodyElseReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openAt(t, dir)
	run, _ := boughtRun(t, l, "one", 1)
	must(t, l.Purge(context.Background(), []Run{run}))
	if _, err := l.writer.conn.ExecContext(context.Background(), "PRAGMA busy_timeout(1)"); err != nil {
		t.Fatal(err)
	}
	other, err := OpenReadOnly(context.Background(), dir, options().Now)
	must(t, err)
	tx, err := other.reader.Begin()
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT COUNT(*) FROM runs").Scan(&n))
	if err := l.Scrub(context.Background()); err == nil {
		t.Error("no word of the other process")
	}
	must(t, tx.Rollback())
	must(t, other.Close())
	must(t, l.Scrub(context.Background()))
}

// A ledger of an older version is brought up by the first look at it.
func TestLookingBringsAnOldLedgerUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, err := migrations.ReadFile("migrations/0001_initial.sql")
	must(t, err)
	old := sqliteFile(t, string(script)+`
		INSERT INTO workspace VALUES (1, 1, 1);
		INSERT INTO runs (id, state, started_at, input_path, input_sha256, datasets, formats) VALUES ('old', 'finished', 1, 'a.csv', 'ab', 'valuation', 'csv');
		PRAGMA user_version = 1;`)
	must(t, os.WriteFile(filepath.Join(dir, FileName), old, 0o600))
	l, err := OpenReadOnly(context.Background(), dir, options().Now)
	must(t, err)
	defer l.Close() //nolint:errcheck // nothing was written
	runs, err := l.Runs(context.Background())
	if err != nil || len(runs) != 1 || !runs[0].PurgedAt.IsZero() || runs[0].Datasets[0] != record.DatasetValuation {
		t.Errorf("%+v, %v", runs, err)
	}
}

func TestPlanPurgeCountsPaidReportsThatNeverCame(t *testing.T) {
	t.Parallel()
	l := openAt(t, t.TempDir())
	run, _ := boughtRun(t, l, "one", 3)
	must(t, l.writer.write(func(ctx context.Context, w *writer) error {
		return w.exec(ctx, "UPDATE lookups SET state='failed', class='expired', ticket='T1', answer=0 WHERE id=?", run.FirstLookup)
	}, nil))
	plan, err := l.PlanPurge(context.Background(), []Run{run})
	must(t, err)
	if len(plan) != 1 || plan[0].Unread != 1 || plan[0].Lookups < 2 {
		t.Errorf("%+v", plan)
	}
}

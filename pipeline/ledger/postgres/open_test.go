//go:build postgres

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/postgres"
	"vehiclebatch/pipeline/ledger/postgres/servertest"
	"vehiclebatch/pipeline/record"
)

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// planned makes a run of n planned lookups.
func planned(t *testing.T, l *postgres.Ledger, id string, n int64) []ledger.Work {
	t.Helper()
	ctx := context.Background()
	run, err := l.NewRun(ledger.Run{ID: id, StartedAt: noon, InputPath: "fleet.csv", Datasets: record.Datasets()})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := l.StartPlan(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	err = plan.Batch(func(tx ledger.PlanTx) error {
		for row := range n {
			p := ledger.PlannedVehicle{VehicleID: fmt.Sprint("v", row), Vehicle: record.Vehicle{Row: row + 1},
				Lookups: []ledger.Lookup{{Dataset: record.DatasetMaintenance, Key: fmt.Append(nil, id, row), State: ledger.Planned, Vendor: "acme"}}}
			if err := tx.Put(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if run, err = plan.End(n); err != nil {
		t.Fatal(err)
	}
	work, err := l.Sendable(ctx, run.Seq, "acme", noon, nil, int(n))
	if err != nil || len(work) != int(n) {
		t.Fatalf("%d can be sent: %v", len(work), err)
	}
	return work
}

// A second process is told who works with the ledger, and may look meanwhile.
func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	address := servertest.Address(t)
	l := servertest.Open(t, address, clock)
	planned(t, l, "one", 1)
	_, err := postgres.Open(context.Background(), address, postgres.Options{Now: clock, Command: "batch resume"})
	var held *ledger.HeldError
	if !errors.As(err, &held) || !strings.HasPrefix(held.Holder, "`test` (process ") {
		t.Errorf("a second process: %v", err)
	}
	looking, err := postgres.OpenReadOnly(context.Background(), address, postgres.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close() //nolint:errcheck // it has only looked
	if runs, err := looking.Runs(context.Background()); err != nil || len(runs) != 1 {
		t.Errorf("who looks sees %+v, %v", runs, err)
	}
}

// What cannot be used as it is is refused, with what to do, and left as it was.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string // what is done to the database before the ledger is made, and after
		simulated     bool
		want          string
	}{
		"tables of another program": {before: "CREATE TABLE customers (id int)", want: "another program"},
		"a newer ledger":            {after: "INSERT INTO batch_migrations (n, name, digest, applied_at) SELECT 99, 'later', 'x', 0", want: "newer batch"},
		"a changed migration":       {after: "UPDATE batch_migrations SET digest='x'", want: "another batch"},
		"a trigger": {after: `CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
			CREATE TRIGGER undo BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION nothing()`, want: "triggers"},
		"tables that a crash empties": {after: "ALTER TABLE attempts SET UNLOGGED", want: "emptied"},
		"made-up answers":             {simulated: true, want: "simulated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := servertest.Address(t)
			if c.before != "" {
				servertest.Exec(t, address, c.before)
			} else {
				l, err := postgres.Open(context.Background(), address, postgres.Options{Now: clock, Simulated: c.simulated, Command: "test"})
				if err != nil {
					t.Fatal(err)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if c.after != "" {
				servertest.Exec(t, address, c.after)
			}
			l, err := postgres.Open(context.Background(), address, postgres.Options{Now: clock, Command: "test"})
			var user *ledger.UserError
			if !errors.As(err, &user) || !strings.Contains(user.Problem, c.want) || user.Hint == "" {
				t.Errorf("Open: %v", err)
			}
			if err == nil {
				_ = l.Close()
			}
		})
	}
	for address, want := range map[string]string{"postgres://:secret@[": "cannot be read", "postgres://postgres@/none?host=" + host(t): "does not let batch in"} {
		_, err := postgres.Open(context.Background(), address, postgres.Options{Now: clock, Command: "test"})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// host is where the server for tests listens.
func host(t *testing.T) string {
	t.Helper()
	config, err := pgx.ParseConfig(servertest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	return config.Host
}

// A row that was changed by anything but the program is not believed.
func TestChangedRowsAreNotBelieved(t *testing.T) {
	t.Parallel()
	for table, change := range map[string]string{
		"lookups":  "UPDATE lookups SET state='planned', attempts=0",
		"attempts": "UPDATE attempts SET fen=1",
		"vehicles": "UPDATE vehicles SET vin='X'",
		"answers":  "UPDATE answers SET vendor='bolt'",
		"runs":     "UPDATE runs SET input_rows=7",
	} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			address := servertest.Address(t)
			l := servertest.Open(t, address, clock)
			w, err := l.Intend(planned(t, l, "one", 1)[0], 1700, record.Opt[record.Fen]{})
			if err != nil {
				t.Fatal(err)
			}
			step := ledger.Step{From: ledger.Submitting, Next: w, Was: ledger.Reserved}
			step.Next.Lookup.State, step.Next.Lookup.Answer, step.Next.Attempt.Billed = ledger.Found, ledger.ThisAnswer, ledger.BilledYes
			if err := l.Conclude(ledger.Answer{Lookup: 1, Attempt: 1, Vendor: "acme", Body: []byte("a report")}, step); err != nil {
				t.Fatal(err)
			}
			read := func() error {
				runs, err := l.Runs(ctx)
				if err != nil {
					return err
				}
				return l.Rows(ctx, runs[0], func(r *ledger.Row) error {
					_, err := l.UnpackInto(r.Lookups[0].Packed, nil)
					return err
				})
			}
			if err := read(); err != nil {
				t.Fatal(err)
			}
			servertest.Exec(t, address, change)
			if err := read(); !postgres.Damaged(err) {
				t.Errorf("after %s: %v", change, err)
			}
		})
	}
}

// However often the connection of the writer is cut, what it says was written is there, and what it says was not is not.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	address := servertest.Address(t)
	l := servertest.Open(t, address, clock)
	const lookups = 600
	work := planned(t, l, "one", lookups)
	killer, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(context.Background()) //nolint:errcheck // it has done what it was for
	cuts := 0
	cut := func() {
		n := 0
		err := killer.QueryRow(context.Background(), `SELECT COUNT(pg_terminate_backend(l.pid)) FROM pg_locks l
			WHERE l.locktype='advisory' AND l.granted AND l.objid=(SELECT oid FROM pg_namespace WHERE nspname=current_schema())`).Scan(&n)
		if err != nil {
			t.Error(err)
		}
		cuts += n
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for part := range 20 {
		wg.Go(func() {
			for i := part; i < lookups; i += 20 {
				w, err := l.Intend(work[i], 1, record.Opt[record.Fen]{})
				if err != nil {
					t.Errorf("intent %d: %v", i, err)
					return
				}
				if _, err := l.Intend(work[i], 1, record.Opt[record.Fen]{}); !errors.Is(err, ledger.ErrStale) {
					t.Errorf("a second intent %d: %v", i, err)
				}
				step := ledger.Step{From: ledger.Submitting, Next: w, Was: ledger.Reserved}
				step.Next.Lookup.State, step.Next.Lookup.Answer, step.Next.Attempt.Billed = ledger.Found, ledger.ThisAnswer, ledger.BilledYes
				if err := l.Conclude(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Vendor: "acme", Body: fmt.Append(nil, "report ", i)}, step); err != nil {
					t.Errorf("answer %d: %v", i, err)
				}
				mu.Lock()
				if done++; done%60 == 0 {
					cut()
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if cuts < 5 {
		t.Errorf("cut %d times", cuts)
	}
	for i, w := range work {
		a, ok, err := l.LastAnswer(context.Background(), w.Lookup.ID, 1)
		k, kErr := l.LookupByID(context.Background(), w.Lookup.ID)
		if err := errors.Join(err, kErr); err != nil || !ok || string(a.Body) != fmt.Sprint("report ", i) || k.State != ledger.Found || k.Answer != a.ID || k.Attempts != 1 {
			t.Fatalf("lookup %d is %+v with answer %+v: %v", w.Lookup.ID, k, a, err)
		}
	}
}

// Whoever had the ledger is shut out by whoever has it now.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	address := servertest.Address(t)
	l := servertest.Open(t, address, clock)
	work := planned(t, l, "one", 2)
	servertest.Exec(t, address, "UPDATE workspace SET commits = commits + 3") // as another process does
	for range 2 {
		_, err := l.Intend(work[0], 1, record.Opt[record.Fen]{})
		var user *ledger.UserError
		if !errors.As(err, &user) {
			t.Errorf("an intent of one that is overtaken: %v", err)
		}
	}
	if k, err := l.LookupByID(context.Background(), work[0].Lookup.ID); err != nil || k.State != ledger.Planned {
		t.Errorf("the lookup is %+v, %v", k, err)
	}
}

// The server knows how large a plan is before it is a minute old: until then it would pass by the primary keys.
func TestPlansAreMeasured(t *testing.T) {
	t.Parallel()
	address := servertest.Address(t)
	planned(t, servertest.Open(t, address, clock), "one", 50)
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // it has only looked
	var vehicles, lookups float64
	err = conn.QueryRow(context.Background(), "SELECT (SELECT reltuples FROM pg_class WHERE oid='vehicles'::regclass), (SELECT reltuples FROM pg_class WHERE oid='lookups'::regclass)").Scan(&vehicles, &lookups)
	if err != nil || vehicles != 50 || lookups != 50 {
		t.Errorf("the server takes them for tables of %v and %v rows: %v", vehicles, lookups, err)
	}
}

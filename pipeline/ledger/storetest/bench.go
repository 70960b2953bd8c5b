package storetest

import (
	"context"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// noon is the moment at which the clock of a bench begins.
var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

// fatal is the part of testing.T and rapid.T that a bench needs.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Context() context.Context
}

// bench is a store under test with a clock that is moved by hand.
type bench struct {
	Store
	t   fatal
	now time.Time
}

func newBench(t *testing.T, open Open) *bench {
	b := &bench{t: t, now: noon}
	b.Store = open(t, func() time.Time { return b.now })
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func ctx() context.Context { return context.Background() }

// digestOf is a question that nobody else asks.
func digestOf(run, row int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(run)), uint64(row))
}

// rowOf is a row with one planned lookup for maintenance at acme.
func rowOf(run ledger.Run, row int64) ledger.PlannedVehicle {
	return ledger.PlannedVehicle{VehicleID: "v" + string(rune('a'+row%26)), Vehicle: record.Vehicle{Row: row, Line: row + 1, VIN: "LSVAL41Z882104202"},
		Lookups: []ledger.Lookup{{Dataset: record.DatasetMaintenance, Key: digestOf(run.Seq, row), State: ledger.Planned, Vendor: "acme"}}}
}

// asking is a planned lookup.
func asking(d record.Dataset, key, vendor string) ledger.Lookup {
	return ledger.Lookup{Dataset: d, Key: []byte(key), Vendor: vendor, State: ledger.Planned}
}

// start begins to plan a run.
func (b *bench) start(id string) (ledger.Run, ledger.Plan) {
	b.t.Helper()
	run, err := b.NewRun(ledger.Run{ID: id, StartedAt: noon, InputPath: "fleet.csv", InputSHA256: "00ff", Datasets: record.Datasets(), Formats: "parquet,csv"})
	b.must(err)
	plan, err := b.StartPlan(ctx(), run)
	b.must(err)
	return run, plan
}

// plan makes an open run of rows, which a function makes for it, and watches its money.
func (b *bench) plan(id string, rows func(run ledger.Run) []ledger.PlannedVehicle) ledger.Run {
	b.t.Helper()
	run, plan := b.start(id)
	all := rows(run)
	b.must(plan.Batch(func(tx ledger.PlanTx) error { return putAll(tx, all...) }))
	run, err := plan.End(int64(len(all)))
	b.must(err)
	b.must(b.WatchMoney(ctx(), run))
	return run
}

func putAll(tx ledger.PlanTx, rows ...ledger.PlannedVehicle) error {
	for _, row := range rows {
		if err := tx.Put(row); err != nil {
			return err
		}
	}
	return nil
}

// simple makes a run of n rows with one planned lookup each.
func (b *bench) simple(id string, n int64) (ledger.Run, []ledger.Work) {
	b.t.Helper()
	run := b.plan(id, func(run ledger.Run) []ledger.PlannedVehicle {
		var rows []ledger.PlannedVehicle
		for row := range n {
			rows = append(rows, rowOf(run, row+1))
		}
		return rows
	})
	return run, b.sendable(run)
}

// sendable are all lookups of a run that can be sent to acme at noon.
func (b *bench) sendable(run ledger.Run) []ledger.Work {
	b.t.Helper()
	work, err := b.Sendable(ctx(), run.Seq, "acme", noon, nil, 10_000)
	b.must(err)
	return work
}

func noLimit() record.Opt[record.Fen] { return record.Opt[record.Fen]{} }

// intend submits a planned lookup.
func (b *bench) intend(w ledger.Work, fen record.Fen) ledger.Work {
	b.t.Helper()
	next, err := b.Intend(w, fen, noLimit())
	b.must(err)
	return next
}

// step is the way from where a lookup stands to another state, with what its last
// attempt is billed then.
func step(w ledger.Work, to ledger.State, billed ledger.Billed) ledger.Step {
	next := w
	next.Lookup.State, next.Attempt.Billed = to, billed
	if next.Attempt.N > 0 {
		next.Attempt.EndedAt = noon
	}
	return ledger.Step{From: w.Lookup.State, Next: next, Was: w.Attempt.Billed}
}

// advance takes a step and returns the lookup as it stands then.
func (b *bench) advance(s ledger.Step) ledger.Work {
	b.t.Helper()
	b.must(b.Advance(s))
	s.Next.Lookup = b.lookup(s.Next.Lookup.ID)
	return s.Next
}

// goTo takes a lookup to a state.
func (b *bench) goTo(w ledger.Work, to ledger.State, billed ledger.Billed) ledger.Work {
	b.t.Helper()
	return b.advance(step(w, to, billed))
}

// waitUntil gives a planned lookup a ticket that is asked about at a moment.
func (b *bench) waitUntil(w ledger.Work, at time.Time) ledger.Work {
	b.t.Helper()
	s := step(b.intend(w, 100), ledger.Waiting, ledger.BilledYes)
	s.Next.Lookup.Ticket, s.Next.Lookup.TicketAt, s.Next.Lookup.NextAt = "T", noon, at
	return b.advance(s)
}

// receive keeps an answer.
func (b *bench) receive(a ledger.Answer) int64 {
	b.t.Helper()
	id, err := b.Receive(a)
	b.must(err)
	return id
}

// answer is what came back for a lookup's last submission.
func answer(w ledger.Work, body string) ledger.Answer {
	return ledger.Answer{Lookup: w.Lookup.ID, Attempt: w.Lookup.Attempts, Call: "submit", Vendor: w.Lookup.Vendor, Status: 200, ReceivedAt: noon, Body: []byte(body)}
}

// found settles a lookup that was sent with an answer.
func (b *bench) found(w ledger.Work, body string) ledger.Work {
	b.t.Helper()
	s := step(w, ledger.Found, ledger.BilledYes)
	s.Next.Lookup.AnsweredAt, s.Next.Lookup.Answer = b.now, ledger.ThisAnswer
	b.must(b.Conclude(answer(w, body), s))
	s.Next.Lookup = b.lookup(w.Lookup.ID)
	return s.Next
}

// lookup reads back where a lookup stands.
func (b *bench) lookup(id int64) ledger.Lookup {
	b.t.Helper()
	k, err := b.LookupByID(ctx(), id)
	b.must(err)
	return k
}

// wantState holds lookups to where they should stand.
func (b *bench) wantState(want ledger.State, ids ...int64) {
	b.t.Helper()
	for _, id := range ids {
		if k := b.lookup(id); k.State != want {
			b.t.Errorf("lookup %d is %s, want %s", id, k.State, want)
		}
	}
}

// rows reads a run back.
func (b *bench) rows(run ledger.Run) []*ledger.Row {
	b.t.Helper()
	var rows []*ledger.Row
	b.must(b.Rows(ctx(), run, func(r *ledger.Row) error { rows = append(rows, r); return nil }))
	return rows
}

// body unpacks the answer of a lookup.
func (b *bench) body(p ledger.PackedAnswer) string {
	b.t.Helper()
	if p.ID == 0 {
		return ""
	}
	a, err := b.UnpackInto(p, nil)
	b.must(err)
	return string(a.Body)
}

// sameMoney holds the watched run's money to what its submissions add up to.
func (b *bench) sameMoney(run ledger.Run) {
	b.t.Helper()
	spend, err := b.Spend(ctx(), run)
	b.must(err)
	var sum ledger.Totals
	for _, s := range spend {
		sum.Charged, sum.Reserved, sum.Unknown = sum.Charged+s.Charged, sum.Reserved+s.Reserved, sum.Unknown+s.Unknown
	}
	if sum != b.Money() {
		b.t.Fatalf("Money is %+v, the submissions make %+v", b.Money(), sum)
	}
}

func idsOf(work []ledger.Work) []int64 {
	var out []int64
	for _, w := range work {
		out = append(out, w.Lookup.ID)
	}
	return out
}

func (b *bench) wantIDs(what string, work []ledger.Work, want ...int64) {
	b.t.Helper()
	if got := idsOf(work); !slices.Equal(got, want) {
		b.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

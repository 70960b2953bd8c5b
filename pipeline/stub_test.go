package pipeline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

var update = flag.Bool("update", false, "write the golden files again")

// noon is a Tuesday's noon in China.
var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

// stub is a vendor whose language is words: "ticket T1 yes" is a ticket and a
// charge. It cannot decode what says "garbled".
type stub struct {
	name   string
	offers []vendors.Offer
}

var _ vendors.Vendor = (*stub)(nil)

func (s *stub) Name() string { return s.name }

func (s *stub) Missing(d record.Dataset, v *record.Vehicle) []string {
	var missing []string
	for _, o := range s.offers {
		for _, column := range o.Requires {
			if o.Dataset == d && v.Value(column) == "" {
				missing = append(missing, column)
			}
		}
	}
	return missing
}

func (s *stub) Read(_ record.Dataset, _ vendors.Call, _ *record.Vehicle, body []byte) vendors.Outcome {
	out := vendors.Outcome{Kind: vendors.Unreadable}
	for i, word := range strings.Fields(string(body)) {
		switch {
		case i == 0:
			out.Kind = vendors.Kind(word)
		case strings.HasPrefix(word, "T"):
			out.Ticket = word
		case word == "yes" || word == "no" || word == "unknown":
			out.Billed = vendors.Billed(word)
		case word == "garbled":
			out.Flaw = "the report is garbled"
		}
	}
	return out
}

// Decode reads what a report says from words: a visit is "2025-03-02@61000".
func (s *stub) Decode(d record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	if strings.Contains(string(body), "garbled") {
		return record.Answer{}, errors.New("the report is garbled")
	}
	if d != record.DatasetMaintenance {
		return record.Answer{}, nil
	}
	var r record.Report
	for word := range strings.FieldsSeq(string(body)) {
		switch day, km, visit := strings.Cut(word, "@"); {
		case visit:
			date, err := normalise.ParseDay(day)
			n, kmErr := normalise.Whole(km)
			if err != nil || kmErr != nil {
				return record.Answer{}, errors.Join(err, kmErr)
			}
			r.Visits = append(r.Visits, record.Visit{Date: date, MileageKM: n})
		case word == "sound":
			r.Fire, r.Flood, r.Structural = record.Some(false), record.Some(false), record.Some(false)
		case word == "flooded":
			r.Flood = record.Some(true)
		}
	}
	normalise.FinishReport(&r)
	return record.Answer{Report: &r}, nil
}

func (s *stub) NewSubmit(context.Context, record.Dataset, *record.Vehicle) (*http.Request, error) {
	return nil, errors.New("nothing is sent in these tests")
}

func (s *stub) NewPoll(context.Context, record.Dataset, string) (*http.Request, error) {
	return nil, errors.New("nothing is sent in these tests")
}

// acme sells everything; bolt sells maintenance to those who know the engine.
func testPolicy() *Policy {
	acme := []vendors.Offer{{Dataset: record.DatasetMaintenance, Requires: []string{record.ColVIN}},
		{Dataset: record.DatasetValuation, Requires: []string{record.ColVIN, record.ColModelID}},
		{Dataset: record.DatasetViolations, Requires: []string{record.ColPlate, record.ColEngineNo}}}
	bolt := []vendors.Offer{{Dataset: record.DatasetMaintenance, Requires: []string{record.ColVIN, record.ColEngineNo}}}
	polls := lookup.PollPlan{First: 30 * time.Second, Interval: 30 * time.Second, MaxInterval: 10 * time.Minute, GiveUpAfter: 72 * time.Hour}
	return &Policy{
		Sellers: map[string]*Seller{
			"acme": {Vendor: &stub{"acme", acme}, Offers: acme, Poll: polls,
				Prices: map[record.Dataset]record.Fen{record.DatasetMaintenance: 1700, record.DatasetValuation: 500, record.DatasetViolations: 14}},
			"bolt": {Vendor: &stub{"bolt", bolt}, Offers: bolt, Poll: polls, Prices: map[record.Dataset]record.Fen{record.DatasetMaintenance: 3200}},
		},
		Routes: map[record.Dataset]Route{
			record.DatasetMaintenance: {Vendors: []string{"acme", "bolt"}, FallbackOn: []record.Status{record.NoRecord, record.Unsupported}, MaxAge: 2160 * time.Hour},
			record.DatasetValuation:   {Vendors: []string{"acme"}, MaxAge: 720 * time.Hour, Defaults: record.Condition{Color: "2", Transfers: "0"}},
			record.DatasetViolations:  {Vendors: []string{"acme"}, MaxAge: 20 * time.Hour},
		},
		ResubmitBelow: 100,
	}
}

// fallBackOn sets the statuses after which the next vendor is asked.
func fallBackOn(p *Policy, d record.Dataset, statuses ...record.Status) {
	r := p.Routes[d]
	r.FallbackOn = statuses
	p.Routes[d] = r
}

// bed is a workspace with a ledger on disk, a policy and a clock that is moved by hand.
type bed struct {
	t   *testing.T
	l   *sqlite.Ledger
	p   *Policy
	now time.Time
	n   int // runs so far
}

func newBed(t *testing.T) *bed {
	t.Helper()
	b := &bed{t: t, p: testPolicy(), now: noon}
	l, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: func() time.Time { return b.now }, Command: "test"})
	b.must(err)
	t.Cleanup(func() { b.must(l.Close()) })
	b.l = l
	return b
}

func (b *bed) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// list is a source of rows, numbered from 1.
type list struct {
	rows []record.Vehicle
	next int
}

func (s *list) Next() (record.Vehicle, error) {
	if s.next == len(s.rows) {
		return record.Vehicle{}, io.EOF
	}
	v := s.rows[s.next]
	s.next++
	v.Row = int64(s.next)
	return v, nil
}

// plan plans a run of these rows for some datasets.
func (b *bed) plan(datasets []record.Dataset, rows ...record.Vehicle) ledger.Run {
	b.t.Helper()
	b.n++
	run, err := b.l.NewRun(ledger.Run{ID: fmt.Sprint("run", b.n), StartedAt: b.now, InputSHA256: fmt.Sprint("input", b.n), Datasets: datasets})
	b.must(err)
	run, err = Plan(context.Background(), b.l, b.p, run, &list{rows: rows}, func(int64) {})
	b.must(err)
	return run
}

func only(d record.Dataset) []record.Dataset { return []record.Dataset{d} }

// rows reads a run back.
func (b *bed) rows(run ledger.Run) []*ledger.Row {
	b.t.Helper()
	var rows []*ledger.Row
	b.must(b.l.Rows(context.Background(), run, func(r *ledger.Row) error { rows = append(rows, r); return nil }))
	return rows
}

// lookup is the only lookup of a run's first row.
func (b *bed) lookup(run ledger.Run) ledger.Lookup {
	b.t.Helper()
	rows := b.rows(run)
	if len(rows) == 0 || len(rows[0].Lookups) != 1 {
		b.t.Fatalf("run %s has rows %+v", run.ID, rows)
	}
	return rows[0].Lookups[0].Lookup
}

// describe tells where the lookups of a run stand, a line a row.
func (b *bed) describe(run ledger.Run) string {
	b.t.Helper()
	var out strings.Builder
	for _, r := range b.rows(run) {
		fmt.Fprintf(&out, "%d", r.Vehicle.Row)
		if r.Duplicate != 0 {
			fmt.Fprintf(&out, " = %d", r.Duplicate)
		}
		for _, a := range r.Lookups {
			k := &a.Lookup
			fmt.Fprintf(&out, " | %s %s %s", k.Dataset, k.Vendor, k.State)
			if k.Class != "" {
				fmt.Fprintf(&out, " %s %s: %s", k.Stage, k.Class, k.Message)
			}
			if !a.Owner(r) {
				fmt.Fprintf(&out, " of row %d", k.Row)
			}
		}
		if len(r.Vehicle.Problems) > 0 {
			fmt.Fprintf(&out, " | %s", strings.Join(r.Vehicle.Problems, "; "))
		}
		out.WriteString("\n")
	}
	return out.String()
}

func (b *bed) wants(run ledger.Run, want string) {
	b.t.Helper()
	want = strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "")
	if got := b.describe(run); got != want {
		b.t.Errorf("%s stands\n%swant\n%s", run.ID, got, want)
	}
}

// intend submits the first planned lookup of a run at a vendor.
func (b *bed) intend(run ledger.Run, vendor string) ledger.Work {
	b.t.Helper()
	b.must(b.l.WatchMoney(context.Background(), run))
	work, err := b.l.Sendable(context.Background(), run.Seq, vendor, b.now, nil, 1)
	b.must(err)
	if len(work) == 0 {
		b.t.Fatalf("%s has nothing to send to %s:\n%s", run.ID, vendor, b.describe(run))
	}
	w, err := b.l.Intend(work[0], b.p.Sellers[vendor].Prices[work[0].Lookup.Dataset], b.p.MaxSpend)
	b.must(err)
	return w
}

// answer gives a call its answer, as the stages do: kept, read, judged.
func (b *bed) answer(w ledger.Work, call vendors.Call, body string) ledger.Work {
	b.t.Helper()
	a := ledger.Answer{Lookup: w.Lookup.ID, Attempt: w.Lookup.Attempts, Call: string(call), Vendor: w.Lookup.Vendor, Status: 200, ReceivedAt: b.now, Body: []byte(body)}
	id, err := b.l.Receive(a)
	b.must(err)
	resp := vendors.Response{Status: 200, Body: a.Body}
	r := lookup.Result{Answer: id, Received: b.now, Outcome: b.p.Sellers[w.Lookup.Vendor].read(w.Lookup.Dataset, call, &w.Vehicle, resp)}
	if (r.Outcome.Kind == vendors.Refused || r.Outcome.Kind == vendors.AccountTrouble || r.Outcome.Kind == vendors.Busy) && r.Outcome.Class == "" {
		r.Outcome.Class = record.Rejected
	}
	step := b.p.after(w, call, r, b.now)
	b.must(b.l.Advance(step))
	return step.Next
}

// buy submits the first planned lookup of a run and answers it.
func (b *bed) buy(run ledger.Run, vendor, body string) ledger.Work {
	b.t.Helper()
	return b.answer(b.intend(run, vendor), vendors.Submit, body)
}

// car is a vehicle of which everything is known.
func car() record.Vehicle {
	return record.Vehicle{VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", PlateType: "02", EngineNo: "0071234", ModelID: "2049", CityID: "198",
		FirstRegistered: "2014-09", MileageKM: record.Some[int64](85000)}
}

// with is a vehicle changed.
func with(v record.Vehicle, change func(*record.Vehicle)) record.Vehicle {
	change(&v)
	return v
}

// goesTo is where a request stands after a call, with the last attempt of the lookup that was called for.
func goesTo(p *Policy, w ledger.Work, call vendors.Call, r lookup.Result, now time.Time) ledger.Work {
	step := p.after(w, call, r, now)
	out := step.Next
	out.Lookup = *step.Stands()
	return out
}

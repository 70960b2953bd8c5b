package stagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/storetest"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/planner"
	"vehiclebatch/pipeline/policy"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Noon is a Tuesday's noon in China.
var Noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

// Stub is a vendor whose language is words: "ticket T1 yes" is a ticket and a
// charge. It cannot decode what says "garbled".
type Stub struct {
	Called string
	Offers []vendors.Offer
}

var _ vendors.Vendor = (*Stub)(nil)

// Name is part of vendors.Vendor.
func (s *Stub) Name() string { return s.Called }

// Missing is part of vendors.Vendor.
func (s *Stub) Missing(d record.Dataset, v *record.Vehicle) []string {
	var missing []string
	for _, o := range s.Offers {
		for _, column := range o.Requires {
			if o.Dataset == d && v.Value(column) == "" {
				missing = append(missing, column)
			}
		}
	}
	return missing
}

func (s *Stub) Read(_ record.Dataset, _ vendors.Call, _ *record.Vehicle, body []byte) vendors.Outcome {
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
func (s *Stub) Decode(d record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
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

// NewSubmit is part of vendors.Vendor.
func (s *Stub) NewSubmit(context.Context, record.Dataset, *record.Vehicle) (*http.Request, error) {
	return nil, errors.New("nothing is sent in these tests")
}

// NewPoll is part of vendors.Vendor.
func (s *Stub) NewPoll(context.Context, record.Dataset, string) (*http.Request, error) {
	return nil, errors.New("nothing is sent in these tests")
}

// TestPolicy has two vendors. acme sells everything; bolt sells maintenance to those who know the engine.
func TestPolicy() *policy.Policy {
	acme := []vendors.Offer{{Dataset: record.DatasetMaintenance, Requires: []string{record.ColVIN}},
		{Dataset: record.DatasetValuation, Requires: []string{record.ColVIN, record.ColModelID}},
		{Dataset: record.DatasetViolations, Requires: []string{record.ColPlate, record.ColEngineNo}}}
	bolt := []vendors.Offer{{Dataset: record.DatasetMaintenance, Requires: []string{record.ColVIN, record.ColEngineNo}}}
	polls := lookup.PollPlan{First: 30 * time.Second, Interval: 30 * time.Second, MaxInterval: 10 * time.Minute, GiveUpAfter: 72 * time.Hour}
	return &policy.Policy{
		Vendors: map[string]*policy.VendorConfig{
			"acme": {Vendor: &Stub{"acme", acme}, Offers: acme, Poll: polls,
				Prices: map[record.Dataset]record.Fen{record.DatasetMaintenance: 1700, record.DatasetValuation: 500, record.DatasetViolations: 14}},
			"bolt": {Vendor: &Stub{"bolt", bolt}, Offers: bolt, Poll: polls, Prices: map[record.Dataset]record.Fen{record.DatasetMaintenance: 3200}},
		},
		Routes: map[record.Dataset]policy.Route{
			record.DatasetMaintenance: {Vendors: []string{"acme", "bolt"}, FallbackOn: []record.Status{record.NoRecord, record.Unsupported}, MaxAge: 2160 * time.Hour},
			record.DatasetValuation:   {Vendors: []string{"acme"}, MaxAge: 720 * time.Hour, Defaults: record.Condition{Color: "2", Transfers: "0"}},
			record.DatasetViolations:  {Vendors: []string{"acme"}, MaxAge: 20 * time.Hour},
		},
		ResubmitBelow: 100,
	}
}

// FallBackOn sets the statuses after which the next vendor is asked.
func FallBackOn(p *policy.Policy, d record.Dataset, statuses ...record.Status) {
	r := p.Routes[d]
	r.FallbackOn = statuses
	p.Routes[d] = r
}

// Fixture is a workspace with a ledger, a policy and a clock that is moved by hand.
type Fixture struct {
	T      *testing.T
	Ledger storetest.Store
	Policy *policy.Policy
	Now    time.Time
	n      int // runs so far
}

// New is a fixture at noon, without runs. Its ledger is where the flag -store says.
func New(t *testing.T) *Fixture {
	t.Helper()
	b := &Fixture{T: t, Policy: TestPolicy(), Now: Noon}
	b.Ledger = b.open(*store)
	return b
}

// Must ends the test at an error.
func (b *Fixture) Must(err error) {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
}

// List is a source of rows, numbered from 1.
type List struct {
	Rows []record.Vehicle
	next int
}

// Next is part of planner.Source.
func (s *List) Next() (record.Vehicle, error) {
	if s.next == len(s.Rows) {
		return record.Vehicle{}, io.EOF
	}
	v := s.Rows[s.next]
	s.next++
	v.Row = int64(s.next)
	return v, nil
}

// Plan plans a run of these rows for some datasets.
func (b *Fixture) Plan(datasets []record.Dataset, rows ...record.Vehicle) ledger.Run {
	b.T.Helper()
	b.n++
	run := ledger.Run{ID: fmt.Sprint("run", b.n), StartedAt: b.Now, InputSHA256: fmt.Sprint("input", b.n), Datasets: datasets}
	return b.plan(run, func(into planner.Store, run ledger.Run) (ledger.Run, error) {
		return planner.Plan(context.Background(), into, b.Policy, run, &List{Rows: rows}, func(int64) {})
	})
}

// Only is one dataset.
func Only(d record.Dataset) []record.Dataset { return []record.Dataset{d} }

// Rows reads a run back.
func (b *Fixture) Rows(run ledger.Run) []*ledger.Row {
	b.T.Helper()
	var rows []*ledger.Row
	b.Must(b.Ledger.Rows(context.Background(), run, func(r *ledger.Row) error { rows = append(rows, r); return nil }))
	return rows
}

// Lookup is the only lookup of a run's first row.
func (b *Fixture) Lookup(run ledger.Run) ledger.Lookup {
	b.T.Helper()
	rows := b.Rows(run)
	if len(rows) == 0 || len(rows[0].Lookups) != 1 {
		b.T.Fatalf("run %s has rows %+v", run.ID, rows)
	}
	return rows[0].Lookups[0].Lookup
}

// Describe tells where the lookups of a run stand, a line a row.
func (b *Fixture) Describe(run ledger.Run) string {
	b.T.Helper()
	var out strings.Builder
	for _, r := range b.Rows(run) {
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

// Wants says how a run must stand, a line a row.
func (b *Fixture) Wants(run ledger.Run, want string) {
	b.T.Helper()
	want = strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "")
	if got := b.Describe(run); got != want {
		b.T.Errorf("%s stands\n%swant\n%s", run.ID, got, want)
	}
}

// Intend submits the first planned lookup of a run at a vendor.
func (b *Fixture) Intend(run ledger.Run, vendor string) ledger.Work {
	b.T.Helper()
	b.Must(b.Ledger.WatchMoney(context.Background(), run))
	work, err := b.Ledger.Sendable(context.Background(), run.Seq, vendor, b.Now, nil, 1)
	b.Must(err)
	if len(work) == 0 {
		b.T.Fatalf("%s has nothing to send to %s:\n%s", run.ID, vendor, b.Describe(run))
	}
	w, err := b.Ledger.Intend(work[0], b.Policy.Vendors[vendor].Prices[work[0].Lookup.Dataset], b.Policy.MaxSpend)
	b.Must(err)
	return w
}

// Answer gives a call its answer, as the stages do: kept, read, judged.
func (b *Fixture) Answer(w ledger.Work, call vendors.Call, body string) ledger.Work {
	b.T.Helper()
	a := ledger.Answer{Lookup: w.Lookup.ID, Attempt: w.Lookup.Attempts, Call: string(call), Vendor: w.Lookup.Vendor, Status: 200, ReceivedAt: b.Now, Body: []byte(body)}
	id, err := b.Ledger.Receive(a)
	b.Must(err)
	resp := vendors.Response{Status: 200, Body: a.Body}
	r := lookup.Result{Answer: id, Received: b.Now, Outcome: b.Policy.Vendors[w.Lookup.Vendor].Read(w.Lookup.Dataset, call, &w.Vehicle, resp)}
	if (r.Outcome.Kind == vendors.Refused || r.Outcome.Kind == vendors.AccountTrouble || r.Outcome.Kind == vendors.Busy) && r.Outcome.Class == "" {
		r.Outcome.Class = record.Rejected
	}
	step := b.Policy.After(w, call, r, b.Now)
	b.Must(b.Ledger.Advance(step))
	return step.Next
}

// Buy submits the first planned lookup of a run and answers it.
func (b *Fixture) Buy(run ledger.Run, vendor, body string) ledger.Work {
	b.T.Helper()
	return b.Answer(b.Intend(run, vendor), vendors.Submit, body)
}

// Car is a vehicle of which everything is known.
func Car() record.Vehicle {
	return record.Vehicle{VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", PlateType: "02", EngineNo: "0071234", ModelID: "2049", CityID: "198",
		FirstRegistered: "2014-09", MileageKM: record.Some[int64](85000)}
}

// With is a vehicle changed.
func With(v record.Vehicle, change func(*record.Vehicle)) record.Vehicle {
	change(&v)
	return v
}

// GoesTo is where a request stands after a call, with the last attempt of the lookup that was called for.
func GoesTo(p *policy.Policy, w ledger.Work, call vendors.Call, r lookup.Result, now time.Time) ledger.Work {
	step := p.After(w, call, r, now)
	out := step.Next
	out.Lookup = *step.Stands()
	return out
}

package export

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

// words reads an answer "report of X" as a report with the brand X, and so on.
type words struct{}

var _ vendors.Reader = words{}

func (words) Read(record.Dataset, vendors.Call, *record.Vehicle, []byte) vendors.Outcome {
	return vendors.Outcome{Kind: vendors.Answered}
}

func (words) Decode(d record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	text := string(body)
	switch {
	case strings.Contains(text, "garbled"):
		return record.Answer{}, errors.New("the answer is garbled")
	case d == record.DatasetMaintenance:
		return record.Answer{Report: &record.Report{Brand: text, Problems: []string{"visit 1 has no date"}}, Problems: []string{"two flags disagree"}}, nil
	case d == record.DatasetValuation:
		return record.Answer{Valuation: &record.Valuation{ModelName: text}, Problems: []string{"the prices are the wrong way round"}}, nil
	}
	return record.Answer{Violations: []record.Violation{{Seq: 1, Action: text}, {Seq: 2, Action: text}}}, nil
}

// diary is a sink that writes down what it is given, and breaks when it is told to.
type diary struct {
	lines []string
	limit int // 0: none
}

var _ sinks.Sink = (*diary)(nil)

var errFull = errors.New("the disk is full")

func (d *diary) note(format string, args ...any) error {
	if d.limit > 0 && len(d.lines) == d.limit {
		return errFull
	}
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	return nil
}

func (d *diary) Vehicle(r sinks.VehicleRow) error {
	return d.note("vehicle %d %s: %s %s %s, ¥%s, duplicate of %v, %v", r.Vehicle.Row, r.VehicleID, r.Maintenance, r.Valuation, r.Violations, r.Cost, r.DuplicateOf.V, r.Problems)
}

func (d *diary) Report(r sinks.ReportRow) error {
	return d.note("  report %s by %s, ticket %s, ¥%s at %s, %v", r.Report.Brand, r.Vendor, r.Ticket, r.Cost.V, r.FetchedAt.Format(time.TimeOnly), r.Problems)
}

func (d *diary) Valuation(r sinks.ValuationRow) error {
	return d.note("  valuation %s of model %s by %s at %s", r.Valuation.ModelName, r.Asked.ModelID, r.Vendor, r.FetchedAt.Format(time.TimeOnly))
}

func (d *diary) Violation(r sinks.ViolationRow) error {
	return d.note("  violation %d %s of %s by %s", r.Violation.Seq, r.Violation.Action, r.Plate, r.Vendor)
}

func (d *diary) Change(r sinks.ChangeRow) error {
	return d.note("  change %d of %s: %s %s %q to %q, ¥%s, by %s at %s, against %s by %s at %s %s", r.N, r.Dataset, r.Change.Kind, r.Change.What, r.Change.Before, r.Change.After,
		r.Change.Amount.V, r.Vendor, r.SeenAt.Format(time.TimeOnly), r.ComparedWith, r.ComparedVendor, r.ComparedAt.Format(time.TimeOnly), r.Note)
}

func (d *diary) Failure(r sinks.FailureRow) error {
	return d.note("  failure of row %d: %s at %s, %s %s %s %q, %d attempts, ticket %q, billed %s %v, %v, retryable %v", r.Row, r.Dataset, r.Vendor, r.Stage, r.Class, r.Code,
		r.Message, r.Attempts, r.Ticket, r.Billed, r.Cost, r.FirstAt.OK, r.Retryable)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// planned is a lookup that the plan itself settles, or leaves open.
func planned(d record.Dataset, s ledger.State, change func(*ledger.Lookup)) ledger.Lookup {
	k := ledger.Lookup{Dataset: d, State: s, Vendor: "acme"}
	if change != nil {
		change(&k)
	}
	return k
}

// workspace is a ledger with one run in which every state of a lookup stands.
func workspace(t *testing.T) (*sqlite.Ledger, ledger.Run) {
	t.Helper()
	l, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: func() time.Time { return noon }, Command: "test"})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	run, err := l.NewRun(ledger.Run{ID: "one", StartedAt: noon, Datasets: record.Datasets()})
	must(t, err)
	plan, err := l.StartPlan(context.Background(), run)
	must(t, err)
	rows := rowsOf(t, l)
	must(t, plan.Batch(func(tx ledger.PlanTx) error {
		for _, p := range rows {
			for i := range p.Lookups {
				p.Lookups[i].Key = fmt.Appendf(nil, "%d %d", p.Vehicle.Row, i)
			}
			if err := tx.Put(p); err != nil {
				return err
			}
		}
		return nil
	}))
	run, err = plan.End(8)
	must(t, err)
	buy(t, l, run)
	return l, run
}

func rowsOf(t *testing.T, l *sqlite.Ledger) []ledger.PlannedVehicle {
	t.Helper()
	m, v, o := record.DatasetMaintenance, record.DatasetValuation, record.DatasetViolations
	row := func(n int64, lookups ...ledger.Lookup) ledger.PlannedVehicle {
		return ledger.PlannedVehicle{VehicleID: fmt.Sprint("v", n), Vehicle: record.Vehicle{Row: n, VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", ModelID: "2049"}, Lookups: lookups}
	}
	wrong := row(5, planned(m, ledger.Failed, func(k *ledger.Lookup) {
		k.Stage, k.Class, k.Code, k.Message, k.FirstAt = record.StageValidate, record.InvalidInput, "vin", "vin: too short", noon
	}))
	wrong.Vehicle.Faults, wrong.Vehicle.Problems = []record.Fault{{Column: "vin", Reason: "too short"}, {Reason: "columns are missing"}}, []string{"line 6 is odd"}
	copied := row(3)
	copied.Duplicate = 2
	sharing := row(8)
	sharing.Shared = map[record.Dataset]int64{m: 1} // of row 1
	return []ledger.PlannedVehicle{
		row(1, planned(m, ledger.Planned, nil), planned(v, ledger.Planned, nil), planned(o, ledger.Planned, nil)), // bought by buy
		row(2, planned(m, ledger.Found, reused(t, l, "reused"))), copied,
		row(4, planned(m, ledger.NoRecord, nil), planned(v, ledger.Unsupported, nil), planned(o, ledger.Following, nil)), wrong,
		row(6, planned(m, ledger.InDoubt, func(k *ledger.Lookup) {
			k.Stage, k.Class, k.Source, k.FirstAt = record.StageSubmit, record.DoubtfulOrder, 77, noon
		})),
		row(7, planned(m, ledger.Waiting, nil), planned(v, ledger.Submitting, nil), planned(o, ledger.Planned, func(k *ledger.Lookup) { k.Vendor = "later" })), sharing,
	}
}

// reused takes over an answer of an earlier run.
func reused(t *testing.T, l *sqlite.Ledger, text string) func(*ledger.Lookup) {
	t.Helper()
	id, err := l.Receive(ledger.Answer{Lookup: 1 << 40, Vendor: "bolt", ReceivedAt: noon, Body: []byte(text)})
	must(t, err)
	return func(k *ledger.Lookup) { k.Answer, k.Source, k.AnsweredAt = id, 1<<40, noon.Add(-time.Hour) }
}

// buy gives row 1 a report at the second vendor, a valuation that the vendor
// charged but cannot be read, and two violations.
func buy(t *testing.T, l *sqlite.Ledger, run ledger.Run) {
	t.Helper()
	must(t, l.WatchMoney(context.Background(), run))
	for _, c := range []struct {
		fen   record.Fen
		ends  ledger.State
		class record.Class
		body  string
	}{{1700, ledger.Found, "", "BMW"}, {500, ledger.Failed, record.BadResponse, "garbled"}, {14, ledger.Found, "", "speeding"}} {
		work, err := l.Sendable(context.Background(), run.Seq, "acme", noon, nil, 1)
		must(t, err)
		w, err := l.Intend(work[0], c.fen, record.Opt[record.Fen]{})
		must(t, err)
		id, err := l.Receive(ledger.Answer{Lookup: w.Lookup.ID, Attempt: 1, Call: "submit", Vendor: "acme", Status: 200, ReceivedAt: noon, Body: []byte(c.body)})
		must(t, err)
		next := w
		next.Lookup.State, next.Lookup.Answer, next.Lookup.AnsweredAt, next.Lookup.Ticket, next.Attempt.Billed = c.ends, id, noon, "T1", ledger.BilledYes
		if next.Lookup.Class = c.class; c.class != "" {
			next.Lookup.Stage, next.Lookup.Code, next.Lookup.Message = record.StageNormalise, "c", "m"
		}
		must(t, l.Advance(ledger.Step{From: ledger.Submitting, Next: next, Was: ledger.Reserved}))
	}
}

// Every state of a lookup, as it stands in the tables.
func TestWriteEveryState(t *testing.T) {
	t.Parallel()
	l, run := workspace(t)
	var first, second diary
	readers := Readers{"acme": words{}, "bolt": words{}}
	must(t, Write(context.Background(), l, run, readers, english(), &first))
	golden(t, "rows.golden", strings.Join(first.lines, "\n")+"\n")
	must(t, Write(context.Background(), l, run, readers, english(), &second))
	if strings.Join(first.lines, "\n") != strings.Join(second.lines, "\n") {
		t.Error("the same ledger gives other rows the second time")
	}
}

func TestWriteEndsAtTheSinksFirstError(t *testing.T) {
	t.Parallel()
	l, run := workspace(t)
	var whole diary
	readers := Readers{"acme": words{}, "bolt": words{}}
	must(t, Write(context.Background(), l, run, readers, english(), &whole))
	for limit := 1; limit < len(whole.lines); limit++ {
		broken := diary{limit: limit}
		if err := Write(context.Background(), l, run, readers, english(), &broken); !errors.Is(err, errFull) {
			t.Errorf("after %d rows: %v", limit, err)
		}
	}
}

// An answer that cannot be read any more must not vanish without a word.
func TestWriteSaysWhichAnswerCannotBeRead(t *testing.T) {
	t.Parallel()
	l, run := workspace(t)
	err := Write(context.Background(), l, run, Readers{"acme": words{}}, english(), &diary{})
	if err == nil || !strings.Contains(err.Error(), "row 2") || !strings.Contains(err.Error(), `"bolt"`) {
		t.Errorf("without a reader for bolt: %v", err)
	}
}

// Some rows of a run are written as they are with all the others.
func TestWriteRowsAreThoseOfTheRun(t *testing.T) {
	t.Parallel()
	l, run := workspace(t)
	readers := Readers{"acme": words{}, "bolt": words{}}
	var whole diary
	must(t, Write(context.Background(), l, run, readers, english(), &whole))
	var parts []string
	for row := int64(1); row <= 8; row++ {
		var one diary
		must(t, WriteRows(context.Background(), l, run, []int64{row}, readers, english(), &one))
		if len(one.lines) == 0 || !strings.HasPrefix(one.lines[0], fmt.Sprint("vehicle ", row)) {
			t.Errorf("row %d: %q", row, one.lines)
		}
		parts = append(parts, one.lines...)
	}
	if strings.Join(parts, "\n") != strings.Join(whole.lines, "\n") {
		t.Errorf("one by one\n%s\ntogether\n%s", strings.Join(parts, "\n"), strings.Join(whole.lines, "\n"))
	}
	if err := WriteRows(context.Background(), l, run, []int64{1}, readers, english(), &diary{limit: 1}); !errors.Is(err, errFull) {
		t.Errorf("the sink's error: %v", err)
	}
	if err := WriteRows(context.Background(), l, run, []int64{2}, Readers{"acme": words{}}, english(), &diary{}); err == nil {
		t.Error("an answer that nobody reads is passed over")
	}
}

func TestFailuresAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	l, run := workspace(t)
	var table, listed diary
	must(t, Write(context.Background(), l, run, Readers{"acme": words{}, "bolt": words{}}, english(), &table))
	must(t, Failures(context.Background(), l, run, english(), listed.Failure))
	var want []string
	for _, line := range table.lines {
		if strings.HasPrefix(line, "  failure") {
			want = append(want, line)
		}
	}
	if len(want) != 3 || strings.Join(listed.lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("listed\n%s\nin the table\n%s", strings.Join(listed.lines, "\n"), strings.Join(want, "\n"))
	}
	limited := diary{limit: 1}
	if err := Failures(context.Background(), l, run, english(), limited.Failure); !errors.Is(err, errFull) {
		t.Errorf("Failures: %v", err)
	}
}

package export

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/ledger/sqlite/repair"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

// tale reads violations as their codes, a valuation as its price, and a report
// as whether there was a fire.
type tale struct{}

var _ vendors.Reader = tale{}

func (tale) Read(record.Dataset, vendors.Call, *record.Vehicle, []byte) vendors.Outcome {
	return vendors.Outcome{Kind: vendors.Answered}
}

func (tale) Decode(d record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	switch d {
	case record.DatasetMaintenance:
		return record.Answer{Report: &record.Report{Fire: record.Some(string(body) == "fire")}}, nil
	case record.DatasetValuation:
		fen, err := record.ParseYuan(string(body))
		return record.Answer{Valuation: &record.Valuation{Private: record.Some(fen)}}, err
	}
	list := []record.Violation{}
	for i, code := range strings.Fields(string(body)) {
		if code == "garbled" {
			return record.Answer{}, fmt.Errorf("the answer is %s", code)
		}
		list = append(list, record.Violation{Seq: i + 1, OccurredAt: record.Some(noon), Code: code, Status: record.UnprocessedUnpaid})
	}
	return record.Answer{Violations: list}, nil
}

// nights is a workspace in which the vehicles are looked up every night.
type nights struct {
	t *testing.T
	l *sqlite.Ledger
}

func newNights(t *testing.T) *nights {
	t.Helper()
	l, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{Now: func() time.Time { return noon }, Command: "test"})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	return &nights{t: t, l: l}
}

func start(night int) time.Time { return noon.AddDate(0, 0, night) }

// asked is a lookup of a vehicle; the answer comes an hour into the night,
// unless at says otherwise.
type asked struct {
	car     string
	dataset record.Dataset
	state   ledger.State
	vendor  string
	says    string // the raw answer, of found
	at      time.Time
	km      int64
	same    int64 // the answer that is used again, 0 for one of its own
}

// night writes a finished run.
func (n *nights) night(number int, lookups ...asked) ledger.Run {
	n.t.Helper()
	run, err := n.l.NewRun(ledger.Run{ID: fmt.Sprintf("night-%d", number), StartedAt: start(number), Datasets: record.Datasets()})
	must(n.t, err)
	plan, err := n.l.StartPlan(context.Background(), run)
	must(n.t, err)
	var rows []ledger.PlannedVehicle
	for i, a := range lookups {
		rows = append(rows, n.row(number, int64(i+1), a))
	}
	must(n.t, plan.Batch(func(tx ledger.PlanTx) error {
		for _, row := range rows {
			if err := tx.Put(row); err != nil {
				return err
			}
		}
		return nil
	}))
	run, err = plan.End(int64(len(lookups)))
	must(n.t, err)
	run.State, run.FinishedAt = ledger.RunFinished, start(number).Add(2*time.Hour)
	must(n.t, n.l.SetRun(run))
	return run
}

func (n *nights) row(number int, row int64, a asked) ledger.PlannedVehicle {
	n.t.Helper()
	k := ledger.Lookup{Dataset: a.dataset, State: a.state, Vendor: a.vendor, Key: fmt.Appendf(nil, "%s %s %d", a.car, a.dataset, a.km), LastAt: start(number)}
	if a.state == ledger.Found || a.state == ledger.NoRecord {
		k.AnsweredAt, k.Answer = start(number).Add(time.Hour), a.same
		if !a.at.IsZero() {
			k.AnsweredAt = a.at
		}
		if k.Answer == 0 {
			id, err := n.l.Receive(ledger.Answer{Lookup: 1 << 40, Vendor: a.vendor, ReceivedAt: k.AnsweredAt, Body: []byte(a.says)})
			must(n.t, err)
			k.Answer = id
		}
	}
	car := record.Vehicle{Row: row, VIN: a.car, MileageKM: record.Opt[int64]{V: a.km, OK: a.km > 0}}
	return ledger.PlannedVehicle{VehicleID: "id-" + a.car, Vehicle: car, Lookups: []ledger.Lookup{k}}
}

// changes are the rows of the table changes of a run.
func (n *nights) changes(run ledger.Run) string {
	n.t.Helper()
	var all diary
	must(n.t, Write(context.Background(), n.l, run, Readers{"acme": tale{}, "bolt": tale{}}, english(), &all))
	return changeLines(all.lines)
}

func changeLines(lines []string) string {
	var out []string
	for _, line := range lines {
		if text, ok := strings.CutPrefix(line, "  change "); ok {
			out = append(out, strings.TrimSpace(text))
		}
	}
	return strings.Join(out, "\n")
}

func (n *nights) want(run ledger.Run, want string) {
	n.t.Helper()
	if got := n.changes(run); got != strings.TrimSpace(want) {
		n.t.Errorf("%s:\ngot\n%s\nwant\n%s", run.ID, got, want)
	}
}

const violations, maintenance, valuation = record.DatasetViolations, record.DatasetMaintenance, record.DatasetValuation

func found(car, says string) asked {
	return asked{car: car, dataset: violations, state: ledger.Found, vendor: "acme", says: says}
}

func ended(car string, s ledger.State) asked {
	return asked{car: car, dataset: violations, state: s, vendor: "acme"}
}

// A night without an answer is skipped: what is new is new compared with the latest answer,
// whichever night had it.
func TestComparedWithTheLatestAnswer(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.want(n.night(1, found("A", "a b"), found("B", "a"), found("C", "a")), "")
	n.night(2, ended("A", ledger.InDoubt), ended("B", ledger.Failed), ended("C", ledger.Unsupported))
	n.want(n.night(3, found("A", "c a"), found("B", "a"), ended("C", ledger.Failed), found("D", "a")), `
1 of violations: violation_new 2026-11-03 12:00:00 c "" to "unprocessed_unpaid", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00
2 of violations: violation_gone 2026-11-03 12:00:00 b "unprocessed_unpaid" to "", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00`)
	n.want(n.night(4, found("A", "a c"), found("C", "a"), found("D", "garbled")), "")
	// An earlier answer that can no longer be read leaves nothing to compare with.
	n.want(n.night(5, found("D", "a e")), "")
}

// An answer that is used again is no news, whatever came before it.
func TestAnAnswerUsedAgainIsNoNews(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.night(1, found("A", "a"))
	second := n.night(2, found("A", "b"))
	var answer int64
	must(t, n.l.Rows(context.Background(), second, func(r *ledger.Row) error { answer = r.Lookups[0].Packed.ID; return nil }))
	again := ended("A", ledger.Found)
	again.same, again.at = answer, start(2).Add(time.Hour)
	third := n.night(3, again)
	n.want(third, "")
	n.want(n.night(4, found("A", "c b")), `
1 of violations: violation_new 2026-11-03 12:00:00 c "" to "unprocessed_unpaid", ¥0.00, by acme at 05:00:00, against night-3 by acme at 05:00:00`)
	sum, err := Diff(context.Background(), n.l, second, third, Readers{"acme": tale{}}, (&diary{}).Change)
	must(t, err)
	if (sum != Compared{Same: 1}) {
		t.Errorf("compared %+v", sum)
	}
}

// What an old run learnt by a later retry was not known in between.
func TestALateAnswerOfAnOldRunIsNotEarlier(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.night(1, found("A", "a"))
	late := found("A", "a b")
	late.at = start(9)
	n.night(2, late)
	n.want(n.night(3, found("A", "a b")), `
1 of violations: violation_new 2026-11-03 12:00:00 b "" to "unprocessed_unpaid", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00`)
}

func TestRecordsComeAndGoAndVendorsChange(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.night(1, found("A", "a"), found("B", "a b"))
	other := found("B", "b c")
	other.vendor = "bolt"
	n.want(n.night(2, ended("A", ledger.NoRecord), other), `
1 of violations: record_lost 1 violation "found" to "no_record", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00
1 of violations: violation_new 2026-11-03 12:00:00 c "" to "unprocessed_unpaid", ¥0.00, by bolt at 05:00:00, against night-1 by acme at 05:00:00`)
	n.want(n.night(3, found("A", "a")), `
1 of violations: record_found 1 violation "no_record" to "found", ¥0.00, by acme at 05:00:00, against night-2 by acme at 05:00:00`)
}

// A valuation has another key each time the mileage changes, so it is followed by the vehicle. A
// report is followed by its key.
func TestValuationsAreFollowedByVehicle(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	worth := func(says string, km int64) asked {
		return asked{car: "A", dataset: valuation, state: ledger.Found, vendor: "acme", says: says, km: km}
	}
	fire := func(says string) asked {
		return asked{car: "A", dataset: maintenance, state: ledger.Found, vendor: "acme", says: says}
	}
	n.night(1, worth("100.00", 30000), fire("none"))
	n.want(n.night(2, worth("90.00", 36000), fire("fire")), `
1 of valuation: valuation_moved private_cny "100.00" to "90.00", ¥-10.00, by acme at 05:00:00, against night-1 by acme at 05:00:00 asked with mileage_km 36000, before 30000
1 of maintenance: flag_turned fire "false" to "true", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00`)
	// Of two rows about one vehicle, the one with the same key is preferred.
	n.night(3, worth("80.00", 36000), worth("70.00", 40000))
	n.want(n.night(4, worth("70.00", 40000), worth("80.00", 36000)), "")
}

// Nothing is compared with a purged run, nor with a run before it: the nearest answer may have been
// in the purged run.
func TestForgottenAnswersAreNotComparedWith(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.night(1, found("A", "a"))
	second := n.night(2, found("A", "a b"))
	third := n.night(3, found("A", "a b c"))
	fourth := n.night(4, found("A", "a"))
	must(t, repair.Purge(context.Background(), n.l, []ledger.Run{second}))
	n.want(third, "")
	if got := n.changes(fourth); strings.Count(got, "violation_gone") != 2 || !strings.Contains(got, "against night-3") {
		t.Errorf("night 4: %s", got)
	}
	forgotten, err := Forgotten(context.Background(), n.l, third)
	must(t, err)
	for id, want := range map[string]bool{"night-1": true, "night-2": true, "night-3": false, "night-4": false} {
		if forgotten(id) != want {
			t.Errorf("%s is forgotten: %v", id, !want)
		}
	}
}

func TestDiffOfAnyTwoRuns(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	first := n.night(1, found("A", "a"), found("B", "a"), ended("C", ledger.Failed))
	n.night(2, found("A", "a x"), found("B", "a x"))
	third := n.night(3, found("B", "a y"), found("A", "a"), found("C", "a"), ended("D", ledger.Failed))
	diff := func(a, b ledger.Run) (Compared, string) {
		var all diary
		sum, err := Diff(context.Background(), n.l, a, b, Readers{"acme": tale{}}, all.Change)
		must(t, err)
		return sum, changeLines(all.lines)
	}
	sum, got := diff(first, third)
	if want := `1 of violations: violation_new 2026-11-03 12:00:00 y "" to "unprocessed_unpaid", ¥0.00, by acme at 05:00:00, against night-1 by acme at 05:00:00`; got != want || (sum != Compared{Lookups: 2, Alone: 1}) {
		t.Errorf("%+v\n%s", sum, got)
	}
	if sum, got = diff(third, first); !strings.Contains(got, "violation_gone") || sum.Lookups != 2 {
		t.Errorf("the other way round: %+v\n%s", sum, got)
	}
	full := func(sinks.ChangeRow) error { return errFull }
	if _, err := Diff(context.Background(), n.l, first, third, Readers{"acme": tale{}}, full); err == nil {
		t.Error("the error of the printer is lost")
	}
}

package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// failing is a lookup of the failure ledger.
type failing struct {
	row     int64
	dataset record.Dataset
	vendor  string
	class   record.Class
	code    string
	message string
	ticket  string
	fen     record.Fen // of its last order; 0 when there was none
	billed  ledger.Billed
	answer  *ledger.Answer // the answer that left it in doubt
	held    bool           // in doubt because the first lookup is
	faults  []record.Fault // faults of its row
}

// failed writes a run with failed lookups, and returns its causes, one to a line.
func failed(t *testing.T, lookups ...failing) string {
	t.Helper()
	var lines []string
	for _, c := range causes(t, nil, lookups...) {
		lines = append(lines, causeLine(&c))
	}
	return strings.Join(lines, "\n")
}

// causes writes a run with failed lookups, and returns its causes.
func causes(t *testing.T, readers map[string]AnswerReader, lookups ...failing) []Cause {
	t.Helper()
	n := newNights(t)
	run, err := n.l.NewRun(ledger.Run{ID: "failed", StartedAt: noon, Datasets: record.Datasets()})
	must(t, err)
	plan, err := n.l.StartPlan(context.Background(), run)
	must(t, err)
	rows := map[int64]*ledger.PlannedVehicle{}
	var order []int64
	for _, f := range lookups {
		if rows[f.row] == nil {
			rows[f.row] = &ledger.PlannedVehicle{VehicleID: fmt.Sprint("v", f.row), Vehicle: record.Vehicle{Row: f.row, Faults: f.faults}}
			order = append(order, f.row)
		}
		rows[f.row].Lookups = append(rows[f.row].Lookups, ledger.Lookup{Dataset: f.dataset, State: ledger.Planned, Vendor: f.vendor, Key: fmt.Appendf(nil, "%d %s", f.row, f.dataset)})
	}
	must(t, plan.Batch(func(tx ledger.PlanTx) error {
		for _, row := range order {
			if err := tx.Put(*rows[row]); err != nil {
				return err
			}
		}
		return nil
	}))
	run, err = plan.End(int64(len(order)))
	must(t, err)
	must(t, n.l.WatchMoney(context.Background(), run))
	work, err := n.l.PlannedWork(context.Background(), run, 0, 100)
	must(t, err)
	for _, w := range work {
		for _, f := range lookups {
			if w.Lookup.Row == f.row && w.Lookup.Dataset == f.dataset {
				fail(t, n.l, w, f)
			}
		}
	}
	out, err := Causes(context.Background(), n.l, run, readers)
	must(t, err)
	return out
}

func fail(t *testing.T, l *sqlite.Ledger, w ledger.Work, f failing) {
	t.Helper()
	from, was := ledger.Planned, ledger.Billed("")
	if f.fen > 0 {
		var err error
		w, err = l.Intend(w, f.fen, record.Opt[record.Fen]{})
		must(t, err)
		from, was = ledger.Submitting, w.Attempt.Billed
		w.Attempt.Billed = f.billed
	}
	k := &w.Lookup
	k.State, k.Class, k.Code, k.Message, k.Ticket, k.Stage = ledger.Failed, f.class, f.code, f.message, f.ticket, record.StageSubmit
	if f.answer != nil {
		f.answer.Lookup, f.answer.Attempt, f.answer.Call, f.answer.Vendor, f.answer.ReceivedAt = k.ID, k.Attempts, "submit", k.Vendor, noon
		id, err := l.Receive(*f.answer)
		must(t, err)
		k.State, k.Answer = ledger.InDoubt, id
	}
	if f.held {
		k.State, k.Source = ledger.InDoubt, k.ID-1
	}
	must(t, l.Advance(ledger.Step{From: from, Next: w, Was: was}))
}

func causeLine(c *Cause) string {
	text := fmt.Sprintf("%d of %d rows %s", c.Lookups, c.Rows, c.Class)
	for _, at := range c.Asked {
		text += fmt.Sprintf(" | %d %s %s %s", at.Lookups, at.Dataset, at.Vendor, at.Last)
	}
	text += fmt.Sprintf(" | %v %q", c.Columns, c.Message)
	for _, word := range []struct {
		is   bool
		word string
	}{{c.Paid, " paid"}, {c.Free, " free"}, {c.Retry(), " retry"}} {
		if word.is {
			text += word.word
		}
	}
	return text
}

func TestCauses(t *testing.T) {
	t.Parallel()
	wrong := func(row int64, d record.Dataset, vendor, message string) failing {
		return failing{row: row, dataset: d, vendor: vendor, class: record.InvalidInput, code: "vin", message: message}
	}
	for _, c := range []struct {
		name    string
		lookups []failing
		want    string
	}{
		{"no failure", nil, ""},
		{"a wrong row is one cause, whatever was asked", []failing{
			wrong(1, record.DatasetMaintenance, "acme", "vin: too short"), wrong(1, record.DatasetViolations, "bolt", "vin: too short"),
			wrong(2, record.DatasetMaintenance, "acme", "vin: holds O"), wrong(2, record.DatasetViolations, "bolt", "vin: holds O")},
			`4 of 2 rows invalid_input | 2 maintenance acme 0.00 | 2 violations bolt 0.00 | [vin] "vin: too short"`},
		{"what is wrong with whole rows is told by the words, but for their numbers", []failing{
			{row: 1, dataset: record.DatasetMaintenance, vendor: "acme", class: record.InvalidInput, message: "the row has neither a VIN nor a plate"},
			{row: 2, dataset: record.DatasetMaintenance, vendor: "acme", class: record.InvalidInput, message: "the row has 16 fields, the header has 17"},
			{row: 3, dataset: record.DatasetMaintenance, vendor: "acme", class: record.InvalidInput, message: "column vin holds bytes that are not UTF-8"},
			{row: 4, dataset: record.DatasetMaintenance, vendor: "acme", class: record.InvalidInput, message: "the row has 18 fields, the header has 17"}},
			`2 of 2 rows invalid_input | 2 maintenance acme 0.00 | [] "the row has 16 fields, the header has 17"` + "\n" +
				`1 of 1 rows invalid_input | 1 maintenance acme 0.00 | [] "column vin holds bytes that are not UTF-8"` + "\n" +
				`1 of 1 rows invalid_input | 1 maintenance acme 0.00 | [] "the row has neither a VIN nor a plate"`},
		{"what rows lack is told by the columns", []failing{
			{row: 1, dataset: record.DatasetViolations, vendor: "acme", class: record.MissingInput, code: "plate engine_no", message: "acme needs plate, engine_no"},
			{row: 2, dataset: record.DatasetViolations, vendor: "acme", class: record.MissingInput, code: "engine_no", message: "acme needs engine_no"},
			{row: 3, dataset: record.DatasetMaintenance, vendor: "bolt", class: record.MissingInput, code: "engine_no", message: "bolt needs engine_no"}},
			`2 of 2 rows missing_input | 1 maintenance bolt 0.00 | 1 violations acme 0.00 | [engine_no] "acme needs engine_no"` + "\n" +
				`1 of 1 rows missing_input | 1 violations acme 0.00 | [plate engine_no] "acme needs plate, engine_no"`},
		{"what a vendor said is one at each vendor and dataset", []failing{
			{row: 1, dataset: record.DatasetMaintenance, vendor: "acme", class: record.Unavailable, code: "503", message: "down", fen: 1700, billed: ledger.BilledNo},
			{row: 2, dataset: record.DatasetMaintenance, vendor: "acme", class: record.Unavailable, code: "503", message: "down", fen: 1800, billed: ledger.BilledNo},
			{row: 3, dataset: record.DatasetMaintenance, vendor: "bolt", class: record.Unavailable, code: "503", message: "down", fen: 3200, billed: ledger.BilledNo},
			{row: 3, dataset: record.DatasetViolations, vendor: "bolt", class: record.Unavailable, code: "503", message: "down", fen: 14, billed: ledger.BilledNo}},
			`2 of 2 rows unavailable | 2 maintenance acme 18.00 | [] "down" retry` + "\n" + `1 of 1 rows unavailable | 1 maintenance bolt 32.00 | [] "down" retry` + "\n" +
				`1 of 1 rows unavailable | 1 violations bolt 0.14 | [] "down" retry`},
		{"refused, paid and not", []failing{
			{row: 1, dataset: record.DatasetMaintenance, vendor: "acme", class: record.Rejected, code: "9", message: "no", fen: 1700, billed: ledger.BilledYes},
			{row: 2, dataset: record.DatasetMaintenance, vendor: "acme", class: record.Rejected, code: "9", message: "no", fen: 1700, billed: ledger.BilledNo}},
			`1 of 1 rows rejected | 1 maintenance acme 17.00 | [] "no"` + "\n" + `1 of 1 rows rejected | 1 maintenance acme 17.00 | [] "no" paid`},
		{"in doubt, and charged for certain", []failing{
			{row: 1, dataset: record.DatasetMaintenance, vendor: "acme", class: record.DoubtfulOrder, code: "cut", message: "cut off", fen: 1700, billed: ledger.BilledYes},
			{row: 2, dataset: record.DatasetMaintenance, vendor: "acme", class: record.DoubtfulOrder, code: "cut", message: "cut off", fen: 1700, billed: ledger.BilledUnknown}},
			`1 of 1 rows in_doubt | 1 maintenance acme 17.00 | [] "cut off" retry` + "\n" + `1 of 1 rows in_doubt | 1 maintenance acme 17.00 | [] "cut off" paid retry`},
		{"ordered and never come", []failing{
			{row: 1, dataset: record.DatasetMaintenance, vendor: "acme", class: record.Expired, message: "late", ticket: "T1", fen: 1700, billed: ledger.BilledYes}},
			`1 of 1 rows expired | 1 maintenance acme 17.00 | [] "late" free retry`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := failed(t, c.lookups...); got != c.want {
				t.Errorf("causes\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Each mistake has a line of its own with an example, and a column that no row has is said once for its dataset.
func TestCausesTellMistakesApart(t *testing.T) {
	t.Parallel()
	wrong := func(row int64, reason string) (out []failing) {
		faults := []record.Fault{{Column: record.ColVIN, Reason: reason}}
		for d, code := range map[record.Dataset]string{record.DatasetMaintenance: "vin", record.DatasetValuation: "vin model_id"} {
			out = append(out, failing{row: row, dataset: d, vendor: "acme", class: record.InvalidInput, code: code, message: "vin: " + reason, faults: faults})
		}
		return out
	}
	lookups := slices.Concat(wrong(1, "the VIN has 16 characters, it must have 17"), wrong(2, "the VIN has 18 characters, it must have 17"),
		wrong(3, "the VIN has 16 characters, it must have 17"), wrong(4, "the VIN holds the letter O"),
		[]failing{{row: 5, dataset: record.DatasetValuation, vendor: "acme", class: record.MissingInput, code: "model_id", message: "acme needs model_id"},
			{row: 6, dataset: record.DatasetValuation, vendor: "acme", class: record.MissingInput, code: "model_id mileage_km", message: "acme needs model_id, mileage_km"}})
	var got []string
	for _, c := range causes(t, nil, lookups...) {
		line := causeLine(&c) + fmt.Sprint(" nowhere ", c.Nowhere)
		for _, r := range c.Reasons {
			line += fmt.Sprintf("\n  %s %v", r.Message, r.First)
		}
		got = append(got, line)
	}
	want := `8 of 4 rows invalid_input | 4 maintenance acme 0.00 | 4 valuation acme 0.00 | [vin] "vin: the VIN has 16 characters, it must have 17" nowhere false
  vin: the VIN has 16 characters, it must have 17 [1 3]
  vin: the VIN has 18 characters, it must have 17 [2]
  vin: the VIN holds the letter O [4]
1 of 1 rows missing_input | 1 valuation acme 0.00 | [mileage_km] "acme needs model_id, mileage_km" nowhere false
  acme needs mileage_km [6]
1 of 1 rows missing_input | 1 valuation acme 0.00 | [model_id] "acme needs model_id" nowhere true
  acme needs model_id [5]`
	if all := strings.Join(got, "\n"); all != want {
		t.Errorf("causes\n%s\nwant\n%s", all, want)
	}
}

// mute is a vendor that cannot read any answer.
type mute struct{ words }

func (mute) Read(record.Dataset, vendors.Call, *record.Vehicle, []byte) vendors.Outcome {
	return vendors.Outcome{Kind: vendors.Unreadable}
}

// Orders in doubt are told apart by the page that a gateway gave, and by which answers are declared
// as not taken.
func TestCausesOfDoubts(t *testing.T) {
	t.Parallel()
	const page = "<title>503</title><center>nginx</center>"
	doubt := func(row int64, a *ledger.Answer) failing {
		return failing{row: row, dataset: record.DatasetMaintenance, vendor: "acme", class: record.DoubtfulOrder, code: "http 503", message: "busy", fen: 1700, billed: ledger.BilledUnknown, answer: a}
	}
	limited := func() []failing {
		return []failing{doubt(1, &ledger.Answer{Status: 503, Body: []byte(page)}),
			{row: 2, dataset: record.DatasetMaintenance, vendor: "acme", class: record.DoubtfulOrder, code: "http 503", held: true},
			doubt(3, &ledger.Answer{Status: 503, Body: []byte(page)}), doubt(4, &ledger.Answer{Status: 503, Body: []byte("busy")}),
			doubt(5, &ledger.Answer{Status: 503, Failure: "cut off", Body: []byte(page)})}
	}
	const rule = "{status: 503, body: '<center>nginx'}"
	for name, c := range map[string]struct {
		readers map[string]AnswerReader
		free    bool
	}{
		"nothing is known":    {nil, false},
		"nothing is declared": {map[string]AnswerReader{"acme": {Reader: mute{}}}, false},
		"declared":            {map[string]AnswerReader{"acme": {Reader: mute{}, NotTaken: vendors.GatewayRules("nginx")}}, true},
		"of another vendor":   {map[string]AnswerReader{"bolt": {Reader: mute{}, NotTaken: vendors.GatewayRules("nginx")}}, false},
	} {
		got := causes(t, c.readers, limited()...)
		if len(got) != 2 || got[0].Lookups != 3 || got[0].Page.Rule != rule || got[0].NotTaken != c.free || got[0].AtStake != 5100 {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if got[1].Lookups != 2 || got[1].Page != (vendors.Page{}) || got[1].NotTaken {
			t.Errorf("%s: what is no page is %+v", name, got[1])
		}
	}
}

// Grouped rows keep everything that is said of them, and all columns that they need: a row that is
// corrected as told does not fail again.
func TestCausesNameAllThatIsWrong(t *testing.T) {
	t.Parallel()
	wrong := func(column, reason string) record.Fault { return record.Fault{Column: column, Reason: reason} }
	invalid := func(row int64, d record.Dataset, code, message string, faults ...record.Fault) failing {
		return failing{row: row, dataset: d, vendor: "acme", class: record.InvalidInput, code: code, message: message, faults: faults}
	}
	short, wide := wrong("vin", "D2: the VIN has 16 characters"), wrong("vin", "D7: the VIN has 18 characters")
	km := wrong("mileage_km", `the mileage is "x1", no number`)
	for _, c := range []struct {
		name    string
		lookups []failing
		want    string
	}{
		{"all columns and kinds of message, with the first rows", []failing{
			invalid(1, record.DatasetMaintenance, "vin", short.Text(), short, km),
			invalid(1, record.DatasetValuation, "vin mileage_km city_id", short.Text()+"; "+km.Text()+"; acme needs city_id", short, km),
			invalid(2, record.DatasetMaintenance, "vin", wide.Text(), wide),
			invalid(3, record.DatasetMaintenance, "vin", "vin: holds O", wrong("vin", "holds O")), invalid(6, record.DatasetMaintenance, "vin", "vin: holds I", wrong("vin", "holds I")),
			invalid(4, record.DatasetMaintenance, "vin", short.Text(), short), invalid(5, record.DatasetMaintenance, "vin", short.Text(), short)},
			"correct [vin mileage_km] fill in [city_id]\n3 [1 4 5] vin: D2: the VIN has 16 characters\n1 [1] mileage_km: the mileage is \"x1\", no number\n1 [1] acme needs city_id\n1 [2] vin: D7: the VIN has 18 characters\n2 [3 6] vin: holds O\n"},
		{"wrong in one row and missing in another", []failing{
			invalid(1, record.DatasetValuation, "vin model_id", short.Text()+"; acme needs model_id", short),
			invalid(2, record.DatasetValuation, "vin model_id", short.Text()+"; model_id: no number", short, wrong("model_id", "no number"))},
			"correct [vin model_id] fill in [model_id]\n2 [1 2] vin: D2: the VIN has 16 characters\n1 [1] acme needs model_id\n1 [2] model_id: no number\n"},
		{"a whole row, and what it lacks", []failing{
			invalid(1, record.DatasetValuation, "model_id", "the row has neither a VIN nor a plate; acme needs model_id", wrong("", "the row has neither a VIN nor a plate"))},
			"correct [] fill in [model_id], whole rows\n1 [1] the row has neither a VIN nor a plate\n1 [1] acme needs model_id\n"},
		{"a failure that a corrected row has kept", []failing{invalid(1, record.DatasetValuation, "vin", short.Text())},
			"correct [vin] fill in []\n1 [1] vin: D2: the VIN has 16 characters\n"},
		{"what is missing", []failing{{row: 1, dataset: record.DatasetValuation, vendor: "acme", class: record.MissingInput, code: "city_id", message: "acme needs city_id"}},
			"correct [] fill in [city_id]\n1 [1] acme needs city_id\n"},
		{"what a vendor said", []failing{
			{row: 1, dataset: record.DatasetValuation, vendor: "acme", class: record.Rejected, code: "9", message: "no model 4711"},
			{row: 2, dataset: record.DatasetValuation, vendor: "acme", class: record.Rejected, code: "9", message: "no city"},
			{row: 3, dataset: record.DatasetValuation, vendor: "acme", class: record.Rejected, code: "9", message: "no model 4712"}},
			"correct [] fill in []\n2 [1 3] no model 4711\n1 [2] no city\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, cause := range causes(t, nil, c.lookups...) {
				fmt.Fprintf(&got, "correct %v fill in %v", cause.Correct(), cause.Fill)
				if cause.WholeRow {
					got.WriteString(", whole rows")
				}
				got.WriteString("\n")
				for _, r := range cause.Reasons {
					fmt.Fprintf(&got, "%d %v %s\n", r.Rows, r.First, r.Message)
				}
			}
			if got.String() != c.want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), c.want)
			}
		})
	}
}

// The next step names what is wrong and what is missing, each in its place.
func TestNextStepOfAWrongRow(t *testing.T) {
	t.Parallel()
	vin, whole := record.Fault{Column: "vin", Reason: "too short"}, record.Fault{Reason: "neither a VIN nor a plate"}
	for _, c := range []struct {
		code    string
		message string
		faults  []record.Fault
		want    string
	}{
		{"vin", "vin: too short", []record.Fault{vin}, "Correct vin in the row and give"},
		{"vin model_id", "vin: too short; acme needs model_id", []record.Fault{vin}, "Correct vin and fill in model_id in the row, and give"},
		{"", whole.Reason, []record.Fault{whole}, "Correct the row and give"},
		{"model_id", whole.Reason + "; acme needs model_id", []record.Fault{whole}, "Correct the row and fill in model_id, and give"},
		{"vin", whole.Reason + "; vin: too short", []record.Fault{whole, vin}, "Correct the row and give"},
	} {
		a := &ledger.Asked{Lookup: ledger.Lookup{Vendor: "acme", State: ledger.Failed, Class: record.InvalidInput, Code: c.code, Message: c.message}}
		if got := nextStep(&ledger.Row{Vehicle: record.Vehicle{Faults: c.faults}}, a, english()); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.message, got, c.want)
		}
	}
}

package export

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

// days reads a report as "fire; 10 22000 oil; 20 30000 tyres": findings, and
// visits with a day, a reading and a text.
type days struct{ words }

var _ vendors.Reader = days{}

func (days) Decode(_ record.Dataset, _ *record.Vehicle, body []byte) (record.Answer, error) {
	r := &record.Report{Fire: record.Some(false)}
	for part := range strings.SplitSeq(string(body), "; ") {
		f := strings.Fields(part)
		if len(f) < 3 {
			r.Fire = record.Some(part == "fire")
			continue
		}
		day, err := strconv.Atoi(f[0])
		if err != nil {
			return record.Answer{}, err
		}
		km, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return record.Answer{}, err
		}
		r.Visits = append(r.Visits, record.Visit{Date: record.Some(record.Date(18000 + day)), MileageKM: record.Some(km), Type: record.Other, Content: f[2]})
	}
	normalise.FinishReport(r)
	return record.Answer{Report: r}, nil
}

// tables writes down rows with reports, their visits and their changes.
type tables struct{ diary }

func (d *tables) Report(r sinks.ReportRow) error {
	text := ""
	for _, v := range r.Records {
		text += fmt.Sprintf(" | %s %d: %d %s %v", v.Vendor, v.Visit.Seq, v.Visit.MileageKM.V, v.Visit.Content, v.Visit.Problems)
	}
	return d.note("  report by %s of %d visits, ¥%s, back %v on %v, %v%s", r.Vendor, len(r.Report.Visits), r.Cost.V, r.Report.OdometerRollback.V, r.RollbackSeqs.V, r.Problems, text)
}

func (d *tables) Change(r sinks.ChangeRow) error {
	return d.note("  change %d by %s against %s by %s: %s, visit %d", r.N, r.Vendor, r.ComparedWith, r.ComparedVendor, r.Change.What, r.Change.Seq)
}

// side is one lookup of a fan-out: its vendor, state and answer.
type side struct {
	vendor string
	state  ledger.State
	says   string
}

// beside writes a run in which one car is asked of several vendors in a fan-out, or of one vendor
// alone.
func (n *nights) beside(number int, alone bool, sides ...side) ledger.Run {
	n.t.Helper()
	return n.fanOutRows(number, alone, []int{len(sides)}, sides...)
}

// fanOutRows is beside with several rows of the same car; each row asks that many vendors more.
func (n *nights) fanOutRows(number int, alone bool, rows []int, sides ...side) ledger.Run {
	n.t.Helper()
	run, err := n.l.NewRun(ledger.Run{ID: fmt.Sprintf("night-%d", number), StartedAt: start(number), Datasets: record.Datasets()})
	must(n.t, err)
	plan, err := n.l.StartPlan(context.Background(), run)
	must(n.t, err)
	var plain []byte
	lookups := make([]ledger.Lookup, len(sides))
	for i, s := range sides {
		k := n.row(number, 1, asked{car: "car", dataset: record.DatasetMaintenance, state: s.state, vendor: s.vendor, says: s.says}).Lookups[0]
		if plain = k.Key; !alone {
			k.FanOut = true
		}
		lookups[i] = k
	}
	for i, count := range rows {
		must(n.t, plan.Batch(func(tx ledger.PlanTx) error {
			p := ledger.PlannedVehicle{VehicleID: "id-car", Vehicle: record.Vehicle{Row: int64(i + 1), VIN: "car"}, Lookups: lookups[:count], Shared: map[record.Dataset]int64{}}
			lookups = lookups[count:]
			asked, err := tx.Asked(plain)
			if err != nil {
				return err
			}
			for _, a := range asked {
				if a.Run == run.Seq && a.FanOut {
					p.Shared[record.DatasetMaintenance] = a.GroupID
				}
			}
			return tx.Put(p)
		}))
	}
	run, err = plan.End(int64(len(rows)))
	must(n.t, err)
	run.State, run.FinishedAt = ledger.RunFinished, start(number).Add(2)
	must(n.t, n.l.SetRun(run))
	return run
}

func (n *nights) tables(run ledger.Run) string {
	n.t.Helper()
	var all tables
	must(n.t, Write(context.Background(), n.l, run, Readers{"acme": days{}, "bolt": days{}}, english(), &all))
	return strings.Join(all.lines, "\n") + "\n"
}

func (n *nights) wantTables(run ledger.Run, want string) {
	n.t.Helper()
	want = strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "")
	if got := n.tables(run); got != want {
		n.t.Errorf("%s:\ngot\n%swant\n%s", run.ID, got, want)
	}
}

func TestOneHistoryOfTwoVendors(t *testing.T) {
	t.Parallel()
	acme, bolt := side{"acme", ledger.Found, "fire; 10 22000 oil; 30 40000 tyres"}, side{"bolt", ledger.Found, "no; 10 22010 oil; 50 30000 brakes"}
	n := newNights(t)
	n.wantTables(n.beside(1, false, acme, bolt), `
		vehicle 1 id-car: found not_requested not_requested, ¥0.00, duplicate of 0, []
		  report by acme of 2 visits, ¥0.00, back true on [2 3], [fire: acme true, bolt false] | acme,bolt 1: 22000 oil [mileage_km: acme 22000, bolt 22010] | acme 2: 40000 tyres [] | bolt 3: 30000 brakes []
		  report by bolt of 2 visits, ¥0.00, back true on [2 3], [fire: acme true, bolt false]
	`)
	for _, c := range []struct {
		name  string
		sides []side
		want  string
	}{
		{"only one has found it", []side{{"acme", ledger.NoRecord, ""}, bolt}, "found\n  report by bolt of 2 visits, ¥0.00, back false on [], []\n"},
		{"one waits", []side{acme, {"bolt", ledger.Planned, ""}}, "found\n  report by acme of 2 visits, ¥0.00, back false on [], []\n"},
		{"one waits, one has nothing", []side{{"acme", ledger.NoRecord, ""}, {"bolt", ledger.Planned, ""}}, "pending\n"},
		{"nobody knows it", []side{{"acme", ledger.Unsupported, ""}, {"bolt", ledger.NoRecord, ""}}, "no_record\n"},
		{"one cannot be read", []side{{"acme", ledger.Found, "10 x oil"}, bolt}, "found\n  failure bad_response\n  report by bolt of 2 visits, ¥0.00, back false on [], []\n"},
	} {
		n := newNights(t)
		got := n.tables(n.beside(1, false, c.sides...))
		got = strings.TrimPrefix(strings.Replace(got, " not_requested not_requested, ¥0.00, duplicate of 0, []", "", 1), "vehicle 1 id-car: ")
		for line := range strings.Lines(got) {
			if strings.HasPrefix(line, "  failure") && strings.Contains(line, "bad_response") && strings.Contains(line, "acme") {
				got = strings.Replace(got, line, "  failure bad_response\n", 1)
			}
		}
		if got != c.want {
			t.Errorf("%s:\ngot\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// A row shares the first vendor's lookup and asks another vendor: the history is written once, with
// the row that asked first.
func TestOneHistoryOverTwoRows(t *testing.T) {
	t.Parallel()
	n := newNights(t)
	n.wantTables(n.fanOutRows(1, false, []int{1, 1}, side{"acme", ledger.Found, "10 22000 oil"}, side{"bolt", ledger.Found, "10 22000 oil"}), `
		vehicle 1 id-car: found not_requested not_requested, ¥0.00, duplicate of 0, []
		  report by acme of 1 visits, ¥0.00, back false on [], [] | acme,bolt 1: 22000 oil []
		  report by bolt of 1 visits, ¥0.00, back false on [], []
		vehicle 2 id-car: found not_requested not_requested, ¥0.00, duplicate of 0, []
	`)
}

// Each vendor's answer is compared with what that vendor said before, with or without a fan-out; a
// change names the visit by its number in the one history.
func TestChangesBesideOthers(t *testing.T) {
	t.Parallel()
	const acme, bolt = "10 22000 oil", "20 30000 tyres"
	changesOf := func(n *nights, run ledger.Run) string {
		var out []string
		for line := range strings.Lines(n.tables(run)) {
			if text, ok := strings.CutPrefix(line, "  change "); ok {
				out = append(out, strings.TrimSpace(text))
			}
		}
		return strings.Join(out, "; ")
	}
	for _, c := range []struct {
		name  string
		first func(n *nights)
		alone bool
		sides []side
		want  string
	}{
		{"both before", func(n *nights) {
			n.beside(1, false, side{"acme", ledger.Found, acme}, side{"bolt", ledger.Found, bolt})
		}, false,
			[]side{{"acme", ledger.Found, acme + "; 40 50000 oil"}, {"bolt", ledger.Found, bolt + "; 30 40000 wax"}},
			"1 by acme against night-1 by acme: 2019-05-24 other 50000 km, visit 4; 2 by bolt against night-1 by bolt: 2019-05-14 other 40000 km, visit 3"},
		{"one alone before", func(n *nights) { n.beside(1, true, side{"bolt", ledger.Found, bolt}) }, false,
			[]side{{"acme", ledger.Found, acme}, {"bolt", ledger.Found, bolt + "; 30 40000 wax"}}, "1 by bolt against night-1 by bolt: 2019-05-14 other 40000 km, visit 3"},
		{"one alone now", func(n *nights) {
			n.beside(1, false, side{"acme", ledger.Found, acme}, side{"bolt", ledger.Found, bolt})
		}, true,
			[]side{{"bolt", ledger.Found, bolt + "; 30 40000 wax"}}, "1 by bolt against night-1 by bolt: 2019-05-14 other 40000 km, visit 2"},
		{"the later of both kinds", func(n *nights) {
			n.beside(0, true, side{"bolt", ledger.Found, "1 1000 old"})
			n.beside(1, false, side{"bolt", ledger.Found, bolt})
		}, false, []side{{"bolt", ledger.Found, bolt}}, ""},
	} {
		n := newNights(t)
		c.first(n)
		if got := changesOf(n, n.beside(2, c.alone, c.sides...)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

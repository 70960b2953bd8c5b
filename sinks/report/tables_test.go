package report

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Whatever the rows, every total of the report is that of the tables that were
// written from them, here read back from the CSV.
func TestTotalsAreThoseOfTheTables(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		dir := filepath.Join(base, strconv.Itoa(n))
		w, err := sinks.Create(dir, sinks.Options{RunID: "R1", Formats: []sinks.Format{sinks.CSV}})
		must(t, err)
		doc, err := New(Options{Lang: messages.English, Top: 3}, Facts{})
		must(t, err)
		both := sinks.Tee(w, doc)
		for i := range rapid.IntRange(0, 12).Draw(rt, "rows") {
			must(t, feedVehicle(rt, both, int64(i+1)))
		}
		_, err = w.Finish(sinks.Manifest{StartedAt: record.At(time.Unix(1, 0))})
		must(t, err)
		must(t, doc.Render(discard{}))
		if got, want := doc.Totals(), fromTables(t, dir); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			rt.Fatalf("the report says\n%+v, the tables\n%+v", got, want)
		}
		must(t, os.RemoveAll(dir))
	})
}

var noon = time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func drawOpt[T any](t *rapid.T, g *rapid.Generator[T], name string) record.Opt[T] {
	if rapid.Bool().Draw(t, name+" known") {
		return record.Some(g.Draw(t, name))
	}
	return record.Opt[T]{}
}

// feedVehicle feeds one vehicle with what may have been found for it.
func feedVehicle(t *rapid.T, to sinks.Sink, n int64) error {
	status := rapid.SampledFrom(record.Statuses())
	flag := func(name string) record.Flag { return drawOpt(t, rapid.Bool(), name) }
	fen := rapid.Custom(func(t *rapid.T) record.Fen { return record.Fen(rapid.Int64Range(0, 9_000_000).Draw(t, "fen")) })
	v := sinks.VehicleRow{VehicleID: fmt.Sprint("v", n), Vehicle: record.Vehicle{Row: n, VIN: "LSVAL41Z882104202"}, Maintenance: status.Draw(t, "m"),
		Valuation: status.Draw(t, "v"), Violations: status.Draw(t, "o"), Cost: fen.Draw(t, "cost"), DuplicateOf: drawOpt(t, rapid.Just(int64(1)), "duplicate")}
	if err := to.Vehicle(v); err != nil {
		return err
	}
	if rapid.Bool().Draw(t, "report") {
		r := record.Report{Fire: flag("fire"), Flood: flag("flood"), Structural: flag("structural"), Component: flag("component"), Accident: flag("accident"), OdometerNormal: flag("odometer")}
		for range rapid.IntRange(0, 3).Draw(t, "visits") {
			r.Visits = append(r.Visits, record.Visit{Seq: len(r.Visits) + 1, Type: record.Service, Rollback: flag("rollback")})
		}
		if err := to.Report(sinks.ReportRow{VehicleID: v.VehicleID, Vendor: "acme", Report: r, FetchedAt: noon}); err != nil {
			return err
		}
	}
	if rapid.Bool().Draw(t, "valuation") {
		if err := to.Valuation(sinks.ValuationRow{VehicleID: v.VehicleID, Vendor: "acme", FetchedAt: noon, Valuation: record.Valuation{DealerBuy: drawOpt(t, fen, "buy"),
			Private: drawOpt(t, fen, "private"), DealerSell: drawOpt(t, fen, "sell"), NewPrice: drawOpt(t, fen, "new")}}); err != nil {
			return err
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "violations") {
		o := record.Violation{Seq: i + 1, Fine: drawOpt(t, fen, "fine"), Points: drawOpt(t, rapid.Int64Range(0, 12), "points"),
			Status: rapid.SampledFrom([]record.ViolationStatus{record.UnprocessedUnpaid, record.ProcessedUnpaid, record.ProcessedPaid}).Draw(t, "state")}
		if err := to.Violation(sinks.ViolationRow{VehicleID: v.VehicleID, Vendor: "acme", FetchedAt: noon, Violation: o}); err != nil {
			return err
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "failures") {
		if err := to.Failure(sinks.FailureRow{Row: n, VehicleID: v.VehicleID, Dataset: record.DatasetValuation, Stage: record.StageSubmit,
			Class: rapid.SampledFrom(record.Classes()).Draw(t, "class"), Billed: "no", NextStep: "Look again."}); err != nil {
			return err
		}
	}
	return nil
}

// csvTable reads a table as maps by column.
func csvTable(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name+".csv"))
	must(t, err)
	defer f.Close() //nolint:errcheck // nothing was written
	lines, err := csv.NewReader(f).ReadAll()
	must(t, err)
	var out []map[string]string
	for _, line := range lines[1:] {
		cells := map[string]string{}
		for i, c := range line {
			cells[lines[0][i]] = c
		}
		out = append(out, cells)
	}
	return out
}

// fromTables adds up the tables as an analyst would.
func fromTables(t *testing.T, dir string) Totals {
	t.Helper()
	out := Totals{Statuses: map[record.Dataset]map[record.Status]int64{}}
	needs := map[string]bool{}
	fen := func(s string) record.Fen {
		if s == "" {
			return 0
		}
		v, err := record.ParseYuan(s)
		must(t, err)
		return v
	}
	for _, d := range record.Datasets() {
		out.Statuses[d] = map[record.Status]int64{}
	}
	for _, v := range csvTable(t, dir, "vehicles") {
		out.Rows++
		out.Cost += fen(v["cost_cny"])
		found := false
		for _, d := range record.Datasets() {
			out.Statuses[d][record.Status(v[string(d)])]++
			found = found || v[string(d)] == "found"
		}
		switch {
		case v["duplicate_of"] != "":
			out.Duplicates++
		case found:
			out.Answered++
		default:
			out.Unanswered++
		}
	}
	reportsOfTables(t, dir, &out, needs)
	for _, v := range csvTable(t, dir, "valuations") {
		out.Valuations++
		out.DealerBuy, out.DealerSell, out.Private = out.DealerBuy+fen(v["dealer_buy_cny"]), out.DealerSell+fen(v["dealer_sell_cny"]), out.Private+fen(v["private_cny"])
		if v["private_cny"] != "" {
			out.Priced++
		}
	}
	for _, v := range csvTable(t, dir, "violations") {
		out.Violations++
		if s := v["status"]; s != "unprocessed_unpaid" && s != "processed_unpaid" {
			continue
		}
		needs[v["vehicle_id"]] = true
		out.Unpaid++
		if v["status"] == "unprocessed_unpaid" {
			out.Unprocessed++
		}
		out.UnpaidFines += fen(v["fine_cny"])
		if points, err := strconv.ParseInt(v["points"], 10, 64); err == nil {
			out.UnpaidPoints += points
		}
	}
	out.Failures = int64(len(csvTable(t, dir, "failures")))
	out.Attention = int64(len(needs))
	return out
}

func reportsOfTables(t *testing.T, dir string, out *Totals, needs map[string]bool) {
	t.Helper()
	back := map[string]bool{}
	for _, v := range csvTable(t, dir, "maintenance_records") {
		out.Visits++
		if v["rollback"] == "true" {
			out.RollbackVisits++
			back[v["vehicle_id"]], needs[v["vehicle_id"]] = true, true
		}
	}
	out.RolledBack = int64(len(back))
	for _, r := range csvTable(t, dir, "maintenance_reports") {
		out.Reports++
		for column, count := range map[string]*int64{"fire": &out.Fire, "flood": &out.Flood, "structural": &out.Structural, "component": &out.Component, "accident": &out.Accident} {
			if r[column] == "true" {
				*count++
				if column != "component" { // ordinary; and so is every loss of value here, since no age is known
					needs[r["vehicle_id"]] = true
				}
			}
		}
		if r["odometer_normal"] == "false" {
			out.OdometerAbnormal++
			needs[r["vehicle_id"]] = true
		}
	}
}

package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/simulator"
)

// checkBooks holds the vendors' book against the ledger: nothing bought twice,
// and each vendor's sum between what the ledger is sure of and that with what
// is in doubt.
func (t *trial) checkBooks(ctx context.Context) (simulator.BookPage, view, error) {
	b, err := t.vendor.book(ctx)
	if err != nil {
		return b, view{}, err
	}
	v, err := viewOf(t.workspace(), filepath.Join(t.dir, "aside"))
	if err != nil {
		return b, v, fmt.Errorf("read the ledger: %w", err)
	}
	errs := []error{}
	if len(b.Doubles) > 0 {
		errs = append(errs, fmt.Errorf("bought twice: %v", b.Doubles))
	}
	if t.rescued { // which vendor had an order that was lost may be a guess; the sum is not
		errs = append(errs, v.holds(allVendors, sum(b.Totals)))
		return b, v, errors.Join(errs...)
	}
	for name, total := range b.Totals {
		errs = append(errs, v.holds(name, record.Fen(total)))
	}
	return b, v, errors.Join(errs...)
}

const allVendors = "all vendors"

func sum(totals map[string]int64) record.Fen {
	var all record.Fen
	for _, fen := range totals {
		all += record.Fen(fen)
	}
	return all
}

// holds wants a sum of the vendors' book to lie between what the ledger is
// sure of and that with what is in doubt.
func (v *view) holds(name string, fen record.Fen) error {
	s := v.spend[name]
	if name == allVendors {
		for _, one := range v.spend {
			s.Charged, s.Unknown, s.Reserved = s.Charged+one.Charged, s.Unknown+one.Unknown, s.Reserved+one.Reserved
		}
	}
	if fen < s.Charged || fen > s.Sum() && v.loss == "" { // what cannot be named has no sum
		return fmt.Errorf("%s booked %s, the ledger says %+v", name, fen.Yuan(), s)
	}
	if v.open == 0 && s.Reserved != 0 {
		return fmt.Errorf("everything is settled, and %s is reserved at %s", s.Reserved.Yuan(), name)
	}
	return nil
}

// manifest is what is read of a run's manifest.
type manifest struct {
	RunID    string                      `json:"run_id"`
	Complete bool                        `json:"complete"`
	ExitCode int                         `json:"exit_code"`
	Input    struct{ Rows int }          `json:"input"`
	Lookups  map[string]map[string]int64 `json:"lookups"`
	Outputs  []struct{ Path string }     `json:"outputs"`
}

func readManifest(run string) (manifest, error) {
	var m manifest
	text, err := os.ReadFile(filepath.Join(run, "manifest.json"))
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}

// readTable reads a CSV file of a run as rows of named cells.
func readTable(run, table string) ([]map[string]string, error) {
	f, err := os.Open(filepath.Join(run, table+".csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, errors.Join(err, fmt.Errorf("%s has %d lines", f.Name(), len(lines)))
	}
	var out []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		out = append(out, row)
	}
	return out, nil
}

// checkPlaces wants every row of the input once in the outputs, every lookup
// in one status, every failure in the failure ledger and every report there
// that is said to be.
func (t *trial) checkPlaces(run string) error {
	m, err := readManifest(run)
	if err != nil {
		return err
	}
	vehicles, err := readTable(run, "vehicles")
	if err != nil {
		return err
	}
	if len(vehicles) != t.terms.vehicles || m.Input.Rows != t.terms.vehicles {
		return fmt.Errorf("%d rows in vehicles, %d in the manifest, %d in the input", len(vehicles), m.Input.Rows, t.terms.vehicles)
	}
	places := map[string]int{}
	for _, table := range []string{"maintenance_reports", "valuations", "failures"} {
		rows, err := readTable(run, table)
		if err != nil {
			return err
		}
		for _, row := range rows {
			places[strings.TrimSuffix(table, "_reports")+" "+row["vehicle_id"]+" "+row["dataset"]]++
		}
	}
	counts := map[string]map[string]int64{}
	for i, v := range vehicles {
		if v["row"] != fmt.Sprint(i+1) {
			return fmt.Errorf("row %d of vehicles is row %s of the input", i+1, v["row"])
		}
		for _, d := range []string{"maintenance", "valuation", "violations"} {
			if err := onePlace(v, d, places, counts); err != nil {
				return err
			}
		}
	}
	if len(places) > 0 {
		return fmt.Errorf("the outputs hold what no row of vehicles says: %v", places)
	}
	return sameCounts(m, counts)
}

// onePlace takes a lookup's row from where its status says that it is.
func onePlace(v map[string]string, d string, places map[string]int, counts map[string]map[string]int64) error {
	status := v[d]
	place := ""
	switch {
	case status == "not_requested":
		return nil
	case status == "failed" || status == "in_doubt":
		place = "failures " + v["vehicle_id"] + " " + d
	case status == "found" && d == "maintenance":
		place = "maintenance " + v["vehicle_id"] + " "
	case status == "found" && d == "valuation":
		place = "valuations " + v["vehicle_id"] + " "
	}
	if counts[d] == nil {
		counts[d] = map[string]int64{}
	}
	counts[d][status]++
	if place != "" && places[place] != 1 {
		return fmt.Errorf("%s of row %s is %s, and %d rows say so", d, v["row"], status, places[place])
	}
	delete(places, place)
	return nil
}

func sameCounts(m manifest, counts map[string]map[string]int64) error {
	for d, byStatus := range m.Lookups {
		for s, n := range byStatus {
			if n != counts[d][s] {
				return fmt.Errorf("the manifest counts %d times %s %s, vehicles %d", n, d, s, counts[d][s])
			}
		}
	}
	return nil
}

// passing are the columns in which two runs of the same answers may differ.
var passing = []string{"run_id", "ticket", "fetched_at", "first_at", "last_at", "cost_cny"}

// answersOf lists a run's rows about each vehicle, by table and vehicle.
func answersOf(run string) (map[string]string, error) {
	out := map[string]string{}
	for _, table := range []string{"maintenance_reports", "maintenance_records", "valuations", "violations"} {
		rows, err := readTable(run, table)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			for _, column := range passing {
				delete(row, column)
			}
			text, err := json.Marshal(row) // sorted by column
			if err != nil {
				return nil, err
			}
			out[table+" "+row["vehicle_id"]] += string(text) + "\n"
		}
	}
	return out, nil
}

// checkAnswers holds a run's answers against those of an undisturbed one: what
// is there is the same, and what is found there is here unless it is in the
// failure ledger.
func checkAnswers(disturbed, calm string) error {
	got, err := answersOf(disturbed)
	if err != nil {
		return err
	}
	want, err := answersOf(calm)
	if err != nil {
		return err
	}
	vehicles, err := readTable(disturbed, "vehicles")
	if err != nil {
		return err
	}
	for _, v := range vehicles { // a valuation names no vehicle: one of another is kept, and said to be
		if strings.Contains(v["problems"], "answered for") {
			delete(got, "valuations "+v["vehicle_id"])
		}
	}
	for place, rows := range got {
		if rows != want[place] {
			return fmt.Errorf("%s differs from an undisturbed run:\n%s\n%s", place, rows, want[place])
		}
	}
	undisturbed, err := readTable(calm, "vehicles")
	if err != nil {
		return err
	}
	for i, v := range vehicles {
		for _, d := range []string{"maintenance", "valuation", "violations"} {
			if !slices.Contains([]string{"failed", "in_doubt", undisturbed[i][d]}, v[d]) {
				return fmt.Errorf("%s of row %d is %s, in an undisturbed run %s", d, i+1, v[d], undisturbed[i][d])
			}
		}
	}
	return nil
}

// checkAll holds everything together once a trial's run has come to its end.
func (t *trial) checkAll(ctx context.Context) (simulator.BookPage, view, error) {
	b, v, err := t.checkBooks(ctx)
	if err != nil {
		return b, v, err
	}
	if v.open > 0 || v.runs != 1 {
		return b, v, fmt.Errorf("%d runs, %d lookups open after the end", v.runs, v.open)
	}
	if _, _, err := t.runs(ctx, []int{0}, "verify", "--out", "out"); err != nil {
		return b, v, err
	}
	return b, v, t.checkPlaces(t.outputs(v))
}

// outputs is the folder of the newest run.
func (t *trial) outputs(v view) string { return filepath.Join(t.workspace(), "runs", v.run.ID) }

// checkCalm runs the same fleet undisturbed, at vendors that know the same. It
// buys everything a second time: no book may be read after it.
func (t *trial) checkCalm(ctx context.Context, disturbed string) error {
	if err := t.configure("calm.yaml", t.vendor.url, 1000, 16); err != nil {
		return err
	}
	if _, _, err := t.runs(ctx, []int{0}, "run", "fleet.csv", "--out", "calm", "--config", "calm.yaml", "--dataset", t.terms.datasets); err != nil {
		return err
	}
	return checkAnswers(disturbed, filepath.Join(t.dir, "calm", "latest"))
}

// checkAgain runs the same input once more: all of it is answered or held, and
// nothing is bought.
func (t *trial) checkAgain(ctx context.Context) error {
	if _, _, err := t.runs(ctx, []int{0, 3}, t.runWords()...); err != nil {
		return err
	}
	after, err := t.vendor.book(ctx)
	if err != nil {
		return err
	}
	if n := len(after.Doubles); n > 0 {
		return fmt.Errorf("run again: bought twice: %v", after.Doubles)
	}
	return nil
}

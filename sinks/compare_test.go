package sinks

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

func compare(t testing.TB, dir string, m Manifest, feed func(Sink) error) ([]Discrepancy, int64) {
	t.Helper()
	c, err := NewComparer(dir, m)
	must(t, err)
	must(t, feed(c))
	found, err := c.Close()
	must(t, err)
	return found, c.Total()
}

func TestWhatWasWrittenReadsBack(t *testing.T) {
	t.Parallel()
	feeds := map[string]func(Sink) error{
		"sample": feedSample,
		"empty":  func(Sink) error { return nil },
		"large":  func(s Sink) error { return feedAll(s, 70_000/oneIn(10)) },
	}
	for name, feed := range feeds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			m := write(t, dir, fileFormats(), feed)
			if found := CheckFiles(dir, m); len(found) > 0 {
				t.Error("files:", found)
			}
			if found, _ := compare(t, dir, m, feed); len(found) > 0 {
				t.Error("cells:", found)
			}
		})
	}
}

// feedAll is feedLarge with the vehicles that it speaks of.
func feedAll(s Sink, n int) error {
	for i := range n {
		v := VehicleRow{VehicleID: "vehicle-" + pad(i), Vehicle: record.Vehicle{Row: int64(i + 1), VIN: pad(i)},
			Maintenance: record.Found, Valuation: record.NoRecord, Violations: record.NotRequested, Cost: record.Fen(i)}
		if err := s.Vehicle(v); err != nil {
			return err
		}
	}
	return feedLarge(s, n)
}

// Whatever texts and numbers the rows hold, both formats give them back.
func TestAnyRowsReadBack(t *testing.T) {
	t.Parallel()
	dir, report, pages := t.TempDir(), &ReportRow{VehicleID: "v", Vendor: "wapi"}, mustPages(t)
	rapid.Check(t, func(r *rapid.T) {
		visits := rapid.SliceOfN(rapid.Custom(anyVisit), 0, 30).Draw(r, "visits")
		spec := visitsTable()
		to := newBatcher(&spec.tableSpec)
		from := &comparison{table: &spec.tableSpec, found: &findings{}}
		for _, f := range fileFormats() {
			file, err := createPartial(DiskIn(dir), dir, fileName(to.table.name, f))
			must(t, err)
			table, err := newFileWriter(f, to.table, file, true, pages)
			must(t, err)
			to.files = append(to.files, &output{file: file, table: table})
		}
		for i := range visits {
			must(t, to.add(spec.cells(visitRow{"r1", "wapi", report, &visits[i]}, nil)))
		}
		must(t, to.flush())
		for i, f := range fileFormats() {
			must(t, to.files[i].Close())
			must(t, to.files[i].(*output).file.publish())
			table, err := openTable(dir, to.table, f)
			must(t, err)
			from.files = append(from.files, &comparedFile{name: string(f), from: table})
		}
		for i := range visits {
			from.hold(spec.cells(visitRow{"r1", "wapi", report, &visits[i]}, nil))
		}
		must(t, from.end())
		if from.found.total > 0 {
			r.Fatal(from.found.kept)
		}
	})
}

func anyVisit(r *rapid.T) record.Visit {
	anyText := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\",; \r\n\\.车\x00"))), rapid.Just("a\xffb"), rapid.StringMatching(`'{0,2}[=+@\t＝-][0-9A]{0,3}`))
	return record.Visit{Seq: rapid.Int().Draw(r, "seq"), Type: record.Other, Content: anyText.Draw(r, "content"),
		MileageKM: record.Opt[int64]{V: rapid.Int64().Draw(r, "km"), OK: rapid.Bool().Draw(r, "ok")},
		Amount:    record.Some(record.Fen(rapid.Int64Range(-decimalLimit+1, decimalLimit-1).Draw(r, "fen"))),
		Date:      record.Some(record.Date(rapid.IntRange(-700_000, 2_900_000).Draw(r, "date"))), // the years 53 to 9909
		Rollback:  record.Flag{V: rapid.Bool().Draw(r, "back"), OK: rapid.Bool().Draw(r, "said")},
		Problems:  rapid.SliceOf(anyText).Draw(r, "problems")}
}

// changed feeds the sample with one visit's content changed.
type changed struct{ Sink }

func (c changed) Report(r ReportRow) error {
	r.Report.Visits = slices.Clone(r.Report.Visits)
	if len(r.Report.Visits) > 0 {
		r.Report.Visits[0].Amount = record.Some[record.Fen](-6)
	}
	return c.Sink.Report(r)
}

func TestEveryDamageIsFound(t *testing.T) {
	t.Parallel()
	const visits, visitsCSV = "maintenance_records.parquet", "maintenance_records.csv"
	cases := map[string]struct {
		damage func(t *testing.T, dir string, m *Manifest)
		files  string // part of what CheckFiles says; "" for nothing
		cells  string // part of what the Comparer says
	}{
		"flipped byte": {func(t *testing.T, dir string, m *Manifest) { edit(t, dir, visits, flip) }, "sha256", "sha256"},
		"flipped byte, right checksum": {func(t *testing.T, dir string, m *Manifest) {
			edit(t, dir, visits, flip)
			relist(t, dir, visits, m)
		}, "", visits},
		"truncated": {func(t *testing.T, dir string, m *Manifest) { edit(t, dir, visits, half) }, "bytes", "bytes"},
		"truncated, right checksum": {func(t *testing.T, dir string, m *Manifest) {
			edit(t, dir, visits, half)
			relist(t, dir, visits, m)
		}, "can be read", visits},
		"missing file": {func(t *testing.T, dir string, m *Manifest) { must(t, os.Remove(filepath.Join(dir, visits))) }, "missing", "missing"},
		"changed cell": {func(t *testing.T, dir string, m *Manifest) {
			swap(t, dir, visits, m, func(s Sink) error { return feedSample(changed{s}) })
		}, "", `maintenance_records.parquet, row 1, column amount_cny: should be "-0.05", is "-0.06"`},
		"changed cell in CSV": {func(t *testing.T, dir string, m *Manifest) {
			swap(t, dir, visitsCSV, m, func(s Sink) error { return feedSample(changed{s}) })
		}, "", `maintenance_records.csv, row 1, column amount_cny: should be "-0.05", is "-0.06"`},
		"missing row": {func(t *testing.T, dir string, m *Manifest) {
			swap(t, dir, "vehicles.parquet", m, func(Sink) error { return nil })
		}, "", `vehicles.parquet: should be "2 rows", is "0 rows"`},
		"too many rows": {func(t *testing.T, dir string, m *Manifest) {
			swap(t, dir, "vehicles.csv", m, func(s Sink) error {
				must(t, feedVehicles(s))
				return feedVehicles(s)
			})
		}, "", `vehicles.csv: should be "2 rows", is "4 rows"`},
		"another table's file": {func(t *testing.T, dir string, m *Manifest) {
			must(t, os.WriteFile(filepath.Join(dir, visits), read(t, dir, "vehicles.parquet"), 0o600))
			relist(t, dir, visits, m)
		}, "column 2", "column 2"},
		"another table's CSV": {func(t *testing.T, dir string, m *Manifest) {
			must(t, os.WriteFile(filepath.Join(dir, visitsCSV), read(t, dir, "vehicles.csv"), 0o600))
			relist(t, dir, visitsCSV, m)
		}, "column 2", "column 2"},
		"file not listed": {func(t *testing.T, dir string, m *Manifest) {
			must(t, os.WriteFile(filepath.Join(dir, "more.csv"), nil, 0o600))
		}, "more.csv", ""},
		"wrong count in the manifest": {func(t *testing.T, dir string, m *Manifest) { m.Outputs[0].Rows++ }, "rows", ""},
		"table not listed": {func(t *testing.T, dir string, m *Manifest) {
			for _, f := range fileFormats() {
				must(t, os.Remove(filepath.Join(dir, fileName("violations", f))))
			}
			m.Outputs = slices.DeleteFunc(m.Outputs, func(o Output) bool { return strings.HasPrefix(o.Path, "violations") })
		}, "violations: should be \"listed", ""},
		"a file listed twice":      {func(_ *testing.T, _ string, m *Manifest) { m.Outputs = append(m.Outputs, m.Outputs[0]) }, "listed again", ""},
		"a path out of the folder": {func(t *testing.T, dir string, m *Manifest) { m.Outputs[0].Path = "../x" }, "../x: should be \"the name", ""},
		"a link out of the folder": {func(t *testing.T, dir string, m *Manifest) {
			other := filepath.Join(t.TempDir(), "same bytes")
			must(t, os.Rename(filepath.Join(dir, "vehicles.csv"), other))
			must(t, os.Symlink(other, filepath.Join(dir, "vehicles.csv")))
		}, "a link that leads out of its folder", "a link that leads out of its folder"},
		"a pipe": {func(t *testing.T, dir string, m *Manifest) {
			must(t, os.Remove(filepath.Join(dir, "vehicles.csv")))
			must(t, syscall.Mkfifo(filepath.Join(dir, "vehicles.csv"), 0o600))
		}, "vehicles.csv: it is no file", "vehicles.csv: it is no file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			m := write(t, dir, fileFormats(), feedSample)
			c.damage(t, dir, &m)
			expect(t, "CheckFiles", CheckFiles(dir, m), c.files)
			found, _ := compare(t, dir, m, feedSample)
			expect(t, "Comparer", found, c.cells)
		})
	}
}

func expect(t *testing.T, who string, found []Discrepancy, part string) {
	t.Helper()
	if part == "" {
		if len(found) > 0 {
			t.Errorf("%s: %v, want nothing", who, found)
		}
		return
	}
	if !slices.ContainsFunc(found, func(d Discrepancy) bool { return strings.Contains(d.String(), part) }) {
		t.Errorf("%s: %v, want one with %q", who, found, part)
	}
}

func flip(b []byte) []byte { b[len(b)/10] ^= 0x55; return b }
func half(b []byte) []byte { return b[:len(b)/2] }

func edit(t *testing.T, dir, name string, change func([]byte) []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, name), change(read(t, dir, name)), 0o600))
}

// relist makes the manifest agree with a file.
func relist(t *testing.T, dir, name string, m *Manifest) {
	t.Helper()
	b := read(t, dir, name)
	sum := sha256.Sum256(b)
	i := slices.IndexFunc(m.Outputs, func(o Output) bool { return o.Path == name })
	m.Outputs[i].Bytes, m.Outputs[i].SHA256 = int64(len(b)), hex.EncodeToString(sum[:])
}

// swap puts in the file of another run and makes the manifest agree.
func swap(t *testing.T, dir, name string, m *Manifest, feed func(Sink) error) {
	t.Helper()
	other := t.TempDir()
	om := write(t, other, fileFormats(), feed)
	must(t, os.WriteFile(filepath.Join(dir, name), read(t, other, name), 0o600))
	i := slices.IndexFunc(om.Outputs, func(o Output) bool { return o.Path == name })
	m.Outputs[i] = om.Outputs[i]
}

// Bytes all over a small Parquet file flipped, one after the other, with a
// checksum that agrees: reading may find nothing wrong in unused bytes, but it
// must never end the program.
func TestDamagedParquetNeverPanics(t *testing.T) {
	t.Parallel()
	const name = "violations.parquet"
	dir := t.TempDir()
	m := write(t, dir, []Format{Parquet}, feedViolation)
	m.Outputs = slices.DeleteFunc(m.Outputs, func(o Output) bool { return o.Path != name })
	whole := read(t, dir, name)
	differing := 0
	for i := 0; i < len(whole); i += 7 * oneIn(15) {
		b := bytes.Clone(whole)
		b[i] ^= 0x10
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
		relist(t, dir, name, &m)
		if _, total := compare(t, dir, m, feedViolation); total > 1 { // one is the reference to a vehicle
			differing++
		}
	}
	if differing == 0 {
		t.Error("no flipped byte was noticed")
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	feed := func(s Sink) error {
		must(t, feedViolation(s)) // of v1, which comes later
		must(t, feedVehicles(s))
		return s.Failure(FailureRow{Row: 9, VehicleID: "v9", Dataset: record.DatasetValuation, Stage: record.StagePoll,
			Class: record.Expired, Billed: "unknown", NextStep: "retry"})
	}
	dir := t.TempDir()
	found, total := compare(t, dir, write(t, dir, []Format{Parquet}, feed), feed)
	if total != 1 || found[0].Got != "1 that do not" {
		t.Errorf("orphans: %v", found)
	}
	twice := func(s Sink) error {
		must(t, feedVehicles(s))
		return feedVehicles(s)
	}
	dir = t.TempDir()
	found, _ = compare(t, dir, write(t, dir, []Format{Parquet}, twice), twice)
	expect(t, "Comparer", found, `vehicles, row 1, column row: should be "more than 2", is "1"`)
}

func TestDiscrepanciesAreBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{Parquet}, func(s Sink) error { return feedAll(s, 300) })
	found, total := compare(t, dir, m, func(s Sink) error {
		for i := range 300 {
			must(t, s.Vehicle(VehicleRow{VehicleID: "x", Vehicle: record.Vehicle{Row: int64(i + 1)}}))
		}
		return nil
	})
	if len(found) != keptDiscrepancies || total < 300 {
		t.Errorf("kept %d of %d", len(found), total)
	}
}

// Changes that were found against a forgotten run are passed over; the others are
// held against the ledger as ever.
func TestChangesAgainstAForgottenRunArePassedOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, Formats(), feedSample)
	forget := func(run string, feed func(Sink) error) string {
		c, err := NewComparer(dir, m)
		must(t, err)
		c.Forget(func(id string) bool { return id == run })
		must(t, feed(c))
		found, err := c.Close()
		must(t, err)
		var lines []string
		for _, d := range found {
			lines = append(lines, d.String())
		}
		return strings.Join(lines, "\n")
	}
	onlySecond := func(s Sink) error { return feedSample(keepChanges{s, "r-older"}) }
	if got := forget("r0", onlySecond); got != "" {
		t.Errorf("the first change was found against the forgotten run: %s", got)
	}
	if got := forget("r-older", onlySecond); !strings.Contains(got, "compared_with") {
		t.Errorf("a wrong row is not noticed: %q", got)
	}
	if got := forget("r0", feedSample); !strings.Contains(got, "2 rows") {
		t.Errorf("a row too few is not noticed: %q", got)
	}
}

// keepChanges hands on the changes against one run alone.
type keepChanges struct {
	Sink
	run string
}

func (k keepChanges) Change(r ChangeRow) error {
	if r.ComparedWith != k.run {
		return nil
	}
	return k.Sink.Change(r)
}

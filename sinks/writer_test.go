package sinks

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

func TestCSVGolden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{CSV}, feedSample)
	for _, table := range tableSpecs() {
		name := fileName(table.name, CSV)
		golden(t, filepath.Join("testdata", name), read(t, dir, name))
	}
}

// With a byte order mark the files are the same but for it, are read back, and
// their lines are counted.
func TestCSVWithAByteOrderMark(t *testing.T) {
	t.Parallel()
	plain, dir := t.TempDir(), t.TempDir()
	write(t, plain, []Format{CSV}, feedSample)
	w, err := Create(dir, Options{RunID: "r1", Formats: []Format{Parquet, CSV}, Mark: true})
	must(t, err)
	must(t, feedSample(w))
	m, err := w.Finish(sampleManifest())
	must(t, err)
	for _, table := range tableSpecs() {
		name := fileName(table.name, CSV)
		if got, want := string(read(t, dir, name)), "\xEF\xBB\xBF"+string(read(t, plain, name)); got != want {
			t.Errorf("%s is\n%q\nwant\n%q", name, got, want)
		}
	}
	found, _ := compare(t, dir, m, feedSample)
	if found = append(found, CheckFiles(dir, m)...); len(found) > 0 {
		t.Errorf("read back: %v", found)
	}
}

func TestManifestGolden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	returned := write(t, dir, []Format{CSV}, feedSample)
	text := read(t, dir, manifestName)
	golden(t, filepath.Join("testdata", manifestName), text)
	m, err := ReadManifest(dir)
	must(t, err)
	again, err := m.Text()
	must(t, err)
	same, err := returned.Text()
	must(t, err)
	if !bytes.Equal(again, text) || !bytes.Equal(same, text) {
		t.Errorf("read back: %s\nreturned: %s", again, same)
	}
	if !slices.IsSortedFunc(m.Outputs, func(a, b Output) int { return strings.Compare(a.Path, b.Path) }) {
		t.Errorf("outputs are not sorted: %v", m.Outputs)
	}
	if one, err := json.Marshal(m); err != nil || !bytes.Contains(one, []byte(`"charged":17.00`)) {
		t.Errorf("compact: %s, %v", one, err)
	}
}

func TestManifestUnfinished(t *testing.T) {
	t.Parallel()
	text, err := Manifest{RunID: "r"}.Text()
	must(t, err)
	for _, want := range []string{`"finished_at": null`, `"lookups": {}`, `"spend": {}`, `"outputs": []`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

func TestDictionaryIsCurrent(t *testing.T) {
	t.Parallel()
	golden(t, filepath.Join("..", "docs", "tables.md"), Dictionary())
}

// The columns that users depend on, in their order.
func TestColumnsOfTheContract(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"vehicles": "run_id row vehicle_id vin plate plate_type engine_no duplicate_of problems maintenance valuation violations cost_cny",
		"maintenance_reports": "run_id vehicle_id vin vendor ticket brand model series manufacturer model_year displacement transmission " +
			"emission_standard fire flood structural component exterior accident odometer_normal accident_grade accident_reason visits " +
			"first_visit_date last_visit_date last_service_date last_repair_date last_mileage_km mileage_estimate_km mileage_per_year_km " +
			"services_per_year odometer_rollback problems cost_cny fetched_at rollback_seqs accident_seqs " +
			"report_no report_date production_area body_type",
		"maintenance_records": "run_id vehicle_id vin vendor seq visit_date mileage_km service_type vendor_type content materials amount_cny " +
			"payment_type is_structural is_component is_exterior mileage_delta_km rollback problems",
		"valuations": "run_id vehicle_id vin vendor model_id model_name city_id city first_registered mileage_km emission_standard dealer_buy_cny " +
			"private_cny dealer_sell_cny new_price_cny color transfers accident appearance interior electrical engine fetched_at " +
			"condition_source",
		"violations": "run_id vehicle_id vin plate vendor seq occurred_at city city_code address code action fine_cny points status " +
			"online_handling organ decision_no monitor_no handle_no fetched_at",
		"failures": "run_id row vehicle_id vin plate engine_no dataset vendor stage class code message attempts ticket billed cost_cny " +
			"first_at last_at retryable next_step file_row",
		"changes": "run_id vehicle_id vin plate dataset vendor n change what before after amount_cny points event_date seq seen_first_at " +
			"compared_with compared_vendor compared_at note",
	}
	for _, table := range tableSpecs() {
		if got := strings.Join(table.names(), " "); got != want[table.name] {
			t.Errorf("%s:\n got %s\nwant %s", table.name, got, want[table.name])
		}
		for _, c := range table.columns {
			if c.description == "" || c.source == "" {
				t.Errorf("%s.%s has no description or source", table.name, c.name)
			}
			if isNumber := c.kind == kindDecimal; isNumber != (c.unit != "") && !strings.HasSuffix(c.name, "_km") && c.name != "points" {
				t.Errorf("%s.%s has unit %q", table.name, c.name, c.unit)
			}
		}
	}
	if len(want) != len(tableSpecs()) {
		t.Errorf("%d tables", len(tableSpecs()))
	}
}

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	feed := func(s Sink) error { return feedLarge(s, 210_000/oneIn(10)) }
	first, second := t.TempDir(), t.TempDir()
	a, b := write(t, first, fileFormats(), feed), write(t, second, fileFormats(), feed)
	for i := range a.Outputs {
		if a.Outputs[i] != b.Outputs[i] {
			t.Errorf("%+v became %+v", a.Outputs[i], b.Outputs[i])
		}
	}
	if !bytes.Equal(read(t, first, manifestName), read(t, second, manifestName)) {
		t.Error("the manifests differ")
	}
}

func TestRequiredColumnsAreChecked(t *testing.T) {
	t.Parallel()
	cases := map[string]func(Sink) error{
		"table vehicles, column vehicle_id, row 1: the value is unknown": func(s Sink) error {
			return s.Vehicle(VehicleRow{Maintenance: "found"})
		},
		"table vehicles, column violations, row 2: the value is unknown": func(s Sink) error {
			must(t, s.Vehicle(VehicleRow{VehicleID: "v", Maintenance: "found", Valuation: "found", Violations: "found"}))
			return s.Vehicle(VehicleRow{VehicleID: "v", Maintenance: "found", Valuation: "found"})
		},
		"table maintenance_reports, column fetched_at, row 1": func(s Sink) error {
			return s.Report(ReportRow{VehicleID: "v", Vendor: "wapi"})
		},
		"table maintenance_records, column service_type, row 1": func(s Sink) error {
			return s.Report(ReportRow{VehicleID: "v", Vendor: "wapi", FetchedAt: noon, Report: record.Report{Visits: make([]record.Visit, 1)}})
		},
		"services_per_year, vehicle v: \"often\" is not a number": func(s Sink) error {
			return s.Report(ReportRow{VehicleID: "v", Vendor: "wapi", FetchedAt: noon, Report: record.Report{ServicesPerYear: "often"}})
		},
		"column cost_cny, row 1: 1000000000000.00 does not fit decimal(14,2)": func(s Sink) error {
			return s.Vehicle(VehicleRow{VehicleID: "v", Maintenance: "found", Valuation: "found", Violations: "found", Cost: decimalLimit})
		},
	}
	for want, feed := range cases {
		w, err := Create(t.TempDir(), Options{RunID: "r", Formats: fileFormats()})
		must(t, err)
		if err := feed(w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		w.Abort()
	}
}

func TestFilesOfAnExport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "r1")
	write(t, dir, fileFormats(), feedSample)
	must(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	write(t, dir, []Format{Parquet}, feedSample)
	want := "changes.parquet failures.csv failures.parquet maintenance_records.parquet maintenance_reports.parquet manifest.json notes.txt " +
		"valuations.parquet vehicles.parquet violations.parquet"
	if got := strings.Join(names(t, dir), " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		must(t, err)
		return info.Mode().Perm()
	}
	if mode(dir) != 0o700 || mode(filepath.Join(dir, "failures.csv")) != 0o600 || mode(filepath.Join(dir, manifestName)) != 0o600 {
		t.Error("others may read the outputs")
	}
}

func TestParseFormats(t *testing.T) {
	t.Parallel()
	got, err := ParseFormats(" CSV,parquet,csv")
	if err != nil || !slices.Equal(got, []Format{CSV, Parquet}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"xls", "", "csv,", "parquet,orc"} {
		if got, err := ParseFormats(s); err == nil || !strings.Contains(err.Error(), "parquet,csv,xlsx") {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{RunID: "r"}, {Formats: fileFormats()}, {RunID: "r", Formats: []Format{"xls"}}} {
		dir := t.TempDir()
		if _, err := Create(dir, o); err == nil || len(names(t, dir)) > 0 {
			t.Errorf("%+v: %v, left %v", o, err, names(t, dir))
		}
	}
}

func TestLatest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, run := range []string{"r1", "r2"} {
		must(t, DiskIn(dir).Latest(run))
		if to, err := os.Readlink(filepath.Join(dir, "latest")); err != nil || to != filepath.Join("runs", run) {
			t.Errorf("latest is %s, %v", to, err)
		}
	}
	taken := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(taken, "latest", "full"), 0o700))
	if err := DiskIn(taken).Latest("r1"); err == nil || len(names(t, taken)) != 1 {
		t.Errorf("a folder in its place: %v, %v", err, names(t, taken))
	}
}

func BenchmarkVisits(b *testing.B) {
	const rows = 100_000
	for _, formats := range [][]Format{{Parquet}, {CSV}, {Parquet, CSV}} {
		b.Run(string(formats[0])+"_"+string(formats[len(formats)-1]), func(b *testing.B) {
			for b.Loop() {
				write(b, b.TempDir(), formats, func(s Sink) error { return feedVisits(s, rows) })
			}
			b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "visits/s")
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	const rows = 100_000
	dir := b.TempDir()
	m := write(b, dir, []Format{Parquet}, func(s Sink) error { return feedVisits(s, rows) })
	for b.Loop() {
		compare(b, dir, m, func(s Sink) error { return feedVisits(s, rows) })
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "visits/s")
}

// feedVisits feeds reports of ten visits.
func feedVisits(s Sink, visits int) error {
	list := make([]record.Visit, 10)
	for i := 0; i < visits; i += len(list) {
		for j := range list {
			list[j] = record.Visit{Seq: j + 1, Date: record.Some(record.Date(15000 + i%3000)), MileageKM: record.Some(int64(j * 9871)),
				Type: record.Service, VendorType: "保养", Content: "更换机油机滤 " + pad(i+j), Materials: "机油", Amount: record.Some(record.Fen(i))}
		}
		if err := s.Report(ReportRow{VehicleID: pad(i), VIN: "LSVAA49J1" + pad(i), Vendor: "wapi", FetchedAt: noon, Report: record.Report{Visits: list}}); err != nil {
			return err
		}
	}
	return nil
}

func TestManifestKeepsWhatItCorrects(t *testing.T) {
	t.Parallel()
	for _, id := range []record.Opt[string]{{}, record.Some("20260102T030405Z-abcdef")} {
		text, err := json.Marshal(Manifest{RunID: "r", Corrects: id})
		if err != nil {
			t.Fatal(err)
		}
		var back Manifest
		if err := json.Unmarshal(text, &back); err != nil || back.Corrects != id {
			t.Errorf("%v is read back as %v, %v", id, back.Corrects, err)
		}
		if !id.OK && !strings.Contains(string(text), `"corrects":null`) {
			t.Errorf("a run that corrects none says %s", text)
		}
	}
}

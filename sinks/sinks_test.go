package sinks

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vehiclebatch/pipeline/record"
)

var (
	update = flag.Bool("update", false, "write the golden files again")
	whole  = flag.Bool("whole", false, "try every operation and as many rows as there may be, not a part of them")
)

// oneIn is the step in which a quick test goes through what a whole one takes
// one by one.
func oneIn(n int) int {
	if *whole {
		return 1
	}
	return n
}

// golden holds got against a file, or writes the file with -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if string(got) != string(want) {
		t.Errorf("%s is not current; `go generate ./sinks` writes it again. Got:\n%s", path, got)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2024, 3, 1, 4, 0, 0, 123456789, time.UTC) // 12:00 in China

func mustDate(y int, m time.Month, d int) record.Date {
	v, err := record.NewDate(y, m, d)
	if err != nil {
		panic(err)
	}
	return v
}

// feedSample feeds rows that have every kind of value: negative and zero
// money, unknown everything, Chinese texts, separators and line ends in texts,
// broken characters.
func feedSample(s Sink) error {
	for _, feed := range []func(Sink) error{feedVehicles, feedReports, feedValuation, feedViolation, feedFailures, feedChanges} {
		if err := feed(s); err != nil {
			return err
		}
	}
	return nil
}

func feedVehicles(s Sink) error {
	full := VehicleRow{VehicleID: "v1", Problems: []string{"the check digit is wrong", "列,\"二\""}, Cost: 3200,
		Vehicle:     record.Vehicle{Row: 1, VIN: "LSVAA49J132047371", Plate: "粤AJ44E6", PlateType: "02", EngineNo: "000123"},
		Maintenance: record.Found, Valuation: record.Found, Violations: record.Found}
	bare := VehicleRow{VehicleID: "v2", Vehicle: record.Vehicle{Row: 2}, DuplicateOf: record.Some[int64](1),
		Maintenance: record.Failed, Valuation: record.NotRequested, Violations: record.NotRequested}
	if err := s.Vehicle(full); err != nil {
		return err
	}
	return s.Vehicle(bare)
}

func feedReports(s Sink) error {
	full := record.Report{Brand: "大众", Model: "朗逸", ReportNo: "0020180124000000001", ReportDate: record.Some(mustDate(2018, 1, 24)),
		ProductionArea: "合资", BodyType: "三厢", Fire: record.Some(false), Accident: record.Some(true),
		FirstVisit: record.Some(mustDate(2014, 9, 21)), LastMileageKM: record.Some[int64](107653), ServicesPerYear: "1.9",
		OdometerRollback: record.Some(true), Visits: []record.Visit{fullVisit(), {Seq: 2, Type: record.Other}}}
	err := s.Report(ReportRow{VehicleID: "v1", VIN: "LSVAA49J132047371", Vendor: "wapi", Ticket: "9d10", Report: full,
		Problems: []string{"a", "b"}, Cost: record.Some[record.Fen](3200), FetchedAt: noon,
		RollbackSeqs: record.Some([]int64{1, 2}), AccidentSeqs: record.Some([]int64{})})
	if err != nil {
		return err
	}
	return s.Report(ReportRow{VehicleID: "v2", Vendor: "tencent", FetchedAt: noon})
}

func fullVisit() record.Visit {
	return record.Visit{Seq: 1, Date: record.Some(mustDate(1969, 12, 31)), MileageKM: record.Some[int64](0), Type: record.Repair,
		VendorType: "汽车维修", Content: "更换机油,\"机滤\"\r\n第二行\n三", Materials: "broken \xff byte", Amount: record.Some[record.Fen](-5),
		PaymentType: "自费", Structural: record.Some(true), Component: record.Some(false), MileageDeltaKM: record.Some[int64](-1200),
		Rollback: record.Some(true), Problems: []string{"odd \xfe", "二"}}
}

func feedValuation(s Sink) error {
	return s.Valuation(ValuationRow{VehicleID: "v1", VIN: "LSVAA49J132047371", Vendor: "wapi", FetchedAt: noon,
		Asked: record.Vehicle{ModelID: "052", CityID: "101100", Condition: record.Condition{Transfers: "0", Color: "2", Engine: "1"}}.With([]record.Derived{
			{Column: record.ColMileageKM, Value: "36200", Source: "35000 km on 2024-01-10 carried forward at 8000 km a year", Basis: "2024-01-10 35000 8000"},
			{Column: record.ColAccident, Value: "1", Source: "1, structural repair on 2022-05-01"}}),
		Valuation: record.Valuation{ModelName: "奥迪 Q5L", City: "宣城", FirstRegistered: "2023-10", MileageKM: record.Some[int64](36200),
			DealerBuy: record.Some[record.Fen](26680000), Private: record.Some[record.Fen](0), NewPrice: record.Some[record.Fen](-39880000)}})
}

func feedViolation(s Sink) error {
	return s.Violation(ViolationRow{VehicleID: "v1", VIN: "LSVAA49J132047371", Plate: "粤AJ44E6", Vendor: "wapi", FetchedAt: noon,
		Violation: record.Violation{Seq: 1, OccurredAt: record.Some(time.Date(2017, 10, 28, 18, 39, 17, 0, time.UTC)), CityCode: "440600",
			Address: "季华六路与南海大道交叉路口", Code: "1208", Points: record.Some[int64](2), Status: record.UnprocessedUnpaid, OnlineHandling: true}})
}

func feedFailures(s Sink) error {
	return s.Failure(FailureRow{Row: 2, FileRow: 5, VehicleID: "v2", VIN: "0012", Dataset: record.DatasetMaintenance, Stage: record.StageValidate,
		Class: record.InvalidInput, Message: "the VIN has 4 characters", Billed: "no", NextStep: "correct the VIN"})
}

func feedChanges(s Sink) error {
	row := ChangeRow{VehicleID: "v1", VIN: "LSVAA49J132047371", Plate: "粤AJ44E6", Dataset: record.DatasetViolations, Vendor: "wapi", N: 1,
		Change: record.Change{Kind: record.ViolationNew, What: "2017-10-29 02:39:17 1208 季华六路, \"南\"", After: "unprocessed_unpaid", Amount: record.Some[record.Fen](15000),
			Points: record.Some[int64](2), On: record.Some(mustDate(2017, 10, 29)), Seq: 1},
		SeenAt: noon, ComparedWith: "r0", ComparedVendor: "wapi", ComparedAt: noon.Add(-24 * time.Hour)}
	if err := s.Change(row); err != nil {
		return err
	}
	return s.Change(ChangeRow{VehicleID: "v1", Dataset: record.DatasetValuation, Vendor: "wapi", N: 1, SeenAt: noon, ComparedWith: "r-older", ComparedVendor: "other",
		ComparedAt: noon.Add(-48 * time.Hour), Note: "asked with mileage_km 36200, before 30000",
		Change: record.Change{Kind: record.ValuationMoved, What: "private_cny", Before: "1000.00", After: "-5.00", Amount: record.Some[record.Fen](-100500)}})
}

// feedLarge feeds n reports with one visit each; near-unique texts would
// overflow a dictionary of the default size.
func feedLarge(s Sink, n int) error {
	visit := make([]record.Visit, 1)
	for i := range n {
		visit[0] = record.Visit{Seq: 1, Date: record.Some(record.Date(15000 + i%3000)), MileageKM: record.Some(int64(i * 7 % 300000)),
			Type: record.Service, VendorType: "类型" + pad(i), Content: "更换机油机滤 " + pad(i), PaymentType: "现金" + pad(i*31%n),
			Amount: record.Some(record.Fen(i)), Problems: []string{pad(i % 5000)}[:i%2]}
		row := ReportRow{VehicleID: "vehicle-" + pad(i), VIN: "LSVAA49J1" + pad(i), Vendor: "wapi", FetchedAt: noon.Add(time.Duration(i) * time.Millisecond),
			Report: record.Report{Brand: "品牌" + pad(i), Visits: visit}}
		if err := s.Report(row); err != nil {
			return err
		}
	}
	return nil
}

func pad(i int) string {
	digits := []byte("00000000")
	for p := len(digits) - 1; i > 0; p, i = p-1, i/10 {
		digits[p] = byte('0' + i%10)
	}
	return string(digits)
}

func sampleManifest() Manifest {
	return Manifest{StartedAt: record.At(noon), FinishedAt: record.At(noon.Add(time.Minute)), Complete: true,
		Input:   Input{Path: "cars & <vans>.csv", SHA256: "ab", Rows: 2},
		Lookups: map[record.Dataset]map[record.Status]int64{record.DatasetMaintenance: {record.Found: 1, record.Failed: 1}},
		Spend:   map[string]Spend{"wapi": {Charged: 1700, Unknown: 5, Lookups: 3}, "tencent": {}}, ExitCode: 3}
}

// write writes one whole set of outputs into dir.
func write(t testing.TB, dir string, formats []Format, feed func(Sink) error) Manifest {
	t.Helper()
	w, err := Create(dir, Options{RunID: "r1", Formats: formats})
	must(t, err)
	must(t, feed(w))
	m, err := w.Finish(sampleManifest())
	must(t, err)
	return m
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return b
}

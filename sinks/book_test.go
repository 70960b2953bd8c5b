package sinks

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"vehiclebatch/pipeline/record"
)

// openWritten opens a workbook with the library, as a user's spreadsheet would.
func openWritten(t *testing.T, dir, name string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(dir, name))
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f
}

func TestWorkbookHasASheetATable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{XLSX}, feedSample)
	if got := strings.Join(names(t, dir), " "); got != "batch.xlsx failures.csv failures.xlsx manifest.json" {
		t.Errorf("left %s", got)
	}
	want := []Output{{Path: "batch.xlsx", Rows: 11}, {Path: "failures.csv", Rows: 1}, {Path: "failures.xlsx", Rows: 1}}
	for i, o := range m.Outputs {
		if o.Path != want[i].Path || o.Rows != want[i].Rows || o.Bytes == 0 || len(o.SHA256) != 64 {
			t.Errorf("%+v, want %+v", o, want[i])
		}
	}
	f := openWritten(t, dir, bookName)
	sheets := []string{"vehicles", "maintenance_reports", "maintenance_records", "valuations", "violations", "failures", "changes", "columns"}
	if !slices.Equal(f.GetSheetList(), sheets) {
		t.Errorf("sheets %v", f.GetSheetList())
	}
	for _, table := range tableSpecs() {
		rows, err := f.GetRows(table.name)
		must(t, err)
		if strings.Join(rows[0], " ") != strings.Join(table.names(), " ") {
			t.Errorf("%s: header %v", table.name, rows[0])
		}
		panes, err := f.GetPanes(table.name)
		must(t, err)
		if !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header moves: %+v", table.name, panes)
		}
	}
	if got := openWritten(t, dir, failuresBookName).GetSheetList(); !slices.Equal(got, []string{"failures", "columns"}) {
		t.Errorf("failures.xlsx has %v", got)
	}
}

// What a spreadsheet sees in a cell, its type and how it shows it.
func TestTypesOfCells(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{XLSX}, feedSample)
	f := openWritten(t, dir, bookName)
	cases := []struct {
		sheet, cell string
		kind        excelize.CellType
		raw, shown  string
	}{
		{"vehicles", "B2", excelize.CellTypeUnset, "1", "1"},
		{"vehicles", "G2", excelize.CellTypeInlineString, "000123", "000123"},
		{"vehicles", "I2", excelize.CellTypeInlineString, `the check digit is wrong; 列,"二"`, `the check digit is wrong; 列,"二"`},
		{"vehicles", "M2", excelize.CellTypeUnset, "32", "32.00"},
		{"vehicles", "D3", excelize.CellTypeUnset, "", ""},
		{"maintenance_reports", "N2", excelize.CellTypeBool, "0", "FALSE"},
		{"maintenance_records", "F2", excelize.CellTypeUnset, "25568", "1969-12-31"},
		{"maintenance_records", "L2", excelize.CellTypeUnset, "-0.05", "-0.05"},
		{"violations", "G2", excelize.CellTypeUnset, "43037.110613425924", "2017-10-29 02:39:17"},
		{"violations", "Q2", excelize.CellTypeUnset, "", ""},
		{"valuations", "G2", excelize.CellTypeInlineString, "101100", "101100"},
	}
	for _, c := range cases {
		kind, err := f.GetCellType(c.sheet, c.cell)
		must(t, err)
		raw, err := f.GetCellValue(c.sheet, c.cell, excelize.Options{RawCellValue: true})
		must(t, err)
		shown, err := f.GetCellValue(c.sheet, c.cell)
		must(t, err)
		if kind != c.kind || raw != c.raw || shown != c.shown {
			t.Errorf("%s %s: type %d, %q, shown %q; want %d, %q, %q", c.sheet, c.cell, kind, raw, shown, c.kind, c.raw, c.shown)
		}
	}
}

func TestNoTextIsAFormula(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{XLSX}, feedHostile)
	z, err := zip.OpenReader(filepath.Join(dir, bookName))
	must(t, err)
	defer z.Close() //nolint:errcheck // nothing was written
	for _, part := range z.File {
		r, err := part.Open()
		must(t, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		must(t, err)
		if strings.HasPrefix(part.Name, "xl/worksheets/") && bytes.Contains(b.Bytes(), []byte("<f>")) {
			t.Errorf("%s has a formula", part.Name)
		}
		if !part.Modified.IsZero() && part.Modified.Year() > 1980 {
			t.Errorf("%s has the time %s", part.Name, part.Modified)
		}
	}
	if found := held(t, dir, m, feedHostile); len(found) > 0 {
		t.Errorf("read back: %v", found)
	}
}

func TestWorkbookHasTheSameBytes(t *testing.T) {
	t.Parallel()
	feed := func(s Sink) error { return feedLarge(s, 9_000) } // more than one batch
	first, second := t.TempDir(), t.TempDir()
	a, b := write(t, first, []Format{XLSX}, feed), write(t, second, []Format{XLSX}, feed)
	if !slices.Equal(a.Outputs, b.Outputs) {
		t.Errorf("%+v became %+v", a.Outputs, b.Outputs)
	}
	if found := held(t, first, a, feed); len(found) != 1 || found[0].Column != "vehicle_id" { // there are no vehicles
		t.Errorf("read back: %v", found)
	}
}

// feedOdd feeds what sheets find hard: control characters, texts that look
// escaped, more than a cell can hold, days before spreadsheets count.
func feedOdd(s Sink) error {
	if err := feedSample(s); err != nil {
		return err
	}
	early := mustDate(1899, time.December, 31)
	visits := []record.Visit{
		{Seq: 1, Type: record.Other, Content: strings.Repeat("换", 40_000), Date: record.Some(early)},
		{Seq: 2, Type: record.Other, Content: "bell \a, escaped _x0041_, feed \f", Materials: " spaces \t\n", Date: record.Some(mustDate(1900, time.March, 1))},
		{Seq: 3, Type: record.Other, Content: strings.Repeat("😀", 20_000), Date: record.Some(mustDate(1900, time.February, 28))},
	}
	return s.Report(ReportRow{VehicleID: "v2", Vendor: "wapi", FetchedAt: time.Date(1900, 1, 2, 3, 4, 5, 678_000, time.UTC), Report: record.Report{Visits: visits}})
}

func TestOddCellsComeBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{XLSX}, feedOdd)
	if found := held(t, dir, m, feedOdd); len(found) > 0 {
		t.Errorf("read back: %v", found)
	}
	f := openWritten(t, dir, bookName)
	for cell, want := range map[string]string{"F4": "1899-12-31", "F5": "1900-03-01", "K5": " spaces \t\n"} {
		if got, err := f.GetCellValue("maintenance_records", cell); err != nil || got != want && cell != "K5" {
			t.Errorf("%s is %q, %v", cell, got, err)
		}
	}
}

// Every cell is compared: another value anywhere is a discrepancy.
func TestAChangedCellIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{XLSX}, feedSample)
	cases := map[string]struct {
		sheet, cell string
		value       any
	}{
		"text":         {"vehicles", "D2", "LSVAA49J132047372"},
		"number":       {"vehicles", "B3", 3},
		"type":         {"vehicles", "G2", 123},
		"money":        {"vehicles", "M2", 32.01},
		"bool":         {"maintenance_reports", "N2", true},
		"was null":     {"vehicles", "D3", "LSVAA49J132047371"},
		"date":         {"maintenance_records", "F2", 25567},
		"moment":       {"violations", "G2", 43037.11062},
		"made null":    {"violations", "K2", nil},
		"header":       {"violations", "K1", "kode"},
		"row too many": {"violations", "A3", "r1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := t.TempDir()
			must(t, os.CopyFS(other, os.DirFS(dir)))
			f := openWritten(t, other, bookName)
			must(t, f.SetCellValue(c.sheet, c.cell, c.value))
			must(t, f.Save())
			if found := CheckFiles(other, m); len(found) != 1 {
				t.Errorf("against the manifest: %v", found)
			}
			forged := forge(t, other, m)
			found := held(t, other, forged, feedSample)
			if len(found) == 0 || !strings.HasPrefix(found[0].File, "batch.xlsx") || !strings.Contains(found[0].String(), c.sheet) {
				t.Errorf("%v", found)
			}
		})
	}
}

// forge makes the manifest agree with the workbook's bytes.
func forge(t *testing.T, dir string, m Manifest) Manifest {
	t.Helper()
	m.Outputs = slices.Clone(m.Outputs)
	var err error
	m.Outputs[0].Bytes, m.Outputs[0].SHA256, err = hashFile(dir, bookName)
	must(t, err)
	return m
}

func TestASheetThatIsFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(dir, Options{RunID: "r1", Formats: []Format{XLSX}})
	must(t, err)
	for _, b := range w.books {
		b.maxRows = 4 // header and three rows
	}
	feed := func(s Sink) error { return feedVisits(s, 10) }
	must(t, feed(w))
	m, err := w.Finish(sampleManifest())
	must(t, err)
	f := openWritten(t, dir, bookName)
	for n, want := range []int{4, 4, 4, 2} {
		rows, err := f.GetRows(sheetName("maintenance_records", n+1))
		must(t, err)
		if len(rows) != want {
			t.Errorf("sheet %d has %d rows, want %d", n+1, len(rows), want)
		}
	}
	if found := append(CheckFiles(dir, m), held(t, dir, m, feed)...); len(found) != 1 || found[0].Column != "vehicle_id" { // there are no vehicles
		t.Errorf("read back: %v", found)
	}
}

func TestABrokenWorkbookIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{XLSX}, feedSample)
	whole := read(t, dir, bookName)
	must(t, os.WriteFile(filepath.Join(dir, bookName), whole[:len(whole)/2], 0o600))
	forged := forge(t, dir, m)
	if found := CheckFiles(dir, forged); len(found) != 1 || !strings.Contains(found[0].Got, "cannot be opened") {
		t.Errorf("%v", found)
	}
	if found := held(t, dir, forged, feedSample); len(found) != 1 {
		t.Errorf("%v", found)
	}
}

// A workbook's temporary files do not outlive it, whatever happens.
func TestWorkbookAtEveryFailure(t *testing.T) {
	t.Parallel()
	old := t.TempDir()
	must(t, tryExport(old, nil, "r1", []Format{XLSX}))
	for n, ended := 1, false; !ended; n += oneIn(20) {
		fsys := &faultFS{Disk: temporary(), n: n, sticky: true}
		dir := t.TempDir()
		must(t, os.CopyFS(dir, os.DirFS(old)))
		err := tryExport(dir, fsys, "r2", []Format{XLSX})
		ended = !fsys.hit
		if ended && err != nil {
			t.Errorf("operation %d: %v", n, err)
		}
		wholeOrNone(t, dir)
		must(t, tryExport(dir, nil, "r3", []Format{XLSX}))
		if got := strings.Join(names(t, dir), " "); strings.Contains(got, "partial") {
			t.Errorf("operation %d: left over: %s", n, got)
		}
	}
}

func BenchmarkWorkbook(b *testing.B) {
	const rows = 100_000
	for b.Loop() {
		write(b, b.TempDir(), []Format{XLSX}, func(s Sink) error { return feedVisits(s, rows) })
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "visits/s")
}

func held(t *testing.T, dir string, m Manifest, feed func(Sink) error) []Discrepancy {
	t.Helper()
	found, _ := compare(t, dir, m, feed)
	return found
}

// Other spreadsheets than the one that is at hand are particular about these:
// columns in their order, fonts with a name, flags without a format, the names of
// core.xml with their usual prefixes.
func TestWorkbookIsAsSpreadsheetsWantIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{XLSX}, feedSample)
	z, err := zip.OpenReader(filepath.Join(dir, bookName))
	must(t, err)
	defer z.Close() //nolint:errcheck // nothing was written
	column, font := regexp.MustCompile(`<col min="(\d+)"`), regexp.MustCompile(`(?s)<font>.*?</font>`)
	for _, part := range z.File {
		text := partText(t, part)
		if part.Name == "docProps/core.xml" && (!strings.Contains(text, "<cp:coreProperties ") || !strings.Contains(text, "<cp:lastModifiedBy>")) {
			t.Errorf("exceljs refuses the properties %s", text)
		}
		if strings.Contains(text, "<dimension") {
			t.Errorf("%s names a range: a reader may take it for all there is", part.Name)
		}
		last := 0
		for _, m := range column.FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(m[1])
			must(t, err)
			if n != last+1 {
				t.Errorf("%s: column %d comes after %d", part.Name, n, last)
			}
			last = n
		}
		if strings.Contains(part.Name, "worksheets/") && last == 0 {
			t.Errorf("%s has no widths", part.Name)
		}
		for _, f := range font.FindAllString(text, -1) {
			if !strings.Contains(f, `<name val="Calibri">`) {
				t.Errorf("%s: a font without a name: %s", part.Name, f)
			}
		}
	}
	f := openWritten(t, dir, bookName)
	style, err := f.GetCellStyle("maintenance_reports", "N2")
	must(t, err)
	if s, err := f.GetStyle(style); err != nil || s.CustomNumFmt != nil || s.NumFmt != 0 {
		t.Errorf("a flag has the style %+v: %v", s, err)
	}
	for cell, least := range map[string]float64{"A": 23, "B": 17, "C": 17, "G": 40} {
		if w, err := f.GetColWidth("maintenance_reports", cell); err != nil || w < least {
			t.Errorf("column %s is %v wide, its values take %v: %v", cell, w, least, err)
		}
	}
}

func partText(t *testing.T, part *zip.File) string {
	t.Helper()
	r, err := part.Open()
	must(t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	must(t, err)
	must(t, r.Close())
	return b.String()
}

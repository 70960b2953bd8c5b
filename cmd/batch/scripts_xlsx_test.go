package main

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// cmdWorkbook writes a workbook whose sheet has the texts of a CSV file:
// workbook fleet.xlsx 车辆 fleet.csv.
func cmdWorkbook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: workbook FILE SHEET CSV")
	}
	lines, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[2]))).ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	_, err = f.NewSheet(args[1])
	ts.Check(err)
	for i, line := range lines {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		ts.Check(err)
		ts.Check(f.SetSheetRow(args[1], cell, &line))
	}
	saveWorkbook(ts, f, args[0])
}

// saveWorkbook writes a workbook whatever its name is.
func saveWorkbook(ts *testscript.TestScript, f *excelize.File, name string) {
	f.Path = "" // by which the library judges
	b, err := f.WriteToBuffer()
	ts.Check(err)
	ts.Check(f.Close())
	ts.Check(os.WriteFile(ts.MkAbs(name), b.Bytes(), 0o600))
}

// cmdSetCell puts a value into a cell, as a user would: a number when it looks
// like one. setcell failures.xlsx failures F2 1.2E+16.
func cmdSetCell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: setcell FILE SHEET CELL VALUE")
	}
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if number, err := strconv.ParseFloat(args[3], 64); err == nil {
		ts.Check(f.SetCellValue(args[1], args[2], number))
	} else {
		ts.Check(f.SetCellValue(args[1], args[2], args[3]))
	}
	saveWorkbook(ts, f, args[0])
}

// cmdHasCell holds what a cell shows against what it should.
func cmdHasCell(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: hascell FILE SHEET CELL WANT")
	}
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	got, err := f.GetCellValue(args[1], args[2])
	ts.Check(err)
	if (got == args[3]) == neg {
		ts.Fatalf("%s of sheet %s is %q", args[2], args[1], got)
	}
	ts.Check(f.Close())
}

// cmdSetCSV puts a value into a line of a CSV file, under a column that it adds
// when it is not there; line 2 is the first below the header. setcsv fix.csv 2
// vin LSVAM4182G2104201.
func cmdSetCSV(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: setcsv FILE LINE COLUMN VALUE")
	}
	lines, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	line, err := strconv.Atoi(args[1])
	ts.Check(err)
	at := slices.Index(lines[0], args[2])
	if at < 0 {
		at = len(lines[0])
		for i := range lines {
			lines[i] = append(lines[i], "")
		}
		lines[0][at] = args[2]
	}
	lines[line-1][at] = args[3]
	var b strings.Builder
	w := csv.NewWriter(&b)
	ts.Check(w.WriteAll(lines))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

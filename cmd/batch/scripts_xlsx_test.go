package main

import (
	"encoding/csv"
	"os"
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

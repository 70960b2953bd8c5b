package main

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// sums are the money of a run by table and column, as one format has it.
type sums map[string]record.Fen

// cmdSameMoney adds up every column of money of a run in each of its formats, as
// somebody would who has that format alone, and holds the sums against each
// other, the report and the manifest: samemoney out/latest.
func cmdSameMoney(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: samemoney DIR")
	}
	dir := ts.MkAbs(args[0])
	m, err := sinks.ReadManifest(dir)
	ts.Check(err)
	want := moneyOfCSV(ts, dir)
	for format, got := range map[string]sums{"Parquet": moneyOfParquet(ts, dir), "the workbook": moneyOfWorkbook(ts, dir)} {
		if len(got) != len(want) {
			ts.Fatalf("%s has %d columns of money, CSV %d", format, len(got), len(want))
		}
		for column, fen := range want {
			if got[column] != fen {
				ts.Fatalf("%s: %s in CSV, %s in %s", column, fen, got[column], format)
			}
		}
	}
	var spent record.Fen
	for _, v := range m.Spend {
		spent += v.Charged
	}
	page := ts.ReadFile(filepath.Join(args[0], "report.html"))
	for total, fen := range map[string]record.Fen{"spent": want["vehicles.cost_cny"], "value": want["valuations.private_cny"], "fines": want["unpaid fines"]} {
		if fen == 0 || totalOf(ts, page, total) != fen {
			ts.Fatalf("%s: %s in the tables, %s in the report", total, fen, totalOf(ts, page, total))
		}
	}
	if spent != want["vehicles.cost_cny"] {
		ts.Fatalf("the vehicles cost %s, the manifest says %s", want["vehicles.cost_cny"], spent)
	}
}

func fenOf(ts *testscript.TestScript, yuan string) record.Fen {
	if yuan == "" {
		return 0
	}
	fen, err := record.ParseYuan(yuan)
	ts.Check(err)
	return fen
}

// add adds up the money of a table's lines, the first of which is its header.
func (s sums) add(ts *testscript.TestScript, table string, lines [][]string, fen func(string) record.Fen) {
	for i, name := range lines[0] {
		if !strings.HasSuffix(name, "_cny") {
			continue
		}
		s[table+"."+name] += 0 // a table without rows has its columns, too
		for _, line := range lines[1:] {
			if i < len(line) { // a sheet's line ends with its last value
				s[table+"."+name] += fen(line[i])
			}
		}
	}
}

func tablesOf(ts *testscript.TestScript, dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.parquet"))
	ts.Check(err)
	if len(files) < 7 {
		ts.Fatalf("%s has %d tables", dir, len(files))
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".parquet")
	}
	return files
}

// moneyOfCSV has the unpaid fines as well, which the report shows.
func moneyOfCSV(ts *testscript.TestScript, dir string) sums {
	out := sums{}
	var open record.Fen
	for _, table := range tablesOf(ts, dir) {
		text, err := os.ReadFile(filepath.Join(dir, table+".csv"))
		ts.Check(err)
		lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		ts.Check(err)
		out.add(ts, table, lines, func(cell string) record.Fen { return fenOf(ts, cell) })
		if table != "violations" {
			continue
		}
		for _, line := range lines[1:] {
			at := map[string]string{}
			for i, cell := range line {
				at[lines[0][i]] = cell
			}
			if at["status"] != string(record.ProcessedPaid) {
				open += fenOf(ts, at["fine_cny"])
			}
		}
	}
	out["unpaid fines"] = open
	return out
}

func moneyOfParquet(ts *testscript.TestScript, dir string) sums {
	out := sums{"unpaid fines": 0}
	for _, table := range tablesOf(ts, dir) {
		from, err := file.OpenParquetFile(filepath.Join(dir, table+".parquet"), false)
		ts.Check(err)
		reader, err := pqarrow.NewFileReader(from, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		ts.Check(err)
		rows, err := reader.ReadTable(context.Background())
		ts.Check(err)
		var status *arrow.Column
		for i := range int(rows.NumCols()) {
			c := rows.Column(i)
			if c.Name() == "status" {
				status = c
			}
			if strings.HasSuffix(c.Name(), "_cny") {
				out[table+"."+c.Name()] = decimals(c, nil)
			}
		}
		if table == "violations" {
			out["unpaid fines"] = decimals(rows.Column(rows.Schema().FieldIndices("fine_cny")[0]), status)
		}
		rows.Release()
		ts.Check(from.Close())
	}
	return out
}

// decimals adds up a column, or its rows whose status is not paid.
func decimals(c *arrow.Column, status *arrow.Column) record.Fen {
	var sum record.Fen
	for i, chunk := range c.Data().Chunks() {
		values := chunk.(*array.Decimal128) //nolint:forcetypeassert // money is a decimal, or the test fails here
		for row := range values.Len() {
			if status != nil && status.Data().Chunk(i).(*array.String).Value(row) == string(record.ProcessedPaid) { //nolint:forcetypeassert // as above
				continue
			}
			if values.IsValid(row) {
				sum += record.Fen(values.Value(row).LowBits()) //nolint:gosec // two's complement
			}
		}
	}
	return sum
}

func moneyOfWorkbook(ts *testscript.TestScript, dir string) sums {
	f, err := excelize.OpenFile(filepath.Join(dir, "batch.xlsx"))
	ts.Check(err)
	defer f.Close() //nolint:errcheck // nothing was written
	cell := func(text string) record.Fen {
		if text == "" {
			return 0
		}
		yuan, err := strconv.ParseFloat(text, 64)
		ts.Check(err)
		return fenOf(ts, strconv.FormatFloat(yuan, 'f', 2, 64))
	}
	out := sums{"unpaid fines": 0}
	for _, table := range tablesOf(ts, dir) {
		lines, err := f.GetRows(table, excelize.Options{RawCellValue: true})
		ts.Check(err)
		out.add(ts, table, lines, cell)
		if table == "violations" {
			unpaid := slices.Clone(lines[:1])
			for _, line := range lines[1:] {
				if !strings.Contains(strings.Join(line, "\t"), "\t"+string(record.ProcessedPaid)+"\t") {
					unpaid = append(unpaid, line)
				}
			}
			open := sums{}
			open.add(ts, table, unpaid, cell)
			out["unpaid fines"] = open["violations.fine_cny"]
		}
	}
	return out
}

var totalValue = regexp.MustCompile(`data-total="([a-z_]+)" data-value="([^"]+)"`)

// totalOf is one of the totals on the report's first screen.
func totalOf(ts *testscript.TestScript, page, name string) record.Fen {
	for _, m := range totalValue.FindAllStringSubmatch(page, -1) {
		if m[1] == name {
			return fenOf(ts, m[2])
		}
	}
	ts.Fatalf("the report has no total %s", name)
	return 0
}

package sources

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

const writtenBy = "testdata/written-by"

// refusedFiles are those whose writer put something into a column that is no value.
// The words are in the message.
var refusedFiles = map[string]string{
	"duckdb-encrypted.parquet": "the Parquet file is encrypted",
	"duckdb-list.parquet":      `the column "plate" is a list`,
	"duckdb-map.parquet":       `the column "plate" is a map`,
	"duckdb-struct.parquet":    `the column "plate" is a structure`,
	"duckdb-time.parquet":      `the column "first_registered" holds times of day`,
}

// faultyFiles hold values that could mean several things. They are faults of
// their rows, of which one holds the words.
var faultyFiles = map[string]string{
	"parquet-wasm-date64.parquet": "the number 1643587200000, as programs count seconds or milliseconds since 1970",
	"xlsx-write-stream.xlsx":      "the day number of a spreadsheet",
	"libreoffice.csv":             `the month is "01/31/2022"`,
	"exceljs.csv":                 "the row has 5 fields, the header has 6", // it leaves off empty values at the end
	"arrow-go-10-zone.parquet":    "Arrow for Go before version 16, does not say which",
	"excelize-1-units.xlsx":       `its column "里程单位" says "万公里" here`,
	"postgres-trimmed.tsv":        `the month is "2017.1", which programs make of 2017.10`,
}

// unread are the columns of the truth that a file does not have, by their places: what is there under their names is of something else.
var unread = map[string][]int{
	"arrow-go-18-null-column.parquet": {2},    // its column of engine numbers has the type null
	"syncfusion-trailer.xlsx":         {3, 4}, // of the trailer
	"kendo-ooxml-service.xlsx":        {4},    // at the last service
}

// repeated are files that hold the fleet several times.
var repeated = map[string]int{"duckdb-many-groups.parquet": 500, "excelize-1-units.xlsx": 11}

// wrongToday are files that should be read right and are not. One that is right
// must leave this table.
var wrongToday = map[string]string{}

// truth is the fleet that all files hold, a row each.
func truth(t *testing.T) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(writtenBy, "truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		r[3] = r[3][:min(len(r[3]), len("2022-01"))]
	}
	return rows[1:]
}

// TestWrittenBy reads what other programs have written.
func TestWrittenBy(t *testing.T) {
	t.Parallel()
	all := truth(t)
	files, err := os.ReadDir(writtenBy)
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(writtenBy, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, f := range files {
		if f.IsDir() || filepath.Ext(f.Name()) == ".md" {
			continue
		}
		read++
		if !bytes.Contains(table, []byte("| "+f.Name()+" |")) {
			t.Errorf("%s is not in the table of README.md", f.Name())
		}
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			checkWritten(t, f.Name(), all)
		})
	}
	if read < 150 {
		t.Errorf("only %d files are there", read)
	}
}

func checkWritten(t *testing.T, name string, all [][]string) {
	rows, err := readWritten(filepath.Join(writtenBy, name))
	if want := refusedFiles[name]; want != "" {
		var in *InputError
		if !errors.As(err, &in) || !strings.Contains(err.Error(), want) || in.Hint == "" {
			t.Errorf("refused with %v, want %s", err, want)
		}
		return
	}
	wrong, faults := compareWritten(name, rows, all)
	if err != nil {
		wrong = err.Error()
	}
	switch want := faultyFiles[name]; {
	case wrongToday[name] != "":
		if wrong == "" && faults == "" {
			t.Error("is read right: take it out of wrongToday")
		}
	case want != "":
		if wrong != "" || !strings.Contains(faults, want) {
			t.Errorf("%s; faults %s, want %s", wrong, faults, want)
		}
	case wrong != "" || faults != "":
		t.Error(wrong, faults)
	}
}

func readWritten(path string) ([]record.Vehicle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s, err := Open(f, info.Size(), path, Options{})
	var rows []record.Vehicle
	for err == nil {
		var v record.Vehicle
		if v, err = s.Next(); err == nil {
			rows = append(rows, v)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return rows, err
}

// compareWritten says which rows differ from the truth without a fault, and what
// the faults are.
func compareWritten(name string, rows []record.Vehicle, all [][]string) (wrong, faults string) {
	want := len(all) * max(repeated[name], 1)
	if len(rows) != want {
		wrong = fmt.Sprintf("%d rows, want %d; ", len(rows), want)
	}
	for i, v := range rows {
		km := ""
		if v.MileageKM.OK {
			km = fmt.Sprint(v.MileageKM.V)
		}
		got := []string{v.VIN, v.Plate, v.EngineNo, v.FirstRegistered, km, v.Condition.Color}
		truth := slices.Clone(all[i%len(all)])
		for _, column := range unread[name] {
			truth[column] = ""
		}
		for _, f := range v.Faults {
			faults += fmt.Sprintf("row %d %s: %s; ", v.Row, f.Column, f.Reason)
		}
		if len(v.Faults) == 0 && !slices.Equal(got, truth) {
			wrong += fmt.Sprintf("row %d: %q, want %q; ", v.Row, got, truth)
		}
	}
	return wrong, faults
}

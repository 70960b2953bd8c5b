package sources_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every sample input gives the vehicles, problems and faults of its golden listing.
func TestSampleInputs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"fleet", "fleet-excel-gb18030", "fleet-wrong-rows"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := listing(t, filepath.Join("..", "sample_inputs", name+".csv"))
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, got, string(want))
		})
	}
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d differs:\n got %q\nwant %q\n(-update writes the golden files anew)", i+1, g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
}

// listing shows a whole file as it is understood.
func listing(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	c, err := sources.OpenCSV(f, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	all, err := readAll(c)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	info := c.Info()
	fmt.Fprintf(&out, "%s, delimiter %q\n", info.Encoding, info.Delimiter)
	for _, col := range info.Columns {
		fmt.Fprintf(&out, "column %q is %s\n", col.Header, col.Name)
	}
	for _, h := range info.Ignored {
		fmt.Fprintf(&out, "column %q is ignored\n", h)
	}
	for _, v := range all {
		listVehicle(&out, v)
	}
	return out.String()
}

func listVehicle(out *strings.Builder, v record.Vehicle) {
	fmt.Fprintf(out, "row %d line %d:", v.Row, v.Line)
	for _, column := range []string{record.ColVIN, record.ColPlate, record.ColPlateType, record.ColEngineNo, record.ColModelID,
		record.ColCityID, record.ColFirstRegistered, record.ColMileageKM, record.ColTransfers, record.ColColor, record.ColAccident,
		record.ColAppearance, record.ColInterior, record.ColElectrical, record.ColEngine, record.ColLicenseImageURL} {
		fmt.Fprintf(out, " %s|", v.Value(column))
	}
	out.WriteString("\n")
	if f := findings(v); f != "" {
		out.WriteString("    " + strings.ReplaceAll(f, "\n", "\n    ") + "\n")
	}
}

// The clean samples hold nothing to complain about; the wrong one is wrong in
// every row between its first and its last, but for the rows that lack
// something that only a vendor wants, and the duplicate.
func TestSamplesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]int{"fleet.csv": 24, "fleet-excel-gb18030.csv": 30} {
		all := readSample(t, name)
		if len(all) != rows {
			t.Errorf("%s: %d rows, want %d", name, len(all), rows)
		}
		for _, v := range all {
			if f := findings(v); f != "" {
				t.Errorf("%s row %d: %s", name, v.Row, f)
			}
			for _, column := range []string{record.ColVIN, record.ColPlate, record.ColPlateType, record.ColEngineNo, record.ColModelID,
				record.ColCityID, record.ColFirstRegistered, record.ColMileageKM, record.ColTransfers, record.ColColor} {
				if v.Value(column) == "" {
					t.Errorf("%s row %d has no %s", name, v.Row, column)
				}
			}
		}
	}
}

func readSample(t *testing.T, name string) []record.Vehicle {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "sample_inputs", name))
	if err != nil {
		t.Fatal(err)
	}
	all, _ := mustRead(t, string(text))
	return all
}

func TestSampleDuplicates(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"fleet.csv": "", "fleet-excel-gb18030.csv": "6=30 ", "fleet-wrong-rows.csv": "1=47 "} {
		first, got := map[string]int64{}, ""
		for _, v := range readSample(t, name) {
			key := v.VIN + " " + v.Plate
			if row, seen := first[key]; seen && key != " " {
				got += fmt.Sprintf("%d=%d ", row, v.Row)
			} else {
				first[key] = v.Row
			}
		}
		if got != want {
			t.Errorf("%s: duplicates %q, want %q", name, got, want)
		}
	}
}

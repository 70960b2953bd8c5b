package sources

import (
	"strings"
	"testing"
)

const listedVIN, otherVIN = "LSVAM4182G2104201", "LE40G4CB8HL000123"

// A second list beside the first is refused or said, whatever stands above it; what
// repeats the vehicle of its row is not.
func TestListsBesideTheList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, refused, said string }{
		"a list without a header":  {"vin,plate,,\n" + listedVIN + ",沪A12345,," + otherVIN + "\n", "the column 4 has no name and holds VINs of other vehicles", ""},
		"plates without a header":  {"vin,plate,,\n" + listedVIN + ",沪A12345,,粤B12345\n", "the column 4 has no name and holds plates of other vehicles", ""},
		"the same again":           {"vin,plate,\n" + listedVIN + ",沪A12345," + listedVIN + "\n", "", ""},
		"a name that is not known": {"vin,plate,二队\n" + listedVIN + ",沪A12345," + otherVIN + "\n", "", `column "二队" is ignored, and holds VINs of other vehicles`},
		"two lists in a header":    {"序号,vin,,序号,plate\n1," + listedVIN + ",,1,沪A12345\n", "two lists stand side by side", ""},
		"a gap in one list":        {"序号,vin,,备注,plate\n1," + listedVIN + ",,,沪A12345\n", "", ""},
	} {
		r, err := OpenCSV(strings.NewReader(c.text), "list.csv")
		switch {
		case c.refused != "":
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case c.said != "" != strings.Contains(strings.Join(r.Info().Notes, "\n"), "other vehicles") || !strings.Contains(strings.Join(r.Info().Notes, "\n"), c.said):
			t.Errorf("%s: %q", name, r.Info().Notes)
		}
	}
}

// A column that is ignored is given a name that keeps its unit.
func TestNameOfDistancesKeepsTheUnit(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{"行驶里程（万公里）(本月)": "行驶里程(万公里)", "里程(10,000 km/年)": "行驶里程(万公里)", "行驶里程/年": "mileage_km"} {
		if got := distanceName(header); got != want {
			t.Errorf("%s: %s", header, got)
		}
	}
}

package planner

import (
	"cmp"
	"encoding/hex"
	"reflect"
	"slices"
	"testing"

	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
)

// The names and digests below are in users' files and ledgers: they must never
// change, or answers that were paid for are not found again.
func TestNamesAndKeysNeverChange(t *testing.T) {
	t.Parallel()
	v := car()
	v.Condition = record.Condition{Transfers: "0", Color: "2", Accident: "1"}
	for _, c := range []struct {
		v    record.Vehicle
		want string
	}{
		{v, "v1fd07d0fc777685a"},
		{record.Vehicle{Plate: "粤B8J7L1"}, "v536937062066bc18"},
		{record.Vehicle{EngineNo: "0071234"}, "v897023b1833eb2ac"},
		{record.Vehicle{Row: 4}, "v16395125254dc2eb"},
	} {
		if got := VehicleID(&c.v, "00ff"); got != c.want {
			t.Errorf("VehicleID(%+v) = %s, want %s", c.v, got, c.want)
		}
	}
	for d, want := range map[record.Dataset]string{
		record.DatasetMaintenance: "2f90063f50308b91a382134826fb6384",
		record.DatasetValuation:   "03aa2cc140544b4e409a770045eff6f9",
		record.DatasetViolations:  "88b43708484a421f804d238d62bec65e",
	} {
		if got := hex.EncodeToString(lookup.Key(d, &v)); got != want {
			t.Errorf("Key(%s) = %s, want %s", d, got, want)
		}
	}
	if got := hex.EncodeToString(lookup.RowKey(record.DatasetValuation, &record.Vehicle{Row: 4})); got != "e6114df99e6a75b5448e1d55ae0b7ff8" {
		t.Errorf("RowKey = %s", got)
	}
}

func TestVehicleIDGoesByTheBestIdentifier(t *testing.T) {
	t.Parallel()
	same := func(a, b record.Vehicle) bool { return VehicleID(&a, "x") == VehicleID(&b, "x") }
	plate := record.Vehicle{Plate: "粤B8J7L1", Row: 1}
	for name, ok := range map[string]bool{
		"the VIN decides":           same(car(), with(car(), func(v *record.Vehicle) { v.Plate, v.EngineNo, v.Row = "京A12345", "", 9 })),
		"another VIN":               !same(car(), with(car(), func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104203" })),
		"the plate without a VIN":   same(plate, with(plate, func(v *record.Vehicle) { v.Row, v.EngineNo = 2, "1" })),
		"a plate is no VIN":         !same(record.Vehicle{Plate: "A"}, record.Vehicle{VIN: "A"}),
		"an engine is no plate":     !same(record.Vehicle{Plate: "A"}, record.Vehicle{EngineNo: "A"}),
		"rows without any":          !same(record.Vehicle{Row: 1}, record.Vehicle{Row: 2}),
		"rows of different inputs":  VehicleID(&record.Vehicle{Row: 1}, "x") != VehicleID(&record.Vehicle{Row: 1}, "y"),
		"a VIN in different inputs": VehicleID(&record.Vehicle{VIN: "A"}, "x") == VehicleID(&record.Vehicle{VIN: "A"}, "y"),
	} {
		if !ok {
			t.Error(name)
		}
	}
}

// Each column either decides the answer, and then changes the key, or only helps the vendor to find
// the vehicle.
func TestWhatDecidesAKey(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*record.Vehicle){
		"row": func(v *record.Vehicle) { v.Row, v.Line = 99, 100 }, "vin": func(v *record.Vehicle) { v.VIN = "LSVAL41Z882104203" },
		"plate": func(v *record.Vehicle) { v.Plate = "京A12345" }, "plate_type": func(v *record.Vehicle) { v.PlateType = "01" },
		"engine_no": func(v *record.Vehicle) { v.EngineNo = "1" }, "image": func(v *record.Vehicle) { v.LicenseImageURL = "https://x" },
		"model_id": func(v *record.Vehicle) { v.ModelID = "1" }, "city_id": func(v *record.Vehicle) { v.CityID = "1" },
		"first_registered": func(v *record.Vehicle) { v.FirstRegistered = "2015-01" }, "mileage": func(v *record.Vehicle) { v.MileageKM.V++ },
		"no mileage": func(v *record.Vehicle) { v.MileageKM = record.Opt[int64]{} }, "transfers": func(v *record.Vehicle) { v.Condition.Transfers = "3" },
		"color": func(v *record.Vehicle) { v.Condition.Color = "9" }, "accident": func(v *record.Vehicle) { v.Condition.Accident = "9" },
		"appearance": func(v *record.Vehicle) { v.Condition.Appearance = "9" }, "interior": func(v *record.Vehicle) { v.Condition.Interior = "9" },
		"electrical": func(v *record.Vehicle) { v.Condition.Electrical = "9" }, "engine": func(v *record.Vehicle) { v.Condition.Engine = "9" },
		"problems": func(v *record.Vehicle) { v.Problems = []string{"p"} },
	}
	decides := map[record.Dataset][]string{
		record.DatasetMaintenance: {"vin"},
		record.DatasetViolations:  {"vin", "plate", "plate_type"},
		record.DatasetValuation: {"vin", "model_id", "city_id", "first_registered", "mileage", "no mileage", "transfers", "color", "accident",
			"appearance", "interior", "electrical", "engine"},
	}
	for d, columns := range decides {
		v := car()
		before := lookup.Key(d, &v)
		for name, change := range changes {
			other := with(v, change)
			if changed := !slices.Equal(before, lookup.Key(d, &other)); changed != slices.Contains(columns, name) {
				t.Errorf("%s: %s makes another key: %v", d, name, changed)
			}
		}
	}
	v := car()
	if slices.Equal(lookup.Key(record.DatasetMaintenance, &v), lookup.Key(record.DatasetViolations, &v)) {
		t.Error("two datasets ask the same")
	}
	shifted := record.Vehicle{Plate: "B8J7L102"} // the text is the same, the columns are not
	plain := record.Vehicle{Plate: "B8J7L1", PlateType: "02"}
	if slices.Equal(lookup.Key(record.DatasetViolations, &shifted), lookup.Key(record.DatasetViolations, &plain)) {
		t.Error("two questions run into one")
	}
}

func TestMergeFillsBlanksAndTellsConflicts(t *testing.T) {
	t.Parallel()
	full := car()
	full.LicenseImageURL = "https://img"
	bare := record.Vehicle{Row: 5, VIN: full.VIN, Problems: []string{"kept"}}
	merged, filled, conflicts := merge(bare, full)
	want := full
	want.Row, want.Problems = 5, []string{"kept"}
	if !reflect.DeepEqual(merged, want) || len(filled) != 8 || len(conflicts) != 0 {
		t.Errorf("filled %v to %+v, conflicts %v", filled, merged, conflicts)
	}
	merged, filled, conflicts = merge(full, bare)
	if !reflect.DeepEqual(merged, full) || filled != nil || conflicts != nil {
		t.Errorf("a bare row changed it to %+v, %v, %v", merged, filled, conflicts)
	}
	other := with(full, func(v *record.Vehicle) { v.EngineNo, v.ModelID, v.MileageKM = "X", "", record.Some[int64](0) })
	merged, filled, conflicts = merge(full, other)
	if !reflect.DeepEqual(merged, full) || filled != nil || !slices.Equal(conflicts, []string{record.ColEngineNo, record.ColMileageKM}) {
		t.Errorf("a contrary row changed it to %+v, %v, %v", merged, filled, conflicts)
	}
}

func TestDefaultsFillOnlyBlanks(t *testing.T) {
	t.Parallel()
	defaults := record.Condition{Transfers: "0", Color: "2", Accident: "0", Appearance: "0", Interior: "0", Electrical: "0", Engine: "0"}
	var blank record.Vehicle
	fillDefaults(&blank, defaults)
	if blank.Condition != defaults || !slices.Equal(blank.Defaulted, record.ConditionColumns()) {
		t.Errorf("a blank became %+v", blank)
	}
	given := record.Condition{Transfers: "3", Color: "4", Accident: "1", Appearance: "1", Interior: "1", Electrical: "1", Engine: "1"}
	full := record.Vehicle{Condition: given}
	fillDefaults(&full, defaults)
	if full.Condition != given || len(full.Defaulted) > 0 {
		t.Errorf("what was given became %+v", full)
	}
}

// A code of the condition comes from the first row that has one in the input, whatever the
// configured default is: for all ways in which two rows may give it.
func TestMergeTakesCodesOfTheInputBeforeDefaults(t *testing.T) {
	t.Parallel()
	for _, column := range record.ConditionColumns() {
		for _, first := range []string{"", "1", "2"} {
			for _, later := range []string{"", "1", "2"} {
				for _, byDefault := range []string{"", "2"} {
					checkMergedCode(t, column, first, later, byDefault)
				}
			}
		}
	}
}

func checkMergedCode(t *testing.T, column, first, later, byDefault string) {
	t.Helper()
	var defaults record.Condition
	*defaults.Code(column) = byDefault
	row := func(code string) record.Vehicle {
		v := car()
		*v.Condition.Code(column) = code
		fillDefaults(&v, defaults)
		return v
	}
	a := row(first)
	merged, filled, conflicts := merge(a, row(later))
	want := row(cmp.Or(first, later))
	if merged.Condition != want.Condition || !slices.Equal(merged.Defaulted, want.Defaulted) {
		t.Errorf("%s %q, then %q, by default %q: %+v, want %+v", column, first, later, byDefault, merged, want)
	}
	if (len(filled) > 0) != (first == "" && later != "") || (len(conflicts) > 0) != differs(first, later) {
		t.Errorf("%s %q, then %q, by default %q: filled %v, conflicts %v", column, first, later, byDefault, filled, conflicts)
	}
	if again := row(first); !reflect.DeepEqual(a, again) {
		t.Errorf("merging has changed the row: %+v", a)
	}
}

// car is a vehicle of which every column is known.
func car() record.Vehicle {
	return record.Vehicle{VIN: "LSVAL41Z882104202", Plate: "粤B8J7L1", PlateType: "02", EngineNo: "0071234", ModelID: "2049", CityID: "198",
		FirstRegistered: "2014-09", MileageKM: record.Some[int64](85000)}
}

// with is a changed copy of a vehicle.
func with(v record.Vehicle, change func(*record.Vehicle)) record.Vehicle {
	change(&v)
	return v
}

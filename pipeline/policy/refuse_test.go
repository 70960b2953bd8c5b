package policy

import (
	"fmt"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

func TestAValueThatCannotBeStopsAll(t *testing.T) {
	t.Parallel()
	v := with(car(), func(v *record.Vehicle) {
		v.Faults = []record.Fault{{Column: record.ColMileageKM, Reason: "too far", Impossible: true}}
	})
	if len(FaultsAgainst(&v, vendors.Offer{Requires: []string{record.ColVIN}})) == 0 {
		t.Error("an impossible mileage stops nothing")
	}
}

func TestFaultsStopWhatUsesTheirColumn(t *testing.T) {
	t.Parallel()
	offer := vendors.Offer{Requires: []string{record.ColVIN, record.ColPlate}, Uses: []string{record.ColEngineNo}}
	for column, stops := range map[string]bool{"": true, record.ColVIN: true, record.ColPlate: true, record.ColEngineNo: false, record.ColMileageKM: false} {
		v := with(car(), func(v *record.Vehicle) { v.Faults = []record.Fault{{Column: column, Reason: "wrong"}} })
		if got := len(FaultsAgainst(&v, offer)) > 0; got != stops {
			t.Errorf("a fault of %q stops it: %v", column, got)
		}
	}
	wrong := with(car(), func(v *record.Vehicle) {
		v.Faults = []record.Fault{{Column: record.ColPlate, Reason: "wrong"}, {Column: record.ColEngineNo, Reason: "wrong"}}
	})
	sent := Sendable(wrong)
	if sent.Plate != "" || sent.PlateType != "" || sent.EngineNo != "" || sent.VIN == "" || wrong.Plate == "" {
		t.Errorf("sent as %+v", sent)
	}
}

// A column that a fault names already is not listed as missing too, nor is a column whose value
// follows from one that must be corrected first.
func TestLackingBesideFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		faulty  []string // columns; "" means the whole row
		missing []string
		want    string
	}{
		{nil, []string{"plate", "plate_type", "engine_no"}, "[plate plate_type engine_no]"},
		{[]string{"plate"}, []string{"plate", "plate_type", "engine_no"}, "[engine_no]"},
		{[]string{"vin"}, []string{"vin", "plate_type"}, "[plate_type]"},
		{[]string{""}, []string{"vin", "plate", "plate_type", "model_id"}, "[model_id]"},
		{[]string{"mileage_km", "city_id"}, []string{"mileage_km", "city_id", "model_id"}, "[model_id]"},
	} {
		var faults []record.Fault
		for _, column := range c.faulty {
			faults = append(faults, record.Fault{Column: column, Reason: "wrong"})
		}
		if got := fmt.Sprint(missingBut(c.missing, faults)); got != c.want {
			t.Errorf("beside faults of %q, %v lacks %s, want %s", c.faulty, c.missing, got, c.want)
		}
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

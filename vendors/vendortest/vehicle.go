package vendortest

import (
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

// clearers make one column of a vehicle unknown.
func clearers() map[string]func(*record.Vehicle) {
	return map[string]func(*record.Vehicle){
		record.ColVIN:             func(v *record.Vehicle) { v.VIN = "" },
		record.ColPlate:           func(v *record.Vehicle) { v.Plate = "" },
		record.ColEngineNo:        func(v *record.Vehicle) { v.EngineNo = "" },
		record.ColPlateType:       func(v *record.Vehicle) { v.PlateType = "" },
		record.ColLicenseImageURL: func(v *record.Vehicle) { v.LicenseImageURL = "" },
		record.ColModelID:         func(v *record.Vehicle) { v.ModelID = "" },
		record.ColCityID:          func(v *record.Vehicle) { v.CityID = "" },
		record.ColFirstRegistered: func(v *record.Vehicle) { v.FirstRegistered = "" },
		record.ColMileageKM:       func(v *record.Vehicle) { v.MileageKM = record.Opt[int64]{} },
		record.ColTransfers:       func(v *record.Vehicle) { v.Condition.Transfers = "" },
		record.ColColor:           func(v *record.Vehicle) { v.Condition.Color = "" },
		record.ColAccident:        func(v *record.Vehicle) { v.Condition.Accident = "" },
		record.ColAppearance:      func(v *record.Vehicle) { v.Condition.Appearance = "" },
		record.ColInterior:        func(v *record.Vehicle) { v.Condition.Interior = "" },
		record.ColElectrical:      func(v *record.Vehicle) { v.Condition.Electrical = "" },
		record.ColEngine:          func(v *record.Vehicle) { v.Condition.Engine = "" },
	}
}

func without(v record.Vehicle, column string) *record.Vehicle {
	clearers()[column](&v)
	return &v
}

// testMissing holds Missing against the descriptor: exactly what is required.
func (s *suite) testMissing(t *testing.T, q Question) {
	o := s.offer(q.Dataset)
	if got := s.v.Missing(q.Dataset, &q.Vehicle); got != nil {
		t.Fatalf("the sample vehicle is said to lack %v", got)
	}
	for _, column := range o.Requires {
		got := s.v.Missing(q.Dataset, without(q.Vehicle, column))
		if !slices.Equal(got, []string{column}) {
			t.Errorf("without %s: Missing says %v", column, got)
		}
	}
	got := slices.Sorted(slices.Values(s.v.Missing(q.Dataset, &record.Vehicle{})))
	if want := slices.Sorted(slices.Values(o.Requires)); !slices.Equal(got, want) {
		t.Errorf("an empty vehicle lacks %v, want %v", got, want)
	}
}

// otherVehicle differs in every identifier.
func otherVehicle(v record.Vehicle) *record.Vehicle {
	v.VIN, v.Plate, v.EngineNo = turned(v.VIN), turned(v.Plate), turned(v.EngineNo)
	return &v
}

// turned changes the first and the last characters, which masks leave open.
func turned(s string) string {
	if s == "" {
		return ""
	}
	return "Z" + strings.Map(func(r rune) rune {
		if r == '7' {
			return '8'
		}
		return '7'
	}, s)[1:]
}

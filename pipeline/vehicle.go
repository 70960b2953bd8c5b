package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// VehicleID names a vehicle the same in every run: by its VIN, else its plate,
// else by where it stands in this input.
func VehicleID(v *record.Vehicle, inputSHA256 string) string {
	key := "vin:" + v.VIN
	switch {
	case v.VIN != "":
	case v.Plate != "":
		key = "plate:" + v.Plate
	case v.EngineNo != "":
		key = "engine:" + v.EngineNo
	default:
		key = "row:" + inputSHA256 + ":" + strconv.FormatInt(v.Row, 10)
	}
	sum := sha256.Sum256([]byte(key))
	return "v" + hex.EncodeToString(sum[:8])
}

// faultsAgainst lists the faults that keep a vehicle from being asked about.
// A fault of the row or the VIN stops everything, and so does a value that cannot
// be; another one stops what requires its column.
func faultsAgainst(v *record.Vehicle, o vendors.Offer) []record.Fault {
	var out []record.Fault
	for _, f := range v.Faults {
		if f.Column == "" || f.Column == record.ColVIN || f.Impossible || slices.Contains(o.Requires, f.Column) {
			out = append(out, f)
		}
	}
	return out
}

// sendable is the vehicle without the values that are wrong but not required.
func sendable(v record.Vehicle) *record.Vehicle {
	for _, f := range v.Faults {
		switch f.Column {
		case record.ColPlate:
			v.Plate, v.PlateType = "", ""
		case record.ColEngineNo:
			v.EngineNo = ""
		}
	}
	return &v
}

// fillDefaults fills what the input leaves out of the condition, and keeps which
// that is: what another row says of it comes first.
func fillDefaults(v *record.Vehicle, d record.Condition) {
	v.Defaulted = slices.Clip(v.Defaulted)
	for _, column := range record.ConditionColumns() {
		code := v.Condition.Code(column)
		if *code != "" || *d.Code(column) == "" {
			continue
		}
		*code, v.Defaulted = *d.Code(column), append(v.Defaulted, column)
	}
}

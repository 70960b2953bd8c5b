package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"vehiclebatch/pipeline/record"
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

package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"vehiclebatch/pipeline/record"
)

// VehicleID names a vehicle the same in every run: by its VIN, or else its plate, or else its place
// in this input.
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

// fillDefaults fills the blanks of the condition with defaults, and remembers which those were: a
// value from another row of the same vehicle replaces a default.
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

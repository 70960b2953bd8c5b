package lookup

import (
	"crypto/sha256"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/record"
)

// Key is a digest, 16 bytes, of everything that decides the answer: two requests with the same key
// ask the same. Values that only help the vendor to find the vehicle are left out.
func Key(d record.Dataset, v *record.Vehicle) []byte {
	parts := []string{string(d)}
	switch d {
	case record.DatasetMaintenance:
		parts = append(parts, v.VIN)
	case record.DatasetViolations:
		parts = append(parts, v.Plate, v.PlateType, v.VIN)
	case record.DatasetValuation:
		c, car := v.Condition, v.VIN
		if car == "" {
			car = v.Plate
		}
		parts = append(parts, car, v.ModelID, v.CityID, v.FirstRegistered, v.Decisive(record.ColMileageKM),
			c.Transfers, c.Color, v.Decisive(record.ColAccident), c.Appearance, c.Interior, c.Electrical, c.Engine)
	}
	return digest(parts)
}

// RowKey is the key of a request that no vendor can be asked: no other row shares it.
func RowKey(d record.Dataset, v *record.Vehicle) []byte {
	return digest([]string{string(d), "row", strconv.FormatInt(v.Row, 10)})
}

// DependentKey stands in for the key of a request while a part of it still has to be derived.
func DependentKey(d record.Dataset, v *record.Vehicle) []byte {
	return digest([]string{"depends on", string(Key(d, v))})
}

func digest(parts []string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return sum[:16]
}

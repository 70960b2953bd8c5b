package stored

import (
	"encoding/json"
	"fmt"

	"vehiclebatch/pipeline/record"
)

// details are the columns of a vehicle that no query selects by.
type details struct {
	Line            int64            `json:"line"`
	LicenseImageURL string           `json:"license_image_url,omitempty"`
	ModelID         string           `json:"model_id,omitempty"`
	CityID          string           `json:"city_id,omitempty"`
	FirstRegistered string           `json:"first_registered,omitempty"`
	MileageKM       *int64           `json:"mileage_km,omitempty"`
	Condition       record.Condition `json:"condition,omitzero"`
	Defaulted       []string         `json:"defaulted,omitempty"`
	Problems        []string         `json:"problems,omitempty"`
	Faults          []record.Fault   `json:"faults,omitempty"`
	Given           *given           `json:"given,omitempty"`
	FanOut          map[string]int64 `json:"fan_out,omitempty"` // lookups of fan-outs, by vendor
}

// given is the row as the input had it, if the plan has changed it.
type given struct {
	VIN       string  `json:"vin,omitempty"`
	Plate     string  `json:"plate,omitempty"`
	PlateType string  `json:"plate_type,omitempty"`
	EngineNo  string  `json:"engine_no,omitempty"`
	Details   details `json:"details"`
}

func detailsOf(v *record.Vehicle) details {
	d := details{Line: v.Line, LicenseImageURL: v.LicenseImageURL, ModelID: v.ModelID, CityID: v.CityID,
		FirstRegistered: v.FirstRegistered, Condition: v.Condition, Defaulted: v.Defaulted, Problems: v.Problems, Faults: v.Faults}
	if v.MileageKM.OK {
		d.MileageKM = &v.MileageKM.V
	}
	return d
}

func packDetails(v, before *record.Vehicle, fanOut map[string]int64) (string, error) {
	d := detailsOf(v)
	d.FanOut = fanOut
	if before != nil {
		d.Given = &given{VIN: before.VIN, Plate: before.Plate, PlateType: before.PlateType, EngineNo: before.EngineNo, Details: detailsOf(before)}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("keep the columns of row %d: %w", v.Row, err)
	}
	return string(text), nil
}

func (d *details) into(v *record.Vehicle) {
	v.Line, v.LicenseImageURL, v.ModelID, v.CityID = d.Line, d.LicenseImageURL, d.ModelID, d.CityID
	v.FirstRegistered, v.Condition, v.Defaulted, v.Problems, v.Faults = d.FirstRegistered, d.Condition, d.Defaulted, d.Problems, d.Faults
	if d.MileageKM != nil {
		v.MileageKM = record.Some(*d.MileageKM)
	}
}

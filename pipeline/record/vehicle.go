package record

import "strings"

// The input columns by their canonical names.
const (
	ColVIN             = "vin"
	ColPlate           = "plate"
	ColEngineNo        = "engine_no"
	ColPlateType       = "plate_type"
	ColLicenseImageURL = "license_image_url"
	ColModelID         = "model_id"
	ColCityID          = "city_id"
	ColFirstRegistered = "first_registered"
	ColMileageKM       = "mileage_km"
	ColTransfers       = "transfers"
	ColColor           = "color"
	ColAccident        = "accident"
	ColAppearance      = "appearance"
	ColInterior        = "interior"
	ColElectrical      = "electrical"
	ColEngine          = "engine"
)

// Condition holds what a valuation is asked with beside the identifiers: the
// vendor's condition codes, as text ("" is unknown), and the count of transfers.
type Condition struct {
	Transfers  string `json:"transfers,omitempty"`
	Color      string `json:"color,omitempty"`
	Accident   string `json:"accident,omitempty"`
	Appearance string `json:"appearance,omitempty"`
	Interior   string `json:"interior,omitempty"`
	Electrical string `json:"electrical,omitempty"`
	Engine     string `json:"engine,omitempty"`
}

// Vehicle is one input row, cleaned. Identifiers are text from end to end.
type Vehicle struct {
	Row       int64  // 1 is the first data line, counted in records
	Line      int64  // line of the file on which the record starts, 1 is the first
	VIN       string // upper case; as given, even when Faults says it is wrong
	Plate     string // upper case, without separator dot
	PlateType string // GA 24.7 code, two characters; given or worked out from Plate
	EngineNo  string

	LicenseImageURL string
	ModelID         string
	CityID          string
	FirstRegistered string // "YYYY-MM"
	MileageKM       Opt[int64]
	Condition       Condition
	// Defaulted are the columns of the condition that the input leaves out and
	// that the configuration has filled.
	Defaulted []string
	// Derived are those of the values that the input does not have: With adds them.
	Derived []Derived

	// Problems are remarks that stop nothing (a wrong check digit).
	Problems []string
	// Faults stop lookups: a fault of a column stops those that use the
	// column, a fault of the VIN or of the whole row (Column "") stops all.
	Faults []Fault
}

// WrongCheckDigit is how the remark begins on a VIN whose check digit is wrong. The
// rest says which it is and which it should be.
const WrongCheckDigit = "the VIN's check digit (9th character) is "

// SetApart is how the remark begins on a vehicle that its list sets apart from the others: hidden, struck
// through, an example, or said to be scrapped, sold or not wanted. The rest says how.
const SetApart = "the list sets this row apart: "

// Fault is a value that cannot be used, and why, in words for the user.
type Fault struct {
	Column string `json:"column,omitempty"` // canonical column name; "" is the row
	Reason string `json:"reason"`
	// Impossible says that the value can be read and cannot be: the row may be of something
	// else, or its values may stand in each other's columns. It stops every lookup.
	Impossible bool `json:"impossible,omitempty"`
}

// Text is the fault in words for the user: its column first, where it has one.
func (f Fault) Text() string {
	if f.Column == "" {
		return f.Reason
	}
	return f.Column + ": " + f.Reason
}

// Needs says which columns a vendor lacks.
func Needs(vendor string, columns []string) string {
	return vendor + " needs " + strings.Join(columns, ", ")
}

// Value returns the vehicle's value of a canonical column as text, "" when
// unknown or when the column is not known.
func (v *Vehicle) Value(column string) string {
	switch column {
	case ColVIN:
		return v.VIN
	case ColPlate:
		return v.Plate
	case ColEngineNo:
		return v.EngineNo
	case ColPlateType:
		return v.PlateType
	case ColLicenseImageURL:
		return v.LicenseImageURL
	case ColModelID:
		return v.ModelID
	case ColCityID:
		return v.CityID
	case ColFirstRegistered:
		return v.FirstRegistered
	case ColMileageKM:
		return formatKM(v.MileageKM)
	}
	if code := v.Condition.Code(column); code != nil {
		return *code
	}
	return ""
}

// InputColumns are all columns that a Vehicle has a value of.
func InputColumns() []string {
	return append([]string{ColVIN, ColPlate, ColEngineNo, ColPlateType, ColLicenseImageURL, ColModelID, ColCityID, ColFirstRegistered, ColMileageKM},
		ConditionColumns()...)
}

// ConditionColumns are the columns that a Condition holds.
func ConditionColumns() []string {
	return []string{ColTransfers, ColColor, ColAccident, ColAppearance, ColInterior, ColElectrical, ColEngine}
}

// Code is where the condition keeps the value of a column, nil when it does not.
func (c *Condition) Code(column string) *string {
	switch column {
	case ColTransfers:
		return &c.Transfers
	case ColColor:
		return &c.Color
	case ColAccident:
		return &c.Accident
	case ColAppearance:
		return &c.Appearance
	case ColInterior:
		return &c.Interior
	case ColElectrical:
		return &c.Electrical
	case ColEngine:
		return &c.Engine
	}
	return nil
}

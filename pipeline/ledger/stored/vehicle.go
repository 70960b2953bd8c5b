package stored

import (
	"encoding/json"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/record"
)

// Vehicle is a row of the table vehicles.
type Vehicle struct {
	Run, Row                           int64
	VehicleID, VIN, Plate, PlateType   string
	EngineNo, Details                  string
	DuplicateOf                        int64
	Maintenance, Valuation, Violations int64 // ids of lookups; if a request has several, the first
	Sum                                int64
}

// VehicleOf is the row for a planned vehicle, with its checksum; ids are the lookups that the row names.
func VehicleOf(run int64, p *ledger.PlannedVehicle, ids map[record.Dataset]int64) (*Vehicle, error) {
	v := &p.Vehicle
	details, err := packDetails(v, p.Given, p.FanOut)
	if err != nil {
		return nil, err
	}
	r := &Vehicle{Run: run, Row: v.Row, VehicleID: p.VehicleID, VIN: v.VIN, Plate: v.Plate, PlateType: v.PlateType, EngineNo: v.EngineNo, Details: details, DuplicateOf: p.Duplicate,
		Maintenance: ids[record.DatasetMaintenance], Valuation: ids[record.DatasetValuation], Violations: ids[record.DatasetViolations]}
	r.Sum = r.Checksum()
	return r, nil
}

// Checksum is the checksum of the row.
func (r *Vehicle) Checksum() int64 {
	t := make(text, 0, 512).number(r.Run).number(r.Row).words(r.VehicleID).words(r.VIN).words(r.Plate).words(r.PlateType).words(r.EngineNo).
		number(r.DuplicateOf).number(r.Maintenance).number(r.Valuation).number(r.Violations).words(r.Details)
	return Checksum(t)
}

// Both returns the vehicle as the plan left it, and, if the plan changed it, as the input had it. It fails when the row
// differs from what was written down.
func (r *Vehicle) Both() (v record.Vehicle, before *record.Vehicle, err error) {
	if err := r.Check(); err != nil {
		return v, nil, err
	}
	return r.Read()
}

// Check fails when the row differs from what was written down.
func (r *Vehicle) Check() error {
	if r.Sum != r.Checksum() {
		return Damage("read row %d: it is not what was written down", r.Row)
	}
	return nil
}

// Read is Both without the check of the row's checksum.
func (r *Vehicle) Read() (v record.Vehicle, before *record.Vehicle, err error) {
	v = record.Vehicle{Row: r.Row, VIN: r.VIN, Plate: r.Plate, PlateType: r.PlateType, EngineNo: r.EngineNo}
	var d details
	if err := json.Unmarshal([]byte(r.Details), &d); err != nil {
		return v, nil, Damage("read the columns of row %d: %w", r.Row, err)
	}
	d.into(&v)
	if g := d.Given; g != nil {
		before = &record.Vehicle{Row: r.Row, VIN: g.VIN, Plate: g.Plate, PlateType: g.PlateType, EngineNo: g.EngineNo}
		g.Details.into(before)
	}
	return v, before, nil
}

// FanOut lists, by vendor, the row's lookups of fan-outs; nil when the column that holds them cannot be read.
func (r *Vehicle) FanOut() map[string]int64 {
	var d details
	if err := json.Unmarshal([]byte(r.Details), &d); err != nil {
		return nil
	}
	return d.FanOut
}

// CheckDetails checks that the JSON columns of a vehicle can be read.
func CheckDetails(text []byte) error {
	var d details
	return json.Unmarshal(text, &d)
}

// Vehicle is the vehicle as the plan left it.
func (r *Vehicle) Vehicle() (record.Vehicle, error) {
	v, _, err := r.Both()
	return v, err
}

// Prior is the row, without its lookups, for a run that takes it over.
func (r *Vehicle) Prior() (ledger.PriorRow, error) {
	v, given, err := r.Both()
	if given == nil {
		given = &v
	}
	return ledger.PriorRow{VehicleID: r.VehicleID, Vehicle: v, Given: *given, Duplicate: r.DuplicateOf, Lookups: map[record.Dataset]ledger.Lookup{}}, err
}

// Planned is the row for a plan that reads it back.
func (r *Vehicle) Planned() (ledger.PlannedVehicle, error) {
	v, given, err := r.Both()
	return ledger.PlannedVehicle{VehicleID: r.VehicleID, Vehicle: v, Given: given, Before: []int64{r.Maintenance, r.Valuation, r.Violations}}, err
}

// AskedAbout is a vehicle as a lookup asks about it, with the values derived for the lookup.
func AskedAbout(v record.Vehicle, k *ledger.Lookup) (record.Vehicle, error) {
	if k.Derived == "" {
		return v, nil
	}
	list, err := record.ParseDerived(k.Derived)
	if err != nil {
		return v, Damage("read what lookup %d was asked with: %w", k.ID, err)
	}
	return v.With(list), nil
}

package policy

import (
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// FaultsAgainst lists the faults that keep a vehicle from being asked about. A fault of the whole
// row or of the VIN stops every lookup, and so does a value that cannot be true; any other fault
// stops only lookups that require its column.
func FaultsAgainst(v *record.Vehicle, o vendors.Offer) []record.Fault {
	var out []record.Fault
	for _, f := range v.Faults {
		if f.Column == "" || f.Column == record.ColVIN || f.Impossible || slices.Contains(o.Requires, f.Column) {
			out = append(out, f)
		}
	}
	return out
}

// Sendable is the vehicle without the values that are wrong but not required.
func Sendable(v record.Vehicle) *record.Vehicle {
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

// Refuse fails a lookup that no vendor can be asked, before anything is bought.
func (p *Policy) Refuse(k *ledger.Lookup, v *record.Vehicle, now time.Time) {
	k.Key, k.State, k.Stage = lookup.RowKey(k.Dataset, v), ledger.Failed, record.StageValidate
	k.FirstAt = now
	k.Vendor = p.Routes[k.Dataset].Vendors[0]
	s := p.Vendors[k.Vendor]
	faults := FaultsAgainst(v, s.Offer(k.Dataset))
	wrong, missing := wrongColumns(faults), missingBut(s.Vendor.Missing(k.Dataset, v), faults)
	k.Code = strings.Join(append(wrong, missing...), " ")
	if len(faults) == 0 {
		k.Class, k.Message = record.MissingInput, record.Needs(k.Vendor, missing)
		return
	}
	k.Class, k.Message = record.InvalidInput, DescribeFaults(faults)
	if len(missing) > 0 { // name them now, or the corrected row would fail again because of them
		k.Message += "; " + record.Needs(k.Vendor, missing)
	}
}

// wrongColumns are the columns of faults, each once; a fault of the row has none.
func wrongColumns(faults []record.Fault) []string {
	var out []string
	for _, f := range faults {
		if f.Column != "" && !slices.Contains(out, f.Column) {
			out = append(out, f.Column)
		}
	}
	return out
}

// missingBut lists the missing columns, except those that a fault already names: as wrong, or as
// absent from a row that names no vehicle. The type of a plate is left out too while the plate is
// wrong: it is worked out from the plate.
func missingBut(missing []string, faults []record.Fault) []string {
	return slices.DeleteFunc(slices.Clone(missing), func(column string) bool {
		return slices.ContainsFunc(faults, func(f record.Fault) bool {
			switch f.Column {
			case "":
				return column == record.ColVIN || column == record.ColPlate || column == record.ColPlateType
			case record.ColPlate:
				return column == record.ColPlate || column == record.ColPlateType
			}
			return f.Column == column
		})
	})
}

// DescribeFaults says in words what is wrong with a row.
func DescribeFaults(faults []record.Fault) string {
	words := make([]string, len(faults))
	for i, f := range faults {
		words[i] = f.Text()
	}
	return strings.Join(words, "; ")
}

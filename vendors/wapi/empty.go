package wapi

import (
	"slices"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
	"vehiclebatch/vendors/loose"
)

// emptied makes "no record" of a report that is done and says nothing: the vendor
// knows nothing of the vehicle, though it has a code for that (10025), which it does
// not charge. The charge is as its code has it. A report that lacks its list and all
// findings, or is another vehicle's, is none.
func emptied(car *record.Vehicle, e *envelope, out vendors.Outcome) vendors.Outcome {
	parts, err := partsOf[reportPart](e.text())
	if err != nil || len(parts) == 0 {
		return out
	}
	stated := false
	for _, p := range parts {
		if visit := visitOf(p.visitPart); normalise.Tells(&visit) || slices.ContainsFunc(p.said(), normalise.Says[loose.Text]) || sameVehicle(car, p.VIN, "") != nil {
			return out
		}
		stated = stated || slices.ContainsFunc(p.said(), func(t loose.Text) bool { return t != "" })
	}
	if stated || listed(e) {
		out.Kind, out.Message = vendors.NoRecord, normalise.EmptyReport
	}
	return out
}

// listed tells whether a report has its list, be it null.
func listed(e *envelope) bool {
	var list loose.List[struct {
		Result loose.Presence `json:"result"`
	}]
	if loose.Unmarshal([]byte(e.text()), &list) != nil {
		return false
	}
	for _, l := range list {
		if l.Result.Seen {
			return true
		}
	}
	return false
}

// said are the findings of a part.
func (p reportPart) said() []loose.Text {
	return []loose.Text{p.Fire, p.Flood, p.Structural, p.Component, p.Exterior, p.OdometerNormal, p.LastMileage, p.LastService, p.LastRepair, p.LastVisit}
}

package tencent

import (
	"slices"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/vendors/loose"
)

// findings are what a report says of the vehicle as a whole. Flags are 1 yes and 0
// no, and -1 where the vendor is not sure; of mileageIsNormalFlag 1 is good.
type findings struct {
	Fire           loose.Text `json:"carFireFlag"`
	Water          loose.Text `json:"carWaterFlag"`
	Component      loose.Text `json:"carComponentRecordsFlag"`
	Construct      loose.Text `json:"carConstructRecordsFlag"`
	Outside        loose.Text `json:"carOutsideRecordsFlag"`
	Accident       loose.Text `json:"carAccidentFlag"`
	OdometerNormal loose.Text `json:"mileageIsNormalFlag"`

	MileageEstimate  loose.Text `json:"mileageEstimate"`
	MileageEveryYear loose.Text `json:"mileageEveryYear"`
	LastService      loose.Text `json:"lastMainTainTime"`
	LastRepair       loose.Text `json:"lastRepairTime"`
	ServicesPerYear  loose.Text `json:"mainTainTimes"`
}

func (f *findings) allFlags() []loose.Text {
	return []loose.Text{f.Fire, f.Water, f.Component, f.Construct, f.Outside, f.Accident, f.OdometerNormal}
}

// told tells whether a report holds anything but the vehicle's name. A flag of 0 is
// nothing by itself: a report of a vehicle that the vendor knows nothing of has 0 in
// all of them, in the one for a normal odometer too.
func (f *findings) told() bool {
	values := append(f.allFlags(), f.MileageEstimate, f.MileageEveryYear, f.LastService, f.LastRepair, f.ServicesPerYear)
	return slices.ContainsFunc(values, normalise.Says[loose.Text])
}

// emptyReport is a report that is out (1205) and says nothing: the vendor knows
// nothing of the vehicle, whatever the code says, and the next vendor may. The order
// is charged as the vendor has said: nothing here changes that.
var emptyReport = nothingKnown

// empty tells whether there is an empty report: its lists or flags are there, and
// say nothing. Where none is there, it is no report.
func (d *readingDetail) empty() bool {
	stated := d.Normal.Seen || d.Parts.Seen || d.Structure.Seen || d.Exterior.Seen ||
		slices.ContainsFunc(d.allFlags(), func(t loose.Text) bool { return t != "" })
	rows := d.Normal.Told || d.Parts.Told || d.Structure.Told || d.Exterior.Told // a row of nothings is no visit
	return stated && !rows && !d.told()
}

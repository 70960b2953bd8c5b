package wapi

import (
	"cmp"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// reportPart is an object of a maintenance answer (170/379): findings, a
// visit, or both. The page lists all fields in one table; "result" holds the
// list. The spelling is the vendor's.
type reportPart struct {
	Status loose.Text `json:"result_status"`
	Query  loose.Text `json:"query_id"`
	VIN    loose.Text `json:"vin"`
	Plate  loose.Text `json:"car_no"`

	Fire           loose.Text `json:"car_is_fire"`
	Flood          loose.Text `json:"car_is_water"`
	Structural     loose.Text `json:"structure_is_repair"`
	Component      loose.Text `json:"important_parts_is_repair"`
	Exterior       loose.Text `json:"appearance_is_repair"`
	OdometerNormal loose.Text `json:"kilomete_is_normal"` // 1 is good
	LastMileage    loose.Text `json:"last_kilometer"`
	LastService    loose.Text `json:"last_maintain_time"`
	LastRepair     loose.Text `json:"last_repair_time"`
	LastVisit      loose.Text `json:"last_to_shop_time"`

	visitPart

	Result loose.Text `json:"result"`
}

// visitPart is what a visit to a workshop is told with.
type visitPart struct {
	Day      loose.Text  `json:"maintain_dateline"`
	Mileage  loose.Text  `json:"kilomete"`
	Type     loose.Text  `json:"maintain_type"`
	Content  loose.Words `json:"content"`
	Meterial loose.Words `json:"meterial"`
	Material loose.Words `json:"material"`
	Materal  loose.Words `json:"materal"`
}

func (p reportPart) nested() []loose.Text { return []loose.Text{p.Result} }

// findings is what is left of a part without its visit and its frame.
func (p reportPart) findings() reportPart {
	p.visitPart, p.Status, p.Query, p.Result, p.VIN, p.Plate = visitPart{}, "", "", "", "", ""
	return p
}

func decodeReport(car *record.Vehicle, e *envelope) (record.Answer, error) {
	parts, err := partsOf[reportPart](e.text())
	if err != nil {
		return record.Answer{}, err
	}
	var all reportPart
	var report record.Report
	var r reading
	for _, p := range parts {
		// The question is about the VIN: a car may have had another plate then.
		if err := sameVehicle(car, p.VIN, ""); err != nil {
			return record.Answer{}, err
		}
		all = firstOf(all, p)
		if visit := visitOf(p.visitPart); normalise.Tells(&visit) {
			report.Visits = append(report.Visits, visit)
		}
	}
	if len(report.Visits) == 0 && all.findings() == (reportPart{}) {
		return record.Answer{}, errors.New("it holds neither findings nor visits")
	}
	fillFindings(&report, &r, all)
	report.Problems = r.problems
	normalise.FinishReport(&report)
	return record.Answer{Report: &report}, nil
}

// firstOf keeps the first that each finding is told with.
func firstOf(a, b reportPart) reportPart {
	a.Status = cmp.Or(a.Status, b.Status)
	a.VIN = cmp.Or(a.VIN, b.VIN)
	a.Fire = cmp.Or(a.Fire, b.Fire)
	a.Flood = cmp.Or(a.Flood, b.Flood)
	a.Structural = cmp.Or(a.Structural, b.Structural)
	a.Component = cmp.Or(a.Component, b.Component)
	a.Exterior = cmp.Or(a.Exterior, b.Exterior)
	a.OdometerNormal = cmp.Or(a.OdometerNormal, b.OdometerNormal)
	a.LastMileage = cmp.Or(a.LastMileage, b.LastMileage)
	a.LastService = cmp.Or(a.LastService, b.LastService)
	a.LastRepair = cmp.Or(a.LastRepair, b.LastRepair)
	a.LastVisit = cmp.Or(a.LastVisit, b.LastVisit)
	return a
}

func fillFindings(report *record.Report, r *reading, p reportPart) {
	report.VIN = normalise.PlainText(p.VIN)
	report.Fire = flag(r, "fire", p.Fire)
	report.Flood = flag(r, "flood", p.Flood)
	report.Structural = flag(r, "structural", p.Structural)
	report.Component = flag(r, "component", p.Component)
	report.Exterior = flag(r, "exterior", p.Exterior)
	report.OdometerNormal = flag(r, "odometer_normal", p.OdometerNormal)
	report.LastMileageKM = mileage(r, "last_mileage_km", p.LastMileage)
	report.LastService = value(r, "last_service_date", p.LastService, normalise.AnyDay)
	report.LastRepair = value(r, "last_repair_date", p.LastRepair, normalise.AnyDay)
	report.LastVisit = value(r, "last_visit_date", p.LastVisit, normalise.AnyDay)
}

// flag reads the page's codes: 1 yes, 2 no, 0 not stated. A boolean is none of them.
func flag(r *reading, column string, code loose.Text) record.Flag {
	said := normalise.Flag(string(code), "1", "2")
	if !said.OK && normalise.Says(code) {
		r.note(fmt.Sprintf("%s: the vendor's code %q is not known", column, normalise.Excerpt(string(code))))
	}
	return said
}

// mileage reads whole km; 0 says that nothing was read.
func mileage(r *reading, name string, text loose.Text) record.Opt[int64] {
	km := natural(r, name, text, normalise.Whole)
	if km.V == 0 {
		return record.Opt[int64]{}
	}
	return km
}

func visitOf(p visitPart) record.Visit {
	var r reading
	v := record.Visit{
		Date:       value(&r, "visit_date", p.Day, normalise.AnyDay),
		MileageKM:  mileage(&r, "mileage_km", p.Mileage),
		VendorType: normalise.PlainText(p.Type),
		Content:    normalise.PlainText(p.Content),
		Materials:  normalise.Joined(normalise.PlainText(p.Meterial), normalise.PlainText(p.Material), normalise.PlainText(p.Materal)),
	}
	v.Type = visitType(v)
	v.Problems = r.problems
	return v
}

// visitType reads the vendor's word, which may tell how a visit was settled
// rather than what was done (内部结算): then the description decides, and where it
// tells nothing what was built in.
func visitType(v record.Visit) record.ServiceType {
	if t := normalise.TypeOfVisit(v.VendorType, v.Content); t != record.Other {
		return t
	}
	return normalise.TypeOf(v.Materials)
}

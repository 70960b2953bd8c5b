package tencent

import (
	"cmp"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// answer is the part of an answer that Decode reads.
type answer struct {
	Data loose.Object[struct {
		Detail loose.Object[report] `json:"detail"`
	}] `json:"data"`
}

// identity is what names the vehicle of a report.
type identity struct {
	Brand     loose.Text `json:"brand"`
	ModelName loose.Text `json:"modelName"`
	VIN       loose.Text `json:"vin"`
}

// fits is an error where there is no report, or another vehicle's: where
// nothing names a vehicle and nothing happened to it.
func (i identity) fits(v *record.Vehicle, visited bool) error {
	if i == (identity{}) && !visited {
		return errors.New("tencent: the answer holds no report")
	}
	if !normalise.SameVIN(v.VIN, string(i.VIN)) {
		return fmt.Errorf("tencent: the report is of the vehicle %s, asked was %s", normalise.Excerpt(string(i.VIN)), v.VIN)
	}
	return nil
}

// report is data.detail of an answer with result code 1205.
type report struct {
	identity
	findings
	SeriesName   loose.Text `json:"seriesName"`
	Manufacturer loose.Text `json:"manufacturer"`
	MakeDate     loose.Text `json:"makeDate"`
	Transmission loose.Text `json:"transmissionType"`
	Displacement loose.Text `json:"displacement"`
	Emission     loose.Text `json:"effluentStandard"`
	Production   loose.Text `json:"productionArea"`
	CarType      loose.Text `json:"carType"`
	ReportNo     loose.Text `json:"reportNo"`
	ReportDate   loose.Text `json:"makeReportDate"`

	Normal        loose.List[visit] `json:"normalRepairRecords"`
	ComponentView loose.List[visit] `json:"componentAnalyzeRepairRecords"`
	ConstructView loose.List[visit] `json:"constructAnalyzeRepairRecords"`
	OutsideView   loose.List[visit] `json:"outsideAnalyzeRepairRecords"`
}

// visit is a visit as the page and the report's other resellers name its fields.
type visit struct {
	Content    loose.Words `json:"content"`
	Detail     loose.Words `json:"detail"`
	Other      loose.Words `json:"other"`
	Remark     loose.Words `json:"remark"`
	RepairDate loose.Text  `json:"repairDate"`
	Date       loose.Text  `json:"date"`
	Stamp      loose.Text  `json:"mainTainDate"`
	Materal    loose.Words `json:"materal"`
	Material   loose.Words `json:"material"`
	Mileage    loose.Text  `json:"mileage"`
	Mile       loose.Text  `json:"mile"`
	Type       loose.Text  `json:"type"`
	PayType    loose.Text  `json:"payType"`
	Total      loose.Text  `json:"totalMoney"` // yuan
}

// Decode turns a report into records. One odd field is a problem of the report;
// an error says that there is no report, or that it is another vehicle's.
func (reader) Decode(d record.Dataset, v *record.Vehicle, body []byte) (record.Answer, error) {
	if d != record.DatasetMaintenance {
		return record.Answer{}, fmt.Errorf("tencent: %s is not sold here", d)
	}
	var in answer
	if err := loose.Unmarshal(body, &in); err != nil {
		return record.Answer{}, fmt.Errorf("tencent: the report: %w", err)
	}
	rep := in.Data.V.Detail.V
	if err := rep.fits(v, rep.visited()); err != nil {
		return record.Answer{}, err
	}
	return record.Answer{Report: rep.record()}, nil
}

// visited tells whether the report lists anything as a visit.
func (r *report) visited() bool {
	return len(r.Normal)+len(r.ComponentView)+len(r.ConstructView)+len(r.OutsideView) > 0
}

func (r *report) record() *record.Report {
	var notes normalise.Notes
	out := &record.Report{
		VIN:              normalise.PlainText(r.VIN),
		Brand:            normalise.PlainText(r.Brand),
		Model:            normalise.PlainText(r.ModelName),
		Series:           normalise.PlainText(r.SeriesName),
		Manufacturer:     normalise.PlainText(r.Manufacturer),
		ModelYear:        normalise.PlainText(r.MakeDate),
		Transmission:     normalise.PlainText(r.Transmission),
		Displacement:     normalise.PlainText(r.Displacement),
		EmissionStandard: normalise.PlainText(r.Emission),
		ProductionArea:   normalise.PlainText(r.Production),
		BodyType:         normalise.PlainText(r.CarType),
		ReportNo:         normalise.PlainText(r.ReportNo),
		ReportDate:       notes.Day("report_date", string(r.ReportDate)),

		LastService:       notes.Day("last_service_date", string(r.LastService)),
		LastRepair:        notes.Day("last_repair_date", string(r.LastRepair)),
		MileageEstimateKM: notes.Distance("mileage_estimate_km", string(r.MileageEstimate)),
		MileagePerYearKM:  notes.Distance("mileage_per_year_km", string(r.MileageEveryYear)),
		ServicesPerYear:   notes.PerYear("services_per_year", string(r.ServicesPerYear)),
	}
	out.Visits = normalise.JoinViews(normalise.VisitsOf(&notes, r.Normal, (*visit).record),
		normalise.View{Kind: normalise.Structural, Visits: normalise.VisitsOf(&notes, r.ConstructView, (*visit).record)},
		normalise.View{Kind: normalise.Component, Visits: normalise.VisitsOf(&notes, r.ComponentView, (*visit).record)},
		normalise.View{Kind: normalise.Exterior, Visits: normalise.VisitsOf(&notes, r.OutsideView, (*visit).record)})
	r.flags(&notes, out)
	out.Problems = notes.Problems
	normalise.FinishReport(out)
	return out
}

// flags reads what the vendor found: 1 is yes and 0 no, where there is a visit to
// have found it in.
func (r *report) flags(notes *normalise.Notes, out *record.Report) {
	flag := func(column string, code loose.Text) record.Flag {
		return notes.Finding(notes.Flag(column, string(code), "1", "0"), len(out.Visits) > 0)
	}
	out.Fire = flag("fire", r.Fire)
	out.Flood = flag("flood", r.Water)
	out.Structural = flag("structural", r.Construct)
	out.Component = flag("component", r.Component)
	out.Exterior = flag("exterior", r.Outside)
	out.Accident = flag("accident", r.Accident)
	out.OdometerNormal = flag("odometer_normal", r.OdometerNormal)
	checkView(notes, "structural", out.Structural, r.ConstructView)
	checkView(notes, "component", out.Component, r.ComponentView)
	checkView(notes, "exterior", out.Exterior, r.OutsideView)
}

// checkView notes a flag that its own list contradicts. A view is left out or null
// where its flag is 0.
func checkView(notes *normalise.Notes, column string, said record.Flag, list loose.List[visit]) {
	if list != nil && said.OK && said.V != (len(list) > 0) {
		notes.Add(fmt.Sprintf("%s: the vendor says %t, its list has %d", column, said.V, len(list)))
	}
}

func (v *visit) record() record.Visit {
	var notes normalise.Notes
	out := record.Visit{
		Date:        notes.StampedDay("visit_date", string(v.Stamp), string(v.RepairDate), string(v.Date)),
		MileageKM:   notes.Whole("mileage_km", string(cmp.Or(v.Mileage, v.Mile))),
		VendorType:  normalise.PlainText(v.Type),
		Content:     normalise.Joined(normalise.PlainText(v.Content), normalise.PlainText(v.Detail), normalise.PlainText(v.Other), normalise.PlainText(v.Remark)),
		Materials:   normalise.Joined(normalise.PlainText(v.Materal), normalise.PlainText(v.Material)),
		Amount:      notes.Yuan("amount_cny", string(v.Total)),
		PaymentType: normalise.PlainText(v.PayType),
	}
	out.Type = normalise.TypeOfVisit(out.VendorType, out.Content)
	out.Problems = notes.Problems
	return out
}

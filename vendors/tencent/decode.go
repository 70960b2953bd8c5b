package tencent

import (
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

// report is data.detail of an answer with result code 1205. Flags are 1 yes and
// 0 no.
type report struct {
	identity
	SeriesName   loose.Text `json:"seriesName"`
	Manufacturer loose.Text `json:"manufacturer"`
	MakeDate     loose.Text `json:"makeDate"`
	Transmission loose.Text `json:"transmissionType"`
	Displacement loose.Text `json:"displacement"`
	Emission     loose.Text `json:"effluentStandard"`

	Fire           loose.Text `json:"carFireFlag"`
	Water          loose.Text `json:"carWaterFlag"`
	Component      loose.Text `json:"carComponentRecordsFlag"`
	Construct      loose.Text `json:"carConstructRecordsFlag"`
	Outside        loose.Text `json:"carOutsideRecordsFlag"`
	OdometerNormal loose.Text `json:"mileageIsNormalFlag"`

	MileageEstimate  loose.Text `json:"mileageEstimate"`
	MileageEveryYear loose.Text `json:"mileageEveryYear"`
	LastService      loose.Text `json:"lastMainTainTime"`
	LastRepair       loose.Text `json:"lastRepairTime"`
	ServicesPerYear  loose.Text `json:"mainTainTimes"`

	Normal        loose.List[visit] `json:"normalRepairRecords"`
	ComponentView loose.List[visit] `json:"componentAnalyzeRepairRecords"`
	ConstructView loose.List[visit] `json:"constructAnalyzeRepairRecords"`
	OutsideView   loose.List[visit] `json:"outsideAnalyzeRepairRecords"`
}

type visit struct {
	Content    loose.Text `json:"content"`
	RepairDate loose.Text `json:"repairDate"`
	Material   loose.Text `json:"materal"`
	Mileage    loose.Text `json:"mileage"`
	Stamp      loose.Text `json:"mainTainDate"` // milliseconds
	Type       loose.Text `json:"type"`
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

func (r *report) visited() bool {
	return len(r.Normal)+len(r.ComponentView)+len(r.ConstructView)+len(r.OutsideView) > 0
}

func (r *report) record() *record.Report {
	var notes normalise.Notes
	out := &record.Report{
		VIN:              clean(r.VIN),
		Brand:            clean(r.Brand),
		Model:            clean(r.ModelName),
		Series:           clean(r.SeriesName),
		Manufacturer:     clean(r.Manufacturer),
		ModelYear:        clean(r.MakeDate),
		Transmission:     clean(r.Transmission),
		Displacement:     clean(r.Displacement),
		EmissionStandard: clean(r.Emission),

		Fire:           yesNo(r.Fire),
		Flood:          yesNo(r.Water),
		Structural:     yesNo(r.Construct),
		Component:      yesNo(r.Component),
		Exterior:       yesNo(r.Outside),
		OdometerNormal: yesNo(r.OdometerNormal),

		LastService:       notes.Day("last_service_date", string(r.LastService)),
		LastRepair:        notes.Day("last_repair_date", string(r.LastRepair)),
		MileageEstimateKM: notes.Distance("mileage_estimate_km", string(r.MileageEstimate)),
		MileagePerYearKM:  notes.Distance("mileage_per_year_km", string(r.MileageEveryYear)),
		ServicesPerYear:   notes.PerYear("services_per_year", string(r.ServicesPerYear)),
	}
	r.checkViews(&notes)
	out.Visits = normalise.JoinViews(visits(r.Normal),
		normalise.View{Kind: normalise.Structural, Visits: visits(r.ConstructView)},
		normalise.View{Kind: normalise.Component, Visits: visits(r.ComponentView)},
		normalise.View{Kind: normalise.Exterior, Visits: visits(r.OutsideView)})
	out.Problems = notes.Problems
	normalise.FinishReport(out)
	return out
}

// checkViews notes a flag that its own list contradicts.
func (r *report) checkViews(notes *normalise.Notes) {
	for _, view := range []struct {
		column string
		code   loose.Text
		list   loose.List[visit]
	}{
		{"structural", r.Construct, r.ConstructView},
		{"component", r.Component, r.ComponentView},
		{"exterior", r.Outside, r.OutsideView},
	} {
		said := yesNo(view.code)
		if view.list != nil && said.OK && said.V != (len(view.list) > 0) {
			notes.Add(fmt.Sprintf("%s: the vendor says %t, its list has %d", view.column, said.V, len(view.list)))
		}
	}
}

// visits keeps nil nil: an absent view is not an empty one.
func visits(list loose.List[visit]) []record.Visit {
	if list == nil {
		return nil
	}
	out := make([]record.Visit, 0, len(list))
	for _, v := range list {
		out = append(out, v.record())
	}
	return out
}

func (v *visit) record() record.Visit {
	var notes normalise.Notes
	out := record.Visit{
		Date:       notes.StampedDay("visit_date", string(v.Stamp), string(v.RepairDate), normalise.DayOfMillis),
		MileageKM:  notes.Whole("mileage_km", string(v.Mileage)),
		VendorType: clean(v.Type),
		Content:    clean(v.Content),
		Materials:  clean(v.Material),
	}
	// Where the workshop's own word is missing, its description has to do.
	out.Type = normalise.TypeOf(out.VendorType)
	if out.VendorType == "" {
		out.Type = normalise.TypeOf(out.Content)
	}
	out.Problems = notes.Problems
	return out
}

func clean(t loose.Text) string { return normalise.CleanText(string(t)) }

func yesNo(t loose.Text) record.Flag { return normalise.Flag(string(t), "1", "0") }

package jumdata

import (
	"cmp"
	"errors"
	"fmt"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// answer is the part of an answer that Decode reads. Generate has the report in
// data.info, get in data itself.
type answer struct {
	Data loose.Object[answerData] `json:"data"`
}

type answerData struct {
	Info loose.Object[report] `json:"info"`
	report
}

// report is one maintenance report. Numbers come as numbers and as strings, and
// "" stands for an unknown one.
type report struct {
	Overview loose.Object[overview] `json:"overview"`

	Brand          loose.Text `json:"brand_name"`
	VIN            loose.Text `json:"vinNO"`
	Accident       loose.Text `json:"is_accident"` // -1 no, 0 unknown, 1 yes; or a boolean
	AccidentGrade  loose.Text `json:"accident_grade"`
	AccidentReason loose.Text `json:"is_accident_reason"`

	Count           loose.Text `json:"content_numbers"`
	FirstVisit      loose.Text `json:"first_time_to_shop"`
	LastVisit       loose.Text `json:"last_time_to_shop"`
	FirstMileage    loose.Text `json:"first_mileage"`
	LastMileage     loose.Text `json:"last_mileage"`
	TotalMileage    loose.Text `json:"total_mileage"`
	MileagePerYear  loose.Text `json:"avg_mileage_year"`
	ServicesPerYear loose.Text `json:"avg_upkeep_year"`

	Visits  loose.List[visit] `json:"result_content"`
	Records loose.List[visit] `json:"records"` // the same, under the name that others of the report's family use
}

// overview is what the vendor found part by part. The page has the first four.
type overview struct {
	Appearance loose.Object[part] `json:"appearance"`
	Engine     loose.Object[part] `json:"engine"`
	Airbag     loose.Object[part] `json:"airbag"`
	Frame      loose.Object[part] `json:"frame"`
	Fire       loose.Object[part] `json:"fire"`
	Water      loose.Object[part] `json:"water"`
	Mileage    loose.Object[part] `json:"mileage"`
	Recall     loose.Object[part] `json:"recall"`
}

// part says whether anything is unusual: 1 yes, 0 no.
type part struct {
	IsException loose.Text             `json:"is_exception"`
	Exceptions  loose.List[loose.Text] `json:"exceptions"`
}

type visit struct {
	Date      loose.Text  `json:"date"`
	Stamp     loose.Text  `json:"mainTainDate"` // seconds
	Materal   loose.Words `json:"materal"`
	Material  loose.Words `json:"material"`
	Remark    loose.Words `json:"remark"`
	Other     loose.Words `json:"other"`
	Type      loose.Text  `json:"type"`
	TypeCode  loose.Text  `json:"type_code"`
	Content   loose.Words `json:"content"`
	Detail    loose.Words `json:"detail"`
	Mileage   loose.Text  `json:"mileage"`
	Mile      loose.Text  `json:"mile"`
	PayType   loose.Text  `json:"payType"`
	TotalCost loose.Text  `json:"totalMoney"` // yuan
}

// Decode turns a report into records. One odd field is a problem of the report;
// an error says that there is no report, or that it is another vehicle's.
func (reader) Decode(d record.Dataset, v *record.Vehicle, body []byte) (record.Answer, error) {
	if d != record.DatasetMaintenance {
		return record.Answer{}, fmt.Errorf("jumdata: %s is not sold here", d)
	}
	var in answer
	if err := loose.Unmarshal(body, &in); err != nil {
		return record.Answer{}, fmt.Errorf("jumdata: the report: %w", err)
	}
	rep := in.Data.V.report
	if in.Data.V.Info.OK {
		rep = in.Data.V.Info.V
	}
	if rep.Brand == "" && rep.VIN == "" && !rep.visited() {
		return record.Answer{}, errors.New("jumdata: the answer holds no report")
	}
	if !normalise.SameVIN(v.VIN, string(rep.VIN)) {
		return record.Answer{}, fmt.Errorf("jumdata: the report is of the vehicle %s, asked was %s",
			normalise.Excerpt(string(rep.VIN)), v.VIN)
	}
	return record.Answer{Report: rep.record()}, nil
}

func (r *report) visited() bool { return len(r.Visits)+len(r.Records) > 0 }

// record maps the report. TotalMileage is the vendor's figure for the whole
// distance, which is what an estimate is. The lists of findings have no column: they
// stay in the raw answer.
func (r *report) record() *record.Report {
	var notes normalise.Notes
	out := &record.Report{
		VIN:            normalise.PlainText(r.VIN),
		Brand:          normalise.PlainText(r.Brand),
		AccidentGrade:  normalise.PlainText(r.AccidentGrade),
		AccidentReason: normalise.PlainText(r.AccidentReason),

		FirstVisit:        notes.Day("first_visit_date", string(r.FirstVisit)),
		LastVisit:         notes.Day("last_visit_date", string(r.LastVisit)),
		LastMileageKM:     notes.Distance("last_mileage_km", string(r.LastMileage)),
		MileageEstimateKM: notes.Distance("mileage_estimate_km", string(r.TotalMileage)),
		MileagePerYearKM:  notes.Distance("mileage_per_year_km", string(r.MileagePerYear)),
		ServicesPerYear:   notes.PerYear("services_per_year", string(r.ServicesPerYear)),
	}
	out.Visits = normalise.JoinViews(normalise.VisitsOf(&notes, r.Visits, (*visit).record), normalise.View{Visits: normalise.VisitsOf(&notes, r.Records, (*visit).record)})
	r.findings(&notes, out)
	notes.Add(normalise.CheckCount("visits", notes.Whole("visits", string(r.Count)), len(out.Visits)))
	first := notes.Distance("first_mileage_km", string(r.FirstMileage))
	out.Problems = notes.Problems
	normalise.FinishReport(out)
	checkFirstReading(out, first)
	return out
}

// checkFirstReading holds the vendor's first reading, which has no column,
// against its list.
func checkFirstReading(r *record.Report, said record.Opt[int64]) {
	for _, v := range r.Visits {
		if !said.OK || !v.Date.OK || !v.MileageKM.OK {
			continue
		}
		if v.MileageKM.V != said.V {
			r.Problems = normalise.AddProblem(r.Problems,
				fmt.Sprintf("first_mileage_km: the vendor says %d, the list has %d", said.V, v.MileageKM.V))
		}
		return
	}
}

func (v *visit) record() record.Visit {
	var notes normalise.Notes
	out := record.Visit{
		Date:        notes.StampedDay("visit_date", string(v.Stamp), string(v.Date)),
		MileageKM:   notes.Whole("mileage_km", string(cmp.Or(v.Mileage, v.Mile))),
		VendorType:  normalise.PlainText(v.Type),
		Content:     normalise.Joined(normalise.PlainText(v.Content), normalise.PlainText(v.Detail), normalise.PlainText(v.Other), normalise.PlainText(v.Remark)),
		Materials:   normalise.Joined(normalise.PlainText(v.Materal), normalise.PlainText(v.Material)),
		Amount:      notes.Yuan("amount_cny", string(v.TotalCost)),
		PaymentType: normalise.PlainText(v.PayType),
	}
	out.Type = v.serviceType(&out)
	if out.VendorType == "" && normalise.Says(v.TypeCode) {
		out.VendorType = normalise.PlainText(v.TypeCode)
	}
	out.Problems = notes.Problems
	return out
}

// serviceType believes the code before words, as the page asks.
func (v *visit) serviceType(words *record.Visit) record.ServiceType {
	switch trim(v.TypeCode) {
	case "1":
		return record.Service
	case "2":
		return record.Repair
	case "3":
		return record.Inspection
	case "4":
		return record.Other
	}
	return normalise.TypeOfVisit(words.VendorType, words.Content)
}

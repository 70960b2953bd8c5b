package jumdata

import (
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
	Accident       loose.Text `json:"is_accident"` // -1 no, 0 unknown, 1 yes
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

	Visits loose.List[visit] `json:"result_content"`
}

// overview is what the vendor found part by part.
type overview struct {
	Appearance loose.Object[part] `json:"appearance"`
	Engine     loose.Object[part] `json:"engine"`
	Airbag     loose.Object[part] `json:"airbag"`
	Frame      loose.Object[part] `json:"frame"`
}

// part says whether anything is unusual: 1 yes, 0 no.
type part struct {
	IsException loose.Text `json:"is_exception"`
}

type visit struct {
	Date     loose.Text `json:"date"`
	Stamp    loose.Text `json:"mainTainDate"` // seconds
	Material loose.Text `json:"materal"`
	Remark   loose.Text `json:"remark"`
	Type     loose.Text `json:"type"`
	TypeCode loose.Text `json:"type_code"`
	Content  loose.Text `json:"content"`
	Mileage  loose.Text `json:"mileage"`
	PayType  loose.Text `json:"payType"`
	Total    loose.Text `json:"totalMoney"` // yuan
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
	if rep.Brand == "" && rep.VIN == "" && len(rep.Visits) == 0 {
		return record.Answer{}, errors.New("jumdata: the answer holds no report")
	}
	if !normalise.SameVIN(v.VIN, string(rep.VIN)) {
		return record.Answer{}, fmt.Errorf("jumdata: the report is of the vehicle %s, asked was %s",
			normalise.Excerpt(string(rep.VIN)), v.VIN)
	}
	return record.Answer{Report: rep.record()}, nil
}

// record maps the report. TotalMileage is the vendor's figure for the whole
// distance, which is what an estimate is; engine and airbags are the important
// components of the overview. Its lists of findings have no column: they stay in
// the raw answer.
func (r *report) record() *record.Report {
	var notes normalise.Notes
	o := r.Overview.V
	out := &record.Report{
		VIN:            clean(r.VIN),
		Brand:          clean(r.Brand),
		Structural:     exception(o.Frame),
		Component:      anyOf(exception(o.Engine), exception(o.Airbag)),
		Exterior:       exception(o.Appearance),
		Accident:       normalise.Flag(string(r.Accident), "1", "-1"),
		AccidentGrade:  clean(r.AccidentGrade),
		AccidentReason: clean(r.AccidentReason),

		FirstVisit:        notes.Day("first_visit_date", string(r.FirstVisit)),
		LastVisit:         notes.Day("last_visit_date", string(r.LastVisit)),
		LastMileageKM:     notes.Distance("last_mileage_km", string(r.LastMileage)),
		MileageEstimateKM: notes.Distance("mileage_estimate_km", string(r.TotalMileage)),
		MileagePerYearKM:  notes.Distance("mileage_per_year_km", string(r.MileagePerYear)),
		ServicesPerYear:   notes.PerYear("services_per_year", string(r.ServicesPerYear)),
	}
	for _, v := range r.Visits {
		out.Visits = append(out.Visits, v.record())
	}
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
		Date:        notes.StampedDay("visit_date", string(v.Stamp), string(v.Date), normalise.DayOfSeconds),
		MileageKM:   notes.Whole("mileage_km", string(v.Mileage)),
		Type:        v.serviceType(),
		VendorType:  clean(v.Type),
		Content:     joined(clean(v.Content), clean(v.Remark)),
		Materials:   clean(v.Material),
		Amount:      notes.Yuan("amount_cny", string(v.Total)),
		PaymentType: clean(v.PayType),
	}
	if out.VendorType == "" {
		out.VendorType = clean(v.TypeCode)
	}
	out.Problems = notes.Problems
	return out
}

// serviceType believes the code before the word, as the page asks, and the word
// before the description.
func (v *visit) serviceType() record.ServiceType {
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
	if word := clean(v.Type); word != "" {
		return normalise.TypeOf(word)
	}
	return normalise.TypeOf(clean(v.Content))
}

func exception(p loose.Object[part]) record.Flag {
	return normalise.Flag(string(p.V.IsException), "1", "0")
}

// anyOf is yes when one is yes, no when both are no, and unknown otherwise.
func anyOf(a, b record.Flag) record.Flag {
	switch {
	case a.V || b.V:
		return record.Some(true)
	case a.OK && b.OK:
		return record.Some(false)
	}
	return record.Flag{}
}

// joined keeps a remark beside the content.
func joined(content, remark string) string {
	switch {
	case remark == "" || content == remark:
		return content
	case content == "":
		return remark
	}
	return content + "; " + remark
}

func clean(t loose.Text) string { return normalise.CleanText(string(t)) }

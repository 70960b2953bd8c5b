package jumdata

import (
	"fmt"
	"slices"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// findings reads the overview and the word on accidents. Engine and airbags are the
// important components; a part that the overview leaves out is unknown.
func (r *report) findings(notes *normalise.Notes, out *record.Report) {
	o, visited := r.Overview.V, len(out.Visits) > 0
	found := func(column string, p loose.Object[part]) record.Flag {
		return notes.Finding(p.V.exception(notes, column, p.Other), visited)
	}
	out.Structural = found("structural", o.Frame)
	out.Component = anyOf(found("component", o.Engine), found("component", o.Airbag))
	out.Exterior = found("exterior", o.Appearance)
	out.Fire = found("fire", o.Fire)
	out.Flood = found("flood", o.Water)
	if odd := found("odometer_normal", o.Mileage); odd.OK {
		out.OdometerNormal = record.Some(!odd.V)
	}
	if recall := o.Recall.V.exception(notes, "recall", o.Recall.Other); recall.V {
		notes.Add("recall: the vendor lists one, which has no column")
	}
	out.Accident = notes.Flag("accident", string(r.Accident), "1", "-1", "0")
	if trim(r.Accident) != "-1" { // its word for no; false may be no word at all
		out.Accident = notes.Finding(out.Accident, visited)
	}
}

// exception reads is_exception: 1 yes, 0 no. A part may be the code itself.
func (p *part) exception(notes *normalise.Notes, column string, bare loose.Text) record.Flag {
	code := p.IsException
	if code == "" {
		code = bare
	}
	said := notes.Flag(column, string(code), "1", "0")
	if n := len(p.Exceptions); said.OK && !said.V && n > 0 {
		notes.Add(fmt.Sprintf("%s: the vendor says false, its list has %d", column, n))
	}
	return said
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

// stated is what a report holds besides its visits and the vehicle's name. Of an
// overview matters whether a part has an exception.
type stated struct {
	Overview loose.Object[overview] `json:"overview"`
	Content  loose.Presence         `json:"result_content"`
	List     loose.Presence         `json:"records"`

	Accident        loose.Text `json:"is_accident"`
	AccidentGrade   loose.Text `json:"accident_grade"`
	AccidentReason  loose.Text `json:"is_accident_reason"`
	Count           loose.Text `json:"content_numbers"`
	FirstVisit      loose.Text `json:"first_time_to_shop"`
	LastVisit       loose.Text `json:"last_time_to_shop"`
	FirstMileage    loose.Text `json:"first_mileage"`
	LastMileage     loose.Text `json:"last_mileage"`
	TotalMileage    loose.Text `json:"total_mileage"`
	MileagePerYear  loose.Text `json:"avg_mileage_year"`
	ServicesPerYear loose.Text `json:"avg_upkeep_year"`
}

// empty tells whether there is an empty report: its list or its overview is there, and
// nothing says anything. Where neither is there, it is no report.
func (s *stated) empty() bool {
	return (s.Content.Seen || s.List.Seen || s.Overview.OK) && !s.Content.Told && !s.List.Told && !s.told()
}

func (s *stated) told() bool {
	o := &s.Overview.V
	for _, p := range []loose.Object[part]{o.Appearance, o.Engine, o.Airbag, o.Frame, o.Fire, o.Water, o.Mileage, o.Recall} {
		if normalise.Says(p.V.IsException) || normalise.Says(p.Other) || len(p.V.Exceptions) > 0 {
			return true
		}
	}
	return trim(s.Accident) == "-1" || slices.ContainsFunc([]loose.Text{s.Accident, s.AccidentGrade, s.AccidentReason, s.Count, s.FirstVisit, s.LastVisit,
		s.FirstMileage, s.LastMileage, s.TotalMileage, s.MileagePerYear, s.ServicesPerYear}, normalise.Says[loose.Text])
}

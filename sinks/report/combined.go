package report

import (
	"cmp"
	"strings"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// reports are those of one vehicle, of the vendors that were asked, with the
// visits that they tell of together.
type reports struct {
	list   []sinks.ReportRow
	visits []sinks.VisitRecord
}

func (r *reports) add(row sinks.ReportRow) {
	r.list = append(r.list, row)
	if row.Records == nil {
		for i := range row.Report.Visits {
			r.visits = append(r.visits, sinks.VisitRecord{Vendor: row.Vendor, Visit: row.Report.Visits[i]})
		}
	}
	r.visits = append(r.visits, row.Records...)
}

// several tells whether more than one vendor reports on the vehicle.
func (r *reports) several() bool { return len(r.list) > 1 }

// whole is what all reports say together: a finding is one that any vendor has,
// everything else is the first vendor's that says it. Nil without a report.
func (r *reports) whole() *record.Report {
	if len(r.list) == 0 {
		return nil
	}
	all := r.list[0].Report
	for i := range r.list[1:] {
		addFindings(&all, &r.list[1+i].Report)
		addFacts(&all, &r.list[1+i].Report)
	}
	all.Visits = make([]record.Visit, len(r.visits))
	for i := range r.visits {
		all.Visits[i] = r.visits[i].Visit
	}
	return &all
}

func addFindings(to *record.Report, from *record.Report) {
	for _, f := range []struct{ to, from *record.Flag }{
		{&to.Fire, &from.Fire}, {&to.Flood, &from.Flood}, {&to.Structural, &from.Structural}, {&to.Component, &from.Component},
		{&to.Exterior, &from.Exterior}, {&to.Accident, &from.Accident},
	} {
		if !f.to.OK || f.from.OK && f.from.V {
			*f.to = *f.from
		}
	}
	if !to.OdometerNormal.OK || from.OdometerNormal.OK && !from.OdometerNormal.V {
		to.OdometerNormal = from.OdometerNormal
	}
}

func addFacts(to *record.Report, from *record.Report) {
	for _, f := range []struct{ to, from *string }{{&to.Brand, &from.Brand}, {&to.Model, &from.Model}, {&to.Series, &from.Series}, {&to.AccidentGrade, &from.AccidentGrade}} {
		*f.to = cmp.Or(*f.to, *f.from)
	}
	for _, f := range []struct{ to, from *record.Opt[int64] }{{&to.LastMileageKM, &from.LastMileageKM}, {&to.MileageEstimateKM, &from.MileageEstimateKM}, {&to.MileagePerYearKM, &from.MileagePerYearKM}} {
		if !f.to.OK {
			*f.to = *f.from
		}
	}
	if !to.FirstVisit.OK || from.FirstVisit.OK && from.FirstVisit.V < to.FirstVisit.V {
		to.FirstVisit = from.FirstVisit
	}
	if !to.LastVisit.OK || from.LastVisit.OK && from.LastVisit.V > to.LastVisit.V {
		to.LastVisit = from.LastVisit
	}
}

// who names the vendors whose reports are so.
func (r *reports) who(so func(*record.Report) bool) string {
	var names []string
	for i := range r.list {
		if so(&r.list[i].Report) {
			names = append(names, r.list[i].Vendor)
		}
	}
	return strings.Join(names, ", ")
}

// vendors names those that report, in the order of the route.
func (r *reports) vendors() string {
	names := make([]string, len(r.list))
	for i := range r.list {
		names[i] = r.list[i].Vendor
	}
	return strings.Join(names, ", ")
}

// problems are the remarks of all reports, each once.
func (r *reports) problems() []string {
	var out []string
	seen := map[string]bool{}
	for i := range r.list {
		for _, p := range r.list[i].Problems {
			if !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

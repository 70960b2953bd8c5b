package normalise

import (
	"cmp"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/record"
)

// FinishReport completes a report whose visits are joined. It
//
//   - makes readings of 0 or less unknown: a workshop that reads nothing writes 0;
//   - sorts the visits by day, reading and given order; an unknown reading comes
//     last of its day, visits without a day last of all; and numbers them;
//   - sets MileageDeltaKM and Rollback of each visit and OdometerRollback;
//   - fills FirstVisit, LastVisit and LastMileageKM where the vendor was silent;
//   - notes in Problems where the vendor's words disagree with its visits, and which
//     texts of it and of its visits hold broken characters.
//
// Running it again changes nothing.
func FinishReport(r *record.Report) {
	dropZeroReadings(r.Visits)
	sortVisits(r.Visits)
	r.OdometerRollback = CompareReadings(r.Visits)
	first, last := dayRange(r.Visits)
	settle(r, "first_visit_date", &r.FirstVisit, first)
	settle(r, "last_visit_date", &r.LastVisit, last)
	settle(r, "last_mileage_km", &r.LastMileageKM, lastReading(r.Visits))
	checkNotAfter(r, "last_service_date", r.LastService, last)
	checkNotAfter(r, "last_repair_date", r.LastRepair, last)
	noteBroken(r)
}

// noteBroken says which texts hold characters that are lost.
func noteBroken(r *record.Report) {
	for _, f := range []struct{ field, text string }{
		{"brand", r.Brand}, {"model", r.Model}, {"series", r.Series}, {"manufacturer", r.Manufacturer}, {"model_year", r.ModelYear},
		{"displacement", r.Displacement}, {"transmission", r.Transmission}, {"emission_standard", r.EmissionStandard},
		{"accident_grade", r.AccidentGrade}, {"accident_reason", r.AccidentReason}, {"report_no", r.ReportNo},
		{"production_area", r.ProductionArea}, {"body_type", r.BodyType},
	} {
		r.Problems = AddProblem(r.Problems, Broken(f.field, f.text))
	}
	for i := range r.Visits {
		v := &r.Visits[i]
		for _, f := range []struct{ field, text string }{
			{"vendor_type", v.VendorType}, {"content", v.Content}, {"materials", v.Materials}, {"payment_type", v.PaymentType},
		} {
			v.Problems = AddProblem(v.Problems, Broken(f.field, f.text))
		}
	}
}

// Named is a flag of a report with its column.
type Named struct {
	Column string
	Flag   record.Flag
}

// Findings are the findings about the vehicle as a whole.
func Findings(r *record.Report) []Named {
	return []Named{{"fire", r.Fire}, {"flood", r.Flood}, {"structural", r.Structural}, {"component", r.Component},
		{"exterior", r.Exterior}, {"accident", r.Accident}, {"odometer_normal", r.OdometerNormal}}
}

// SilentReport is the problem of a report that lists no visit. Such a report is also
// what a vendor gives of a vehicle that it knows nothing of, so that a code of it
// that may stand for "no" as well as for "not stated" is not taken for no.
const SilentReport = "the report lists no visit: its 0s are not taken for no"

// Tells tells a visit from a row of blanks and zeros, which is none. What could not be
// read tells something.
func Tells(v *record.Visit) bool {
	return v.Date.OK || reading(v).OK || v.VendorType+v.Content+v.Materials+v.PaymentType != "" || v.Amount.OK && v.Amount.V != 0 || len(v.Problems) > 0
}

// EmptyReport is what is said of a report that is no record: it has its list or its
// findings, and they say nothing.
const EmptyReport = "the report is empty: it lists no visit and states nothing of the vehicle"

// VisitsOf reads the rows of a list of visits. It keeps nil nil: an absent list is not an
// empty one. A row of nothings is no visit, and how many there are is noted.
func VisitsOf[T any](notes *Notes, list []T, read func(*T) record.Visit) []record.Visit {
	if list == nil {
		return nil
	}
	out := make([]record.Visit, 0, len(list))
	for i := range list {
		if v := read(&list[i]); Tells(&v) {
			out = append(out, v)
		}
	}
	if n := len(list) - len(out); n > 0 {
		notes.Add(fmt.Sprintf("visits: %d rows of the list say nothing and are left out", n))
	}
	return out
}

// CheckCount holds the vendor's count against what its list has. It returns ""
// when they agree or the vendor names none, else a problem such as
// "visits: the vendor says 3, the list has 1".
func CheckCount(what string, said record.Opt[int64], counted int) string {
	if !said.OK || said.V == int64(counted) {
		return ""
	}
	return fmt.Sprintf("%s: the vendor says %d, the list has %d", what, said.V, counted)
}

// AddProblem appends a problem unless it is empty or already there.
func AddProblem(problems []string, problem string) []string {
	if problem == "" || slices.Contains(problems, problem) {
		return problems
	}
	return append(problems, problem)
}

// reading is the odometer's reading at a visit; 0 and less is none.
func reading(v *record.Visit) record.Opt[int64] {
	if v.MileageKM.OK && v.MileageKM.V > 0 {
		return v.MileageKM
	}
	return record.Opt[int64]{}
}

func dropZeroReadings(visits []record.Visit) {
	for i := range visits {
		v := &visits[i]
		if v.MileageKM.OK && v.MileageKM.V < 0 {
			v.Problems = AddProblem(v.Problems, fmt.Sprintf("mileage_km: %d is not a reading", v.MileageKM.V))
		}
		v.MileageKM = reading(v)
	}
}

func sortVisits(visits []record.Visit) {
	slices.SortStableFunc(visits, func(a, b record.Visit) int {
		return InTime(&a, &b)
	})
	for i := range visits {
		visits[i].Seq = i + 1
	}
}

// compareKnown orders known values before unknown ones.
func compareKnown[T cmp.Ordered](a, b record.Opt[T]) int {
	switch {
	case a.OK && b.OK:
		return cmp.Compare(a.V, b.V)
	case a.OK:
		return -1
	case b.OK:
		return 1
	}
	return 0
}

// CompareReadings walks visits that are in time: it sets MileageDeltaKM and Rollback
// of each and tells whether any is a rollback. A rollback is a reading below the highest
// one before it, so a typing slip upwards shows in every visit after it until
// the odometer has passed it: which of the two is the slip, only a person can
// say. Visits of one day are sorted by reading, so they never contradict each
// other. A visit without a day has no place in the order and is left out. It
// returns unknown with fewer than two readings.
func CompareReadings(visits []record.Visit) record.Flag {
	var highest, last record.Opt[int64]
	var found record.Flag
	for i := range visits {
		v := &visits[i]
		v.MileageDeltaKM, v.Rollback = record.Opt[int64]{}, record.Flag{}
		if !v.Date.OK || !v.MileageKM.OK {
			continue
		}
		km := v.MileageKM.V
		if last.OK {
			v.MileageDeltaKM = record.Some(km - last.V)
			v.Rollback = record.Some(km < highest.V)
			found = record.Some(found.V || v.Rollback.V)
		}
		last, highest = record.Some(km), record.Some(max(km, highest.V))
	}
	return found
}

func dayRange(visits []record.Visit) (first, last record.Opt[record.Date]) {
	for _, v := range visits {
		if !v.Date.OK {
			continue
		}
		if !first.OK {
			first = v.Date
		}
		last = v.Date
	}
	return first, last
}

// lastReading is the reading of the latest day that has one, not the highest.
func lastReading(visits []record.Visit) record.Opt[int64] {
	var last record.Opt[int64]
	for _, v := range visits {
		if v.Date.OK && v.MileageKM.OK {
			last = v.MileageKM
		}
	}
	return last
}

// settle fills what the vendor left open, or notes that it says otherwise. The
// vendor's word stays.
func settle[T comparable](r *record.Report, what string, said *record.Opt[T], found record.Opt[T]) {
	switch {
	case !found.OK:
	case !said.OK:
		*said = found
	case said.V != found.V:
		r.Problems = AddProblem(r.Problems, fmt.Sprintf("%s: the vendor says %v, the list has %v", what, said.V, found.V))
	}
}

// checkNotAfter notes a day named by the vendor that is later than its list.
func checkNotAfter(r *record.Report, what string, said, last record.Opt[record.Date]) {
	if said.OK && last.OK && said.V > last.V {
		r.Problems = AddProblem(r.Problems, fmt.Sprintf("%s: the vendor says %v, the list ends %v", what, said.V, last.V))
	}
}

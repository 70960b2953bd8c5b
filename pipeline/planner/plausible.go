package planner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// Bounds on a vehicle's mileage that depend on today's date. Package sources checks the bounds that
// do not.
const (
	// mostKMAMonth is 1,000 km on each day of a month.
	mostKMAMonth = 31_000
	// newForMonths is how long after its registration a car may still show no mileage: dealers
	// register cars that they sell later.
	newForMonths = 24
)

// checkPlausible checks a vehicle, as it was read, against the day of the plan. A value that cannot
// be true becomes a fault of its column; so does a wrong check digit when the run is strict. It
// returns the vehicle as the input has it, or nil when it found nothing.
func (p *planner) checkPlausible(v *record.Vehicle) *record.Vehicle {
	faults, problems := implausible(v, record.DateOf(p.now))
	if p.run.StrictVIN {
		problems = append(problems, strictVIN(v, &faults)...)
	} else {
		problems = append(slices.Clone(v.Problems), problems...)
	}
	if len(faults) == 0 && len(problems) == len(v.Problems) {
		return nil
	}
	given := *v
	v.Faults, v.Problems = slices.Concat(v.Faults, faults), problems
	return &given
}

// strictVIN turns the remark on a wrong check digit into a fault, and returns the other remarks.
func strictVIN(v *record.Vehicle, faults *[]record.Fault) []string {
	var others []string
	for _, remark := range v.Problems {
		if strings.HasPrefix(remark, record.WrongCheckDigit) {
			*faults = append(*faults, record.Fault{Column: record.ColVIN, Reason: remark + " This run refuses it (--strict-vin)"})
		} else {
			others = append(others, remark)
		}
	}
	return others
}

// implausible lists what cannot be true of a vehicle on a day in China (faults), and what its user
// may want to look at (remarks).
func implausible(v *record.Vehicle, today record.Date) (faults []record.Fault, remarks []string) {
	since, err := time.Parse("2006-01", v.FirstRegistered)
	if err != nil {
		return nil, nil
	}
	day := today.Time()
	months := (day.Year()-since.Year())*12 + int(day.Month()) - int(since.Month())
	if months < 0 {
		return []record.Fault{{Column: record.ColFirstRegistered, Impossible: true, Reason: fmt.Sprintf(
			"the month is %s, and this is %s: a first registration cannot be in the future; correct it, and see whether other values of the row have slipped as well",
			v.FirstRegistered, day.Format("2006-01"))}}, nil
	}
	switch km := v.MileageKM; {
	case km.OK && km.V > int64(months+1)*mostKMAMonth:
		faults = []record.Fault{{Column: record.ColMileageKM, Impossible: true, Reason: fmt.Sprintf(
			"the mileage is %d km, and the first registration %s: more than %d km a month; correct the one that is wrong", km.V, v.FirstRegistered, mostKMAMonth)}}
	case km.OK && km.V == 0 && months >= newForMonths:
		remarks = []string{fmt.Sprintf("the mileage is 0 km, and the first registration %s: leave the mileage empty if it is not known", v.FirstRegistered)}
	}
	return faults, remarks
}

// checkMerged checks a vehicle again after it took values from a later row. Remarks that it had
// already are not repeated.
func (p *planner) checkMerged(v *record.Vehicle) {
	faults, remarks := implausible(v, record.DateOf(p.now))
	v.Faults = slices.Concat(v.Faults, faults)
	for _, r := range remarks {
		if !slices.Contains(v.Problems, r) {
			v.Problems = append(slices.Clip(v.Problems), r)
		}
	}
}

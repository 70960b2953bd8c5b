package normalise

import (
	"cmp"
	"slices"

	"vehiclebatch/pipeline/record"
)

const (
	// mostKM and mostPerYear bound what an odometer and a year can hold: a taxi
	// in two shifts makes 200,000 km a year. What is above is a slip.
	mostKM      = 3_000_000
	mostPerYear = 250_000
	// fewestDays is how long a vehicle must have been watched for a yearly mean.
	fewestDays  = 180
	daysPerYear = 365
	allowance   = 30 // days, for a visit that was written down late
)

// Odometer is what the visits of a vehicle say of its mileage.
type Odometer struct {
	Day record.Date // of the last visit that has a plausible reading
	KM  int64       // then
	// PerYear is the yearly mean up to then, unknown when the vehicle was not
	// watched for half a year.
	PerYear record.Opt[int64]
	// Fell is the last visit before Day, or on it, whose reading was below an
	// earlier one: the odometer was set back, or one of the two is a slip.
	Fell record.Opt[record.Date]
}

// ReadOdometer finds the last reading of a vehicle that is plausible on a day,
// and its yearly mean until then: between its first and last reading, else since
// its first registration ("YYYY-MM" or ""), else the mean that the vendor names.
// Where the odometer went back, the mean is that of the longest time in which it
// did not. Several reports about one vehicle are read as one. Without any reading it
// is unknown.
func ReadOdometer(reports []record.Report, firstRegistered string, today record.Date) record.Opt[Odometer] {
	readings := readingsOf(reports, today)
	if len(readings) == 0 {
		return record.Opt[Odometer]{}
	}
	readings = withoutLeap(readings)
	last := readings[len(readings)-1]
	o := Odometer{Day: last.day, KM: last.km}
	honest := stretches(readings)
	if len(honest) > 1 {
		o.Fell = record.Some(honest[len(honest)-1][0].day)
	}
	o.PerYear = meanOf(honest)
	if !o.PerYear.OK && len(honest) == 1 {
		o.PerYear = meanSince(firstRegistered, last)
	}
	for i := 0; i < len(reports) && !o.PerYear.OK; i++ {
		o.PerYear = plausibleMean(reports[i].MileagePerYearKM)
	}
	return record.Some(o)
}

// At carries the reading forward to a day by the yearly mean; without a mean,
// and before the reading, it stays as it is. Whole km, rounded down.
func (o *Odometer) At(day record.Date) int64 {
	if !o.PerYear.OK || day <= o.Day {
		return o.KM
	}
	return min(o.KM+o.PerYear.V*int64(day-o.Day)/daysPerYear, mostKM)
}

// dated is a reading of the odometer on a day.
type dated struct {
	day record.Date
	km  int64
}

// readingsOf lists the plausible readings up to a day, in the order of the days
// and the readings. A report whose visits have none may name its last one itself.
func readingsOf(reports []record.Report, today record.Date) []dated {
	var out []dated
	add := func(day record.Opt[record.Date], km record.Opt[int64]) {
		if day.OK && day.V <= today && km.OK && km.V > 0 && km.V <= mostKM {
			out = append(out, dated{day.V, km.V})
		}
	}
	for i := range reports {
		for _, v := range reports[i].Visits {
			add(v.Date, v.MileageKM)
		}
	}
	for i := 0; i < len(reports) && len(out) == 0; i++ {
		add(reports[i].LastVisit, reports[i].LastMileageKM)
	}
	slices.SortFunc(out, func(a, b dated) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.km, b.km)) })
	return slices.Compact(out)
}

// withoutLeap drops last readings that lie further above the one before than any
// vehicle gets: a digit too many. Where the one before is itself below an earlier
// one, it is rather that one which is wrong.
func withoutLeap(readings []dated) []dated {
	for n := len(readings); n >= 2; n-- {
		before, last := readings[n-2], readings[n-1]
		fell := n >= 3 && before.km < readings[n-3].km
		if fell || last.km-before.km <= mostPerYear*int64(last.day-before.day+allowance)/daysPerYear {
			return readings[:n]
		}
	}
	return readings[:1]
}

// stretches cuts readings wherever one is below the one before it.
func stretches(readings []dated) [][]dated {
	var out [][]dated
	from := 0
	for i := 1; i <= len(readings); i++ {
		if i == len(readings) || readings[i].km < readings[i-1].km {
			out, from = append(out, readings[from:i]), i
		}
	}
	return out
}

// meanOf is the yearly mean of the longest stretch, the later one of equals, if
// that is long enough.
func meanOf(all [][]dated) record.Opt[int64] {
	var best record.Opt[int64]
	longest := record.Date(fewestDays)
	for _, s := range all {
		first, last := s[0], s[len(s)-1]
		mean := meanBetween(first, last)
		if last.day-first.day >= longest && mean.OK {
			best, longest = mean, last.day-first.day
		}
	}
	return best
}

func meanBetween(first, last dated) record.Opt[int64] {
	days := int64(last.day - first.day)
	if days < fewestDays {
		return record.Opt[int64]{}
	}
	return plausibleMean(record.Some((last.km - first.km) * daysPerYear / days))
}

func meanSince(firstRegistered string, last dated) record.Opt[int64] {
	if firstRegistered == "" {
		return record.Opt[int64]{}
	}
	day, err := ParseDay(firstRegistered + "-01")
	if err != nil || !day.OK {
		return record.Opt[int64]{}
	}
	return meanBetween(dated{day: day.V}, last)
}

func plausibleMean(perYear record.Opt[int64]) record.Opt[int64] {
	if !perYear.OK || perYear.V < 0 || perYear.V > mostPerYear {
		return record.Opt[int64]{}
	}
	return perYear
}

// Accident is the gravest that reports say of a vehicle.
type Accident int

// The findings, by how much they take from a vehicle's value.
const (
	AccidentNone       Accident = iota // neither of the others, for certain
	AccidentStructural                 // structural parts were repaired
	AccidentFlood
	AccidentFire
)

// GravestAccident reads what reports say of fire, flood and structural repairs.
// Unless one of them is certain, it is unknown as long as any is not stated.
func GravestAccident(reports []record.Report) record.Opt[Accident] {
	var fire, flood, structural record.Flag
	for i := range reports {
		r := &reports[i]
		fire, flood, structural = either(fire, r.Fire), either(flood, r.Flood), either(structural, r.Structural)
	}
	switch {
	case fire.V:
		return record.Some(AccidentFire)
	case flood.V:
		return record.Some(AccidentFlood)
	case structural.V:
		return record.Some(AccidentStructural)
	}
	return record.Opt[Accident]{V: AccidentNone, OK: fire.OK && flood.OK && structural.OK}
}

// either is yes when one of two findings is, no when one is and none is yes.
func either(a, b record.Flag) record.Flag {
	return record.Flag{V: a.OK && a.V || b.OK && b.V, OK: a.OK || b.OK}
}

// LastStructuralRepair is the last day of a visit that the vendor lists among
// those that touched the structure.
func LastStructuralRepair(reports []record.Report) record.Opt[record.Date] {
	var last record.Opt[record.Date]
	for i := range reports {
		for _, v := range reports[i].Visits {
			if v.Structural.OK && v.Structural.V && v.Date.OK && (!last.OK || v.Date.V > last.V) {
				last = v.Date
			}
		}
	}
	return last
}

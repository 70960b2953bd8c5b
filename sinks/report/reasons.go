package report

import (
	"cmp"
	"slices"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// reason is one thing that makes a vehicle need attention: a sentence of the
// catalogue, and how much it weighs.
type reason struct {
	key    string
	args   []any // for the sentence; a record.Fen is an amount, a record.Date a day
	weight int
	who    string // the vendors that say so; "" where we say it
	// ordinary is what many vehicles have, and what alone asks for no attention: a repaired component, a loss of
	// value that its age explains.
	ordinary bool
}

// What a finding weighs. A vehicle's weight is their sum; it sorts the list and
// means nothing else. Decision 026 says why these.
const (
	weighsFire       = 90
	weighsFlood      = 90
	weighsRollback   = 80
	weighsStructural = 70
	weighsOdometer   = 60
	weighsAccident   = 40
	weighsComponent  = 20

	weighsPoint      = 4    // a penalty point; the licence has 12
	fenPerWeight     = 5000 // of unpaid fines
	mostOfViolations = 100

	lossWorthSaying = 70 // per cent of the list price
	weighsLoss      = 10 // and one for each further per cent

	// A loss is ordinary up to so many per cent for a new vehicle, and so many more for each year of age.
	lossOfNew  = 25
	lossOfYear = 10
)

// The levels of a vehicle's weight.
const (
	levelHigh   = "high"
	levelMedium = "medium"
	levelLow    = "low"

	highFrom   = 80
	mediumFrom = 40
)

func level(score int) string {
	switch {
	case score >= highFrom:
		return levelHigh
	case score >= mediumFrom:
		return levelMedium
	}
	return levelLow
}

// judge finds the reasons as of a day and adds up their weights. A vehicle of which all is ordinary weighs nothing.
func (v *vehicle) judge(day record.Date) {
	v.reasons = nil
	if v.report != nil {
		v.reasons = append(v.reasons, reportReasons(v.report, &v.reports)...)
	}
	v.reasons = append(v.reasons, violationReasons(v.violations)...)
	if v.valuation != nil {
		v.reasons = append(v.reasons, valueReasons(v.valuation, v.age(day))...)
	}
	v.score = 0
	if !slices.ContainsFunc(v.reasons, func(r reason) bool { return !r.ordinary }) {
		return
	}
	for _, r := range v.reasons {
		v.score += r.weight
	}
}

// age is how many years old a vehicle is on a day, unknown without the month in which it was registered.
func (v *vehicle) age(day record.Date) record.Opt[float64] {
	month := cmp.Or(v.Vehicle.FirstRegistered, v.valuation.Asked.FirstRegistered)
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return record.Opt[float64]{}
	}
	return record.Some(max(0, float64(int64(day)-first.Unix()/secondsOfDay)/365.25))
}

const secondsOfDay = 24 * 60 * 60

func reportReasons(r *record.Report, from *reports) []reason {
	var out []reason
	note := func(flag func(*record.Report) record.Flag, why reason) {
		said := func(r *record.Report) bool { f := flag(r); return f.OK && f.V }
		if said(r) {
			why.who = from.who(said)
			out = append(out, why)
		}
	}
	note(func(r *record.Report) record.Flag { return r.Fire }, reason{key: "why_fire", weight: weighsFire})
	note(func(r *record.Report) record.Flag { return r.Flood }, reason{key: "why_flood", weight: weighsFlood})
	out = append(out, odometerReasons(r)...)
	note(func(r *record.Report) record.Flag { return r.Structural }, reason{key: "why_structural", weight: weighsStructural})
	note(func(r *record.Report) record.Flag { return r.Accident }, accidentReason(r))
	note(func(r *record.Report) record.Flag { return r.Component }, reason{key: "why_component", weight: weighsComponent, ordinary: true})
	return out
}

func accidentReason(r *record.Report) reason {
	if r.AccidentGrade == "" {
		return reason{key: "why_accident", weight: weighsAccident}
	}
	return reason{key: "why_accident_grade", args: []any{clip(r.AccidentGrade, shortText)}, weight: weighsAccident}
}

func odometerReasons(r *record.Report) []reason {
	back := findRollbacks(r)
	switch {
	case back.count == 0 && r.OdometerNormal.OK && !r.OdometerNormal.V:
		return []reason{{key: "why_odometer", weight: weighsOdometer}}
	case back.count == 0:
		return nil
	case !back.worst.Date.OK || !back.worst.MileageDeltaKM.OK:
		return []reason{{key: "why_rollback", args: []any{back.count}, weight: weighsRollback}}
	case back.count == 1:
		return []reason{{key: "why_rollback_once", args: []any{-back.worst.MileageDeltaKM.V, back.worst.Date.V}, weight: weighsRollback}}
	}
	return []reason{{key: "why_rollbacks", args: []any{back.count, -back.worst.MileageDeltaKM.V, back.worst.Date.V}, weight: weighsRollback}}
}

func violationReasons(list []record.Violation) []reason {
	o := unpaidOffences(list)
	if o.Count == 0 {
		return nil
	}
	weight := o.Count + o.Points*weighsPoint + int64(o.Fines)/fenPerWeight
	return []reason{{key: "why_violations", args: []any{o.Count, o.Fines, o.Points}, weight: int(min(max(weight, 1), mostOfViolations))}}
}

func valueReasons(row *sinks.ValuationRow, age record.Opt[float64]) []reason {
	v := &row.Valuation
	lost := lostValue(v)
	if !lost.OK || lost.V < lossWorthSaying {
		return nil
	}
	return []reason{{key: "why_value", args: []any{lost.V, v.NewPrice.V, v.Private.V}, weight: int(lost.V) - lossWorthSaying + weighsLoss,
		ordinary: !age.OK || float64(lost.V) <= lossOfNew+lossOfYear*age.V}}
}

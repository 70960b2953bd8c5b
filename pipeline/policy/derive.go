package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// derivable lists the columns whose values can be taken from a vehicle's maintenance answers.
func derivable() []string { return []string{record.ColMileageKM, record.ColAccident} }

// MissingColumns lists the columns that a route takes from maintenance answers and that a
// vehicle lacks.
func (p *Policy) MissingColumns(d record.Dataset, v *record.Vehicle) []string {
	var out []string
	for _, column := range p.Routes[d].Derive {
		if v.Value(column) == "" {
			out = append(out, column)
		}
	}
	return out
}

// Defaults are the values that fill the input's blanks at once. Columns that may be derived are not
// among them: their default is used only when deriving fails.
func (p *Policy) Defaults() record.Condition {
	route := p.Routes[record.DatasetValuation]
	c := route.Defaults
	if slices.Contains(route.Derive, record.ColAccident) {
		c.Accident = ""
	}
	return c
}

// AssumeDerived is the vehicle as if every column that may be derived were known. It shows which
// vendors could be asked then.
func (p *Policy) AssumeDerived(d record.Dataset, v *record.Vehicle) *record.Vehicle {
	var all []record.Derived
	for _, column := range p.MissingColumns(d, v) {
		all = append(all, record.Derived{Column: column, Value: "1"})
	}
	out := v.With(all)
	return &out
}

// History is what is known of a vehicle's past when a lookup has to derive values from it.
type History struct {
	Reports []record.Report
	// Why says why the history tells nothing; "" when it tells something.
	Why string
}

// ApplyDerived fills a vehicle's blanks with what its history tells, or else with the configured
// default.
func (p *Policy) ApplyDerived(d record.Dataset, v record.Vehicle, past History, today record.Date) record.Vehicle {
	route := p.Routes[d]
	var all []record.Derived
	for _, column := range derivable() {
		value, ok := record.Derived{}, false
		if v.Value(column) != "" {
			continue
		}
		if slices.Contains(route.Derive, column) {
			value, ok = derive(column, past.Reports, v.FirstRegistered, today)
		}
		if !ok && column == record.ColAccident && route.Defaults.Accident != "" {
			value, ok = record.Derived{Column: column, Value: route.Defaults.Accident}, true
		}
		if ok {
			all = append(all, value)
		}
	}
	return v.With(all)
}

// derive takes the value of a column from maintenance reports, on a day.
func derive(column string, reports []record.Report, firstRegistered string, today record.Date) (record.Derived, bool) {
	if column == record.ColMileageKM {
		return deriveMileage(reports, firstRegistered, today)
	}
	return deriveAccident(reports)
}

// deriveMileage carries the last reading forward to a day. The readings that it uses do not change
// from day to day, so a lookup made tomorrow asks the same.
func deriveMileage(reports []record.Report, firstRegistered string, today record.Date) (record.Derived, bool) {
	o := normalise.ReadOdometer(reports, firstRegistered, today)
	if !o.OK {
		return record.Derived{}, false
	}
	words := fmt.Sprintf("%d km on %s", o.V.KM, o.V.Day)
	basis := fmt.Sprintf("%s %d", o.V.Day, o.V.KM)
	if o.V.PerYear.OK {
		words += fmt.Sprintf(" carried forward at %d km a year", o.V.PerYear.V)
		basis += fmt.Sprintf(" %d", o.V.PerYear.V)
	} else {
		words += ", not carried forward: no yearly mean is known"
	}
	if o.V.Fell.OK {
		words += fmt.Sprintf(", and the odometer went back by %s", o.V.Fell.V)
	}
	return record.Derived{Column: record.ColMileageKM, Value: strconv.FormatInt(o.V.At(today), 10), Source: words, Basis: basis}, true
}

// deriveAccident gives the vendor's accident code: 1 structural, 2 flood, 3 fire; with several, the
// gravest, which is the highest number; 0 when the reports rule out all of them.
func deriveAccident(reports []record.Report) (record.Derived, bool) {
	found := normalise.GravestAccident(reports)
	if !found.OK {
		return record.Derived{}, false
	}
	var words string
	switch found.V {
	case normalise.AccidentFire:
		words = "burnt"
	case normalise.AccidentFlood:
		words = "flooded"
	case normalise.AccidentStructural:
		words = "structural repair"
		if day := normalise.LastStructuralRepair(reports); day.OK {
			words += " on " + day.V.String()
		}
	default:
		words = "neither fire nor flood nor structural repair"
	}
	code := strconv.Itoa(int(found.V))
	return record.Derived{Column: record.ColAccident, Value: code, Source: code + ", " + words}, true
}

// Explain adds to a refusal why nothing was derived.
func (past History) Explain(k *ledger.Lookup, tried []string) {
	missing := strings.Fields(k.Code)
	if k.Class != record.MissingInput || !slices.ContainsFunc(tried, func(c string) bool { return slices.Contains(missing, c) }) {
		return
	}
	why := past.Why
	if why == "" {
		why = "its maintenance answer does not tell"
	}
	k.Message += "; " + why
}

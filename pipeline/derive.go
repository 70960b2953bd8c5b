package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/lookup"
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
)

// derivable are the columns that a vehicle's maintenance answers can tell.
func derivable() []string { return []string{record.ColMileageKM, record.ColAccident} }

// gaps lists the columns that a route takes from maintenance answers and that a
// vehicle lacks.
func (p *Policy) gaps(d record.Dataset, v *record.Vehicle) []string {
	var out []string
	for _, column := range p.Routes[d].Derive {
		if v.Value(column) == "" {
			out = append(out, column)
		}
	}
	return out
}

// defaults are what the input's blanks are filled with at once: but for what may
// be derived, where the default comes last.
func (p *Policy) defaults() record.Condition {
	route := p.Routes[record.DatasetValuation]
	c := route.Defaults
	if slices.Contains(route.Derive, record.ColAccident) {
		c.Accident = ""
	}
	return c
}

// hopeful is the vehicle as if everything that may be derived were known: whom a
// lookup would be asked of then.
func (p *Policy) hopeful(d record.Dataset, v *record.Vehicle) *record.Vehicle {
	var all []record.Derived
	for _, column := range p.gaps(d, v) {
		all = append(all, record.Derived{Column: column, Value: "1"})
	}
	out := v.With(all)
	return &out
}

// past is what is known of a vehicle's past when a lookup needs it.
type past struct {
	reports []record.Report
	// why says in words why nothing comes from there; "" when something does.
	why string
}

// fill is the vehicle with what its past tells of its blanks, else with the
// configured default.
func (p *Policy) fill(d record.Dataset, v record.Vehicle, past past, today record.Date) record.Vehicle {
	route := p.Routes[d]
	var all []record.Derived
	for _, column := range derivable() {
		value, ok := record.Derived{}, false
		if v.Value(column) != "" {
			continue
		}
		if slices.Contains(route.Derive, column) {
			value, ok = derive(column, past.reports, v.FirstRegistered, today)
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

// deriveMileage carries the last reading forward to a day. What it is based on
// does not change from day to day, so that tomorrow asks the same.
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

// deriveAccident gives the vendor's accident code: 1 structural, 2 flood, 3 fire,
// and of several the gravest, which is the highest; 0 when reports rule out all.
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

// pastOf reads what maintenance answers tell of a vehicle: those of its own
// lookups, which are settled; where they have none, the newest of the workspace
// that is young enough to be used again.
func (r *resolver) pastOf(ctx context.Context, v *record.Vehicle, own []ledger.Lookup, now time.Time) (past, error) {
	out, err := r.read(ctx, v, own)
	if err != nil || len(out.reports) > 0 || v.VIN == "" {
		return out, err
	}
	asked, err := r.ledger.Asked(ctx, lookup.Key(record.DatasetMaintenance, v))
	if err != nil {
		return out, fmt.Errorf("look for maintenance answers about row %d: %w", v.Row, err)
	}
	for _, old := range asked {
		if now.Sub(old.AnsweredAt) >= r.policy.Routes[record.DatasetMaintenance].MaxAge {
			continue
		}
		older, err := r.read(ctx, v, []ledger.Lookup{old})
		if err != nil || len(older.reports) > 0 {
			return older, err
		}
	}
	return out, nil
}

// read decodes the answers of maintenance lookups. One that cannot be decoded
// tells nothing.
func (r *resolver) read(ctx context.Context, v *record.Vehicle, lookups []ledger.Lookup) (past, error) {
	out := past{why: "there is no maintenance answer about it"}
	for i := range lookups {
		k := &lookups[i]
		if k.State != ledger.Found || k.Answer == 0 {
			out.why = "its maintenance lookup ended as " + string(k.State.Status())
			continue
		}
		a, err := r.ledger.AnswerByID(ctx, k.Answer)
		if err != nil {
			return out, fmt.Errorf("read back the answer to lookup %d: %w", k.ID, err)
		}
		out.why = "its maintenance answer cannot be read"
		s, ok := r.policy.Sellers[a.Vendor]
		if !ok {
			continue
		}
		if answer, err := s.Vendor.Decode(record.DatasetMaintenance, v, a.Body); err == nil && answer.Report != nil {
			out.reports = append(out.reports, *answer.Report)
		}
	}
	if len(out.reports) > 0 {
		out.why = ""
	}
	return out, nil
}

// explain adds to a refusal why nothing was derived.
func (past past) explain(k *ledger.Lookup, tried []string) {
	missing := strings.Fields(k.Code)
	if k.Class != record.MissingInput || !slices.ContainsFunc(tried, func(c string) bool { return slices.Contains(missing, c) }) {
		return
	}
	why := past.why
	if why == "" {
		why = "its maintenance answer does not tell"
	}
	k.Message += "; " + why
}

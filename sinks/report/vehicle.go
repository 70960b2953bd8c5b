package report

import (
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// vehicle is an input row with all that was found for it.
type vehicle struct {
	sinks.VehicleRow
	reports    reports
	report     *record.Report // of all vendors together, once the rows are in; nil without
	valuation  *sinks.ValuationRow
	violations []record.Violation

	reasons []reason
	score   int
}

// statuses are the row's, in the order of record.Datasets.
func statuses(r *sinks.VehicleRow) []record.Status {
	return []record.Status{r.Maintenance, r.Valuation, r.Violations}
}

func (v *vehicle) answered() bool {
	for _, s := range statuses(&v.VehicleRow) {
		if s == record.Found {
			return true
		}
	}
	return false
}

// open tells whether a violation still has to be dealt with.
func open(v *record.Violation) bool {
	return v.Status == record.UnprocessedUnpaid || v.Status == record.ProcessedUnpaid
}

// offences are what is open of a vehicle's violations.
type offences struct {
	Count, Points int64
	Fines         record.Fen
}

func openOffences(list []record.Violation) offences {
	var o offences
	for i := range list {
		if v := &list[i]; open(v) {
			o.Count++
			o.Fines += v.Fine.V // unknown counts nothing
			o.Points += v.Points.V
		}
	}
	return o
}

// rollbacks are the visits at which the odometer ran backwards.
type rollbacks struct {
	count int64
	worst record.Visit // the one with the longest way back
}

func findRollbacks(r *record.Report) rollbacks {
	var out rollbacks
	for i := range r.Visits {
		v := &r.Visits[i]
		if !v.Rollback.V {
			continue
		}
		if out.count++; out.count == 1 || v.MileageDeltaKM.V < out.worst.MileageDeltaKM.V {
			out.worst = *v
		}
	}
	return out
}

// lostValue is how much of the list price is gone, in per cent.
func lostValue(v *record.Valuation) record.Opt[int64] {
	if !v.NewPrice.OK || !v.Private.OK || v.NewPrice.V <= 0 || v.Private.V > v.NewPrice.V {
		return record.Opt[int64]{}
	}
	return record.Some(int64((v.NewPrice.V - v.Private.V) * 100 / v.NewPrice.V))
}

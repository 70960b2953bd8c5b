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
	changes    []sinks.ChangeRow

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

// unpaid tells whether money is owed for a violation: one that is processed and
// not paid counts as well as one that is not processed.
func unpaid(v *record.Violation) bool {
	return v.Status == record.UnprocessedUnpaid || v.Status == record.ProcessedUnpaid
}

// offences are those of a vehicle's violations that are not paid.
type offences struct {
	Count, Points int64
	Unprocessed   int64 // of Count
	Fines         record.Fen
}

func unpaidOffences(list []record.Violation) offences {
	var o offences
	for i := range list {
		if v := &list[i]; unpaid(v) {
			o.Count++
			if v.Status == record.UnprocessedUnpaid {
				o.Unprocessed++
			}
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

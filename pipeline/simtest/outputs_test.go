package simtest

import (
	"fmt"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// outputs are the rows of a run.
type outputs struct {
	vehicles   []sinks.VehicleRow
	reports    map[string]sinks.ReportRow // by VIN, the first vendor's
	beside     map[string]sinks.ReportRow // the others', by VIN and vendor
	valuations map[string]sinks.ValuationRow
	violations map[string][]sinks.ViolationRow
	failures   []sinks.FailureRow
	changes    []sinks.ChangeRow
}

var _ sinks.Sink = (*outputs)(nil)

func (o *outputs) Vehicle(r sinks.VehicleRow) error {
	o.vehicles = append(o.vehicles, r)
	return nil
}

func (o *outputs) Report(r sinks.ReportRow) error {
	if first, ok := o.reports[r.VIN]; ok && first.Vendor != r.Vendor && r.Records != nil {
		return putOnce(&o.beside, r.VIN+" "+r.Vendor, r)
	}
	return putOnce(&o.reports, r.VIN, r)
}

func (o *outputs) Valuation(r sinks.ValuationRow) error { return putOnce(&o.valuations, r.VIN, r) }

func (o *outputs) Violation(r sinks.ViolationRow) error {
	if o.violations == nil {
		o.violations = map[string][]sinks.ViolationRow{}
	}
	o.violations[r.VIN] = append(o.violations[r.VIN], r)
	return nil
}

func (o *outputs) Failure(r sinks.FailureRow) error {
	o.failures = append(o.failures, r)
	return nil
}

func (o *outputs) Change(r sinks.ChangeRow) error {
	o.changes = append(o.changes, r)
	return nil
}

func putOnce[T any](m *map[string]T, key string, v T) error {
	if *m == nil {
		*m = map[string]T{}
	}
	if _, ok := (*m)[key]; ok {
		return fmt.Errorf("%s is written twice", key)
	}
	(*m)[key] = v
	return nil
}

// statuses counts the lookups by dataset and status. A row that repeats another
// has none of its own.
func (o *outputs) statuses() map[record.Dataset]map[record.Status]int {
	out := map[record.Dataset]map[record.Status]int{}
	for _, v := range o.vehicles {
		if v.DuplicateOf.OK {
			continue
		}
		for d, s := range statusesOf(&v) {
			if out[d] == nil {
				out[d] = map[record.Status]int{}
			}
			out[d][s]++
		}
	}
	return out
}

func statusesOf(v *sinks.VehicleRow) map[record.Dataset]record.Status {
	return map[record.Dataset]record.Status{record.DatasetMaintenance: v.Maintenance,
		record.DatasetValuation: v.Valuation, record.DatasetViolations: v.Violations}
}

func (o *outputs) count(s record.Status) int {
	n := 0
	for _, byStatus := range o.statuses() {
		n += byStatus[s]
	}
	return n
}

package report

import (
	"errors"
	"fmt"
	"slices"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

// Report is a Sink that collects what the report shows. It wants the rows of a
// vehicle together, behind its row of vehicles, as pipeline/export gives them.
// It keeps sums, and the details of Options.Top vehicles. Not safe for
// concurrent use.
type Report struct {
	options Options
	facts   Facts
	words   *words

	totals  Totals
	groups  failureGroups
	news    news
	worst   worst
	current *vehicle // whose rows are coming; nil before the first
	err     error
}

var (
	_ sinks.Sink     = (*Report)(nil)
	_ sinks.Document = (*Report)(nil)
)

// New begins the report of a run.
func New(o Options, f Facts) (*Report, error) {
	w, err := newWords(o.Lang)
	if err != nil {
		return nil, err
	}
	if o.Top < 0 {
		return nil, fmt.Errorf("a report of %d vehicles: give a number from 0", o.Top)
	}
	r := &Report{options: o, facts: f, words: w, groups: failureGroups{}, worst: worst{limit: o.Top}}
	r.totals.Statuses = map[record.Dataset]map[record.Status]int64{}
	for _, d := range record.Datasets() {
		r.totals.Statuses[d] = map[record.Status]int64{}
	}
	return r, nil
}

// Totals are the sums over the rows taken so far.
func (r *Report) Totals() Totals { return r.totals }

// Vehicle takes a row of vehicles; what comes next belongs to it.
func (r *Report) Vehicle(row sinks.VehicleRow) error {
	if r.err != nil {
		return r.err
	}
	r.settle()
	r.totals.vehicle(&row)
	r.current = &vehicle{VehicleRow: row}
	return nil
}

// settle judges the vehicle whose rows have all come.
func (r *Report) settle() {
	v := r.current
	if v == nil {
		return
	}
	r.current = nil
	if v.report = v.reports.whole(); v.report != nil {
		r.totals.report(v.report)
	}
	v.judge(record.DateOf(r.facts.Manifest.StartedAt.Time))
	r.totals.settle(v)
	r.news.add(v, r.words)
	v.changes = nil
	if v.score > 0 {
		r.worst.offer(v)
	}
}

// errOrder means that rows came in an order that Report does not take.
var errOrder = errors.New("the report wants a vehicle's rows behind its row of vehicles")

// of is the vehicle that a row belongs to.
func (r *Report) of(id string) (*vehicle, error) {
	if r.err == nil && (r.current == nil || r.current.VehicleID != id) {
		r.err = fmt.Errorf("%w: a row of %s is out of place", errOrder, id)
	}
	return r.current, r.err
}

// Report takes a maintenance report with its visits.
func (r *Report) Report(row sinks.ReportRow) error {
	v, err := r.of(row.VehicleID)
	if err != nil {
		return err
	}
	v.reports.add(row)
	return nil
}

// Valuation takes a valuation.
func (r *Report) Valuation(row sinks.ValuationRow) error {
	v, err := r.of(row.VehicleID)
	if err != nil {
		return err
	}
	r.totals.valuation(&row.Valuation)
	v.valuation = &row
	return nil
}

// Violation takes a violation.
func (r *Report) Violation(row sinks.ViolationRow) error {
	v, err := r.of(row.VehicleID)
	if err != nil {
		return err
	}
	r.totals.violation(&row.Violation)
	v.violations = append(v.violations, row.Violation)
	return nil
}

// Failure takes a row of the failure ledger.
func (r *Report) Failure(row sinks.FailureRow) error {
	if _, err := r.of(row.VehicleID); err != nil {
		return err
	}
	r.totals.Failures++
	r.groups.add(&row)
	return nil
}

// shownStatuses are the statuses that the table of coverage has columns for.
func (r *Report) shownStatuses() []record.Status {
	return slices.DeleteFunc(record.Statuses(), func(st record.Status) bool {
		for i := range r.facts.Coverage {
			if r.facts.Coverage[i].Counts[st] > 0 {
				return false
			}
		}
		return st == record.Pending || st == record.NotRequested
	})
}

package sinks

import (
	"fmt"

	"vehiclebatch/pipeline/record"
)

// tableNo is the place of a table in the order of the dictionary.
type tableNo int

const (
	vehiclesNo tableNo = iota
	reportsNo
	visitsNo
	valuationsNo
	violationsNo
	failuresNo
	changesNo
)

// cellSink is a Sink that turns every row into the cells of its table and hands
// them on: to be written, compared or kept.
type cellSink struct {
	run   string
	take  func(tableNo, []cell) error // keeps nothing of the slice
	cells []cell                      // of the row at work, kept for its room
	err   error                       // the first; nothing is taken after it

	vehicles   table[vehicleRow]
	reports    table[reportRow]
	visits     table[visitRow]
	valuations table[valuationRow]
	violations table[violationRow]
	failures   table[failureRow]
	changes    table[changeRow]
}

var _ Sink = (*cellSink)(nil)

func newCellSink(run string, take func(tableNo, []cell) error) cellSink {
	return cellSink{run: run, take: take, vehicles: vehiclesTable(), reports: reportsTable(), visits: visitsTable(),
		valuations: valuationsTable(), violations: violationsTable(), failures: failuresTable(), changes: changesTable()}
}

// Vehicle takes a row of vehicles.
func (s *cellSink) Vehicle(r VehicleRow) error {
	return handOn(s, vehiclesNo, &s.vehicles, vehicleRow{s.run, r})
}

// Report takes a report with its visits.
func (s *cellSink) Report(r ReportRow) error {
	row, err := newReportRow(s.run, r)
	if err != nil {
		return s.stop(err)
	}
	if err := handOn(s, reportsNo, &s.reports, row); err != nil {
		return err
	}
	return r.records(func(vendor string, v *record.Visit) error {
		return handOn(s, visitsNo, &s.visits, visitRow{s.run, vendor, &r, v})
	})
}

// Valuation takes a row of valuations.
func (s *cellSink) Valuation(r ValuationRow) error {
	return handOn(s, valuationsNo, &s.valuations, valuationRow{s.run, r})
}

// Violation takes a row of violations.
func (s *cellSink) Violation(r ViolationRow) error {
	return handOn(s, violationsNo, &s.violations, violationRow{s.run, r})
}

// Failure takes a row of the failure ledger.
func (s *cellSink) Failure(r FailureRow) error {
	return handOn(s, failuresNo, &s.failures, failureRow{s.run, r})
}

// Change takes a row of changes.
func (s *cellSink) Change(r ChangeRow) error {
	return handOn(s, changesNo, &s.changes, changeRow{s.run, r})
}

func handOn[R any](s *cellSink, n tableNo, t *table[R], row R) error {
	if s.err != nil {
		return s.err
	}
	s.cells = t.cells(row, s.cells[:0])
	s.err = s.take(n, s.cells)
	return s.err
}

// stop keeps the first error.
func (s *cellSink) stop(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

func newReportRow(run string, r ReportRow) (reportRow, error) {
	row := reportRow{run: run, ReportRow: r}
	if r.Report.ServicesPerYear == "" {
		return row, nil
	}
	v, err := record.ParseYuan(r.Report.ServicesPerYear)
	if err != nil {
		return row, fmt.Errorf("table maintenance_reports, column services_per_year, vehicle %s: %q is not a number with at most two places",
			r.VehicleID, r.Report.ServicesPerYear)
	}
	row.services = record.Some(v)
	return row, nil
}

package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// VehicleRow is one row of the table vehicles: one row of the input.
type VehicleRow struct {
	VehicleID   string // stable across runs
	Vehicle     record.Vehicle
	DuplicateOf record.Opt[int64] // the row that this one repeats
	Problems    []string          // remarks and faults, in words

	Maintenance, Valuation, Violations record.Status

	Cost record.Fen // charged for the row in this run
}

// ReportRow is one maintenance report. It makes one row of maintenance_reports
// and one row of maintenance_records for each of its records, in their order.
type ReportRow struct {
	VehicleID, VIN, Vendor, Ticket string

	Report record.Report
	// Records are the visits of maintenance_records. Nil are those of the report.
	// Where several vendors were asked, the first report of the vehicle has the
	// history that they tell together, and the others have none: an empty list.
	Records []VisitRecord
	// On which of the records a rollback rests, and the report's findings of
	// accident, structure, components and exterior, by their numbers. Unknown
	// where there is no such finding.
	RollbackSeqs, AccidentSeqs record.Opt[[]int64]

	Problems  []string               // of the whole report: all that there are, Report.Problems included
	Cost      record.Opt[record.Fen] // charged for it in this run
	FetchedAt time.Time              // when the final answer came
}

// VisitRecord is a visit with who tells of it.
type VisitRecord struct {
	Vendor string // several are comma-separated, in the order of the route
	Visit  record.Visit
}

// records are the visits that a report makes rows of, one at a time.
func (r *ReportRow) records(do func(vendor string, v *record.Visit) error) error {
	if r.Records == nil {
		for i := range r.Report.Visits {
			if err := do(r.Vendor, &r.Report.Visits[i]); err != nil {
				return err
			}
		}
	}
	for i := range r.Records {
		if err := do(r.Records[i].Vendor, &r.Records[i].Visit); err != nil {
			return err
		}
	}
	return nil
}

// ValuationRow is one row of the table valuations. Model, city and condition
// codes are what was asked with; the rest is the vendor's answer.
type ValuationRow struct {
	VehicleID, VIN, Vendor string

	Asked     record.Vehicle
	Valuation record.Valuation
	FetchedAt time.Time
}

// ViolationRow is one row of the table violations.
type ViolationRow struct {
	VehicleID, VIN, Plate, Vendor string

	Violation record.Violation
	FetchedAt time.Time
}

// FailureRow is one row of the failure ledger.
type FailureRow struct {
	Row                             int64 // the input row
	FileRow                         int64 // where it begins in the file itself; 0 is unknown
	VehicleID, VIN, Plate, EngineNo string

	Dataset       record.Dataset
	Vendor        string // "" when no vendor was reached
	Stage         record.Stage
	Class         record.Class
	Code, Message string // the vendor's code and words, or ours
	Attempts      int64
	Ticket        string
	Billed        string // yes, no or unknown
	Cost          record.Opt[record.Fen]
	FirstAt       record.Opt[time.Time]
	LastAt        record.Opt[time.Time]
	Retryable     bool
	NextStep      string // what the user can do, in words
}

// ChangeRow is one row of the table changes.
type ChangeRow struct {
	VehicleID, VIN, Plate string

	Dataset        record.Dataset
	Vendor         string // that answered now
	N              int    // 1 is the first of the vehicle and dataset
	Change         record.Change
	SeenAt         time.Time // when the answer came that shows it
	ComparedWith   string    // the run that had the earlier answer
	ComparedVendor string
	ComparedAt     time.Time // when the earlier answer came
	Note           string    // in words; "" for none
}

// Sink takes the rows of a run in input order, and within a vehicle in time.
// The order between tables is free. A Sink is not safe for concurrent use. After
// an error it takes nothing more and repeats the error. Rows are copied or
// used up before the call returns.
type Sink interface {
	Vehicle(VehicleRow) error
	Report(ReportRow) error
	Valuation(ValuationRow) error
	Violation(ViolationRow) error
	Failure(FailureRow) error
	Change(ChangeRow) error
}

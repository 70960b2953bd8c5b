package export

import (
	"context"
	"time"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
)

func vehicleRow(d *decoded) sinks.VehicleRow {
	row := d.row
	out := sinks.VehicleRow{VehicleID: row.VehicleID, Vehicle: row.Vehicle,
		Maintenance: record.NotRequested, Valuation: record.NotRequested, Violations: record.NotRequested}
	if row.Duplicate != 0 {
		out.DuplicateOf = record.Some(row.Duplicate)
	}
	out.Problems = append(out.Problems, row.Vehicle.Problems...)
	for _, f := range row.Vehicle.Faults {
		out.Problems = append(out.Problems, describe(f))
	}
	for i := range row.Lookups {
		a := &row.Lookups[i]
		status := statusOf(&out, a.Lookup.Dataset)
		*status = combine(*status, a.Lookup.State.Status())
		if a.Owner(row) {
			out.Cost += a.Charged
		}
		if a.Lookup.Dataset != record.DatasetMaintenance && d.answers[i].Problems != nil {
			out.Problems = append(out.Problems, d.answers[i].Problems...)
		}
	}
	return out
}

func describe(f record.Fault) string {
	if f.Column == "" {
		return f.Reason
	}
	return f.Column + ": " + f.Reason
}

func statusOf(v *sinks.VehicleRow, d record.Dataset) *record.Status {
	switch d {
	case record.DatasetMaintenance:
		return &v.Maintenance
	case record.DatasetValuation:
		return &v.Valuation
	}
	return &v.Violations
}

func failureRow(row *ledger.Row, a *ledger.Asked, said *messages.Printer) sinks.FailureRow {
	k := &a.Lookup
	billed, cost := money(a)
	return sinks.FailureRow{Row: row.Vehicle.Row, FileRow: row.Vehicle.Line, VehicleID: row.VehicleID, VIN: row.Vehicle.VIN, Plate: row.Vehicle.Plate,
		EngineNo: row.Vehicle.EngineNo, Dataset: k.Dataset, Vendor: k.Vendor, Stage: k.Stage, Class: k.Class, Code: k.Code, Message: k.Message,
		Attempts: a.Sent, Ticket: k.Ticket, Billed: billed, Cost: cost, FirstAt: when(k.FirstAt), LastAt: when(k.LastAt),
		Retryable: retryable(k), NextStep: nextStep(row, a, said)}
}

// money is what the failed lookup cost this run: a certain amount, nothing, or unknown. What an
// earlier run has ordered and paid shows as billed, and costs nothing here.
func money(a *ledger.Asked) (billed string, cost record.Opt[record.Fen]) {
	switch {
	case a.Unknown > 0:
		return string(ledger.BilledUnknown), record.Opt[record.Fen]{}
	case a.Charged > 0:
		return string(ledger.BilledYes), record.Some(a.Charged)
	case a.Lookup.Attempts == 0 && a.Last.Billed == ledger.BilledYes:
		return string(ledger.BilledYes), record.Some[record.Fen](0)
	case a.Lookup.Attempts == 0 && a.Last.Billed == ledger.BilledUnknown, a.Lookup.State == ledger.InDoubt:
		return string(ledger.BilledUnknown), record.Opt[record.Fen]{}
	}
	return string(ledger.BilledNo), record.Some[record.Fen](0)
}

func when(t time.Time) record.Opt[time.Time] { return record.Opt[time.Time]{V: t, OK: !t.IsZero()} }

// Failures calls do with the failure ledger of a run, in input order. Next steps are written in the
// language of said.
func Failures(ctx context.Context, l Store, run ledger.Run, said *messages.Printer, do func(sinks.FailureRow) error) error {
	e := exporter{said: said, purged: !run.PurgedAt.IsZero()}
	return l.Rows(ctx, run, func(row *ledger.Row) error {
		for i := range row.Lookups {
			a := &row.Lookups[i]
			failed := a.Lookup.State == ledger.Failed || a.Lookup.State == ledger.InDoubt
			if !failed || !a.Owner(row) {
				continue
			}
			if err := do(e.failure(row, a)); err != nil {
				return err
			}
		}
		return nil
	})
}

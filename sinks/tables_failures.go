package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

type failureRow struct {
	run string
	FailureRow
}

func failuresTable() table[failureRow] {
	return newTable(failuresName, "one lookup that failed", "row, dataset", "row, then dataset",
		append(failureKeys(), failureFindings()...)...)
}

func failureKeys() []column[failureRow] {
	return []column[failureRow]{
		text("run_id", fromRun, aboutRun, func(r *failureRow) string { return r.run }).required(),
		integer("row", fromInput, "Number of the row in the input; 1 is the first data line.",
			func(r *failureRow) record.Opt[int64] { return record.Some(r.Row) }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *failureRow) string { return r.VehicleID }).required().distinct(),
		text("vin", fromInput, "Vehicle identification number (车架号), cleaned; kept when it is not valid.",
			func(r *failureRow) string { return r.VIN }).distinct(),
		text("plate", fromInput, "Number plate (车牌号) without separator dot.", func(r *failureRow) string { return r.Plate }).distinct(),
		text("engine_no", fromInput, "Engine number (发动机号).", func(r *failureRow) string { return r.EngineNo }).distinct(),
		text("dataset", fromLedger, "What was asked: maintenance, valuation or violations.", func(r *failureRow) string { return string(r.Dataset) }).required(),
		text("vendor", fromLedger, "The vendor asked last; null when none was.", func(r *failureRow) string { return r.Vendor }),
	}
}

func failureFindings() []column[failureRow] {
	return []column[failureRow]{
		text("stage", fromLedger, "Where it failed: validate, submit, poll or normalise.", func(r *failureRow) string { return string(r.Stage) }).required(),
		text("class", fromLedger, "Why: invalid_input, missing_input, rejected, auth, balance, quota, rate_limited, unavailable, bad_response, in_doubt or expired.",
			func(r *failureRow) string { return string(r.Class) }).required(),
		text("code", fromVendor, "The vendor's code, or ours.", func(r *failureRow) string { return r.Code }),
		text("message", fromVendor, "The vendor's words, or ours.", func(r *failureRow) string { return r.Message }).distinct(),
		integer("attempts", fromLedger, "How often the billable call was sent.",
			func(r *failureRow) record.Opt[int64] { return record.Some(r.Attempts) }).required(),
		text("ticket", fromLedger, "The vendor's number of the order, when there is one.", func(r *failureRow) string { return r.Ticket }).distinct(),
		text("billed", fromLedger, "Whether the vendor took money for it: yes, no or unknown.", func(r *failureRow) string { return r.Billed }).required(),
		money("cost_cny", fromLedger, "What it cost in this run; 0 when an earlier run paid, null when nobody can say.", func(r *failureRow) record.Opt[record.Fen] { return r.Cost }),
		moment("first_at", fromLedger, "First call, or when the row was refused.", func(r *failureRow) record.Opt[time.Time] { return r.FirstAt }).distinct(),
		moment("last_at", fromLedger, "When it came to its end.", func(r *failureRow) record.Opt[time.Time] { return r.LastAt }).distinct(),
		boolean("retryable", fromLedger, "Whether `batch retry` can help without a change of the input.",
			func(r *failureRow) record.Flag { return record.Some(r.Retryable) }).required(),
		text("next_step", fromLedger, "What the user can do, in the language of the outputs (`lang` in the manifest).", func(r *failureRow) string { return r.NextStep }).required(),
		integer("file_row", fromInput, "Where the row stands in the list itself, as an editor or a spreadsheet counts: the line of a CSV on which it begins, "+
			"the row of a sheet, header and blank lines included; of Parquet, the number of the row. In a run that corrects another it is that of the other's list.",
			func(r *failureRow) record.Opt[int64] { return record.Opt[int64]{V: r.FileRow, OK: r.FileRow > 0} }).distinct(),
	}
}

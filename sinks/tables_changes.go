package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// changesName is the table of what is new.
const changesName = "changes"

type changeRow struct {
	run string
	ChangeRow
}

func changesTable() table[changeRow] {
	return newTable(changesName, "one change against the latest earlier answer about the same vehicle and dataset", "vehicle_id, dataset, plate, n",
		"input row, then dataset, then n", append(changeKeys(), changeFindings()...)...)
}

func changeKeys() []column[changeRow] {
	return []column[changeRow]{
		text("run_id", fromRun, aboutRun, func(r *changeRow) string { return r.run }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *changeRow) string { return r.VehicleID }).required(),
		text("vin", fromInput, aboutVIN, func(r *changeRow) string { return r.VIN }),
		text("plate", fromInput, "Number plate (车牌号) as asked with.", func(r *changeRow) string { return r.Plate }),
		text("dataset", fromLedger, "What was asked: maintenance, valuation or violations.", func(r *changeRow) string { return string(r.Dataset) }).required(),
		text("vendor", fromLedger, aboutVendor, func(r *changeRow) string { return r.Vendor }).required(),
		integer("n", fromComputed, "Number of the change within vehicle and dataset; 1 is the first.",
			func(r *changeRow) record.Opt[int64] { return record.Some(int64(r.N)) }).required(),
	}
}

func changeFindings() []column[changeRow] {
	return []column[changeRow]{
		text("change", fromComputed, "What happened: "+record.Listed(record.ChangeKinds(), "or")+".", func(r *changeRow) string { return string(r.Change.Kind) }).required(),
		text("what", fromComputed, "Which flag, column, violation or visit, in words; moments in China time.", func(r *changeRow) string { return r.Change.What }).distinct(),
		text("before", fromComputed, "The value in the earlier answer, exact; null when there was none.", func(r *changeRow) string { return r.Change.Before }),
		text("after", fromComputed, "The value now, exact; null when there is none.", func(r *changeRow) string { return r.Change.After }),
		money("amount_cny", fromComputed, "The fine, what the visit cost, or by how much the price has moved.",
			func(r *changeRow) record.Opt[record.Fen] { return r.Change.Amount }),
		integer("points", fromVendor, "Penalty points (违法记分) of the violation.", func(r *changeRow) record.Opt[int64] { return r.Change.Points }).in("points"),
		day("event_date", fromVendor, "Day of the violation or visit, in China.", func(r *changeRow) record.Opt[record.Date] { return r.Change.On }),
		integer("seq", fromComputed, "The row's seq in violations or maintenance_records of this run; null when it is not there.", func(r *changeRow) record.Opt[int64] {
			return record.Opt[int64]{V: int64(r.Change.Seq), OK: r.Change.Seq > 0}
		}),
		moment("seen_first_at", fromLedger, "When the answer came that shows it first.", func(r *changeRow) record.Opt[time.Time] { return record.Some(r.SeenAt) }).required(),
		text("compared_with", fromLedger, "The run that had the earlier answer.", func(r *changeRow) string { return r.ComparedWith }).required(),
		text("compared_vendor", fromLedger, "The vendor of the earlier answer.", func(r *changeRow) string { return r.ComparedVendor }).required(),
		moment("compared_at", fromLedger, "When the earlier answer came.", func(r *changeRow) record.Opt[time.Time] { return record.Some(r.ComparedAt) }).required(),
		text("note", fromComputed, "What else may be behind it: a valuation that was asked with another mileage, say.", func(r *changeRow) string { return r.Note }),
	}
}

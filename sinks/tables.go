package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// SchemaVersion counts the changes of the tables' columns.
const SchemaVersion = 1

// The sources of values, as the dictionary names them.
const (
	fromRun      = "run"
	fromInput    = "input"
	fromVendor   = "vendor"
	fromLedger   = "ledger"
	fromComputed = "computed"
)

// tableSpecs returns every table, in the order of the dictionary.
func tableSpecs() []tableSpec {
	return []tableSpec{
		vehiclesTable().tableSpec, reportsTable().tableSpec, visitsTable().tableSpec,
		valuationsTable().tableSpec, violationsTable().tableSpec, failuresTable().tableSpec, changesTable().tableSpec,
	}
}

// vehiclesName is the table that the others refer to.
const vehiclesName = "vehicles"

// failuresName is the table whose CSV is written whatever the formats.
const failuresName = "failures"

const (
	aboutRun     = "The run that wrote the row."
	aboutVehicle = "The vehicle, by its identifiers; the same in every run."
	aboutVIN     = "Vehicle identification number (车架号) as asked with; 17 characters when valid."
	aboutVendor  = "The vendor that answered."
	aboutFetched = "When the final answer came."
)

type vehicleRow struct {
	run string
	VehicleRow
}

func vehiclesTable() table[vehicleRow] {
	return newTable(vehiclesName, "one row of the input", "row", "row",
		text("run_id", fromRun, aboutRun, func(r *vehicleRow) string { return r.run }).required(),
		integer("row", fromInput, "Number of the row in the input; 1 is the first data line.",
			func(r *vehicleRow) record.Opt[int64] { return record.Some(r.Vehicle.Row) }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *vehicleRow) string { return r.VehicleID }).required().distinct(),
		text("vin", fromInput, "Vehicle identification number (车架号), cleaned; kept when it is not valid.",
			func(r *vehicleRow) string { return r.Vehicle.VIN }).distinct(),
		text("plate", fromInput, "Number plate (车牌号) without separator dot.", func(r *vehicleRow) string { return r.Vehicle.Plate }).distinct(),
		text("plate_type", fromInput, "Kind of number plate (号牌种类), GA 24.7 code of two characters; given, or worked out from the plate.",
			func(r *vehicleRow) string { return r.Vehicle.PlateType }),
		text("engine_no", fromInput, "Engine number (发动机号).", func(r *vehicleRow) string { return r.Vehicle.EngineNo }).distinct(),
		integer("duplicate_of", fromComputed, "The earlier row with the same vehicle, whose answers count for this one too.",
			func(r *vehicleRow) record.Opt[int64] { return r.DuplicateOf }).distinct(),
		list("problems", fromComputed, "Remarks and faults of the row, in words.", func(r *vehicleRow) []string { return r.Problems }),
		statusColumn("maintenance", " Of several vendors that were asked: found if one has found it, else pending, in_doubt, failed, no_record, unsupported, the first of these that one is.", func(r *vehicleRow) record.Status { return r.Maintenance }),
		statusColumn("valuation", "", func(r *vehicleRow) record.Status { return r.Valuation }),
		statusColumn("violations", "", func(r *vehicleRow) record.Status { return r.Violations }),
		money("cost_cny", fromLedger, "Charged for the row in this run; 0 for answers that were there already.",
			func(r *vehicleRow) record.Opt[record.Fen] { return record.Some(r.Cost) }).required(),
	)
}

func statusColumn(dataset, more string, get func(*vehicleRow) record.Status) column[vehicleRow] {
	return text(dataset, fromLedger, "Status of the "+dataset+" lookup: found, no_record, unsupported, pending, failed, in_doubt or not_requested."+more,
		func(r *vehicleRow) string { return string(get(r)) }).required()
}

type violationRow struct {
	run string
	ViolationRow
}

func violationsTable() table[violationRow] {
	return newTable("violations", "one traffic violation", "vehicle_id, vendor, seq", "input row, then seq",
		text("run_id", fromRun, aboutRun, func(r *violationRow) string { return r.run }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *violationRow) string { return r.VehicleID }).required(),
		text("vin", fromInput, aboutVIN, func(r *violationRow) string { return r.VIN }),
		text("plate", fromInput, "Number plate (车牌号) as asked with.", func(r *violationRow) string { return r.Plate }),
		text("vendor", fromLedger, aboutVendor, func(r *violationRow) string { return r.Vendor }).required(),
		integer("seq", fromComputed, "Number of the violation within the answer; 1 is the earliest.",
			func(r *violationRow) record.Opt[int64] { return record.Some(int64(r.Violation.Seq)) }).required(),
		moment("occurred_at", fromVendor, "When it happened.", func(r *violationRow) record.Opt[time.Time] { return r.Violation.OccurredAt }).distinct(),
		text("city", fromVendor, "City where it happened.", func(r *violationRow) string { return r.Violation.City }),
		text("city_code", fromVendor, "GB/T 2260 division code of the city.", func(r *violationRow) string { return r.Violation.CityCode }),
		text("address", fromVendor, "Where it happened (违法地址).", func(r *violationRow) string { return r.Violation.Address }),
		text("code", fromVendor, "Code of the violation (违法代码).", func(r *violationRow) string { return r.Violation.Code }),
		text("action", fromVendor, "What was done (违法行为).", func(r *violationRow) string { return r.Violation.Action }),
		money("fine_cny", fromVendor, "Fine.", func(r *violationRow) record.Opt[record.Fen] { return r.Violation.Fine }),
		integer("points", fromVendor, "Penalty points (违法记分).", func(r *violationRow) record.Opt[int64] { return r.Violation.Points }).in("points"),
		text("status", fromVendor, "How far it is dealt with: unprocessed_unpaid, processed_unpaid or processed_paid.",
			func(r *violationRow) string { return string(r.Violation.Status) }).required(),
		boolean("online_handling", fromVendor, "Whether it can be dealt with online.",
			func(r *violationRow) record.Flag { return record.Some(r.Violation.OnlineHandling) }).required(),
		text("organ", fromVendor, "The authority that recorded it (采集机构).", func(r *violationRow) string { return r.Violation.Organ }),
		text("decision_no", fromVendor, "Number of the decision (决定书编号).", func(r *violationRow) string { return r.Violation.DecisionNo }).distinct(),
		text("monitor_no", fromVendor, "Number of the monitoring record (监控编号).", func(r *violationRow) string { return r.Violation.MonitorNo }).distinct(),
		text("handle_no", fromVendor, "Number of the handling (处理编号).", func(r *violationRow) string { return r.Violation.HandleNo }).distinct(),
		moment("fetched_at", fromLedger, aboutFetched, func(r *violationRow) record.Opt[time.Time] { return record.Some(r.FetchedAt) }).required(),
	)
}

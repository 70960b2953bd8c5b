package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

type reportRow struct {
	run      string
	services record.Opt[record.Fen] // ReportRow.Report.ServicesPerYear in hundredths
	ReportRow
}

func reportsTable() table[reportRow] {
	columns := reportKeys()
	columns = append(columns, reportVehicle()...)
	columns = append(columns, reportFindings()...)
	columns = append(columns, reportSums()...)
	columns = append(columns, reportPaper()...)
	return newTable("maintenance_reports", "one maintenance report", "vehicle_id, vendor", "input row", columns...)
}

func reportKeys() []column[reportRow] {
	return []column[reportRow]{
		text("run_id", fromRun, aboutRun, func(r *reportRow) string { return r.run }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *reportRow) string { return r.VehicleID }).required().distinct(),
		text("vin", fromInput, aboutVIN, func(r *reportRow) string { return r.VIN }).distinct(),
		text("vendor", fromLedger, aboutVendor, func(r *reportRow) string { return r.Vendor }).required(),
		text("ticket", fromLedger, "The vendor's number of the order; null when it answers at once.", func(r *reportRow) string { return r.Ticket }).distinct(),
	}
}

func reportVehicle() []column[reportRow] {
	return []column[reportRow]{
		text("brand", fromVendor, "Brand.", func(r *reportRow) string { return r.Report.Brand }),
		text("model", fromVendor, "Model.", func(r *reportRow) string { return r.Report.Model }),
		text("series", fromVendor, "Series (车系).", func(r *reportRow) string { return r.Report.Series }),
		text("manufacturer", fromVendor, "Maker.", func(r *reportRow) string { return r.Report.Manufacturer }),
		text("model_year", fromVendor, "Model year, as the vendor writes it.", func(r *reportRow) string { return r.Report.ModelYear }),
		text("displacement", fromVendor, "Engine displacement, as the vendor writes it.", func(r *reportRow) string { return r.Report.Displacement }),
		text("transmission", fromVendor, "Transmission.", func(r *reportRow) string { return r.Report.Transmission }),
		text("emission_standard", fromVendor, "Emission standard (排放标准).", func(r *reportRow) string { return r.Report.EmissionStandard }),
	}
}

func reportFindings() []column[reportRow] {
	return []column[reportRow]{
		boolean("fire", fromVendor, "Whether the vehicle was burnt.", func(r *reportRow) record.Flag { return r.Report.Fire }),
		boolean("flood", fromVendor, "Whether the vehicle stood in water.", func(r *reportRow) record.Flag { return r.Report.Flood }),
		boolean("structural", fromVendor, "Whether structural parts were repaired.", func(r *reportRow) record.Flag { return r.Report.Structural }),
		boolean("component", fromVendor, "Whether important components were repaired.", func(r *reportRow) record.Flag { return r.Report.Component }),
		boolean("exterior", fromVendor, "Whether exterior parts were repaired.", func(r *reportRow) record.Flag { return r.Report.Exterior }),
		boolean("accident", fromVendor, "Whether the vendor calls it an accident vehicle.", func(r *reportRow) record.Flag { return r.Report.Accident }),
		boolean("odometer_normal", fromVendor, "The vendor's finding on the odometer; true is good.", func(r *reportRow) record.Flag { return r.Report.OdometerNormal }),
		text("accident_grade", fromVendor, "The vendor's grade of the accident.", func(r *reportRow) string { return r.Report.AccidentGrade }),
		text("accident_reason", fromVendor, "The vendor's words on the accident.", func(r *reportRow) string { return r.Report.AccidentReason }).distinct(),
	}
}

func reportSums() []column[reportRow] {
	return []column[reportRow]{
		integer("visits", fromComputed, "Count of workshop visits that the vendor tells of; where several vendors were asked, maintenance_records has a visit that they share once.",
			func(r *reportRow) record.Opt[int64] { return record.Some(int64(len(r.Report.Visits))) }).required(),
		day("first_visit_date", fromVendor, "First workshop visit.", func(r *reportRow) record.Opt[record.Date] { return r.Report.FirstVisit }),
		day("last_visit_date", fromVendor, "Last workshop visit.", func(r *reportRow) record.Opt[record.Date] { return r.Report.LastVisit }),
		day("last_service_date", fromVendor, "Last service (保养).", func(r *reportRow) record.Opt[record.Date] { return r.Report.LastService }),
		day("last_repair_date", fromVendor, "Last repair (维修).", func(r *reportRow) record.Opt[record.Date] { return r.Report.LastRepair }),
		integer("last_mileage_km", fromVendor, "Last known odometer reading.", func(r *reportRow) record.Opt[int64] { return r.Report.LastMileageKM }).in("km").distinct(),
		integer("mileage_estimate_km", fromVendor, "The vendor's estimate of the mileage now.",
			func(r *reportRow) record.Opt[int64] { return r.Report.MileageEstimateKM }).in("km").distinct(),
		integer("mileage_per_year_km", fromVendor, "Mean distance a year.", func(r *reportRow) record.Opt[int64] { return r.Report.MileagePerYearKM }).in("km/year").distinct(),
		hundredths("services_per_year", fromVendor, "Mean count of services a year.",
			func(r *reportRow) record.Opt[record.Fen] { return r.services }).in("1/year"),
		boolean("odometer_rollback", fromComputed, "Whether a visit's reading is below an earlier one, over the visits that all vendors tell of; null with fewer than two readings.",
			func(r *reportRow) record.Flag { return r.Report.OdometerRollback }),
		list("problems", fromComputed, "Disagreements inside the report and with other vendors' reports, in words.", func(r *reportRow) []string { return r.Problems }),
		money("cost_cny", fromLedger, "Charged for the report in this run; 0 when the answer was there already, null when the vendor did not say.",
			func(r *reportRow) record.Opt[record.Fen] { return r.Cost }),
		moment("fetched_at", fromLedger, aboutFetched, func(r *reportRow) record.Opt[time.Time] { return record.Some(r.FetchedAt) }).required(),
		numbers("rollback_seqs", fromComputed, "The seq in maintenance_records of the visits on which odometer_rollback rests: those whose reading is below an earlier one, and those that they are below; null when it is not true.",
			func(r *reportRow) record.Opt[[]int64] { return r.RollbackSeqs }, "odometer_rollback"),
		numbers("accident_seqs", fromComputed, "The seq in maintenance_records of the visits on which accident, structural, component and exterior rest: those that the vendor lists for them, or its bodywork when it lists none; null when it finds nothing of these, empty when no visit shows it.",
			func(r *reportRow) record.Opt[[]int64] { return r.AccidentSeqs }, "accident", "structural", "component", "exterior"),
	}
}

// reportPaper are the columns that came later: they stand at the end.
func reportPaper() []column[reportRow] {
	return []column[reportRow]{
		text("report_no", fromVendor, "The vendor's number of the report, which its desk asks for.", func(r *reportRow) string { return r.Report.ReportNo }).distinct(),
		day("report_date", fromVendor, "Day on which the vendor made the report; it may be older than fetched_at.",
			func(r *reportRow) record.Opt[record.Date] { return r.Report.ReportDate }),
		text("production_area", fromVendor, "Where it is made, in the vendor's word: 合资 (joint venture), 进口 (imported), 国产 (domestic).",
			func(r *reportRow) string { return r.Report.ProductionArea }),
		text("body_type", fromVendor, "Body, in the vendor's word: 三厢 (saloon), 两厢 (hatchback).", func(r *reportRow) string { return r.Report.BodyType }),
	}
}

// visitRow points into the report at work: it lives no longer than the call.
type visitRow struct {
	run    string
	vendor string
	report *ReportRow
	visit  *record.Visit
}

func visitsTable() table[visitRow] {
	return newTable("maintenance_records", "one workshop visit", "vehicle_id, vendor, seq", "input row, then seq",
		append(visitKeys(), visitFindings()...)...)
}

func visitKeys() []column[visitRow] {
	return []column[visitRow]{
		text("run_id", fromRun, aboutRun, func(r *visitRow) string { return r.run }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *visitRow) string { return r.report.VehicleID }).required(),
		text("vin", fromInput, aboutVIN, func(r *visitRow) string { return r.report.VIN }),
		text("vendor", fromLedger, "The vendor that tells of the visit; of several, all of them in the order of the route, as tencent,wapi.", func(r *visitRow) string { return r.vendor }).required(),
		integer("seq", fromComputed, "Number of the visit within the vehicle's history; 1 is the earliest.",
			func(r *visitRow) record.Opt[int64] { return record.Some(int64(r.visit.Seq)) }).required(),
		day("visit_date", fromVendor, "Day of the visit, in China.", func(r *visitRow) record.Opt[record.Date] { return r.visit.Date }),
		integer("mileage_km", fromVendor, "Odometer reading.", func(r *visitRow) record.Opt[int64] { return r.visit.MileageKM }).in("km").distinct(),
	}
}

func visitFindings() []column[visitRow] {
	return []column[visitRow]{
		text("service_type", fromComputed, "Kind of visit: service, repair, bodywork, inspection or other.",
			func(r *visitRow) string { return string(r.visit.Type) }).required(),
		text("vendor_type", fromVendor, "Kind of visit in the vendor's own word or code.", func(r *visitRow) string { return r.visit.VendorType }),
		text("content", fromVendor, "What was done.", func(r *visitRow) string { return r.visit.Content }).distinct(),
		text("materials", fromVendor, "Parts and materials.", func(r *visitRow) string { return r.visit.Materials }).distinct(),
		money("amount_cny", fromVendor, "What the visit cost.", func(r *visitRow) record.Opt[record.Fen] { return r.visit.Amount }),
		text("payment_type", fromVendor, "How it was paid.", func(r *visitRow) string { return r.visit.PaymentType }),
		boolean("is_structural", fromVendor, "Whether the visit stands in the vendor's view of structural repairs.",
			func(r *visitRow) record.Flag { return r.visit.Structural }),
		boolean("is_component", fromVendor, "Whether the visit stands in the vendor's view of component repairs.",
			func(r *visitRow) record.Flag { return r.visit.Component }),
		boolean("is_exterior", fromVendor, "Whether the visit stands in the vendor's view of exterior repairs.",
			func(r *visitRow) record.Flag { return r.visit.Exterior }),
		integer("mileage_delta_km", fromComputed, "Distance since the visit before that has a reading; negative after a rollback.",
			func(r *visitRow) record.Opt[int64] { return r.visit.MileageDeltaKM }).in("km").distinct(),
		boolean("rollback", fromComputed, "Whether the reading is below an earlier one.", func(r *visitRow) record.Flag { return r.visit.Rollback }),
		list("problems", fromComputed, "Disagreements inside the visit and between the vendors that tell of it, in words; the values shown are the first vendor's that says one.", func(r *visitRow) []string { return r.visit.Problems }),
	}
}

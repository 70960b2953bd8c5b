package sinks

import (
	"time"

	"vehiclebatch/pipeline/record"
)

type valuationRow struct {
	run string
	ValuationRow
}

func valuationsTable() table[valuationRow] {
	columns := append(valuationKeys(), valuationPrices()...)
	columns = append(columns, valuationConditions()...)
	columns = append(columns, moment("fetched_at", fromLedger, aboutFetched,
		func(r *valuationRow) record.Opt[time.Time] { return record.Some(r.FetchedAt) }).required(),
		list("condition_source", fromComputed, "Of each value that was asked with and is neither the input's nor the configured default: the column, a colon, and where the value comes from in the vehicle's maintenance answers.",
			func(r *valuationRow) []string { return r.Asked.Sources() }))
	return newTable("valuations", "one valuation", "vehicle_id, vendor", "input row", columns...)
}

func valuationKeys() []column[valuationRow] {
	return []column[valuationRow]{
		text("run_id", fromRun, aboutRun, func(r *valuationRow) string { return r.run }).required(),
		text("vehicle_id", fromComputed, aboutVehicle, func(r *valuationRow) string { return r.VehicleID }).required().distinct(),
		text("vin", fromInput, aboutVIN, func(r *valuationRow) string { return r.VIN }).distinct(),
		text("vendor", fromLedger, aboutVendor, func(r *valuationRow) string { return r.Vendor }).required(),
		text("model_id", fromInput, "The vendor's model id (车型ID), as asked with.", func(r *valuationRow) string { return r.Asked.ModelID }),
		text("model_name", fromVendor, "Brand and model.", func(r *valuationRow) string { return r.Valuation.ModelName }),
		text("city_id", fromInput, "The vendor's city id (城市ID), as asked with.", func(r *valuationRow) string { return r.Asked.CityID }),
		text("city", fromVendor, "City that the prices hold for.", func(r *valuationRow) string { return r.Valuation.City }),
		text("first_registered", fromVendor, "Month of first registration (上牌时间), YYYY-MM.", func(r *valuationRow) string { return r.Valuation.FirstRegistered }),
		integer("mileage_km", fromVendor, "Mileage that the prices hold for.", func(r *valuationRow) record.Opt[int64] { return r.Valuation.MileageKM }).in("km").distinct(),
		text("emission_standard", fromVendor, "Emission standard (排放标准).", func(r *valuationRow) string { return r.Valuation.EmissionStandard }),
	}
}

func valuationPrices() []column[valuationRow] {
	return []column[valuationRow]{
		money("dealer_buy_cny", fromVendor, "What a dealer pays for it (车商收车价).", func(r *valuationRow) record.Opt[record.Fen] { return r.Valuation.DealerBuy }),
		money("private_cny", fromVendor, "Price between private people (个人交易价).", func(r *valuationRow) record.Opt[record.Fen] { return r.Valuation.Private }),
		money("dealer_sell_cny", fromVendor, "What a dealer asks for it (车商售车价).", func(r *valuationRow) record.Opt[record.Fen] { return r.Valuation.DealerSell }),
		money("new_price_cny", fromVendor, "The maker's list price (出厂指导价).", func(r *valuationRow) record.Opt[record.Fen] { return r.Valuation.NewPrice }),
	}
}

// valuationConditions are the codes sent with the question, in the vendor's numbers.
func valuationConditions() []column[valuationRow] {
	condition := func(name, description string, get func(*record.Condition) string) column[valuationRow] {
		return text(name, fromInput, description+" As asked with; the input's or the configured default.",
			func(r *valuationRow) string { return get(&r.Asked.Condition) })
	}
	return []column[valuationRow]{
		condition("color", "Colour code (车身颜色), 0 to 12: beige, white, grey, red, brown, blue, yellow, violet, black, orange, silver, gold, green.",
			func(c *record.Condition) string { return c.Color }),
		condition("transfers", "Count of earlier transfers (过户次数).", func(c *record.Condition) string { return c.Transfers }),
		condition("accident", "Accident code (事故情况): 0 sound structure, 1 structure deformed or repaired, 2 flooded, 3 burnt; condition_source says where it was derived.",
			func(c *record.Condition) string { return c.Accident }),
		condition("appearance", "Paint and glass code (外观), 0 best to 4 repainted.", func(c *record.Condition) string { return c.Appearance }),
		condition("interior", "Interior code (内饰), 0 best to 3.", func(c *record.Condition) string { return c.Interior }),
		condition("electrical", "Electrical code (电气), 0 best to 2.", func(c *record.Condition) string { return c.Electrical }),
		condition("engine", "Engine and gearbox code (发动机工况), 0 best to 4 replaced.", func(c *record.Condition) string { return c.Engine }),
	}
}

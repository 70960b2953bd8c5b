package sinks

// width is about what the column's values take in a workbook, in characters of
// its font; a Chinese one takes two.
func (s *columnSpec) width() float64 {
	const least, button = 10, 4 // the filter's
	return max(least, float64(len(s.name))+button, s.valueWidth())
}

// valueWidth is by kind, and by name where texts are longer than most.
func (s *columnSpec) valueWidth() float64 {
	switch s.kind {
	case kindMoment:
		return 20
	case kindDay:
		return 12
	case kindDecimal:
		return 14
	case kindList:
		return 48
	}
	switch s.name {
	case "run_id", "compared_with", "series":
		return 25
	case "vehicle_id", "vin", "engine_no", "monitor_no", "decision_no", "accident_reason":
		return 20
	case "brand", "city", "plate":
		return 12
	case "handle_no", "ticket", "organ", "what", "before", "after":
		return 36
	case "content", "materials", "address", "action", "message", "next_step", "model", "model_name", "note":
		return 48
	}
	return 0
}

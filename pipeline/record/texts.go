package record

// EachText calls do with every text of an answer: all that is the vendor's word, or was made
// of it. Many are empty.
func (a *Answer) EachText(do func(string)) {
	each(do, a.Problems...)
	if a.Report != nil {
		a.Report.eachText(do)
	}
	if v := a.Valuation; v != nil {
		each(do, v.ModelName, v.City, v.FirstRegistered, v.EmissionStandard)
	}
	for i := range a.Violations {
		v := &a.Violations[i]
		each(do, v.City, v.CityCode, v.Address, v.Code, v.Action, string(v.Status), v.Organ, v.DecisionNo, v.MonitorNo, v.HandleNo)
	}
}

func (r *Report) eachText(do func(string)) {
	each(do, r.VIN, r.Brand, r.Model, r.Series, r.Manufacturer, r.ModelYear, r.Displacement, r.Transmission, r.EmissionStandard,
		r.ProductionArea, r.BodyType, r.ReportNo, r.AccidentGrade, r.AccidentReason, r.ServicesPerYear)
	each(do, r.Problems...)
	for i := range r.Visits {
		v := &r.Visits[i]
		each(do, string(v.Type), v.VendorType, v.Content, v.Materials, v.PaymentType)
		each(do, v.Problems...)
	}
}

func each(do func(string), texts ...string) {
	for _, t := range texts {
		do(t)
	}
}

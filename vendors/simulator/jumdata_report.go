package simulator

import "time"

var jumdataTypes = [...]struct{ code, name string }{
	serviceVisit: {"1", "汽车保养"}, repairVisit: {"2", "汽车维修"}, bodyworkVisit: {"2", "汽车维修"},
	inspectionVisit: {"3", "汽车检查"}, accidentVisit: {"2", "事故维修"},
}

var jumdataParts = [...]struct{ key, label string }{
	{"appearance", "外观"}, {"engine", "发动机"}, {"airbag", "安全气囊"}, {"frame", "车架"},
}

// jumdataReport writes the object of a report.
func (x *exchange) jumdataReport(o *order, vin string) {
	h := x.life(o, vin)
	c := newChance(x.sim.seed, "jumdata report", h.vin)
	j := &x.out
	j.open('{')
	x.jumdataOverview(h)
	j.day("first_time_to_shop", h.visits[0].day)
	j.numStr("content_numbers", int64(len(h.visits)))
	j.str("brand_pic", "")
	j.str("brand_name", h.brand.name)
	x.jumdataVIN(&c, h.vin)
	j.str("avg_upkeep_year", h.servicesPerYear(chinaDay(time.Unix(0, o.at))))
	x.loose(&c, "avg_mileage_year", int64(h.kmPerDay)*365)
	x.loose(&c, "total_mileage", h.lastKM())
	x.jumdataAccident(&c, h)
	x.loose(&c, "first_mileage", h.visits[0].km)
	j.array("result_content")
	for i := range h.visits {
		x.jumdataVisit(&c, h, &h.visits[i])
	}
	j.close(']')
	j.day("updatetime", chinaDay(time.Unix(0, o.at)))
	j.day("last_time_to_shop", h.lastVisit().day)
	x.loose(&c, "last_mileage", h.lastKM())
	j.close('}')
}

// loose writes a number as this vendor does: a number here, a text there, or an
// empty text when it is not known.
func (x *exchange) loose(c *chance, name string, n int64) {
	switch roll := c.n(10); {
	case n < 0 || roll == 0:
		x.out.str(name, "")
	case roll < 6:
		x.out.numStr(name, n)
	default:
		x.out.num(name, n)
	}
}

func (x *exchange) jumdataVIN(c *chance, vin string) {
	if c.hit(500) {
		vin = vin[:3] + "******"
	}
	x.out.str("vinNO", vin)
}

func (x *exchange) jumdataAccident(c *chance, h *history) {
	j := &x.out
	j.str("accident_grade", h.grade)
	j.str("is_accident_reason", h.reason)
	switch {
	case h.accident:
		j.raw("is_accident", "1")
	case c.hit(100):
		j.raw("is_accident", "0")
	default:
		j.raw("is_accident", "-1")
	}
}

func (x *exchange) jumdataOverview(h *history) {
	found := [...]bool{h.any(isExterior), h.any(isComponent), h.accident && h.grade != "B", h.any(isStructural)}
	words := [...]string{`["前保:油漆","后保:油漆","保险杠:拆卸"]`, `["水泵:更换"]`, `["主气囊:更换"]`, `["左前纵梁:校正"]`}
	j := &x.out
	j.object("overview")
	for i, part := range jumdataParts {
		j.object(part.key)
		if found[i] {
			j.raw("is_exception", "1")
			j.str("label", part.label)
			j.raw("exceptions", words[i])
		} else {
			j.raw("is_exception", "0")
			j.str("label", part.label)
			j.raw("exceptions", "[]")
		}
		j.close('}')
	}
	j.close('}')
}

// jumdataVisit writes one visit. In a few the day and the time stamp disagree,
// as in the page's example, by two years: the time stamp is right.
func (x *exchange) jumdataVisit(c *chance, h *history, v *visit) {
	j := &x.out
	said := v.day
	if c.hit(20) {
		said += 730
	}
	j.open('{')
	j.day("date", said)
	j.num("mainTainDate", chinaMidnight(v.day)+int64(c.between(8*3600, 18*3600)))
	j.bytes("materal", h.of(v.materials))
	j.raw("remark", "null")
	j.str("type", jumdataTypes[v.kind].name)
	j.bytes("content", h.of(v.content))
	if v.km >= 0 {
		x.loose(c, "mileage", v.km)
	} else {
		j.str("mileage", "")
	}
	j.str("type_code", jumdataTypes[v.kind].code)
	if c.hit(300) {
		j.str("payType", "客户付费")
	} else {
		j.raw("payType", "null")
	}
	x.loose(c, "totalMoney", v.fen/100)
	j.close('}')
}

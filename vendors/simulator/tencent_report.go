package simulator

import (
	"strconv"
	"time"
)

var tencentTypes = [...]string{
	serviceVisit: "常规保养", repairVisit: "一般维修", bodyworkVisit: "钣金喷漆", inspectionVisit: "", accidentVisit: "钣金喷漆",
}

func (x *exchange) tencentReport(o *order, vin string) {
	h := x.life(o, vin)
	c := newChance(x.sim.seed, "tencent report", h.vin)
	x.tencentDetail("1", "查询成功,有报告")
	j := &x.out
	j.str("resultCode", "1205")
	j.str("resultMsg", "已出报告")
	x.tencentCar(&c, h)
	x.tencentFindings(&c, h, chinaDay(time.Unix(0, o.at)))
	x.tencentVisits(&c, h, "normalRepairRecords", func(v *visit) bool { return !v.viewOnly })
	x.tencentVisits(&c, h, "componentAnalyzeRepairRecords", isComponent)
	x.tencentVisits(&c, h, "outsideAnalyzeRepairRecords", isExterior)
	if h.any(isStructural) {
		x.tencentVisits(&c, h, "constructAnalyzeRepairRecords", isStructural)
	}
	x.tencentEnd()
}

func (x *exchange) tencentCar(c *chance, h *history) {
	j := &x.out
	j.str("brand", h.brand.name)
	j.str("modelName", strconv.Itoa(h.year)+"款 "+h.model.name+" "+h.model.displacement+" "+h.model.gearbox+" "+h.model.trim)
	j.str("seriesName", h.model.series)
	j.str("vin", masked(c, h.vin))
	j.str("manufacturer", h.brand.maker)
	j.numStr("makeDate", int64(h.year))
	j.str("transmissionType", h.model.gearbox)
	j.str("displacement", h.model.displacement)
	j.str("effluentStandard", emissionStandard(h.year))
}

// masked hides the middle of a VIN, as the page's example does: always the same
// six stars, however many characters they hide.
func masked(c *chance, vin string) string {
	if len(vin) < 8 || c.hit(100) {
		return vin
	}
	return vin[:2] + "******" + vin[len(vin)-5:]
}

func (x *exchange) tencentFindings(c *chance, h *history, today int) {
	flag := func(name string, yes bool) {
		n := int64(0)
		if yes {
			n = 1
		}
		x.out.num(name, n)
	}
	flag("carFireFlag", h.fire)
	flag("carWaterFlag", h.flood)
	flag("carComponentRecordsFlag", h.any(isComponent))
	flag("carConstructRecordsFlag", h.any(isStructural))
	flag("carOutsideRecordsFlag", h.any(isExterior))
	flag("mileageIsNormalFlag", !h.rolledBack)
	estimate := h.lastKM() + int64((today-h.lastVisit().day)*h.kmPerDay)
	if c.hit(60) {
		estimate = 0
	}
	x.out.num("mileageEstimate", estimate)
	x.tencentDay("lastMainTainTime", h.last(serviceVisit))
	x.out.str("mainTainTimes", h.servicesPerYear(today))
	x.tencentDay("lastRepairTime", h.last(repairVisit, bodyworkVisit, accidentVisit))
	x.out.numStr("mileageEveryYear", int64(h.kmPerDay)*365)
}

func (x *exchange) tencentDay(name string, v *visit) {
	if v == nil {
		x.out.str(name, "")
		return
	}
	x.out.day(name, v.day)
}

func (x *exchange) tencentVisits(c *chance, h *history, list string, in func(*visit) bool) {
	outside := list == "outsideAnalyzeRepairRecords"
	x.out.array(list)
	for i := range h.visits {
		if in(&h.visits[i]) {
			x.tencentVisit(c, h, &h.visits[i], outside)
		}
	}
	x.out.close(']')
}

// tencentVisit leaves out what the example leaves out: content that is empty,
// materials in the outside view, most types of a service.
func (x *exchange) tencentVisit(c *chance, h *history, v *visit, outside bool) {
	j := &x.out
	j.open('{')
	if v.content.from < v.content.to {
		j.bytes("content", h.of(v.content))
	}
	j.day("repairDate", v.day)
	if !outside || v.materials.from < v.materials.to {
		j.bytes("materal", h.of(v.materials))
	}
	if v.km >= 0 {
		j.numStr("mileage", v.km)
	} else {
		j.str("mileage", "")
	}
	j.numStr("mainTainDate", chinaMidnight(v.day)*1000)
	if t := tencentTypes[v.kind]; t != "" && (v.kind != serviceVisit || c.hit(200)) {
		j.str("type", t)
	}
	j.close('}')
}

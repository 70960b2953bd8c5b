package simulator

import (
	"encoding/hex"
	"time"
)

var wapiTypes = [...][]string{
	serviceVisit:    {"常规保养", "保养", "客户付费"},
	repairVisit:     {"一般维修", "内部结算", "质量担保"},
	bodyworkVisit:   {"钣金喷漆", "事故维修"},
	inspectionVisit: {"内部结算", "检查", ""},
	accidentVisit:   {"事故维修", "保险维修"},
}

// wapiReport writes the final answer of product 170/379.
func (x *exchange) wapiReport(o *order) {
	vin, plate, engine := splitIDs(o.ids)
	h := x.life(o, vin)
	if x.sim.outcomeOf(tencentNo, h.vin, true) == foundReport {
		h.tellOtherwise(x.sim.seed)
	}
	c := newChance(x.sim.seed, "wapi report", h.vin)
	x.wapiOpen("10000", "查询成功")
	j := &x.out
	j.object("retdata")
	x.wapiFindings(&c, h)
	j.raw("result_status", "1")
	j.str("query_id", hex.EncodeToString(o.key[:]))
	j.num("brand_id", h.brand.id)
	j.str("vin", h.vin)
	j.str("vin_sub", h.vin[:3])
	j.str("engine_no", engine)
	j.str("car_no", plate)
	j.array("result")
	for i := len(h.visits) - 1; i >= 0; i-- { // the newest first
		x.wapiVisit(&c, h, &h.visits[i])
	}
	j.close(']')
	j.close('}')
	j.close('}')
}

// life makes the history that an order is answered with.
func (x *exchange) life(o *order, vin string) *history {
	if x.alien {
		vin = otherVIN(vin)
	}
	x.car.make(x.sim.seed, vin, chinaDay(time.Unix(0, o.at)))
	return &x.car
}

func (x *exchange) wapiFindings(c *chance, h *history) {
	flag := func(name string, yes bool) {
		switch {
		case c.hit(80):
			x.out.num(name, 0) // "this item does not exist"
		case yes:
			x.out.num(name, 1)
		default:
			x.out.num(name, 2)
		}
	}
	flag("car_is_fire", h.fire)
	flag("car_is_water", h.flood)
	flag("structure_is_repair", h.any(isStructural))
	flag("important_parts_is_repair", h.any(isComponent))
	flag("appearance_is_repair", h.any(isExterior))
	flag("kilomete_is_normal", !h.rolledBack)
	x.out.numStr("last_kilometer", h.lastKM())
	x.wapiMoment(c, "last_maintain_time", h.last(serviceVisit))
	x.wapiMoment(c, "last_repair_time", h.last(repairVisit, bodyworkVisit, accidentVisit))
	x.wapiMoment(c, "last_to_shop_time", h.lastVisit())
}

// wapiMoment writes a day as Unix seconds of its midnight in China, 0 for none,
// as a number or as a text.
func (x *exchange) wapiMoment(c *chance, name string, v *visit) {
	var moment int64
	if v != nil {
		moment = chinaMidnight(v.day)
	}
	if c.hit(200) {
		x.out.numStr(name, moment)
		return
	}
	x.out.num(name, moment)
}

func (x *exchange) wapiVisit(c *chance, h *history, v *visit) {
	j := &x.out
	j.open('{')
	if v.content.from < v.content.to || c.hit(500) {
		j.bytes("content", h.of(v.content))
	}
	if v.km >= 0 {
		j.numStr("kilomete", v.km)
	} else {
		j.str("kilomete", "")
	}
	j.num("maintain_dateline", chinaMidnight(v.day))
	j.str("maintain_type", pick(c, wapiTypes[v.kind]))
	j.bytes("meterial", h.of(v.materials))
	j.close('}')
}

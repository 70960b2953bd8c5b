package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// offence is one line of the police's table of offences. Fines and points
// differ by province and year; these are common ones.
type offence struct {
	code, action string
	fine, points int64
}

// offences is read only.
var offences = []offence{
	{"1018", "机动车不在机动车道内行驶的", 100, 0},
	{"1019", "机动车违反规定使用专用车道的", 100, 0},
	{"1039", "机动车违反规定停放、临时停车,妨碍其它车辆、行人通行,驾驶人不在现场的", 150, 0},
	{"1208", "机动车通过有灯控路口时,不按所需行进方向驶入导向车道的", 100, 2},
	{"1223", "驾驶时拨打接听手持电话的", 50, 2},
	{"1240", "驾驶人未按规定使用安全带的", 50, 1},
	{"1301", "机动车逆向行驶的", 200, 3},
	{"1302", "机动车不按交通信号灯规定通行的", 200, 6},
	{"1344", "机动车违反禁令标志指示的", 100, 1},
	{"1345", "机动车违反禁止标线指示的", 100, 1},
	{"1352", "驾驶中型以上载客载货汽车、危险物品运输车辆以外的其他机动车行驶超过规定时速10%未达20%的", 50, 3},
	{"1357", "遇行人正在通过人行横道时未停车让行的", 100, 3},
	{"1625", "驾驶机动车违反道路交通信号灯通行的", 200, 6},
	{"1636", "驾驶中型以上载客载货汽车、危险物品运输车辆以外的其他机动车行驶超过规定时速20%以上未达到50%的", 200, 6},
	{"6046", "机动车违反警告标志指示的", 50, 0},
}

var roads = []string{"季华六路", "南海大道", "人民中路", "解放北路", "建设大道", "滨江东路", "中山路", "环城高速", "科技园路", "迎宾大道", "长江路", "和平街"}

func wapiViolations(x *exchange) {
	if !x.wapiAdmit("car_no", "car_type", "engine_number", "frame_number") {
		return
	}
	plate, vin := x.param("car_no"), x.param("frame_number")
	if plate != strings.ToUpper(plate) || vin != strings.ToUpper(vin) {
		x.wapiSay("10019", "车牌号、车架号字母必须大写")
		return
	}
	fen := x.sim.price(WAPI, Violations)
	if !x.wapiReserve(fen) {
		return
	}
	x.sim.book.charge(charge{ids: joinIDs(vin, plate, ""), at: x.now.UnixNano(), order: -1, fen: int32(fen),
		vendor: wapiNo, dataset: violationsNo})
	if x.alien {
		plate = otherPlate(plate)
	}
	x.violationsOf(plate)
}

// otherPlate changes the last character of a plate.
func otherPlate(plate string) string {
	runes := []rune(plate)
	last := &runes[len(runes)-1]
	if *last == '8' {
		*last = '6'
	} else {
		*last = '8'
	}
	return string(runes)
}

// violationsOf writes the answer about a plate. What it says by itself changes
// once a year: the newest violations lie before the New Year. The days of
// Options.Days add to it, and deal with what was there.
func (x *exchange) violationsOf(plate string) {
	c := newChance(x.sim.seed, "violations", plate)
	newest := dayOf(yearOf(chinaDay(x.now)-x.sim.days), time.January, 1) - 1
	count := max(0, c.between(-3, 6))
	x.wapiOpen("10000", "返回成功")
	j := &x.out
	j.object("retdata")
	j.str("res", "1")
	j.str("description", "违章查询成功")
	j.str("carNo", plate)
	j.array("data")
	var sum violationSums
	for i := range count {
		x.violation(&c, pick(&c, offences), nearHome(&c, plate), newest-c.n(1100), x.sim.fateOf(plate, i, x.sim.days), &sum)
	}
	for _, day := range x.newViolations(plate) {
		c := newChance(x.sim.seed, "violation", plate, strconv.Itoa(day))
		age := chinaDay(x.now) - day
		x.violation(&c, pick(&c, offences), nearHome(&c, plate), day, x.sim.fateOf(plate, day, age), &sum)
	}
	j.close(']')
	if c.hit(20) { // rarely the totals do not hold
		sum.fines += 50
	}
	j.num("vioNum", sum.count)
	j.num("fineTotal", sum.fines)
	j.num("integralTotal", sum.points)
	j.close('}')
	j.close('}')
}

// violationSums are the totals of an answer.
type violationSums struct{ count, fines, points int64 }

// violation writes one, unless it is forgotten; chance goes on the same way.
func (x *exchange) violation(c *chance, o offence, at city, day int, f fate, sum *violationSums) {
	j := &x.out
	before := len(j.b)
	j.open('{')
	moment := time.Unix(int64(day)*secondsPerDay+int64(c.n(secondsPerDay)), 0).UTC()
	j.str("vioTime", moment.Format(time.DateTime)) // China's time, and says no zone
	j.str("vioCityName", at.name)
	j.str("vioCityNo", at.code)
	j.str("vioAddress", pick(c, roads)+"与"+pick(c, roads)+"交叉路口")
	j.str("vioCode", o.code)
	j.str("vioAction", o.action)
	j.numStr("vioFine", o.fine)
	j.numStr("vioScore", o.points)
	x.violationSigns(c, f)
	if c.hit(600) {
		j.str("colOrgan", at.name+"市公安局交通警察支队")
	} else {
		j.str("colOrgan", "")
	}
	j.str("monitorNum", at.code[:4]+fmt.Sprintf("%012d", c.next()%1e12))
	j.close('}')
	if f == forgotten {
		j.b = j.b[:before]
		return
	}
	sum.count, sum.fines, sum.points = sum.count+1, sum.fines+o.fine, sum.points+o.points
}

// violationSigns leaves marks blank or out, as the page allows. Whatever the fate,
// chance goes on the same way: the next violation is what it is.
func (x *exchange) violationSigns(c *chance, f fate) {
	j := &x.out
	roll, sign := c.n(10), 1
	if roll >= 8 {
		sign = c.between(2, 3)
	}
	handled := roll >= 8 || f != asItWas
	switch {
	case f == paid:
		j.raw("handleSign", "3")
	case handled:
		j.raw("handleSign", strconv.Itoa(max(2, sign)))
	case roll < 4:
		j.raw("handleSign", "1")
	case roll < 5:
		j.str("handleSign", "1")
	case roll < 6:
		j.str("handleSign", "")
	}
	switch roll := c.n(10); {
	case roll < 5:
		j.raw("onlineHandle", strconv.Itoa(c.between(1, 2)))
	case roll < 7:
		j.str("onlineHandle", "")
	}
	decision := *c
	if roll >= 8 {
		c.next()
	}
	if handled {
		j.str("decisionNum", fmt.Sprintf("%016d", decision.next()%1e16))
	} else {
		j.str("decisionNum", "")
	}
	if c.hit(700) {
		j.str("handleNum", fmt.Sprintf("%015x%015x", c.next()>>4, c.next()>>4))
	}
}

package simulator

import (
	"strconv"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// valuationParams are what the question is made of, with the highest code of
// each condition; -1 is any text.
var valuationParams = []struct {
	name string
	top  int
}{
	{"car_type_id", -1}, {"car_city_id", -1}, {"car_first_regtime", -1}, {"car_miles", -1}, {"car_transfer", 99},
	{"car_accident", 3}, {"car_appearance", 4}, {"car_color", 12}, {"car_electrical", 2}, {"car_engine", 4}, {"car_interior", 3},
}

func wapiValuation(x *exchange) {
	required := make([]string, len(valuationParams))
	for i, p := range valuationParams {
		required[i] = p.name
	}
	if !x.wapiAdmit(required...) {
		return
	}
	q, wrong := x.readValuation()
	if wrong != "" {
		x.wapiSay("10019", wrong+"参数错误")
		return
	}
	if c := newChance(x.sim.seed, "no model", x.param("car_type_id")); c.hit(20) {
		x.wapiFail("10025")
		return
	}
	fen := x.sim.price(WAPI, Valuation)
	if !x.wapiReserve(fen) {
		return
	}
	x.sim.book.charge(charge{ids: x.valuationKey(), at: x.now.UnixNano(), order: -1, fen: int32(fen),
		vendor: wapiNo, dataset: valuationNo})
	x.valuationAnswer(q)
}

// valuationKey is the question as the book keeps it.
func (x *exchange) valuationKey() string {
	var b strings.Builder
	for i, p := range valuationParams {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.name + "=" + x.param(p.name))
	}
	return b.String()
}

// valuationQuestion is the question in numbers.
type valuationQuestion struct {
	months  int // since the first registration
	regYear int
	km      int64
	codes   int64 // sum of the condition codes, colour apart
	crashed int64 // accident code
}

// readValuation reads the question, or names the parameter that is wrong.
func (x *exchange) readValuation() (q valuationQuestion, wrong string) {
	reg, err := time.ParseInLocation("2006-01", x.param("car_first_regtime"), record.China())
	if err != nil {
		return q, "car_first_regtime"
	}
	now := x.now.In(record.China())
	q.months = max(0, (now.Year()-reg.Year())*12+int(now.Month()-reg.Month()))
	q.regYear = reg.Year()
	if q.km, err = kilometres(x.param("car_miles")); err != nil {
		return q, "car_miles"
	}
	for _, p := range valuationParams {
		if p.top < 0 {
			continue
		}
		n, err := strconv.Atoi(x.param(p.name))
		if err != nil || n < 0 || n > p.top {
			return q, p.name
		}
		switch p.name {
		case "car_accident":
			q.crashed = int64(n)
		case "car_color", "car_transfer":
		default:
			q.codes += int64(n)
		}
	}
	return q, ""
}

// kilometres reads a distance in 万 km ("3.62" is 36,200 km).
func kilometres(s string) (int64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1000 {
		return 0, strconv.ErrSyntax
	}
	return int64(f*10000 + 0.5), nil
}

// worth is what a private buyer pays, in hundreds of yuan: a car loses a tenth
// in the first year and 12 per mille a month later, less for each 10,000 km
// above the usual and for each condition code.
func (q valuationQuestion) worth(listPrice int64) int64 {
	v := listPrice * 900
	for range q.months {
		v = v * 988 / 1000
	}
	over := q.km - int64(q.months)*1250
	v -= v / 1000 * max(-60, min(400, over/250))
	v -= v / 100 * (q.codes*2 + q.crashed*9)
	return max(v/1000, listPrice/50, 10)
}

func (x *exchange) valuationAnswer(q valuationQuestion) {
	id, miles, reg := x.param("car_type_id"), x.param("car_miles"), x.param("car_first_regtime")
	if x.alien {
		id, miles, reg = id+"7", miles+"7", strconv.Itoa(q.regYear-2)+reg[4:]
	}
	c := newChance(x.sim.seed, "model", id)
	b := &brands[c.n(len(brands))]
	m := &b.models[c.n(len(b.models))]
	private := q.worth(m.price)
	x.wapiOpen("10000", "返回成功")
	j := &x.out
	j.object("retdata")
	j.str("car_fullname", b.name+" "+strings.TrimPrefix(m.name, b.name+" ")+" "+strconv.Itoa(c.between(2012, 2024))+"款 "+m.trim)
	j.str("car_areaname", cityByID(x.sim.seed, x.param("car_city_id")).name)
	j.str("car_firstregtime", reg)
	j.str("car_miles", miles)
	j.str("car_EnvirStandard", emissionStandard(q.regYear))
	j.str("car_referprice", hundredths(m.price)+"万")
	nested := !c.hit(150)
	if nested {
		j.object("car_calc")
	}
	x.valuationPrices(&c, private)
	if nested {
		j.close('}')
	}
	j.close('}')
	j.close('}')
}

func (x *exchange) valuationPrices(c *chance, private int64) {
	asText := c.hit(60)
	for _, p := range []struct {
		name  string
		value int64
	}{{"car_purchase", private * 947 / 1000}, {"car_personal", private}, {"car_retail", private * 1053 / 1000}} {
		text := strings.TrimSuffix(strings.TrimSuffix(hundredths(p.value), "0"), ".0") // as PHP prints a double
		if asText {
			x.out.str(p.name, hundredths(p.value))
		} else {
			x.out.raw(p.name, text)
		}
	}
}

// hundredths writes 2816 as 28.16.
func hundredths(n int64) string {
	s := strconv.FormatInt(n/100, 10) + "."
	if n%100 < 10 {
		s += "0"
	}
	return s + strconv.FormatInt(n%100, 10)
}

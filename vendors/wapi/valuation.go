package wapi

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors/loose"
)

// valuationPart is an object of a valuation's answer (201/377). The prices are
// in 万 yuan; the page says that car_calc holds "the returned parameters".
type valuationPart struct {
	ModelName  loose.Text `json:"car_fullname"`
	City       loose.Text `json:"car_areaname"`
	Emission   loose.Text `json:"car_EnvirStandard"`
	Registered loose.Text `json:"car_firstregtime"`
	Miles      loose.Text `json:"car_miles"` // 万 km
	NewPrice   loose.Text `json:"car_referprice"`
	Purchase   loose.Text `json:"car_purchase"`
	Personal   loose.Text `json:"car_personal"`
	Retail     loose.Text `json:"car_retail"`
	Calc       loose.Text `json:"car_calc"`
}

func (p valuationPart) nested() []loose.Text { return []loose.Text{p.Calc} }

func decodeValuation(car *record.Vehicle, e *envelope) (record.Answer, error) {
	parts, err := partsOf[valuationPart](e.text())
	if err != nil {
		return record.Answer{}, err
	}
	var p valuationPart
	for _, next := range parts {
		p = firstOfValuation(p, next)
	}
	var r reading
	v := valuationOf(&r, p)
	if !v.DealerBuy.OK && !v.Private.OK && !v.DealerSell.OK {
		return record.Answer{}, errors.New("it holds no price")
	}
	checkEcho(&r, car, &v)
	return record.Answer{Valuation: &v, Problems: r.problems}, nil
}

func firstOfValuation(a, b valuationPart) valuationPart {
	a.ModelName = cmp.Or(a.ModelName, b.ModelName)
	a.City = cmp.Or(a.City, b.City)
	a.Emission = cmp.Or(a.Emission, b.Emission)
	a.Registered = cmp.Or(a.Registered, b.Registered)
	a.Miles = cmp.Or(a.Miles, b.Miles)
	a.NewPrice = cmp.Or(a.NewPrice, b.NewPrice)
	a.Purchase = cmp.Or(a.Purchase, b.Purchase)
	a.Personal = cmp.Or(a.Personal, b.Personal)
	a.Retail = cmp.Or(a.Retail, b.Retail)
	return a
}

func valuationOf(r *reading, p valuationPart) record.Valuation {
	return record.Valuation{
		ModelName:        words(r, "model_name", p.ModelName),
		City:             words(r, "city", p.City),
		EmissionStandard: words(r, "emission_standard", p.Emission),
		FirstRegistered:  month(r, p.Registered),
		MileageKM:        natural(r, "mileage_km", p.Miles, normalise.KMOfWan),
		NewPrice:         price(r, "new_price_cny", p.NewPrice),
		DealerBuy:        price(r, "dealer_buy_cny", p.Purchase), // 车商收车价
		Private:          price(r, "private_cny", p.Personal),    // 个人交易价
		DealerSell:       price(r, "dealer_sell_cny", p.Retail),  // 车商售车价
	}
}

// price reads 万 yuan. No vehicle is worth 0: the vendor has no price then.
func price(r *reading, name string, text loose.Text) record.Opt[record.Fen] {
	fen := natural(r, name, text, normalise.FenOfWan)
	if fen.V == 0 {
		return record.Opt[record.Fen]{}
	}
	return fen
}

// month reads YYYY-MM, or the month of a whole day.
func month(r *reading, text loose.Text) string {
	s := strings.TrimSpace(string(text))
	d, err := normalise.ParseDay(s + "-01")
	if err != nil || s == "" {
		d = value(r, "first_registered", text, normalise.ParseDay)
	}
	if !d.OK {
		return ""
	}
	return d.V.Time().Format("2006-01")
}

// checkEcho notes where the answer repeats the question otherwise.
func checkEcho(r *reading, car *record.Vehicle, v *record.Valuation) {
	if v.FirstRegistered != "" && car.FirstRegistered != "" && v.FirstRegistered != car.FirstRegistered {
		r.note(fmt.Sprintf("first_registered: asked with %s, answered for %s", car.FirstRegistered, v.FirstRegistered))
	}
	if v.MileageKM.OK && car.MileageKM.OK && v.MileageKM.V != car.MileageKM.V {
		r.note(fmt.Sprintf("mileage_km: asked with %d, answered for %d", car.MileageKM.V, v.MileageKM.V))
	}
}
